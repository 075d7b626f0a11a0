"""`quantdesk data check`: the quality of the stored bars."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.core.quality.checks import SymbolReport
from quantdesk.core.quality.finding import TABLE
from quantdesk.core.quality.score import Tally
from quantdesk.features.market import service as market
from quantdesk.features.quality import service
from quantdesk.features.quality.checking import Checker, gather
from quantdesk.kit import clock
from quantdesk.kit.context import Context

_SHOWN = 20
"""Symbols and findings that a person is shown; --json has them all."""


@click.command()
@click.option("--symbols", default="", help="Only these, with commas between, e.g. 600519.SH,000001.SZ. Default: all.")
@click.option("--json", "out", type=click.File("w", encoding="utf-8"), help="Write all findings here; - for stdout.")
@click.option("--summary", is_flag=True, hidden=True, help="Give the worker datasets and symbols, without findings.")
@json_lines_option
def check(symbols: str, out: TextIO | None, summary: bool, json_lines: bool) -> None:
    """Check the stored bars against calendar, price limits, corporate actions and themselves.

    Exit status: 0 without errors (there may be warnings), 1 with errors.
    """
    chosen = [market.canonical(text) for text in symbols.split(",") if text.strip()]

    async def work(context: Context, report: Reporter) -> None:
        stored = await asyncio.to_thread(Checker(context.bars, await gather(context, []), clock.today()).stored)
        wanted = chosen or sorted({symbol for symbol, _ in stored})
        checker = Checker(context.bars, await gather(context, wanted), clock.today())

        def progress(done: int, total: int, name: str) -> None:
            report.progress(done, total, "stocks", name or None)

        found = await asyncio.to_thread(lambda: list(checker.all_of(wanted, progress)))
        if summary:
            datasets, rows = service.stored_rows(found)
            report.result({"datasets": datasets, "symbols": rows})
            return
        report.result({"symbols": len(found)})
        reports = [one for _, one in found]
        if out is not None:
            json.dump([_written(one) for one in reports], out, ensure_ascii=False, indent=1)
            out.write("\n")
        if not json_lines and (out is None or out.name != "<stdout>"):
            _show(reports)
        if any(one.tally.errors for one in reports):
            raise SystemExit(1)

    run(work, json_lines)


def _show(reports: Sequence[SymbolReport]) -> None:
    whole = sum((one.tally for one in reports), Tally())
    click.echo(f"{whole.rows:,} bars of {len(reports):,} series, score {whole.score}")
    if not reports:
        click.echo("nothing is stored; import files or make the demo market first")
    counts = sum((one.counts for one in reports), Counter[Any]())
    for kind, count in counts.most_common():
        click.echo(f"  {count:>8,} {TABLE[kind].severity:<8} {TABLE[kind].en}")
    worst = sorted(reports, key=lambda one: (one.tally.score, one.symbol))
    for one in [one for one in worst if one.tally.score < 100][:_SHOWN]:
        click.echo(f"{one.symbol} ({one.interval}): {one.tally.score}")
        loud = [finding for finding in one.findings if finding.severity != "info"]
        for finding in loud[:_SHOWN]:
            click.echo(f"    {finding.date} {finding.severity:<8} {finding.en}")
        if len(loud) > _SHOWN:
            click.echo(f"    … and {len(loud) - _SHOWN:,} more; --json has all")


def _written(one: SymbolReport) -> dict[str, Any]:
    return {
        "symbol": one.symbol,
        "interval": one.interval,
        "score": one.tally.score,
        "bars": one.tally.rows,
        "missing": one.tally.missing,
        "errors": one.tally.errors,
        "warnings": one.tally.warnings,
        "counts": dict(one.counts),
        "findings": [
            {
                **asdict(finding),
                "date": finding.date.isoformat(),
                "at": finding.at and finding.at.isoformat(),
                "zh": finding.zh,
                "en": finding.en,
            }
            for finding in one.findings
        ],
    }
