"""Every template runs unchanged: on one symbol, on many, with late listings, suspensions and short histories."""

from __future__ import annotations

import datetime as dt

import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies.catalog import Template, template, templates
from tests.fakes.made_bars import bars_of, random_walk

IDS = [t.id for t in templates()]


def spec(*symbols: str, **changes: object) -> BacktestSpec:
    return BacktestSpec.model_validate(
        {"symbols": list(symbols), "start": "2015-01-01", "end": "2020-12-31", "adjustment": "none", **changes}
    )


def market() -> dict:
    """Six stocks: three from the start, one listed late, one with a long suspension, one with three bars."""
    walks = [random_walk(f"60000{i}.SH", 700, seed=i) for i in range(3)]
    late = random_walk("688981.SH", 300, seed=7, start="2016-06-01")
    halted = random_walk("000001.SZ", 700, seed=8)
    halted.suspended[300:420] = True
    newest = bars_of("300750.SZ", [30, 31, 32], start="2017-08-01")
    return {bars.symbol: bars for bars in [*walks, late, halted, newest]}


@pytest.mark.parametrize("template_id", IDS)
def test_template_describes_itself_and_all_its_parameters(template_id: str):
    found = template(template_id)
    assert all((found.name_zh, found.name_en, found.about_zh, found.about_en))
    assert found.parameters
    for parameter in found.parameters:
        assert parameter.type in ("int", "float")
        assert parameter.help
        assert parameter.minimum is not None
        assert parameter.maximum is not None
        assert parameter.minimum <= parameter.default <= parameter.maximum


@pytest.mark.parametrize("template_id", IDS)
def test_template_trades_one_stock(template_id: str):
    bars = random_walk("600519.SH", 900, seed=4)
    result = run_strategy(spec("600519.SH"), template(template_id).source, {"600519.SH": bars})
    assert len(result.fills) >= 2
    assert {r.rule for r in result.rejections} <= {"cash", "lot"}


@pytest.mark.parametrize("template_id", IDS)
def test_template_trades_before_the_last_stock_is_listed(template_id: str):
    bars = market()
    everything = {"minimum": -1} if template_id == "momentum" else {}
    result = run_strategy(spec(*bars, params=everything), template(template_id).source, bars)
    assert result.fills[0].date < dt.date(2016, 6, 1)
    assert {fill.symbol for fill in result.fills} >= {"600000.SH", "688981.SH"}
    assert not {"waits_for_all", "never_started"} & {a.code for a in result.assumptions}
    assert min(result.series.cash) >= 0


def test_momentum_holds_at_most_its_number_of_stocks():
    bars = market()
    result = run_strategy(spec(*bars, params={"top": 2, "lookback": 60}), template("momentum").source, bars)
    held: dict[str, int] = {}
    most = 0
    for fill in result.fills:
        held[fill.symbol] = fill.position
        most = max(most, sum(position > 0 for position in held.values()))
    assert most == 2


def test_templates_are_given_simplest_first_and_unknown_ones_are_named():
    assert IDS == ["double_moving_average", "rsi_reversal", "bollinger", "momentum"]
    assert all(isinstance(t, Template) for t in templates())
    with pytest.raises(KeyError, match="no template nope; there are double_moving_average"):
        template("nope")
