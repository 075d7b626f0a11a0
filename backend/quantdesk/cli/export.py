"""`quantdesk data export`: stored bars as files, without a server."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.core.bars.adjust import Adjustment
from quantdesk.core.bars.frame import Interval

if TYPE_CHECKING:
    from quantdesk.features.exports.engine.writing import Tick, Written
    from quantdesk.features.exports.schemas import ExportCreate
    from quantdesk.kit.context import Context

_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y%m%d"])
_SUFFIXES = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}
_KINDS = ("stock", "index", "etf", "fund", "future", "crypto")


class _Stopped(Exception):
    """The user or the worker wants no more of it."""


@click.command()
@click.argument("out", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "xlsx", "parquet", "qlib"]),
    help="Default: as OUT ends, .csv, .xlsx or .parquet.",
)
@click.option("--symbols", help="Comma-separated: 600519.SH,000001.SZ. Default: all that is stored.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only such; may be given again.")
@click.option("--query", default="", help="Only what the search finds: code, name or pinyin initials.")
@click.option("--simulated/--real", default=None, help="Only the demo market, or without it.")
@click.option("--interval", type=click.Choice(get_args(Interval)), default="1d", show_default=True)
@click.option("--start", type=_DAY, help="First day, e.g. 2021-01-01.")
@click.option("--end", type=_DAY, help="Last day.")
@click.option(
    "--adjustment", type=click.Choice(get_args(Adjustment)), help="Default: hfq for qlib, raw prices for the others."
)
@click.option("--as-of", type=_DAY, help="With qfq: the day whose prices stay as they were. Default: the last one.")
@click.option("--columns", help="Comma-separated, in the order wanted: symbol,date,close. Default: all but vwap.")
@click.option(
    "--per-symbol", is_flag=True, help="One file a symbol: OUT is a folder, or an archive when it ends in .zip."
)
@click.option("--headers", type=click.Choice(["zh", "en"]), default="en", show_default=True, help="Of the columns.")
@click.option("--bom", is_flag=True, help="CSV with a byte order mark, so that Excel reads Chinese.")
@click.option("--group", "groups", multiple=True, metavar="NAME=FILE", help="qlib: instruments of a file, one a line.")
@click.option("--overwrite", is_flag=True, help="Put the export in the place of an OUT that is there.")
@click.option("--job", hidden=True, help="Carry out this export into the store of files instead.")
@json_lines_option
def export(
    out: Path | None,
    format_: str | None,
    symbols: str | None,
    groups: tuple[str, ...],
    overwrite: bool,
    job: str | None,
    json_lines: bool,
    **options: Any,
) -> None:
    """Export stored bars to OUT: CSV, Excel, Parquet, or the folder that qlib reads.

    OUT is a file; with --per-symbol, and for qlib, a folder, or an archive when its name ends in .zip. It is written
    beside its place and put there when it is whole; Ctrl-C and a full disk leave nothing behind.
    """
    if job is not None:
        run(lambda context, report: _carry_out(context, report, str(job)), json_lines)
        return
    if out is None:
        raise click.UsageError("say where to: quantdesk data export … OUT")
    request = _request(out, format_, symbols, groups, options)

    async def work(context: Context, report: Reporter) -> None:
        from quantdesk.features.exports.engine.writing import write_export
        from quantdesk.features.exports.selecting import extent_in, make_plan
        from quantdesk.kit import clock

        async with context.database.unit(write=False) as uow:
            plan = await make_plan(uow, context, request)
        tick = _ticking(report, (await extent_in(context, plan)).rows)
        try:
            written: Written = await asyncio.to_thread(
                write_export, context.bars, plan, out, tick=tick, now=clock.utcnow(), replace=overwrite
            )
        except FileExistsError:
            raise click.ClickException(f"{out} is there already; choose another name, or give --overwrite") from None
        except _Stopped:
            report.log("warning", "stopped; nothing was written")
            raise SystemExit(130) from None
        except OSError as error:
            raise click.ClickException(f"{out} cannot be written: {error.strerror or error}") from None
        report.log("info", f"{out}: {written.rows:,} bars of {written.symbols:,} symbols")
        report.result({"rows": written.rows, "symbols": written.symbols, "path": str(out)})

    run(work, json_lines)


async def _carry_out(context: Context, report: Reporter, export_id: str) -> None:
    from quantdesk.features.exports import service

    try:
        file = await service.carry_out(context, export_id, lambda total: _ticking(report, total))
    except _Stopped:
        raise SystemExit(130) from None
    report.result(file.model_dump(mode="json"))


def _ticking(report: Reporter, total: int) -> Tick:
    """Give what the writing calls: it reports, and raises _Stopped after Ctrl-C or a cancel."""
    stop = threading.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    done = 0

    def tick(rows: int, symbol: str) -> None:
        nonlocal done
        if stop.is_set():
            raise _Stopped
        done += rows
        report.progress(done, max(total, done), "rows", symbol)

    return tick


def _request(
    out: Path, format_: str | None, symbols: str | None, groups: tuple[str, ...], options: dict[str, Any]
) -> ExportCreate:
    from pydantic import ValidationError

    from quantdesk.features.exports.schemas import ExportCreate

    chosen = format_ or _SUFFIXES.get(out.suffix.lower())
    if chosen is None:
        raise click.UsageError(f"{out.name} does not say which format; give --format csv, xlsx, parquet or qlib")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    given |= {name: _day(given[name]) for name in ("start", "end", "as_of") if name in given}
    if "columns" in given:
        given["columns"] = _parts(given["columns"])
    given["files"] = "per_symbol" if given.pop("per_symbol") else "one"
    try:
        return ExportCreate(format=chosen, symbols=_parts(symbols or ""), groups=dict(map(_group, groups)), **given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise click.UsageError(f"{place} {first.get('input')!r}: {first['msg']}") from None


def _group(text: str) -> tuple[str, list[str]]:
    name, _, path = text.partition("=")
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{text!r} is not NAME=FILE with a file of symbols: {error}") from None
    return name, [line.split()[0] for line in lines if line.strip()]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _day(value: dt.datetime) -> dt.date:
    return value.date()
