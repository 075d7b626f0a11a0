"""What is tidied up once a day. Each part is tried, whatever became of the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from quantdesk.features.auth import service as auth
from quantdesk.features.data import service as data
from quantdesk.features.data import uploads
from quantdesk.features.exports import service as exports
from quantdesk.features.jobs import service as jobs
from quantdesk.features.refresh import service as refresh
from quantdesk.kit.context import Context

log = structlog.get_logger(__name__)

PARTS: dict[str, Callable[[Context], Awaitable[object]]] = {
    "logs of finished jobs": jobs.archive_leftovers,
    "uploads older than a day": uploads.purge,
    "exports past their days": exports.purge,
    "refreshes past their days": refresh.purge,
    "old audit entries and idempotency keys": auth.purge,
    "bars in many small pieces": data.compact_bars,
}


async def keep_house(context: Context) -> None:
    """Run all parts, and log what each did or why it failed."""
    for name, part in PARTS.items():
        try:
            log.info("housekeeping", part=name, done=await part(context))
        except Exception:
            log.exception("housekeeping failed", part=name)
