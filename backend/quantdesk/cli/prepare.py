"""`python -m quantdesk.cli.prepare`: bring the database up to date, and ask the servers, before anything uses them.

A process of its own, so that the supervisor stays small. It prints one JSON line, a Prepared; its exit status is 1 when
something stands in the way.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError

from quantdesk.kit.db import create_engine
from quantdesk.kit.migrations import MigrationError, upgrade
from quantdesk.kit.uow import Database
from quantdesk.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Prepared:
    error: str | None = None
    """What stands in the way, and what to do."""
    setup_url: str | None = None
    """The one-time link, while there is no user."""
    first_run: bool = False
    """True when no instrument is stored."""


async def prepare(settings: Settings) -> Prepared:
    """Migrate, and see whether there is anything in the database."""
    from quantdesk.features.auth import service as auth
    from quantdesk.features.auth import setup_token
    from quantdesk.features.market.tables import InstrumentRow

    url = settings.database_url
    try:
        await upgrade(url)
        database = Database(create_engine(url))
        try:
            async with database.unit(write=False) as uow:
                empty = await auth.setup_required(uow)
                first_run = await uow.session.scalar(select(InstrumentRow.symbol).limit(1)) is None
        finally:
            await database.close()
    except MigrationError as error:
        return Prepared(error=str(error))
    except (SQLAlchemyError, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Prepared(error=f"the database {shown} cannot be used: {reason}. Check QD_DATABASE__URL")
    if fault := await store_fault(settings):
        return Prepared(error=fault)
    link = setup_token.setup_url(settings, setup_token.ensure(settings)) if empty else None
    return Prepared(setup_url=link, first_run=first_run)


async def store_fault(settings: Settings) -> str | None:
    """Ask the stores that are servers; say what to do about the first that does not answer. Files need no asking."""
    stores = {
        "documents": settings.documents.kind == "mongo",
        "blobs": settings.blob.kind == "minio",
        "bars": settings.bars.kind == "minio",
        "quotes": settings.quotes.kind == "influx",
    }
    servers = [name for name, is_server in stores.items() if is_server]
    if not servers:
        return None
    from quantdesk.bootstrap import build_context
    from quantdesk.features.system import checks

    context = build_context(settings)
    try:
        found = await asyncio.gather(*(checks.run(name, checks.READINESS[name], context) for name in servers))
    finally:
        await context.close()
    return next((f"{check.name}: {check.detail}" for check in found if check.status == "failed"), None)


if __name__ == "__main__":
    prepared = asyncio.run(prepare(load_settings()))
    print(json.dumps(asdict(prepared)))
    sys.exit(1 if prepared.error else 0)
