"""A strategy on stored bars in the locked-down child, for commands that want its result or why there is none."""

from __future__ import annotations

import asyncio

import click

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.features.backtests.child import limits_of, load_bars
from quantdesk.features.market import service as market
from quantdesk.kit.context import Context
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import Task
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.messages import LiveMessage
from quantdesk.sandbox.outcome import Failed, Finished, ResultT


async def result_of(context: Context, spec: BacktestSpec, request: Task[ResultT]) -> ResultT:
    """Carry out a request about the spec; raise ClickException when the strategy fails or is stopped."""

    async def ignore(_message: LiveMessage) -> None:
        pass

    async with context.database.unit(write=False) as uow:
        actions = await market.actions_of(uow, spec.symbols, end=spec.end)
    sandbox = context.settings.sandbox
    try:
        ended = await run_task(
            request,
            await asyncio.to_thread(load_bars, context.bars, spec),
            limits_of(sandbox),
            ignore,
            asyncio.Event(),
            actions=actions,
            require_isolation=sandbox.require_isolation,
            start_warm=False,
        )
    except IsolationUnavailableError as error:
        raise click.ClickException(f"{error}; set QD_SANDBOX__KIND=none if you only run code you trust") from None
    if isinstance(ended, Failed):
        file = f"{ended.error.file} " if ended.error.file else ""
        line = f"{file}line {ended.error.line}: " if ended.error.line else ""
        raise click.ClickException(f"the strategy fails: {line}{ended.error.type}: {ended.error.message}")
    if not isinstance(ended, Finished):
        raise click.ClickException(f"stopped: {ended.message_en}")
    return ended.result
