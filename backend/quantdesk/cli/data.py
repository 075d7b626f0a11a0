"""`quantdesk data`: import and export files, fetch a stock, make or remove the demo market."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, cast, get_args

import click
from pydantic import ValidationError

from quantdesk.bootstrap import make_demo_source
from quantdesk.cli.check import check
from quantdesk.cli.export import export
from quantdesk.cli.refresh import refresh
from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option
from quantdesk.cli.running import run as run
from quantdesk.cli.tables import fetch_tables, tables
from quantdesk.features.data.schemas import BarField, Encoding, FileOptions, VolumeUnit
from quantdesk.kit.context import Context


@click.group()
def data() -> None:
    """Import and export market data; make the demo market."""


@data.command()
@click.option("--remove", is_flag=True, help="Remove the demo market instead.")
@json_lines_option
def demo(remove: bool, json_lines: bool) -> None:
    """Make the simulated market: 300 stocks and 5 indices over ten years, symbols ending in .DEMO.

    It is the same on every machine, so that the product can be tried without any data.
    """
    from quantdesk.features.market import demo as demo_market
    from quantdesk.features.market import service

    async def work(context: Context, report: Reporter) -> None:
        if remove:
            async with context.database.unit() as uow:
                rows = await service.remove_demo(uow, context)
            report.log("info", f"removed the demo market: {rows:,} bars")
            report.result({"removed": rows})
            return
        report.progress(0, None, "bars")
        receipt = await demo_market.install(context, make_demo_source())
        total = receipt.inserted + receipt.updated + receipt.unchanged
        report.progress(total, total, "bars")
        report.log("info", f"demo market: {total:,} bars, {receipt.inserted:,} new, {receipt.updated:,} changed")
        report.result({"inserted": receipt.inserted, "updated": receipt.updated, "unchanged": receipt.unchanged})

    run(work, json_lines)


@data.command()
@click.argument("symbol")
@click.option("--interval", type=click.Choice(["1m", "5m", "15m", "30m", "60m", "1d"]), default="1d", show_default=True)
@json_lines_option
def fetch(symbol: str, interval: Literal["1m", "5m", "15m", "30m", "60m", "1d"], json_lines: bool) -> None:
    """Fetch an instrument's bars from the online sources, e.g. of 600519.SH."""
    from quantdesk.features.market import fetching, service
    from quantdesk.features.sources import service as sources

    async def work(context: Context, report: Reporter) -> None:
        wanted = service.canonical(symbol)
        report.progress(0, 1, "stocks", wanted)
        source, receipt = await fetching.fetch(
            context, wanted, lambda text: report.log("warning", text), interval=interval
        )
        report.progress(1, 1, "stocks", wanted)
        report.log("info", f"{wanted} from {source}: {receipt.inserted:,} new bars, {receipt.updated:,} changed")
        if interval == "1d":
            await sources.cross_check_sample(context, [wanted], lambda text: report.log("warning", text))
        report.result({"source": source, "inserted": receipt.inserted, "updated": receipt.updated})

    run(work, json_lines)


def _mapping(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[BarField, str]:
    mapping: dict[BarField, str] = {}
    for value in values:
        field, _, column = value.partition("=")
        if field not in get_args(BarField) or not column:
            raise click.BadParameter(f"{value!r} is not FIELD=COLUMN; fields are {', '.join(get_args(BarField))}")
        mapping[cast(BarField, field)] = column
    return mapping


@data.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--map", "mapping", multiple=True, metavar="FIELD=COLUMN", callback=_mapping, help="Which column is what."
)
@click.option("--symbol", help="Symbol of every row, for a file without a code column, e.g. 600519.SH.")
@click.option("--volume-unit", type=click.Choice(get_args(VolumeUnit)), help="A lot is 100 shares. Default: guessed.")
@click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), help="Default: guessed.")
@click.option("--skip-bad-rows", is_flag=True, help="Store the good rows of a file that has bad ones.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write the reports to this file.")
@click.option("--job", hidden=True, help="Carry out this import of uploaded files instead.")
@json_lines_option
def import_(
    paths: tuple[Path, ...],
    mapping: dict[BarField, str],
    symbol: str | None,
    volume_unit: VolumeUnit | None,
    encoding: Encoding | None,
    skip_bad_rows: bool,
    dry_run: bool,
    out: Path | None,
    job: str | None,
    json_lines: bool,
) -> None:
    """Import CSV, Parquet and 通达信 .day files of daily bars, and qlib folders; any other folder stands for its files.

    A CSV or Parquet file with an ex-date and amounts holds corporate actions, and is told by its columns.

    Each file is stored whole or not at all. Exit status: 0 when all are stored or were there already, 1 when any was
    refused.
    """
    from quantdesk.cli import import_report
    from quantdesk.features.data import imports

    async def carry_out(context: Context, report: Reporter) -> None:
        def progress(done: float, total: int, name: str) -> None:
            report.progress(done, total, "files", name or None)

        await imports.carry_out(context, str(job), progress)
        report.result({})

    async def work(context: Context, report: Reporter) -> None:
        reports = []
        for number, path in enumerate(files):

            def progress(share: float, number: int = number, name: str = path.name) -> None:
                report.progress(number + share, len(files), "files", name)

            item = imports.Item(path, path.name, options)
            reports.append(await imports.import_one(context, item, progress, dry_run=dry_run))
        written = [one.model_dump(mode="json") for one in reports]
        if out is not None:
            _write_json(out, written)
        report.result({"reports": written})
        if not json_lines:
            click.echo(import_report.table(reports))
            if dry_run:
                click.echo("dry run: nothing was stored", err=True)
        if any(one.status == "refused" for one in reports):
            raise SystemExit(1)

    if job is not None:
        run(carry_out, json_lines)
        return
    if not paths:
        raise click.UsageError("give the files or folders to import")
    files = import_report.expand(paths)
    try:
        options = FileOptions(
            encoding=encoding,
            mapping=mapping or None,
            symbol=symbol,
            volume_unit=volume_unit,
            skip_bad_rows=skip_bad_rows,
        )
    except ValidationError as error:
        raise click.UsageError(str(error)) from None
    run(work, json_lines)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@data.command("list")
@click.argument("query", default="")
def list_(query: str) -> None:
    """Say what daily bars are stored; QUERY is a code, a name or pinyin initials."""
    from quantdesk.features.data import service

    async def work(context: Context, report: Reporter) -> None:
        cursor: str | None = None
        while True:
            async with context.database.unit(write=False) as uow:
                page = await service.list_coverage(
                    uow, context, query=query, simulated=None, cursor=cursor, limit=1_000
                )
            for item in page.items:
                days = f"{item.first} to {item.last}"
                click.echo(f"{item.symbol:<14} {days}  {item.rows:>7,} bars  {item.source:<10} {item.name or ''}")
            cursor = page.next_cursor
            if cursor is None:
                return

    run(work, json_lines=False)


data.add_command(check)
data.add_command(export)
data.add_command(refresh)
data.add_command(fetch_tables)
data.add_command(tables)
