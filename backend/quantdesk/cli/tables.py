"""`quantdesk data tables` and `fetch-tables`: what is stored besides bars, and a company's share of it."""

from __future__ import annotations

from typing import get_args

import click

from quantdesk.cli.reporting import Reporter
from quantdesk.cli.running import json_lines_option, run
from quantdesk.core.tables.specs import TABLES, TableName
from quantdesk.features.market.fundamentals.schemas import CompanyTable
from quantdesk.kit.context import Context


@click.command()
@click.argument("table", required=False, type=click.Choice(TABLES))
def tables(table: TableName | None) -> None:
    """Say what is stored besides bars, how old it is and from where; with TABLE: its parts."""
    from quantdesk.features.datasets import service, views

    async def work(context: Context, report: Reporter) -> None:
        async with context.database.unit(write=False) as uow:
            if table is not None:
                for part in await service.partitions(uow, table):
                    days = f"{part.first} to {part.last}" if part.first else ""
                    looked = f"{part.checked_at:%Y-%m-%d %H:%M}Z"
                    click.echo(f"{part.partition:<14} {days:<24} {part.rows:>8,} rows  {looked}  {part.source}")
                return
            for one in (await views.list_tables(uow)).items:
                looked = f"{one.checked_at:%Y-%m-%d %H:%M}Z" if one.checked_at else "never"
                counts = f"{one.partitions:>6,} parts {one.rows:>10,} rows"
                click.echo(f"{one.dataset:<18} {counts}  {looked:<17}  {', '.join(one.sources)}".rstrip())

    run(work, json_lines=False)


@click.command()
@click.argument("symbol")
@click.option("--table", "wanted", multiple=True, type=click.Choice(get_args(CompanyTable)), help="Default: all.")
@json_lines_option
def fetch_tables(symbol: str, wanted: tuple[CompanyTable, ...], json_lines: bool) -> None:
    """Fetch a company's reports, valuation, dividends and former names from the online sources, e.g. 600519.SH."""
    from quantdesk.features.market import service
    from quantdesk.features.market.fundamentals import fetching

    async def work(context: Context, report: Reporter) -> None:
        name = service.canonical(symbol)
        tables = [table for table in fetching.TABLES if not wanted or table in wanted]

        def progress(done: int, table: CompanyTable) -> None:
            report.progress(done, len(tables), "tables", f"{name} {table}")

        came = await fetching.fetch(context, name, tables, lambda text: report.log("warning", text), progress)
        report.progress(len(tables), len(tables), "tables", name)
        report.log("info", f"{name}: " + ", ".join(f"{table} from {source}" for table, source in came.items()))
        report.result({"sources": came})

    run(work, json_lines)
