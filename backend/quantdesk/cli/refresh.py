"""`quantdesk data refresh`: bring what is stored up to the last trading day that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option
from quantdesk.cli.running import run as run_on_home
from quantdesk.kit.context import Context
from quantdesk.ports.datasets import Dataset

if TYPE_CHECKING:
    from quantdesk.features.refresh.schemas import RefreshCreate, Scope
    from quantdesk.features.refresh.service import MadePlan, MemoryLedger

SHOWN = 20
"""Items that are listed."""


@click.command()
@click.option("--symbols", help="Comma-separated: 600519.SH,000001.SZ. Default: all that are stored or followed.")
@click.option("--scope", type=click.Choice(["everything", "stocks", "indices"]), default="everything")
@click.option("--datasets", help="Comma-separated: stock_daily,dividends. Default: all that are kept fresh.")
@click.option("--plan", "plan_only", is_flag=True, help="Say what would be fetched, and fetch nothing.")
@click.option("--job", hidden=True, help="Carry out this refresh instead.")
@json_lines_option
def refresh(
    symbols: str | None, scope: str, datasets: str | None, plan_only: bool, job: str | None, json_lines: bool
) -> None:
    """Fetch from the sources what the stored data lack, up to the last trading day that is over.

    Bars of stocks, indices, ETFs and futures, then the tables that are due. Run again after a break it goes on with
    what still lacks. Exit status: 0; 1 when the sources would not answer or anything failed.
    """
    from quantdesk.features.market import fetching
    from quantdesk.features.refresh import service

    body = _body(symbols, scope, datasets)

    async def work(context: Context, report: Reporter) -> None:
        def progress(done: int, total: int, item: str | None) -> None:
            report.progress(done, total, "items", item)

        def warn(text: str) -> None:
            report.log("warning", text)

        if job is not None:
            stopped = await service.carry_out(
                context, service.DatabaseLedger(context, job), fetching.fetch, progress, warn
            )
            report.result({"stopped": stopped.model_dump() if stopped else None})
            return
        made, minutes = await service.plan_by_hand(context, body)
        _tell_plan(report, made, minutes)
        if plan_only:
            fetches = sum(step.fetches for step in made.steps)
            report.result({"day": str(made.day), "items": len(made.steps), "fetches": fetches})
            return
        service.insist_on_sources(context)
        ledger = service.MemoryLedger(made.steps, made.newest)
        stopped = await service.carry_out(context, ledger, fetching.fetch, progress, warn)
        if stopped is not None:
            warn(f"stopped, as no source would answer: {stopped.message}; run the command again later to go on")
        _tell_end(report, ledger)
        if stopped is not None or ledger.errors:
            raise SystemExit(1)

    run_on_home(work, json_lines)


def _body(symbols: str | None, scope: str, datasets: str | None) -> RefreshCreate:
    from quantdesk.features.refresh.schemas import RefreshCreate

    named = _listed(symbols, "--symbols: name at least one, e.g. 600519.SH")
    wanted = _listed(datasets, "--datasets: name at least one, e.g. stock_daily")
    if wanted is not None and (unknown := set(wanted) - set(get_args(Dataset))):
        raise click.UsageError(f"--datasets: there is no {', '.join(sorted(unknown))}; see the guide to refreshes")
    return RefreshCreate(scope=cast("Scope", scope), symbols=named, datasets=cast("list[Dataset] | None", wanted))


def _listed(text: str | None, problem: str) -> list[str] | None:
    if text is None:
        return None
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise click.UsageError(problem)
    return found


def _tell_plan(report: Reporter, made: MadePlan, minutes: float) -> None:
    fetches = [step for step in made.steps if step.fetches]
    report.log(
        "info",
        f"{len(fetches):,} of {len(made.steps):,} items to fetch up to {made.day}, about {minutes:,.0f} min",
    )
    for name, spending in made.spending.datasets.items():
        if spending.fetches:
            later = f", {spending.later:,} of them tomorrow" if spending.later else ""
            report.log(
                "info",
                f"  {name:<18} {spending.fetches:,} of {spending.need.items:,}, {spending.requests:,} requests{later}",
            )
    if made.missing:
        report.log("info", f"  no source has {', '.join(made.missing)}")
    for step in fetches[:SHOWN]:
        days = f"{step.start} to {step.end}" if step.start else ""
        report.log("info", f"{step.dataset:<18} {step.key:<12} {days}  {step.reason}")
    if len(fetches) > SHOWN:
        report.log("info", f"… and {len(fetches) - SHOWN:,} more")


def _tell_end(report: Reporter, ledger: MemoryLedger) -> None:
    for item, message in list(ledger.errors.items())[:SHOWN]:
        report.log("warning", f"{item}: {message}")
    report.log(
        "info",
        f"{len(ledger.done):,} items refreshed, {len(ledger.unchanged):,} unchanged, "
        f"{len(ledger.errors):,} failed: {ledger.inserted:,} new bars and rows, {ledger.updated:,} changed",
    )
    report.result({"done": ledger.done, "unchanged": ledger.unchanged, "failed": ledger.errors})
