"""The keys that data is encrypted by: one in use for each owner, wrapped by the KeyProvider's master key.

A rotation makes a new version of the master key, wraps every data key anew, and has new writes take new data keys. Old
data keys stay, so that what they sealed stays readable. docs/adr/0016-envelope-encryption.md
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import Index, String, Text, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.errors import AppError, Unavailable
from quantdesk.kit.ids import new_id
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.errors import KeyMissing, KeyTampered
from quantdesk.ports.key_provider import MasterKey, Wrapped

KEY_BYTES = 32
BATCH = 100


class Tampered(AppError):
    code = "data_tampered"
    title = "Encrypted data was changed outside of QuantDesk, or is damaged"


class KeyUnavailable(Unavailable):
    code = "key_unavailable"
    title = "The key that opens this data is missing"


class DataKeyRow(Base):
    __tablename__ = "data_keys"
    __table_args__ = (
        Index(
            "uq_data_keys_in_use",
            "owner_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(26))
    master_version: Mapped[int] = mapped_column(index=True)
    wrapped: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    """Since when new writes take another key; None for the one in use."""


class KeyRotationRow(Base):
    """A rotation, from when it began; one that was cut off goes on where it stopped."""

    __tablename__ = "key_rotations"

    master_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The version it made."""
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class DataKey:
    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.id})"  # the secret stays out of logs


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """How the keys stand."""

    master: MasterKey
    data_keys: int
    in_use: int
    outdated: int
    """Data keys that an older version of the master key wraps."""
    unfinished: int | None
    """The version that a rotation was cut off at."""


@dataclass(frozen=True, slots=True)
class Rotated:
    version: int
    wrapped: int
    """Data keys wrapped anew."""


async def current(uow: UnitOfWork, context: Context, owner_id: str) -> DataKey:
    """Give the key that the owner's new writes take, made on first use. In a write unit."""
    in_use = select(DataKeyRow).where(DataKeyRow.owner_id == owner_id, DataKeyRow.replaced_at.is_(None))
    row = (await uow.session.scalars(in_use)).one_or_none()
    if row is None:
        made, secret = new_id(), secrets.token_bytes(KEY_BYTES)
        wrapped = await context.keys.wrap(secret, _about(made, owner_id))
        # Of two first writes at the same time the second waits for the first's commit, and takes its key.
        await _insert(
            uow,
            DataKeyRow,
            id=made,
            owner_id=owner_id,
            master_version=wrapped.version,
            wrapped=wrapped.text,
            created_at=clock.utcnow(),
        )
        # The newest, even when a rotation has replaced it a moment ago: it stays readable.
        newest = select(DataKeyRow).where(DataKeyRow.owner_id == owner_id).order_by(DataKeyRow.id.desc()).limit(1)
        row = (await uow.session.scalars(newest)).one()
    return await _unwrapped(context, row)


async def by_id(uow: UnitOfWork, context: Context, owner_id: str, key_id: str) -> DataKey:
    """Give one of the owner's keys, in use or replaced. Raise Tampered, KeyUnavailable."""
    row = (
        await uow.session.scalars(
            select(DataKeyRow).where(DataKeyRow.id == key_id, DataKeyRow.owner_id == owner_id)
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise Tampered(
            "this data names an encryption key that its owner has not: it was changed outside of QuantDesk, or belongs "
            "to another database. Bring database and documents back from the same backup"
        )
    return await _unwrapped(context, row)


async def status(uow: UnitOfWork, context: Context) -> KeyStatus:
    """Say how the keys stand."""
    master = await context.keys.master()
    count = func.count(DataKeyRow.id)
    total, in_use, outdated = (
        await uow.session.execute(
            select(
                count,
                count.filter(DataKeyRow.replaced_at.is_(None)),
                count.filter(DataKeyRow.master_version < master.version),
            )
        )
    ).one()
    unfinished = await uow.session.scalar(
        select(func.max(KeyRotationRow.master_version)).where(KeyRotationRow.finished_at.is_(None))
    )
    return KeyStatus(master, total, in_use, outdated, unfinished)


async def rotate(context: Context) -> Rotated:
    """Make a new version of the master key and wrap all data keys by it, while everything goes on.

    A rotation that was cut off is finished instead of a new one begun. Two at the same time do the same work once.
    """
    version = await _begin(context)
    async with context.database.unit() as uow:
        await uow.session.execute(
            update(DataKeyRow).where(DataKeyRow.replaced_at.is_(None)).values(replaced_at=clock.utcnow())
        )
    wrapped = 0
    while done := await _wrap_some(context, version):
        wrapped += done
    async with context.database.unit() as uow:
        row = await uow.session.get_one(KeyRotationRow, version)
        row.finished_at = row.finished_at or clock.utcnow()
    return Rotated(version, wrapped)


async def rotate_if_due(context: Context) -> Rotated | None:
    """Rotate when the master key is older than the settings allow, or when a rotation was cut off."""
    async with context.database.unit(write=False) as uow:
        found = await status(uow, context)
    due = clock.utcnow() - found.master.created_at >= dt.timedelta(days=context.settings.keys.rotate_days)
    return await rotate(context) if due or found.unfinished is not None else None


async def _begin(context: Context) -> int:
    """Give the version of the unfinished rotation, or of a new one."""
    newest = (await context.keys.master()).version
    async with context.database.unit() as uow:
        unfinished = select(func.max(KeyRotationRow.master_version)).where(KeyRotationRow.finished_at.is_(None))
        version = await uow.session.scalar(unfinished)
        if version is None:
            version = newest + 1
            await _insert(uow, KeyRotationRow, master_version=version, started_at=clock.utcnow())
    # The row first: when this is cut off here, the next call makes the version that the row names.
    await context.keys.rotate(version - 1)
    return version


async def _wrap_some(context: Context, version: int) -> int:
    """Wrap a batch of data keys by the newest master key; say how many there were."""
    async with context.database.unit() as uow:
        outdated = select(DataKeyRow).where(DataKeyRow.master_version < version).limit(BATCH).with_for_update()
        rows = (await uow.session.scalars(outdated)).all()
        for row in rows:
            secret = (await _unwrapped(context, row)).secret
            wrapped = await context.keys.wrap(secret, _about(row.id, row.owner_id))
            row.wrapped, row.master_version = wrapped.text, wrapped.version
    return len(rows)


async def _insert(uow: UnitOfWork, table: type[Base], **values: object) -> None:
    """Insert a row, unless there is one of its key."""
    insert = postgresql.insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    await uow.session.execute(insert(table).values(**values).on_conflict_do_nothing())


async def _unwrapped(context: Context, row: DataKeyRow) -> DataKey:
    try:
        wrapped = Wrapped(row.master_version, row.wrapped)
        return DataKey(row.id, await context.keys.unwrap(wrapped, _about(row.id, row.owner_id)))
    except KeyTampered as error:
        raise Tampered(
            f"{error}: the table data_keys was changed outside of QuantDesk, or is damaged. "
            "Bring the database back from a backup, and find out who can write to it",
            data_key=row.id,
        ) from None
    except KeyMissing as error:
        raise KeyUnavailable(str(error), data_key=row.id) from None


def _about(key_id: str, owner_id: str) -> bytes:
    return f"quantdesk data key {key_id} of {owner_id}".encode()
