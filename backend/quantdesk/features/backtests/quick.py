"""Quick runs, the API's side: checks what the editor holds, has the kernels' host run it, stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.features.backtests import service
from quantdesk.features.backtests.errors import StrategyUnusable
from quantdesk.features.backtests.quick_schemas import (
    QUICK,
    QuickFailed,
    QuickReport,
    QuickRequest,
    QuickRun,
    QuickStopped,
)
from quantdesk.features.notebooks import service as kernels
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.strategies import service as strategies
from quantdesk.kit.context import Context
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import stopped


async def run(context: Context, owner_id: str, body: QuickRun, gone: Coroutine[Any, Any, None]) -> QuickReport:
    """Run code that is not saved; when `gone` returns first, nobody waits for it any more, and it ends.

    Raise KernelsAway, FilesRefused, BadParameters, SymbolsWithoutBars, Invalid (a symbol that is none).
    """
    leaving = asyncio.create_task(gone)
    running = asyncio.create_task(_run(context, owner_id, body))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return await running
        ended = stopped("cancelled", Limits())
        return QuickReport(
            QuickStopped(
                reason=ended.reason, message_zh=ended.message_zh, message_en=ended.message_en, logs=[], seconds={}
            )
        )
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _run(context: Context, owner_id: str, body: QuickRun) -> QuickReport:
    project = await strategies.checked_project(body.code, body.files)
    spec = BacktestSpec.model_validate(body.spec.model_dump())
    try:
        spec = await asyncio.to_thread(service.checked, context.bars, spec, body.code)
    except StrategyUnusable as error:
        return QuickReport(QuickFailed(error=_told(error), logs=[], seconds={}))
    reader, writer = await kernels.open_host(context)
    try:
        request = QuickRequest(owner=owner_id, code=body.code, files=list(project.files), spec=spec)
        writer.write(QUICK + b"\n" + request.model_dump_json().encode() + b"\n")
        await writer.drain()
        answer = await reader.readline()
    except (ConnectionError, ValueError):
        raise KernelsAway from None
    finally:
        writer.close()
    if not answer:
        raise KernelsAway
    return QuickReport.model_validate_json(answer)


def _told(error: StrategyUnusable) -> CodeError:
    """Give what is wrong with code that cannot even be read."""
    known = error.extra.get("error")
    if known is not None:
        return CodeError.model_validate(known)
    return CodeError(type="NoStrategyError", message=error.detail, line=None, source_line=None, traceback=[])
