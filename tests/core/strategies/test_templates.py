"""Every template runs unchanged: on one symbol, on many, with late listings, suspensions and short histories."""

from __future__ import annotations

import datetime as dt

import pytest

from quantdesk.core.backtest.run import run_strategy
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.strategies.catalog import Template, template, templates
from tests.fakes.made_bars import bars_of, random_walk

IDS = [t.id for t in templates()]
ACROSS = {"multi_factor", "pairs", "topk_dropout"}
"""Compare symbols with each other: of one there is nothing to say."""
REFUSED = {"cash", "lot", "not_reached"}


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
    assert all((found.teaches_zh, found.teaches_en, found.risk_zh, found.risk_en))
    assert found.parameters
    for parameter in found.parameters:
        assert parameter.type in ("int", "float")
        assert parameter.help
        assert parameter.minimum is not None
        assert parameter.maximum is not None
        assert parameter.minimum <= parameter.default <= parameter.maximum


@pytest.mark.parametrize("template_id", [id for id in IDS if id not in ACROSS])
def test_template_trades_one_stock(template_id: str):
    bars = random_walk("600519.SH", 900, seed=4)
    result = run_strategy(spec("600519.SH"), template(template_id).source, {"600519.SH": bars})
    assert len(result.fills) >= 2
    assert {r.rule for r in result.rejections} <= REFUSED


@pytest.mark.parametrize("template_id", sorted(ACROSS))
def test_a_template_that_compares_symbols_runs_on_one_without_an_error(template_id: str):
    bars = random_walk("600519.SH", 900, seed=4)
    result = run_strategy(spec("600519.SH"), template(template_id).source, {"600519.SH": bars})
    assert len(result.fills) <= 40


@pytest.mark.parametrize("template_id", [id for id in IDS if id not in ACROSS | {"etf_rotation"}])
def test_template_trades_before_the_last_stock_is_listed(template_id: str):
    bars = market()
    # All are bought whatever their past; what is bought needs no cash of the others.
    everything = {"minimum": -1} if template_id.endswith("momentum") else {}
    result = run_strategy(spec(*bars, params=everything), template(template_id).source, bars)
    assert result.fills[0].date < dt.date(2016, 6, 1)
    assert {fill.symbol for fill in result.fills} >= {"600000.SH", "688981.SH"}
    assert not {"waits_for_all", "never_started"} & {a.code for a in result.assumptions}
    assert min(result.series.cash) >= 0


@pytest.mark.parametrize("template_id", ["momentum", "backtrader_momentum"])
def test_momentum_holds_at_most_its_number_of_stocks(template_id: str):
    bars = market()
    result = run_strategy(spec(*bars, params={"top": 2, "lookback": 60}), template(template_id).source, bars)
    held: dict[str, int] = {}
    most = 0
    for fill in result.fills:
        held[fill.symbol] = fill.position
        most = max(most, sum(position > 0 for position in held.values()))
    assert most == 2


def test_templates_are_given_simplest_first_and_unknown_ones_are_named():
    assert IDS[:2] == ["double_moving_average", "rsi_reversal"]
    assert IDS[-4:] == [
        f"backtrader_{name}" for name in ("double_moving_average", "rsi_reversal", "bollinger", "momentum")
    ]
    assert all(isinstance(t, Template) for t in templates())
    with pytest.raises(KeyError, match="no template nope; there are double_moving_average"):
        template("nope")


@pytest.mark.parametrize("name", ["double_moving_average", "rsi_reversal"])
def test_an_event_template_decides_as_its_backtrader_twin(name: str):
    bars = {"600519.SH": random_walk("600519.SH", 700, seed=5)}
    native, twin = (run_strategy(spec("600519.SH"), template(t).source, bars) for t in (name, f"backtrader_{name}"))
    orders = [[(o.created, o.side) for o in result.orders] for result in (native, twin)]
    assert len(orders[0]) >= 4
    assert orders[0] == orders[1]


def test_predicted_moves_of_a_future_are_traded_both_ways_with_its_margin():
    prices = random_walk("rb2410.SHFE", 400, seed=6, price=3600.0)
    bars = {prices.symbol: prices}
    source = template("predicted_move").source
    result = run_strategy(spec(prices.symbol, params={"window": 60, "threshold": 0.001}), source, bars)
    positions = [fill.position for fill in result.fills]
    assert min(positions) < 0 < max(positions)
    assert len(result.fills) > 10


def test_the_exchange_style_template_hears_of_its_orders(capsys: pytest.CaptureFixture[str]):
    bars = {"600519.SH": random_walk("600519.SH", 400, seed=4)}
    result = run_strategy(spec("600519.SH"), template("exchange_style").source, bars)
    assert {order.type for order in result.orders} == {"stop", "market"}
    told = [line for line in capsys.readouterr().out.splitlines() if "成交" in line and "均价" in line]
    assert len(told) == sum(order.status == "filled" for order in result.orders)
