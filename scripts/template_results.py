"""Run every template on the demo market and write what it did: `python -m scripts.template_results [TEMPLATE …]`.

The figures on the template gallery come from here and from nowhere else. The demo market and the engines give the same
numbers on every machine, so that a test can run some of them again.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

from quantdesk.adapters.data_source.demo import DemoMarket, generate
from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies import catalog
from quantdesk.core.strategies.catalog import Result, Template, sha256_of, templates

FILE = Path(catalog.__file__).with_name("template_results.json")
START, END = dt.date(2019, 1, 1), dt.date(2024, 12, 31)
BENCHMARK = "900001.DEMO"
POINTS = 80


def chosen(market: DemoMarket, count: int) -> list[str]:
    """Give stocks that were listed all the time, evenly spread by code: nobody picked them by their result."""
    old = [
        one.symbol
        for one in market.instruments
        if one.kind == "stock" and one.list_date and one.list_date < START and one.delist_date is None
    ]
    return old[:: max(1, len(old) // count)][:count]


def result_of(template: Template, market: DemoMarket) -> Result:
    """Run one template as a person would who presses run."""
    symbols = chosen(market, template.symbols)
    spec = BacktestSpec.model_validate(
        {"symbols": symbols, "start": START, "end": END, "benchmark": BENCHMARK, "cash": "1000000"}
    )
    bars = {symbol: market.bars[symbol] for symbol in [*symbols, BENCHMARK]}
    actions = {symbol: market.actions[symbol] for symbol in symbols if symbol in market.actions}
    with redirect_stdout(io.StringIO()):  # what the strategies log
        ran = run_strategy(spec, template.source, bars, actions=actions)
    equity = ran.series.equity
    benchmark = [level for level in ran.series.benchmark or [] if level is not None]
    places = sorted({round(n * (len(equity) - 1) / (POINTS - 1)) for n in range(POINTS)})
    metrics = ran.metrics
    return Result(
        source_sha256=sha256_of(template.source),
        symbols=symbols,
        start=START,
        end=END,
        cash="1000000",
        fills=len(ran.fills),
        total_return=_rounded(metrics.total_return),
        annual_return=_rounded(metrics.annual_return),
        max_drawdown=_rounded(metrics.max_drawdown),
        benchmark_return=_rounded(benchmark[-1] / benchmark[0] - 1) if benchmark else None,
        sharpe=_rounded(metrics.sharpe),
        equity=[round(equity[place] / equity[0], 4) for place in places],
        benchmark=[round(benchmark[place] / benchmark[0], 4) for place in places]
        if len(benchmark) == len(equity)
        else [],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def main() -> None:
    wanted = sys.argv[1:] or [one.id for one in templates()]
    market = generate()
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for one in templates():
        if one.id in wanted:
            began = time.perf_counter()
            found = result_of(one, market)
            known[one.id] = found.model_dump(mode="json")
            took = time.perf_counter() - began
            print(f"{one.id:<34} {found.total_return:+8.1%} {found.fills:>6} fills {took:6.1f} s", flush=True)
    ordered = {one.id: known[one.id] for one in templates() if one.id in known}
    FILE.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
