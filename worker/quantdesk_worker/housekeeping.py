"""What is tidied up once a day. Each part is tried, whatever became of the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from quantdesk.features.auth import service as auth
from quantdesk.features.data import service as data
from quantdesk.features.data import uploads
from quantdesk.features.datasets import service as datasets
from quantdesk.features.exports import service as exports
from quantdesk.features.jobs import service as jobs
from quantdesk.features.notebooks import service as notebooks
from quantdesk.features.refresh import service as refresh
from quantdesk.features.sources import service as sources
from quantdesk.features.strategies import archives
from quantdesk.features.strategies import service as strategies
from quantdesk.kit import data_keys
from quantdesk.kit.context import Context

log = structlog.get_logger(__name__)

PARTS: dict[str, Callable[[Context], Awaitable[object]]] = {
    "a master key past its days": data_keys.rotate_if_due,
    "code stored before it was encrypted": strategies.seal_plain,
    "strategies past their days in the trash": strategies.purge,
    "outputs of notebooks that are gone": notebooks.purge,
    "uploaded archives of strategies": archives.purge,
    "logs of finished jobs": jobs.archive_leftovers,
    "uploads older than a day": uploads.purge,
    "exports past their days": exports.purge,
    "refreshes past their days": refresh.purge,
    "what happened to the sources past its days": sources.purge,
    "old audit entries and idempotency keys": auth.purge,
    "files of tables out of use": datasets.sweep,
    "bars in many small pieces": data.compact_bars,
}


async def keep_house(context: Context) -> None:
    """Run all parts, and log what each did or why it failed."""
    for name, part in PARTS.items():
        try:
            log.info("housekeeping", part=name, done=await part(context))
        except Exception:
            log.exception("housekeeping failed", part=name)
