"""`quantdesk backtest rerun` and `diff`: finished backtests of this home, run again or compared."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quantdesk.cli.data import run as run_on_home
from quantdesk.cli.reporting import Reporter

if TYPE_CHECKING:
    from quantdesk.core.backtest.capsule import Comparison
    from quantdesk.core.backtest.diff import ReportDiff
    from quantdesk.features.backtests.comparing import StoredRun
    from quantdesk.kit.context import Context

SHOWN = 20
"""Differing orders and fills that are printed."""


@click.command()
@click.argument("backtest_id", metavar="ID")
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the new result here.")
def rerun(backtest_id: str, json_path: Path | None) -> None:
    """Run the finished backtest ID again, with its code version and the bars stored now, and compare.

    Exit status: 0 when every number is byte for byte the same; 1 when not, or when it cannot be run.
    """
    from quantdesk.cli.sandboxed import result_of
    from quantdesk.core.backtest.capsule import compare
    from quantdesk.features.backtests import comparing
    from quantdesk.sandbox.exchange import BacktestRequest

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            stored = await comparing.stored_run(uow, context, backtest_id, await comparing.owner_of(uow, backtest_id))
        spec = stored.report.spec
        again = await result_of(
            context, spec, BacktestRequest(spec=spec, source=stored.project.code, files=stored.project.files)
        )
        if json_path is not None:
            await asyncio.to_thread(json_path.write_text, again.model_dump_json(indent=2) + "\n", encoding="utf-8")
        found = compare(stored.report, again)
        _show_comparison(stored, found)
        if not found.identical or found.damaged:
            raise SystemExit(1)

    run_on_home(work, json_lines=False)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Print the whole difference as JSON.")
def diff(a: str, b: str, as_json: bool) -> None:
    """Say what is different in the finished backtest B, compared with A.

    Exit status: 0 when nothing differs, 1 when something does.
    """
    from quantdesk.core.backtest.diff import diff_reports
    from quantdesk.features.backtests import comparing

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            first, second = [
                await comparing.stored_run(uow, context, one, await comparing.owner_of(uow, one)) for one in (a, b)
            ]
        found = diff_reports(first.report, second.report, first.project, second.project)
        if as_json:
            click.echo(found.model_dump_json(indent=2))
        else:
            _show_diff(found)
        if not found.identical:
            raise SystemExit(1)

    run_on_home(work, json_lines=False)


def _show_comparison(stored: StoredRun, found: Comparison) -> None:
    if found.damaged:
        click.echo("the stored report was changed after the run: its content does not give its own digest")
    if found.identical:
        click.echo(f"identical  {found.after_sha256}  {stored.name}")
    else:
        click.echo(f"different  {stored.name}\n  before {found.before_sha256}\n  now    {found.after_sha256}")
    for change in found.changed:
        click.echo(f"changed {change.part} {change.name}: {change.before} -> {change.after}")
    if not found.identical and not found.changed:
        click.echo("nothing that determines the run has changed: the strategy is not deterministic")
    for first in found.differences:
        click.echo(f"first difference in {first.table} row {first.row}, {first.field}: {first.before} -> {first.after}")


def _show_diff(found: ReportDiff) -> None:
    if found.identical:
        click.echo("no difference")
        return
    click.echo(f"code: {f'+{found.code.added} -{found.code.removed} lines' if found.code.changed else 'the same'}")
    if found.code.changed:
        click.echo(found.code.unified)
    for setting in found.settings:
        click.echo(f"setting {setting.field}: {setting.a or '-'} -> {setting.b or '-'}")
    for metric in found.metrics:
        if metric.a != metric.b:
            by = "" if metric.difference is None else f"  ({metric.difference:+.6g})"
            click.echo(f"{metric.name:>24}  {metric.a or '-'} -> {metric.b or '-'}{by}")
    for name, table in (("orders", found.orders), ("fills", found.fills)):
        click.echo(
            f"{name}: {table.added} added, {table.removed} removed, {table.changed} changed, {table.same} the same"
        )
        for row in table.rows[:SHOWN]:
            one = row.b or row.a
            assert one is not None  # a row has a side  # noqa: S101
            words = ", ".join(f"{field} {getattr(row.a, field)} -> {getattr(row.b, field)}" for field in row.fields)
            click.echo(f"  {row.change:<8} {row.date} {one.symbol} {one.side} {one.quantity}  {words}".rstrip())
    if found.equity.first_difference is not None:
        click.echo(f"equity differs from {found.equity.first_difference} on")
