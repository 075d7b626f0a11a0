"""How a command that works on the home runs: on a migrated database, with its errors told in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import click

from quantdesk.bootstrap import build_context
from quantdesk.cli.reporting import Reporter, make_reporter
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError
from quantdesk.kit.migrations import MigrationError, upgrade
from quantdesk.ports.errors import PortError, SourceError
from quantdesk.settings import load_settings

json_lines_option = click.option("--json-lines", is_flag=True, help="Report as JSON lines on stdout, for programs.")


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
