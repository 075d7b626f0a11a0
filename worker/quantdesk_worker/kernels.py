"""The process that hosts the notebooks' kernels."""

from __future__ import annotations

import asyncio
import contextlib
import signal

from quantdesk.bootstrap import build_context
from quantdesk.features.backtests.quick_host import QuickRuns
from quantdesk.features.backtests.quick_schemas import QUICK
from quantdesk.features.notebooks.host import KernelHost
from quantdesk.settings import Settings


def run_host(settings: Settings) -> None:
    """Host kernels until SIGTERM or SIGINT, then end them."""
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    host = asyncio.current_task()
    assert host is not None  # noqa: S101 - for the type checker
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, host.cancel)
    context = build_context(settings)
    quick = QuickRuns(context)
    try:
        await KernelHost(context, {QUICK: quick.serve}, editing=quick.prepare).run()
    finally:
        quick.close()
        await context.close()
