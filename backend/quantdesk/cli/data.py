"""`quantdesk data`: import files, fetch a stock, make or remove the demo market."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import click

from quantdesk.bootstrap import build_context, make_demo_source
from quantdesk.cli.reporting import Reporter, make_reporter
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError
from quantdesk.kit.migrations import MigrationError, upgrade
from quantdesk.ports.errors import PortError, SourceError
from quantdesk.settings import load_settings

json_lines_option = click.option("--json-lines", is_flag=True, help="Report as JSON lines on stdout, for programs.")


@click.group()
def data() -> None:
    """Import market data; make the demo market."""


@data.command()
@click.option("--remove", is_flag=True, help="Remove the demo market instead.")
@json_lines_option
def demo(remove: bool, json_lines: bool) -> None:
    """Make the simulated market: 300 stocks and 5 indices over ten years, symbols ending in .DEMO.

    It is the same on every machine, so that the product can be tried without any data.
    """
    from quantdesk.features.market import demo as demo_market

    async def work(context: Context, report: Reporter) -> None:
        if remove:
            rows = await demo_market.remove(context)
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
@json_lines_option
def fetch(symbol: str, json_lines: bool) -> None:
    """Fetch a stock's daily bars from the online sources, e.g. 600519.SH."""
    from quantdesk.features.market import fetching, service

    async def work(context: Context, report: Reporter) -> None:
        wanted = service.canonical(symbol)
        report.progress(0, 1, "stocks", wanted)
        source, receipt = await fetching.fetch(context, wanted, lambda text: report.log("warning", text))
        report.progress(1, 1, "stocks", wanted)
        report.log("info", f"{wanted} from {source}: {receipt.inserted:,} new bars, {receipt.updated:,} changed")
        report.result({"source": source, "inserted": receipt.inserted, "updated": receipt.updated})

    run(work, json_lines)


def run(work: Callable[[Context, Reporter], Awaitable[None]], json_lines: bool) -> None:
    """Run a command's work on a migrated database; an error a user may see ends it with one line and status 1."""
    report = make_reporter(json_lines)

    async def main() -> None:
        settings = load_settings()
        context = build_context(settings)
        try:
            await upgrade(settings.database_url)
            await work(context, report)
        finally:
            await context.close()

    try:
        asyncio.run(main())
    except SourceError as error:
        report.error(
            f"source_{error.kind}",
            f"数据源没有给出可用的数据：{error}。已有的数据没有变化。",
            f"{error}. What is stored is unchanged.",
        )
        raise SystemExit(1) from None
    except AppError as error:
        report.error(error.code, error.detail, error.detail)
        raise SystemExit(1) from None
    except (PortError, MigrationError) as error:
        report.error("storage", f"存储出错：{error}", str(error))
        raise SystemExit(1) from None
