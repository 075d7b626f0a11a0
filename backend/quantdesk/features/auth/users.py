"""What an administrator does: users and the audit trail."""

from __future__ import annotations

import datetime as dt

from quantdesk.features.auth import passwords, repository, schemas
from quantdesk.features.auth.errors import LastAdmin, UsernameTaken
from quantdesk.features.auth.service import new_user, sessions_of, user_view
from quantdesk.kit import audit, clock
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.context import Context
from quantdesk.kit.errors import NotFound
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork


async def list_users(uow: UnitOfWork) -> schemas.UserList:
    """Give all users, oldest first."""
    return schemas.UserList(items=[user_view(row) for row in await repository.users(uow)])


async def create_user(context: Context, principal: Principal, body: schemas.UserCreate) -> schemas.User:
    """Add a user. Raise UsernameTaken or the password policy's errors."""
    await passwords.check_policy(body.password, body.username)
    password_hash = await passwords.hash_password(body.password)
    async with context.database.unit(write=True) as uow:
        await repository.lock_users(uow)
        if await repository.user_by_name(uow, body.username) is not None:
            raise UsernameTaken(f"there is a user {body.username!r} already; choose another name", field="username")
        row = new_user(body.username, password_hash, body.role)
        uow.session.add(row)
        audit.record(uow, principal, "user.created", row.username, {"role": row.role})
    return user_view(row)


async def update_user(context: Context, principal: Principal, user_id: str, body: schemas.UserUpdate) -> schemas.User:
    """Change role, state or password; a real change ends the user's sessions. Raise NotFound or LastAdmin."""
    password_hash = None
    if body.password is not None:
        async with context.database.unit(write=False) as uow:
            known = await repository.user(uow, user_id)
        if known is None:
            raise NotFound(f"there is no user {user_id}")
        await passwords.check_policy(body.password, known.username)
        password_hash = await passwords.hash_password(body.password)
    async with context.database.unit(write=True) as uow:
        await repository.lock_users(uow)
        row = await repository.user(uow, user_id, lock=True)
        if row is None:
            raise NotFound(f"there is no user {user_id}")
        was_admin = row.role == "admin" and not row.disabled
        changes: dict[str, str] = {}
        if body.role is not None and body.role != row.role:
            changes["role"] = f"{row.role} → {body.role}"
            row.role = body.role
        if body.disabled is not None and body.disabled != row.disabled:
            changes["disabled"] = str(body.disabled).lower()
            row.disabled = body.disabled
        if password_hash is not None:
            changes["password"] = "set"  # noqa: S105 - a word for the audit trail
            row.password_hash = password_hash
            row.password_changed_at = clock.utcnow()
        is_admin = row.role == "admin" and not row.disabled
        if was_admin and not is_admin and not await repository.active_admins(uow, besides=row.id):
            raise LastAdmin(f"{row.username!r} is the last active administrator; make another one first")
        if changes:
            audit.record(uow, principal, "user.updated", row.username, changes)
            # Before the commit: if Redis is away nothing changes, rather than an old role living on.
            await sessions_of(context).end_all(row.id)
    return user_view(row)


async def list_audit(
    uow: UnitOfWork, *, action: str | None, cursor: str | None, limit: int
) -> Page[schemas.AuditEntry]:
    """Give the audit trail, newest first. Raise Invalid for a foreign cursor."""
    before = None
    if cursor is not None:
        micros, id = decode_cursor(cursor, int, str)
        before = (_EPOCH + dt.timedelta(microseconds=int(micros)), str(id))
    rows = await repository.audit_page(uow, action=action, before=before, limit=limit + 1)
    items = [schemas.AuditEntry.model_validate(row, from_attributes=True) for row in rows[:limit]]
    return Page(items=items, next_cursor=_cursor(rows[limit - 1]) if len(rows) > limit else None)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _cursor(row: AuditRow) -> str:
    return encode_cursor((row.at - _EPOCH) // dt.timedelta(microseconds=1), row.id)
