"""Signing in and out, and one's own account.

These functions open their own transactions: a password check takes a tenth of a second, in which no transaction may be
held, and a refused sign-in must be recorded although the request fails.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from quantdesk.features.auth import passwords, repository, schemas, setup_token, tokens
from quantdesk.features.auth.backoff import Backoff
from quantdesk.features.auth.errors import (
    AccountDisabled,
    AlreadySetUp,
    LoginFailed,
    PasswordWrong,
    RefreshReused,
    SessionEnded,
    SetupTokenInvalid,
)
from quantdesk.features.auth.sessions import Sessions
from quantdesk.features.auth.tables import UserRow
from quantdesk.features.auth.tokens import Claims, RefreshToken
from quantdesk.features.jobs import service as jobs
from quantdesk.kit import audit, clock, idempotency
from quantdesk.kit.caller import Caller, current_caller
from quantdesk.kit.context import Context
from quantdesk.kit.errors import NotFound
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal, Role
from quantdesk.kit.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class SignedIn:
    grant: schemas.TokenGrant
    refresh_token: str
    """For the HttpOnly cookie, never for the body."""


def sessions_of(context: Context) -> Sessions:
    return Sessions(context.redis, context.settings.auth, context.keys)


def caller() -> Caller:
    """Give the caller of the request; a stand-in outside of one."""
    return current_caller() or Caller(ip="local", user_agent="", request_id="")


def user_view(row: UserRow) -> schemas.User:
    return schemas.User.model_validate(row, from_attributes=True)


async def setup_required(uow: UnitOfWork) -> bool:
    """Say whether there is no user yet."""
    return not await repository.any_user(uow)


async def setup(context: Context, body: schemas.Setup) -> SignedIn:
    """Make the first user, an admin. Raise AlreadySetUp, SetupTokenInvalid or what the password policy refuses."""
    async with context.database.unit(write=False) as uow:
        if await repository.any_user(uow):
            raise AlreadySetUp
    if not setup_token.matches(context.settings, body.token):
        raise SetupTokenInvalid(field="token")
    await passwords.check_policy(body.password, body.username)
    password_hash = await passwords.hash_password(body.password)
    async with context.database.unit(write=True) as uow:
        await repository.lock_users(uow)
        if await repository.any_user(uow):
            raise AlreadySetUp
        row = new_user(body.username, password_hash, "admin")
        row.last_login_at = row.created_at
        uow.session.add(row)
        signed_in, principal = await _sign_in(context, row)
        audit.record(uow, principal, "auth.setup", row.username)
        await jobs.create(
            uow,
            context,
            owner_id=row.id,
            kind="welcome",
            title="准备示例策略与回测",
            queue="default",
            payload={"username": row.username},
        )
    setup_token.remove(context.settings)
    return signed_in


def new_user(username: str, password_hash: str, role: str) -> UserRow:
    """Make a user's row."""
    now = clock.utcnow()
    return UserRow(
        id=new_id(),
        username=username,
        username_key=repository.username_key(username),
        password_hash=password_hash,
        role=role,
        disabled=False,
        created_at=now,
        password_changed_at=now,
        last_login_at=None,
    )


async def login(context: Context, body: schemas.Login) -> SignedIn:
    """Check the password and start a session. Raise LoginFailed, AccountDisabled or LoginBackoff."""
    backoff = Backoff(context.redis, repository.username_key(body.username), caller().ip)
    await backoff.begin()
    async with context.database.unit(write=False) as uow:
        found = await repository.user_by_name(uow, body.username)
    checked = found.password_hash if found else None
    if not await passwords.verify(body.password, checked) or found is None:
        await _record_failure(context, found, "wrong_password" if found else "unknown_user")
        raise LoginFailed
    if found.disabled:
        await _record_failure(context, found, "disabled")
        raise AccountDisabled
    renewed = await passwords.hash_password(body.password) if passwords.outdated(found.password_hash) else None
    async with context.database.unit(write=True) as uow:
        # The row stays locked until the session exists: a role change either sees and ends it, or is seen here.
        row = await repository.user(uow, found.id, lock=True)
        if row is None or row.disabled or row.password_changed_at != found.password_changed_at:
            raise LoginFailed
        if renewed is not None:
            row.password_hash = renewed
        row.last_login_at = clock.utcnow()
        signed_in, principal = await _sign_in(context, row)
        ip = caller().ip
        if await repository.login_seen(uow, row.id) and not await repository.login_seen(uow, row.id, ip):
            audit.record(uow, principal, "auth.new_ip", ip)
        audit.record(uow, principal, "auth.login")
    await backoff.succeeded()
    return signed_in


async def _record_failure(context: Context, row: UserRow | None, reason: str) -> None:
    # An unknown name is not written down: people type passwords into the wrong field.
    async with context.database.unit(write=True) as uow:
        audit.record(uow, None, "auth.login_failed", row.username if row else None, {"reason": reason})


async def _sign_in(context: Context, row: UserRow) -> tuple[SignedIn, Principal]:
    principal, refresh_token = await sessions_of(context).create(
        row.id,
        row.username,
        row.role,  # type: ignore[arg-type]  # the column holds roles only
        caller(),
    )
    return _signed_in(context, row, principal, refresh_token), principal


def _signed_in(context: Context, row: UserRow, principal: Principal, refresh_token: RefreshToken) -> SignedIn:
    lifetime = dt.timedelta(minutes=context.settings.auth.access_minutes)
    claims = Claims(principal.user_id, principal.session_id or "")
    grant = schemas.TokenGrant(
        access_token=tokens.issue_access(context.keys, claims, lifetime),
        expires_in=int(lifetime.total_seconds()),
        idle_minutes=context.settings.auth.idle_minutes,
        user=user_view(row),
    )
    return SignedIn(grant, str(refresh_token))


async def refresh(context: Context, cookie: str | None) -> SignedIn:
    """Trade the refresh cookie for new tokens. Raise SessionEnded or RefreshReused."""
    token = RefreshToken.parse(cookie) if cookie else None
    if token is None:
        raise SessionEnded
    try:
        principal, next_token = await sessions_of(context).rotate(token, caller())
    except RefreshReused as error:
        async with context.database.unit(write=True) as uow:
            audit.record(uow, error.principal, "auth.refresh_reused", token.session_id)
        raise
    async with context.database.unit(write=False) as uow:
        row = await repository.user(uow, principal.user_id)
    if row is None or row.disabled:
        await sessions_of(context).end_all(principal.user_id)
        raise SessionEnded
    return _signed_in(context, row, principal, next_token)


async def principal_named(uow: UnitOfWork, username: str) -> Principal:
    """Give a user by name, for the command line: whoever is there may act as anyone. Raise NotFound."""
    row = await repository.user_by_name(uow, username)
    if row is None:
        raise NotFound(f"there is no user {username!r}")
    return Principal(user_id=row.id, username=row.username, role=cast(Role, row.role))


async def me(uow: UnitOfWork, principal: Principal) -> schemas.Me:
    """Give the principal's own account. Raise NotFound when it is gone."""
    row = await repository.user(uow, principal.user_id)
    if row is None:
        raise NotFound(f"there is no user {principal.user_id} any more")
    scopes = None if principal.scopes is None else sorted(principal.scopes)
    return schemas.Me(**user_view(row).model_dump(), scopes=scopes)


async def change_password(context: Context, principal: Principal, body: schemas.PasswordChange) -> None:
    """Set a new password and end the user's other sessions.

    Raise PasswordWrong, LoginBackoff or the policy's errors.
    """
    backoff = Backoff(context.redis, f"password|{principal.user_id}", caller().ip)
    await backoff.begin()
    async with context.database.unit(write=False) as uow:
        row = await repository.user(uow, principal.user_id)
    if row is None or not await passwords.verify(body.current, row.password_hash):
        async with context.database.unit(write=True) as uow:
            audit.record(uow, principal, "auth.password_failed")
        raise PasswordWrong(field="current")
    await backoff.succeeded()
    await passwords.check_policy(body.new, principal.username, field="new")
    password_hash = await passwords.hash_password(body.new)
    async with context.database.unit(write=True) as uow:
        locked = await repository.user(uow, principal.user_id, lock=True)
        if locked is None or locked.password_changed_at != row.password_changed_at:
            raise PasswordWrong("the password was changed meanwhile; sign in again", field="current")
        locked.password_hash = password_hash
        locked.password_changed_at = clock.utcnow()
        audit.record(uow, principal, "auth.password_changed")
        # Before the commit: if Redis is away nothing changes, rather than a stolen session living on.
        await sessions_of(context).end_all(principal.user_id, but=principal.session_id)


async def logout(context: Context, uow: UnitOfWork, principal: Principal) -> None:
    """End the principal's session."""
    audit.record(uow, principal, "auth.logout")
    await sessions_of(context).end(principal.user_id, principal.session_id or "")


async def list_sessions(context: Context, principal: Principal) -> schemas.SessionList:
    """Give one's sessions, last used first."""
    return schemas.SessionList(
        items=[
            schemas.Session(
                id=session.id,
                current=session.id == principal.session_id,
                created_at=session.created_at,
                last_seen_at=session.last_seen_at,
                expires_at=session.expires_at,
                ip=session.ip,
                user_agent=session.user_agent,
            )
            for session in await sessions_of(context).of_user(principal.user_id)
        ]
    )


async def revoke_session(context: Context, uow: UnitOfWork, principal: Principal, session_id: str) -> None:
    """End one of one's sessions. Raise NotFound."""
    if not await sessions_of(context).end(principal.user_id, session_id):
        raise NotFound(f"you have no session {session_id}")
    audit.record(uow, principal, "auth.session_revoked", session_id)


async def purge(context: Context) -> None:
    """Remove what need not be kept: audit entries after five years, idempotency keys after a day."""
    async with context.database.unit(write=True) as uow:
        await audit.purge(uow)
        await idempotency.purge(uow)
