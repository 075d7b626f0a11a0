"""Personal API keys for automation: `qd_<prefix>_<secret>`, kept as a hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from quantdesk.features.auth import repository, schemas
from quantdesk.features.auth.errors import TokenInvalid
from quantdesk.features.auth.tables import ApiKeyRow
from quantdesk.kit import audit, clock
from quantdesk.kit.context import Context
from quantdesk.kit.errors import NotFound
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

PREFIX = "qd_"
_LAST_USED_STEP = dt.timedelta(minutes=1)
"""How exact `last_used_at` is; finer would be a database write for every request."""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _view(row: ApiKeyRow) -> schemas.ApiKey:
    return schemas.ApiKey.model_validate(row, from_attributes=True)


async def list_keys(uow: UnitOfWork, principal: Principal) -> schemas.ApiKeyList:
    """Give one's keys, newest first."""
    return schemas.ApiKeyList(items=[_view(row) for row in await repository.api_keys(uow, principal.user_id)])


async def create(uow: UnitOfWork, principal: Principal, body: schemas.ApiKeyCreate) -> schemas.ApiKeyCreated:
    """Make a key; the answer is the only place where it can be read."""
    now = clock.utcnow()
    prefix = f"{PREFIX}{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKeyRow(
        id=new_id(),
        user_id=principal.user_id,
        name=body.name,
        prefix=prefix,
        key_hash=_hash(key),
        scopes=sorted(set(body.scopes)),
        created_at=now,
        last_used_at=None,
        expires_at=None if body.expires_in_days is None else now + dt.timedelta(days=body.expires_in_days),
        revoked_at=None,
    )
    uow.session.add(row)
    audit.record(uow, principal, "api_key.created", row.id, {"name": body.name, "scopes": " ".join(row.scopes)})
    return schemas.ApiKeyCreated(**_view(row).model_dump(), key=key)


async def revoke(uow: UnitOfWork, principal: Principal, key_id: str) -> None:
    """End a key at once. Raise NotFound."""
    row = await repository.api_key(uow, principal.user_id, key_id)
    if row is None:
        raise NotFound(f"you have no API key {key_id}")
    row.revoked_at = clock.utcnow()
    audit.record(uow, principal, "api_key.revoked", row.id, {"name": row.name})


async def authenticate(context: Context, key: str) -> Principal:
    """Give the principal of a key, with its user's role of this moment. Raise TokenInvalid."""
    now = clock.utcnow()
    async with context.database.unit(write=False) as uow:
        found = await repository.api_key_with_user(uow, _hash(key))
    if found is None:
        raise TokenInvalid("this API key does not exist")
    row, user = found
    if row.revoked_at is not None or user.disabled:
        raise TokenInvalid("this API key was revoked" if row.revoked_at else "this API key's user is disabled")
    if row.expires_at is not None and row.expires_at <= now:
        raise TokenInvalid(f"this API key expired on {row.expires_at:%Y-%m-%d}")
    if row.last_used_at is None or now - row.last_used_at >= _LAST_USED_STEP:
        async with context.database.unit(write=True) as uow:
            await repository.set_last_used(uow, row.id, now)
    return Principal(
        user_id=user.id,
        username=user.username,
        role=user.role,  # type: ignore[arg-type]  # the column holds roles only
        api_key_id=row.id,
        scopes=frozenset(row.scopes),
    )
