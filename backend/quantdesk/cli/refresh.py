"""`quantdesk data refresh`: bring the stored bars up to the last trading day that is over."""

from __future__ import annotations

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option
from quantdesk.cli.running import run as run_on_home
from quantdesk.kit.context import Context

SHOWN = 20
"""Symbols that are listed."""


@click.command()
@click.option("--symbols", help="Comma-separated: 600519.SH,000001.SZ. Default: all stored stocks.")
@click.option("--plan", "plan_only", is_flag=True, help="Say what would be fetched, and fetch nothing.")
@click.option("--job", hidden=True, help="Carry out this refresh instead.")
@json_lines_option
def refresh(symbols: str | None, plan_only: bool, job: str | None, json_lines: bool) -> None:
    """Fetch from the online sources what the stored stocks lack, up to the last trading day that is over.

    Run again after a break it goes on with what still lacks. Exit status: 0; 1 when the sources would not answer or
    any symbol failed.
    """
    from quantdesk.features.market import fetching
    from quantdesk.features.refresh import service

    wanted = [symbol.strip() for symbol in symbols.split(",") if symbol.strip()] if symbols is not None else None
    if wanted == []:
        raise click.UsageError("--symbols: name at least one, e.g. 600519.SH")

    async def work(context: Context, report: Reporter) -> None:
        def progress(done: int, total: int, symbol: str | None) -> None:
            report.progress(done, total, "stocks", symbol)

        def warn(text: str) -> None:
            report.log("warning", text)

        if job is not None:
            stopped = await service.carry_out(
                context, service.DatabaseLedger(context, job), fetching.fetch, progress, warn
            )
            report.result({"stopped": stopped.model_dump() if stopped else None})
            return
        made, minutes = await service.plan_by_hand(context, wanted)
        fetches = [step for step in made.steps if step.fetches]
        report.log(
            "info",
            f"{len(fetches):,} of {len(made.steps):,} symbols to fetch up to {made.day}, about {minutes:,.0f} min",
        )
        if plan_only:
            for step in fetches[:SHOWN]:
                report.log("info", f"{step.symbol:<12} {step.start} to {step.end}  {step.reason}")
            if len(fetches) > SHOWN:
                report.log("info", f"… and {len(fetches) - SHOWN:,} more")
            report.result({"day": str(made.day), "symbols": len(made.steps), "fetches": len(fetches)})
            return
        service.insist_on_sources(context)
        ledger = service.MemoryLedger(made.steps, made.newest)
        stopped = await service.carry_out(context, ledger, fetching.fetch, progress, warn)
        if stopped is not None:
            warn(f"stopped, as no source would answer: {stopped.message}; run the command again later to go on")
        for symbol, message in list(ledger.errors.items())[:SHOWN]:
            warn(f"{symbol}: {message}")
        report.log(
            "info",
            f"{len(ledger.done):,} symbols refreshed, {len(ledger.unchanged):,} unchanged, "
            f"{len(ledger.errors):,} failed: {ledger.inserted:,} new bars, {ledger.updated:,} changed",
        )
        report.result({"done": ledger.done, "unchanged": ledger.unchanged, "failed": ledger.errors})
        if stopped is not None or ledger.errors:
            raise SystemExit(1)

    run_on_home(work, json_lines)
