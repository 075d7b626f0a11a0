"""`quantdesk factors`: what an expression is worth, over stored bars."""

from __future__ import annotations

import datetime as dt
from typing import cast, get_args

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.features.factors.schemas import FigureSummary, Preview, PreviewCreate, Universe
from quantdesk.kit import clock
from quantdesk.kit.context import Context

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def factors() -> None:
    """Look at what expressions of the factor language are worth."""


@factors.command()
@click.argument("expression", required=False)
@click.option("--universe", type=click.Choice(get_args(Universe)), default="stocks", show_default=True)
@click.option("--symbols", default="", help="Of the universe `symbols`: comma-separated.")
@click.option("--start", type=_DAY, help="First day, e.g. 2020-01-01. Default: three years before the last.")
@click.option("--end", type=_DAY, help="Last day. Default: today.")
@click.option("--horizon", type=click.IntRange(1, 60), default=1, show_default=True, help="Days that a return is over.")
@click.option("--job", hidden=True, help="Carry out this study instead.")
@json_lines_option
def study(
    expression: str | None,
    universe: str,
    symbols: str,
    start: dt.datetime | None,
    end: dt.datetime | None,
    horizon: int,
    job: str | None,
    json_lines: bool,
) -> None:
    """Set an expression beside the returns that came after it: IC, groups, turnover, e.g. 'Mean($close,5)/$close'."""
    from quantdesk.features.factors import previewing, service

    if job is None and expression is None:
        raise click.UsageError("give an expression, e.g. 'Ref($close,5)/$close-1'")

    async def work(context: Context, report: Reporter) -> None:
        def step(done: int) -> None:
            report.progress(done, previewing.STEPS, "steps")

        if job is not None:
            found = await service.carry_out(context, job, step)
        else:
            last = end.date() if end else clock.today()
            body = PreviewCreate(
                expression=expression or "",
                universe=cast(Universe, universe),
                symbols=[symbol for symbol in symbols.split(",") if symbol.strip()],
                start=start.date() if start else last - dt.timedelta(days=3 * 365),
                end=last,
                horizon=horizon,
            )
            found = previewing.Task(context.bars, body, previewing.MAX_STUDY_CELLS).work(step)
        report.progress(previewing.STEPS, previewing.STEPS, "steps")
        report.result({"preview": found.model_dump(mode="json")})
        if not json_lines:
            _show(found)

    run(work, json_lines)


def _show(found: Preview) -> None:
    click.echo(f"{found.expression}: {len(found.symbols):,} symbols, {len(found.date):,} days")
    for name, figures in (("IC", found.ic_summary), ("rank IC", found.rank_ic_summary)):
        click.echo(f"{name:<8} {_told(figures)}")
    for at, mean in enumerate(found.group_means):
        click.echo(f"group {at + 1:<2} {_percent(mean)} a day's later return")


def _told(figures: FigureSummary) -> str:
    if figures.mean is None:
        return "none"
    ratio = "" if figures.ratio is None else f", {figures.ratio:+.3f} of its deviation"
    return f"mean {figures.mean:+.4f}{ratio}, over {figures.days:,} days"


def _percent(value: float | None) -> str:
    return "    none" if value is None else f"{value:+8.4%}"
