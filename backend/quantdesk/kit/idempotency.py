"""`Idempotency-Key`: a creating POST that is sent again is carried out once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable

from pydantic import BaseModel
from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit import clock
from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.errors import Conflict
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KEPT = dt.timedelta(hours=24)


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class IdempotencyRow(Base):
    """What a creating POST made, so that a repeat with the same key gets the same resource."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    route: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the request body."""
    resource_id: Mapped[str] = mapped_column(String(26))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


async def once(
    uow: UnitOfWork,
    principal: Principal,
    key: str | None,
    route: str,
    body: BaseModel | None,
    create: Callable[[], Awaitable[str]],
) -> str:
    """Carry out `create`, unless this key made a resource within 24 hours; give the resource's id either way.

    Call it in a write unit. `route` is the operation's name, e.g. `create_backtest`. Of two requests at the same
    time the second waits for the first's commit. Raise IdempotencyKeyReused when the key came with another route
    or body before.
    """
    if key is None:
        return await create()
    fingerprint = _fingerprint(body)
    now = clock.utcnow()
    await purge(uow, principal.user_id, key)
    # The row comes first: on PostgreSQL a second request waits on it, on SQLite writers queue anyway.
    if await _insert(uow, principal.user_id, key, route, fingerprint, now):
        resource_id = await create()
        row = await uow.session.get_one(IdempotencyRow, (principal.user_id, key))
        row.resource_id = resource_id
        return resource_id
    row = await uow.session.get_one(IdempotencyRow, (principal.user_id, key))
    if (row.route, row.fingerprint) != (route, fingerprint):
        raise IdempotencyKeyReused(
            f"Idempotency-Key {key!r} was used for another request {_age(now - row.created_at)} ago; take a new key",
            field="Idempotency-Key",
        )
    return row.resource_id


async def purge(uow: UnitOfWork, user_id: str | None = None, key: str | None = None) -> None:
    """Remove keys that are too old to count: all of them, or one user's one key."""
    statement = delete(IdempotencyRow).where(IdempotencyRow.created_at < clock.utcnow() - KEPT)
    if user_id is not None:
        statement = statement.where(IdempotencyRow.user_id == user_id, IdempotencyRow.key == key)
    await uow.session.execute(statement)


async def _insert(uow: UnitOfWork, user_id: str, key: str, route: str, fingerprint: str, now: dt.datetime) -> bool:
    """Insert the row; say whether it is new."""
    dialect = uow.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = (
        insert(IdempotencyRow)
        .values(user_id=user_id, key=key, route=route, fingerprint=fingerprint, resource_id="", created_at=now)
        .on_conflict_do_nothing()
        .returning(IdempotencyRow.key)
    )
    return (await uow.session.execute(statement)).first() is not None


def _fingerprint(body: BaseModel | None) -> str:
    data = None if body is None else body.model_dump(mode="json")
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _age(age: dt.timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
