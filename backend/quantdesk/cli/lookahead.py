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
    from quantdesk.kit.context import Context

_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y%m%d"])
SHOWN = 20
"""Differences that are printed."""


@click.command("check-lookahead")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
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
    """Say whether the strategy in FILE, or in a folder with strategy.py, decides by data of later days.

    It runs on the whole data and on data cut at sampled days; its orders up to a cut must be the same in both.

    Exit status: 0 when they are; 1 when look-ahead is found, or the strategy fails or sends no order to compare.
    """
    from pydantic import ValidationError

    from quantdesk.cli.sandboxed import result_of
    from quantdesk.cli.strategy_files import place, read_project
    from quantdesk.core.backtest.spec import BacktestSpec
    from quantdesk.core.backtest.truncation_words import about_difference, about_report
    from quantdesk.core.strategies.future_hints import future_hints
    from quantdesk.features.backtests.service import checked
    from quantdesk.sandbox.exchange import TruncationRequest

    try:
        project = read_project(file)
        spec = BacktestSpec.model_validate(
            {
                "symbols": [symbol.strip() for symbol in symbols.split(",") if symbol.strip()],
                "start": start.date(),
                "end": end.date(),
                "adjustment": adjustment,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise click.UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    async def work(context: Context, report: Reporter) -> None:
        fitted = await asyncio.to_thread(checked, context.bars, spec, project.code)
        request = TruncationRequest(spec=fitted, source=project.code, files=project.files, samples=samples, seed=seed)
        found = await result_of(context, fitted, request)
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        else:
            click.echo(about_report(found).en)
            for hint in future_hints(project.code, project.files) if found.verdict == "look_ahead" else []:
                click.echo(f"{place(file, hint.file)}:{hint.line}: {hint.words.en}\n    {hint.source}")
            for difference in found.differences[:SHOWN]:
                click.echo(f"  {about_difference(difference).en}")
        if found.verdict != "clean":
            raise SystemExit(1)

    run_on_home(work, json_lines=False)
