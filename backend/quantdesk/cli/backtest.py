"""`quantdesk backtest run`: a backtest without a browser, in the same locked-down child as a job's."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from quantdesk.bootstrap import build_context, make_bar_store
from quantdesk.cli.backtest_reports import diff, rerun
from quantdesk.cli.lookahead import check_lookahead
from quantdesk.cli.reporting import ConsoleReporter
from quantdesk.cli.spec_options import spec_fields, spec_options
from quantdesk.cli.strategy_files import place, read_project
from quantdesk.core.backtest.code_errors import ParameterError, StrategyError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies.parameters import parse_params, read_outline
from quantdesk.core.strategies.project import Project
from quantdesk.features.backtests.child import load_bars
from quantdesk.features.backtests.errors import BadParameters
from quantdesk.features.backtests.service import checked
from quantdesk.features.market import service as market
from quantdesk.kit.errors import AppError
from quantdesk.kit.migrations import MigrationError, upgrade
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_local
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log, Progress
from quantdesk.sandbox.outcome import Failed, Finished, Outcome
from quantdesk.settings import Settings, load_settings

if TYPE_CHECKING:
    from quantdesk.core.backtest.result import BacktestResult, CodeError
    from quantdesk.core.bars.frame import Bars
    from quantdesk.core.instruments.actions import CorporateAction


@click.group()
def backtest() -> None:
    """Run, repeat and compare backtests without a browser."""


backtest.add_command(rerun)
backtest.add_command(diff)
backtest.add_command(check_lookahead)


@backtest.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--symbols", required=True, help="Comma-separated, or @FILE with one a line: 600519.SH,000001.SZ")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Overrides a parameter; repeat it.")
@spec_options
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, allow_dash=True), help="Write the result here; - is stdout."
)
@click.option("--quiet", is_flag=True, help="No progress, no log lines.")
def run(file: Path, symbols: str, params: tuple[str, ...], json_path: Path | None, quiet: bool, **options: Any) -> None:
    """Run the strategy in FILE, or in a folder with strategy.py and the files it imports, on stored bars.

    Exit status: 0 with a result; 1 when the strategy fails or is stopped; 2 for a request that cannot be run.
    """
    from pydantic import ValidationError

    settings = load_settings()
    bars = make_bar_store(settings)
    try:
        project = read_project(file)
        spec = BacktestSpec.model_validate(
            {"symbols": _symbols(symbols), "params": _params(project.code, params)} | spec_fields(options)
        )
        spec = checked(bars, spec, project.code)
    except ValidationError as error:
        _refuse("; ".join(_told(item["loc"], item["msg"]) for item in error.errors()))
    except StrategyError as error:
        _show_code_error(file, error.error)
        raise SystemExit(1) from None
    except AppError as error:
        _refuse(f"{error.field}: {error.detail}" if error.field else error.detail)
    ended = _run(settings, spec, project, load_bars(bars, spec), _actions(settings, spec), quiet=quiet)
    if isinstance(ended, Failed):
        _show_code_error(file, ended.error)
        raise SystemExit(1)
    if not isinstance(ended, Finished):
        click.echo(f"stopped: {ended.message_en}", err=True)
        raise SystemExit(1)
    if json_path is not None:
        text = ended.result.model_dump_json(indent=2) + "\n"
        click.echo(text, nl=False) if str(json_path) == "-" else json_path.write_text(text, encoding="utf-8")
    if str(json_path) != "-":
        _show_metrics(ended.result)


def _actions(settings: Settings, spec: BacktestSpec) -> dict[str, list[CorporateAction]]:
    """Give the stored corporate actions of the spec's symbols."""

    async def read() -> dict[str, list[CorporateAction]]:
        await upgrade(settings.database_url)
        context = build_context(settings)
        try:
            async with context.database.unit(write=False) as uow:
                return await market.actions_of(uow, spec.symbols, end=spec.end)
        finally:
            await context.close()

    try:
        return asyncio.run(read())
    except MigrationError as error:
        _refuse(str(error))


def _run(
    settings: Settings,
    spec: BacktestSpec,
    project: Project,
    bars: dict[str, Bars],
    actions: dict[str, list[CorporateAction]],
    *,
    quiet: bool,
) -> Outcome:
    report = ConsoleReporter()

    def show(message: LiveMessage) -> None:
        if quiet:
            return
        if isinstance(message, Progress):
            report.progress(message.done, message.total, "days", message.date.isoformat())
        elif isinstance(message, Log):
            report.log(message.level, message.text)

    sandbox = settings.sandbox
    try:
        ended = run_local(
            BacktestRequest(spec=spec, source=project.code, files=project.files),
            bars,
            Limits(cpu_seconds=sandbox.cpu_seconds, wall_seconds=sandbox.wall_seconds, memory_mb=sandbox.memory_mb),
            show,
            actions=actions,
            require_isolation=sandbox.require_isolation,
        )
    except IsolationUnavailableError as error:
        _refuse(f"{error}; set QD_SANDBOX__KIND=none if you only run code you trust")
    except KeyboardInterrupt:
        click.echo("cancelled", err=True)
        raise SystemExit(130) from None
    report.result({})
    return ended


def _symbols(text: str) -> list[str]:
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            _refuse(f"--symbols {text}: {error}")
    return [symbol for symbol in re.split(r"[\s,;，；]+", text) if symbol]


def _params(source: str, pairs: tuple[str, ...]) -> dict[str, object]:
    texts: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadParameters(f"--param {pair!r} is not of the form NAME=VALUE", field="param")
        texts[name.strip()] = value
    try:
        return dict(parse_params(read_outline(source).parameters_of(), texts))
    except ParameterError as error:
        raise BadParameters(str(error), field="param") from None


def _told(place: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, place))
    return f"{field}: {message}" if field else message.removeprefix("Value error, ")


def _refuse(text: str) -> NoReturn:
    click.echo(f"error: {text}", err=True)
    raise SystemExit(2)


def _show_code_error(file: Path, error: CodeError) -> None:
    click.echo(f"{place(file, error.file)}:{error.line or 0}: {error.type}: {error.message}", err=True)
    if error.source_line:
        click.echo(f"    {error.source_line.strip()}", err=True)
    if error.hint_en:
        click.echo(f"hint: {error.hint_en}", err=True)


def _show_metrics(result: BacktestResult) -> None:
    metrics = result.metrics
    rows = [
        ("total return", f"{metrics.total_return:+.2%}"),
        ("annual return", _percent(metrics.annual_return)),
        ("benchmark", _percent(metrics.benchmark_return)),
        ("volatility", _percent(metrics.volatility)),
        ("max drawdown", f"{metrics.max_drawdown:.2%}  ({metrics.max_drawdown_start} to {metrics.max_drawdown_end})"),
        ("Sharpe", _ratio(metrics.sharpe)),
        ("Sortino", _ratio(metrics.sortino)),
        ("Calmar", _ratio(metrics.calmar)),
        ("round trips", f"{metrics.round_trips}, won {_percent(metrics.win_rate)}"),
        ("final equity", f"{metrics.final_equity:,} yuan"),
        ("costs", f"{metrics.total_costs:,} yuan"),
        ("orders", f"{len(result.orders)}, refused {len(result.rejections)}"),
    ]
    for name, value in rows:
        click.echo(f"{name:>14}  {value}", file=sys.stdout)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2%}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
