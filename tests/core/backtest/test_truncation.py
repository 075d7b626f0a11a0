"""The truncation test finds strategies that look ahead, and leaves the others in peace."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.truncation import run_truncation
from quantdesk.core.bars.frame import Bars
from quantdesk.core.strategies.catalog import templates
from tests.fakes.made_bars import bars_of, random_walk

SYMBOLS = ["600519.SH", "000001.SZ"]
BARS = {symbol: random_walk(symbol, 150, seed=number) for number, symbol in enumerate(SYMBOLS)}
SPEC = BacktestSpec.model_validate(
    {"symbols": SYMBOLS, "start": "2015-01-01", "end": "2015-12-31", "adjustment": "none"}
)


def source(body: str, params: str = "()") -> str:
    return (
        f"import backtrader as bt\nclass S(bt.Strategy):\n    params = {params}\n    def next(self):\n        {body}\n"
    )


HONEST = "d = self.data\n        (self.buy if d.close[0] > d.close[-1] else self.sell)(size=100)"
PEEKS = "d = self.data\n        (self.buy if d.close[1] > d.close[0] else self.sell)(size=100)"


def report(code: str, *, samples: int = 4, seed: int = 1, spec: BacktestSpec = SPEC, bars: dict[str, Bars] = BARS):
    return run_truncation(spec, code, samples, seed, bars)


def test_a_strategy_that_decides_by_the_past_is_clean():
    found = report(source(HONEST))
    assert (found.verdict, found.differences, found.seed) == ("clean", [], 1)
    assert len(found.samples) == 4
    assert found.samples == sorted(found.samples)
    # One order a day, from the first bar on.
    assert found.decisions == sum(int(np.sum(BARS[SYMBOLS[0]].time <= np.datetime64(day))) for day in found.samples)


def test_a_strategy_that_reads_tomorrows_close_is_found_on_the_day_of_the_cut():
    found = report(source(PEEKS))
    assert found.verdict == "look_ahead"
    for difference in found.differences:
        assert (difference.symbol, difference.date, difference.field) == (SYMBOLS[0], difference.cut, "side")
        assert (difference.whole, difference.truncated) == ("buy", "sell")  # a comparison with no bar is false


def test_a_strategy_that_looks_far_ahead_is_found_on_an_earlier_day():
    body = "d = self.data\n        if len(d) == 3: self.buy(size=100 * (d.buflen() // 10))"
    found = report(source(body), samples=2)
    assert found.verdict == "look_ahead"
    third = BARS[SYMBOLS[0]].time[2].item()
    assert {(difference.date, difference.field) for difference in found.differences} == {(third, "quantity")}
    assert {difference.whole for difference in found.differences} == {"1500"}


def test_an_order_that_only_one_of_the_runs_sends_is_a_difference():
    body = "if len(self.data) == 5 and self.data.buflen() == 150: self.buy(self.datas[1], size=300)"
    (difference,) = report(source(body), samples=1).differences
    assert (difference.symbol, difference.field) == (SYMBOLS[1], "order")
    assert (difference.whole, difference.truncated) == ("buy 300 market", None)


def test_failing_on_the_cut_data_alone_is_a_difference():
    body = "assert self.data.buflen() == 150, 'short'\n        self.buy(size=100)"
    (difference,) = report(source(body), samples=1).differences
    assert (difference.symbol, difference.field, difference.truncated) == (None, "error", "AssertionError: short")


def test_a_strategy_that_fails_on_the_whole_data_has_no_report():
    with pytest.raises(StrategyError, match="ZeroDivisionError"):
        report(source("1 / 0"))


def test_without_an_order_nothing_is_tested():
    assert report(source("pass")).verdict == "not_tested"


def test_the_seed_decides_the_days():
    assert report(source(HONEST), seed=5).samples == report(source(HONEST), seed=5).samples
    assert report(source(HONEST), seed=5).samples != report(source(HONEST), seed=6).samples


def test_data_is_cut_only_after_every_symbol_has_traded():
    late = {**BARS, SYMBOLS[1]: BARS[SYMBOLS[1]].take(slice(100, None))}
    found = report(source(HONEST), samples=100, bars=late)
    assert found.samples[0] == BARS[SYMBOLS[0]].time[100].item()
    assert len(found.samples) == 49
    assert found.verdict == "clean"


def test_an_ex_right_day_after_the_cut_is_no_look_ahead_of_the_strategy():
    closes = [10.0 + 0.1 * (day % 7) for day in range(60)]
    bars = bars_of("600519.SH", closes[:40] + [price / 2 for price in closes[40:]])
    preclose = bars.preclose.copy()
    preclose[40] = bars.close[39] / 2
    bars = Bars(**{name: getattr(bars, name) for name in bars.__slots__} | {"preclose": preclose})
    spec = SPEC.model_copy(
        update={
            "symbols": ["600519.SH"],
            "start": dt.date(2020, 1, 1),
            "end": dt.date(2020, 12, 31),
            "adjustment": "qfq",
        }
    )
    body = "if len(self) % 3 == 0: self.order_target_percent(target=0.01 * (len(self) % 50))"
    found = report(source(body), samples=20, spec=spec, bars={"600519.SH": bars})
    assert (found.verdict, found.differences) == ("clean", [])
    assert found.decisions > 0


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.id)
def test_no_template_looks_ahead(template):
    found = report(template.source, samples=2)
    assert (found.verdict in ("clean", "not_tested"), found.differences) == (True, [])
