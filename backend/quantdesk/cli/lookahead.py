"""`quantdesk backtest check-lookahead`: the truncation test of a strategy's file on stored bars."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quantdesk.cli.data import run as run_on_home
from quantdesk.cli.reporting import Reporter

if TYPE_CHECKING:
    from quantdesk.core.backtest.spec import BacktestSpec
    from quantdesk.core.backtest.truncation import TruncationReport
    from quantdesk.kit.context import Context

_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y%m%d"])
SHOWN = 20
"""Differences that are printed."""


@click.command("check-lookahead")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--symbols", required=True, help="Comma-separated: 600519.SH,000001.SZ")
@click.option("--start", required=True, type=_DAY, help="First day, e.g. 2021-01-01.")
@click.option("--end", required=True, type=_DAY, help="Last day.")
@click.option("--adjustment", type=click.Choice(["none", "qfq", "hfq"]), default="qfq", show_default=True)
@click.option("--samples", type=click.IntRange(1, 1000), default=12, show_default=True, help="Days to cut the data at.")
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the days.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def check_lookahead(
    file: Path,
    symbols: str,
    start: dt.datetime,
    end: dt.datetime,
    adjustment: str,
    samples: int,
    seed: int,
    as_json: bool,
) -> None:
    """Say whether the strategy in FILE decides by data of later days.

    It runs on the whole data and on data cut at sampled days; its orders up to a cut must be the same in both.

    Exit status: 0 when they are; 1 when look-ahead is found, or the strategy fails or sends no order to compare.
    """
    from pydantic import ValidationError

    from quantdesk.core.backtest.spec import BacktestSpec
    from quantdesk.core.backtest.truncation_words import about_difference, about_report
    from quantdesk.core.strategies.future_hints import future_hints
    from quantdesk.features.backtests.service import checked

    try:
        source = file.read_text(encoding="utf-8-sig")
        spec = BacktestSpec.model_validate(
            {
                "symbols": [symbol.strip() for symbol in symbols.split(",") if symbol.strip()],
                "start": start.date(),
                "end": end.date(),
                "adjustment": adjustment,
            }
        )
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise click.UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    async def work(context: Context, report: Reporter) -> None:
        fitted = await asyncio.to_thread(checked, context.bars, spec, source)
        found = await _run(context, fitted, source, samples, seed)
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        else:
            click.echo(about_report(found).en)
            for hint in future_hints(source) if found.verdict == "look_ahead" else []:
                click.echo(f"{file}:{hint.line}: {hint.words.en}\n    {hint.source}")
            for difference in found.differences[:SHOWN]:
                click.echo(f"  {about_difference(difference).en}")
        if found.verdict != "clean":
            raise SystemExit(1)

    run_on_home(work, json_lines=False)


async def _run(context: Context, spec: BacktestSpec, source: str, samples: int, seed: int) -> TruncationReport:
    from quantdesk.features.backtests.child import limits_of, load_bars
    from quantdesk.features.market import service as market
    from quantdesk.sandbox.capabilities import IsolationUnavailableError
    from quantdesk.sandbox.exchange import TruncationRequest
    from quantdesk.sandbox.launcher import run_task
    from quantdesk.sandbox.messages import LiveMessage
    from quantdesk.sandbox.outcome import Failed, Finished

    async def ignore(_message: LiveMessage) -> None:
        pass

    async with context.database.unit(write=False) as uow:
        actions = await market.actions_of(uow, spec.symbols, end=spec.end)
    sandbox = context.settings.sandbox
    try:
        ended = await run_task(
            TruncationRequest(spec=spec, source=source, samples=samples, seed=seed),
            await asyncio.to_thread(load_bars, context.bars, spec),
            limits_of(sandbox),
            ignore,
            asyncio.Event(),
            actions=actions,
            require_isolation=sandbox.require_isolation,
            start_warm=False,
        )
    except IsolationUnavailableError as error:
        raise click.ClickException(
            f"{error}; set QD_SANDBOX__REQUIRE_ISOLATION=false if you only run code you trust"
        ) from None
    if isinstance(ended, Failed):
        line = f"line {ended.error.line}: " if ended.error.line else ""
        raise click.ClickException(f"the strategy fails: {line}{ended.error.type}: {ended.error.message}")
    if not isinstance(ended, Finished):
        raise click.ClickException(f"stopped: {ended.message_en}")
    return ended.result
