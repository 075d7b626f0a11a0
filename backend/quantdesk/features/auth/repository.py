"""Users, API keys and the audit trail in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, text, update

from quantdesk.features.auth.tables import ApiKeyRow, UserRow
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.uow import UnitOfWork


def username_key(username: str) -> str:
    """Give what makes two usernames the same."""
    return username.casefold()


async def lock_users(uow: UnitOfWork) -> None:
    """Let no other transaction change or lock users until this one ends; reading goes on.

    SQLite's writers are alone anyway. A weaker mode would let a sign-in lock its row first and then deadlock with us.
    """
    if uow.session.get_bind().dialect.name == "postgresql":
        await uow.session.execute(text("LOCK TABLE users IN EXCLUSIVE MODE"))


async def any_user(uow: UnitOfWork) -> bool:
    return (await uow.session.execute(select(UserRow.id).limit(1))).first() is not None


async def user_by_name(uow: UnitOfWork, username: str) -> UserRow | None:
    query = select(UserRow).where(UserRow.username_key == username_key(username))
    return (await uow.session.execute(query)).scalar_one_or_none()


async def user(uow: UnitOfWork, user_id: str, *, lock: bool = False) -> UserRow | None:
    return await uow.session.get(UserRow, user_id, with_for_update=lock or None)


async def users(uow: UnitOfWork) -> Sequence[UserRow]:
    return (await uow.session.execute(select(UserRow).order_by(UserRow.id))).scalars().all()


async def active_admins(uow: UnitOfWork, *, besides: str) -> int:
    query = (
        select(func.count())
        .select_from(UserRow)
        .where(UserRow.role == "admin", UserRow.disabled.is_(False), UserRow.id != besides)
    )
    return (await uow.session.execute(query)).scalar_one()


async def api_keys(uow: UnitOfWork, user_id: str) -> Sequence[ApiKeyRow]:
    """Give the keys that are not revoked, newest first."""
    query = (
        select(ApiKeyRow)
        .where(ApiKeyRow.user_id == user_id, ApiKeyRow.revoked_at.is_(None))
        .order_by(ApiKeyRow.id.desc())
    )
    return (await uow.session.execute(query)).scalars().all()


async def api_key_with_user(uow: UnitOfWork, key_hash: str) -> tuple[ApiKeyRow, UserRow] | None:
    query = (
        select(ApiKeyRow, UserRow).join(UserRow, UserRow.id == ApiKeyRow.user_id).where(ApiKeyRow.key_hash == key_hash)
    )
    found = (await uow.session.execute(query)).first()
    return None if found is None else (found[0], found[1])


async def api_key(uow: UnitOfWork, user_id: str, key_id: str) -> ApiKeyRow | None:
    query = select(ApiKeyRow).where(
        ApiKeyRow.id == key_id, ApiKeyRow.user_id == user_id, ApiKeyRow.revoked_at.is_(None)
    )
    return (await uow.session.execute(query)).scalar_one_or_none()


async def login_seen(uow: UnitOfWork, user_id: str, ip: str | None = None) -> bool:
    """Say whether the user signed in before, at all or from this address."""
    query = select(AuditRow.id).where(AuditRow.user_id == user_id, AuditRow.action.in_(("auth.login", "auth.setup")))
    if ip is not None:
        query = query.where(AuditRow.ip == ip)
    return (await uow.session.execute(query.limit(1))).first() is not None


async def audit_page(
    uow: UnitOfWork, *, action: str | None, before: tuple[dt.datetime, str] | None, limit: int
) -> Sequence[AuditRow]:
    """Give entries, newest first, older than `before` (instant, id)."""
    query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit)
    if action is not None:
        query = query.where(AuditRow.action == action)
    if before is not None:
        at, id = before
        query = query.where((AuditRow.at < at) | ((AuditRow.at == at) & (AuditRow.id < id)))
    return (await uow.session.execute(query)).scalars().all()


async def set_last_used(uow: UnitOfWork, key_id: str, at: dt.datetime) -> None:
    await uow.session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(last_used_at=at))
