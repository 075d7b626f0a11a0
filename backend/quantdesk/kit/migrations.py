"""The database's schema: where it stands, and how it gets to the newest revision."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from quantdesk.kit.db import create_engine

FOLDER = Path(__file__).resolve().parents[3] / "migrations"
_LOCK = 0x5144_4D49  # any fixed number: PostgreSQL's advisory lock of our migrations


class MigrationError(Exception):
    """The database cannot be brought to the newest revision; the message says what to do."""


def head_revision() -> str:
    """Give the newest revision: the one that none comes after."""
    before = _chain()
    (head,) = set(before) - set(before.values())
    return head


def _chain() -> dict[str, str | None]:
    """Give each revision with the one before it, read from the files' texts (no import of Alembic, which is slow)."""
    texts = [path.read_text(encoding="utf-8") for path in (FOLDER / "versions").glob("[0-9]*_*.py")]
    if not texts:
        raise MigrationError(f"no migrations in {FOLDER / 'versions'}; the installation is incomplete")
    found = [re.findall(r"^(revision|down_revision) = (?:\"(\w+)\"|None)$", text, re.MULTILINE) for text in texts]
    named = [dict(pairs) for pairs in found]
    return {one["revision"]: one["down_revision"] or None for one in named}


async def current_revision(connection: AsyncConnection) -> str | None:
    """Give the database's revision; None for an empty one."""
    tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if "alembic_version" not in tables:
        if "users" in tables:
            raise MigrationError(
                "the database has QuantDesk's tables but no revision: a migration was cut off. "
                "Restore the backup made before the upgrade, or start with an empty database"
            )
        return None
    rows = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    if len(rows) > 1:
        raise MigrationError(f"the database has several revisions {sorted(rows)}; restore a backup")
    return rows[0] if rows else None


async def upgrade(url: str) -> bool:
    """Bring the database to the newest revision; say whether anything was done.

    Each revision is one transaction, also on SQLite. Raise MigrationError when the database is of a newer
    QuantDesk, or when a migration fails (then the database is as it was before that revision).
    """
    head = head_revision()
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            current = await current_revision(connection)
        if current == head:
            return False
        if current is not None and current not in _chain():
            raise MigrationError(
                f"the database is of a newer QuantDesk (revision {current}, this one knows {head}); upgrade the program"
            )
        await _run(url)
        return True
    finally:
        await engine.dispose()


async def _run(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    engine = create_engine(url)

    def migrate(connection: object) -> None:
        config = Config(FOLDER / "alembic.ini")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    try:
        async with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Two processes that start at once: the second waits, then finds nothing to do.
                await connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
                await connection.commit()
            try:
                await connection.run_sync(migrate)
                await connection.commit()
            except Exception as error:
                await connection.rollback()
                raise MigrationError(
                    f"migration failed and was rolled back: {error}. The database is as before; "
                    "please report this with the log"
                ) from error
    finally:
        await engine.dispose()
