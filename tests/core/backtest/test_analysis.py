"""The analysis of small runs, every figure worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from quantdesk.core.backtest.complete import analyse, complete
from quantdesk.core.backtest.result import BacktestResult, CorporateActionRecord
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import bars_of, business_days
from tests.fakes.made_report import made_fill, made_report

A, B, C = "600519.SH", "300750.SZ", "688981.SH"
DAYS: list[dt.date] = business_days("2020-12-28", 8).tolist()  # Monday; the fifth day is 2021-01-01
CLOSES = {
    A: [10, 10, 11, 12, 12, 11, 12, 13],
    B: [20, 20, 20, 21, 22, 20, 19, 20],
    C: [50, 50, 50, 50, 50, 50, 50, 50],
}
BARS: dict[str, Bars] = {
    symbol: bars_of(symbol, [float(close) for close in closes], start="2020-12-28") for symbol, closes in CLOSES.items()
}
# 1,000 of A from day 1 to 3, 500 of B from day 2 to the end. Each fill costs 5 yuan of commission.
FILLS = [
    made_fill(A, "buy", DAYS[1], 1000, "10", slippage=Decimal("1.00")),
    made_fill(B, "buy", DAYS[2], 500, "20", transfer_fee=Decimal("0.10")),
    made_fill(A, "sell", DAYS[3], 1000, "12", stamp_duty=Decimal("6.00"), dividend_tax=Decimal("2.00")),
]
CASH = [100000, 89995, 79989.9, 91976.9, 91976.9, 91976.9, 91976.9, 91976.9]
VALUE = [0, 10000, 11000 + 10000, 10500, 11000, 10000, 9500, 10000]
EQUITY = [float(cash + value) for cash, value in zip(CASH, VALUE, strict=True)]


def report(**changes: object) -> BacktestResult:
    return made_report(DAYS, EQUITY, CASH, fills=FILLS, spec={"symbols": [A, B, C]}, **changes)  # type: ignore[arg-type]


def test_costs_by_kind_and_year() -> None:
    costs = analyse(report(), BARS).costs
    assert costs.total.turnover == Decimal("32000.00")
    assert {item.kind: item.yuan for item in costs.total.items} == {
        "commission": Decimal("15.00"),
        "stamp_duty": Decimal("6.00"),
        "transfer_fee": Decimal("0.10"),
        "slippage": Decimal("1.00"),
        "dividend_tax": Decimal("2.00"),
    }
    assert costs.total.total == Decimal("24.10")
    assert costs.total.items[0].of_cash == pytest.approx(15 / 100_000)
    assert costs.total.items[0].of_turnover == pytest.approx(15 / 32_000)
    assert [year.year for year in costs.years] == [2020]
    late = [*FILLS, made_fill(B, "sell", DAYS[5], 500, "20")]
    years = analyse(made_report(DAYS, EQUITY, CASH, fills=late), BARS).costs.years
    assert [(year.year, year.total) for year in years] == [(2020, Decimal("24.10")), (2021, Decimal("5.00"))]


def test_profit_by_symbol_and_board_adds_up_to_the_fen() -> None:
    found = analyse(report(), BARS).attribution
    profits = {one.symbol: one.profit for one in found.symbols}
    assert profits == {A: Decimal("1982.00"), B: Decimal("-5.10")}  # 12000 - 10000 - 18; 10000 - 10000 - 5.10
    assert [(group.group, group.profit, group.fills) for group in found.boards] == [
        ("main", Decimal("1982.00"), 2),
        ("chinext", Decimal("-5.10"), 1),
    ]
    assert (found.total, found.unattributed) == (Decimal("1976.90"), Decimal("0.00"))
    assert found.symbols[0].share == pytest.approx(0.01982)
    assert found.industries is None


def test_profit_by_industry_where_it_is_known() -> None:
    found = analyse(report(), BARS, {A: "白酒"}).attribution
    assert found.industries is not None
    assert {group.group: group.profit for group in found.industries} == {
        "白酒": Decimal("1982.00"),
        "unknown": Decimal("-5.10"),
    }
    assert found.industries_brinson is not None


def test_dividends_and_bonus_shares_belong_to_the_profit_of_their_symbol() -> None:
    # 1,000 shares at 10, then 0.5 yuan and one share for each held; the 2,000 are worth 4.75 each at the end.
    bars = bars_of(A, [10, 10, 4.75], start="2020-12-28")
    words = {"message_zh": "", "message_en": ""}
    actions = [
        CorporateActionRecord(
            symbol=A, date=DAYS[2], kind="dividend", quantity=0, cash=Decimal("500"), position=1000, **words
        ),
        CorporateActionRecord(
            symbol=A, date=DAYS[2], kind="bonus", quantity=1000, cash=Decimal("0"), position=2000, **words
        ),
    ]
    fills = [made_fill(A, "buy", DAYS[1], 1000, "10")]
    result = made_report(DAYS[:3], [20000, 19995, 19995], [20000, 9995, 10495], fills=fills, actions=actions)
    found = analyse(result, {A: bars}).attribution
    assert (found.symbols[0].profit, found.unattributed) == (Decimal("-5.00"), Decimal("0.00"))


def test_brinson_of_boards_explains_the_excess_over_the_equal_weighted_universe() -> None:
    found = analyse(report(), BARS).attribution.boards_brinson
    assert found is not None
    closes = np.array([CLOSES[symbol] for symbol in (A, B, C)], dtype=float)
    universe = np.prod(1 + (closes[:, 1:] / closes[:, :-1] - 1).mean(axis=0)) - 1
    assert found.benchmark_return == pytest.approx(universe)
    assert found.portfolio_return == pytest.approx(EQUITY[-1] / EQUITY[0] - 1)
    effects = sum(row.allocation + row.selection + row.interaction for row in found.rows)
    assert effects + found.trading == pytest.approx(found.portfolio_return - found.benchmark_return)
    assert [row.group for row in found.rows] == ["chinext", "main", "star", "cash"]


def test_one_symbol_has_no_brinson() -> None:
    result = made_report(DAYS, EQUITY, CASH, fills=FILLS[:1])
    assert analyse(result, BARS).attribution.boards_brinson is None


def test_capacity_from_the_share_of_volume() -> None:
    # Volume is 1,000,000 shares a day: shares of 0.1 %, 0.05 % and 0.1 % at equities of 100,000, 99,995 and 100,989.9.
    found = analyse(report(), BARS).capacity
    assert found is not None
    assert (found.fills, found.unknown) == (3, 0)
    assert (found.median_share, found.max_share) == (0.001, 0.001)
    largest = 0.001 / 100_000
    assert [point.volume_share for point in found.points] == [0.01, 0.05, 0.10]
    assert [point.equity for point in found.points] == pytest.approx([x / largest for x in (0.01, 0.05, 0.10)])
    assert found.equity[0] == pytest.approx(10_000)
    assert found.equity[-1] == pytest.approx(1e9)
    # At a billion the three would take 1,000 %, 500 %, 990 % of the volume, of which 10 % is allowed.
    wanted = np.array([10.0, 0.0005 / 99_995 * 1e9, 0.001 / EQUITY[2] * 1e9])
    expected = np.average((wanted - 0.1) / wanted, weights=[10_000, 10_000, 12_000])
    assert found.unfilled[-1] == pytest.approx(expected)
    assert found.unfilled[0] == 0.0


def test_fills_without_a_known_volume_are_counted_and_left_out() -> None:
    found = analyse(report(), {A: BARS[A]}).capacity
    assert found is not None
    assert (found.fills, found.unknown) == (2, 1)
    assert analyse(report(), {}).capacity is None


def test_years_and_months_chain_to_the_total() -> None:
    found = analyse(report(benchmark=[100000.0 + n * 1000 for n in range(8)]), BARS)
    assert [(year.year, year.days) for year in found.years] == [(2020, 4), (2021, 4)]
    assert found.years[0].total_return == pytest.approx(EQUITY[3] / 100_000 - 1)
    assert found.years[1].benchmark_return == pytest.approx(107 / 103 - 1)
    total = np.prod([1 + year.total_return for year in found.years])
    assert total == pytest.approx(EQUITY[-1] / 100_000)
    assert total == pytest.approx(np.prod([1 + month.total_return for month in found.months]))
    assert [(month.year, month.month) for month in found.months] == [(2020, 12), (2021, 1)]


def test_best_and_worst_days_are_gains_and_losses_only() -> None:
    found = analyse(report(), BARS)
    assert [day.date for day in found.best_days] == [DAYS[n] for n in (3, 2, 7, 4)]
    assert [day.date for day in found.worst_days] == [DAYS[5], DAYS[6], DAYS[1]]
    assert all(day.total_return > 0 for day in found.best_days)


def test_holdings_and_their_concentration() -> None:
    found = analyse(report(), BARS).holdings
    assert found.positions == [0, 1, 2, 1, 1, 1, 1, 1]
    assert found.days_invested == 7 / 8
    assert found.max_positions == 2
    assert found.exposure[1] == pytest.approx(10000 / 99995, abs=1e-6)
    assert found.largest_weight == pytest.approx(11000 / EQUITY[2])
    assert (found.largest_symbol, found.largest_date) == (A, DAYS[2])
    two = (11 / 21) ** 2 + (10 / 21) ** 2
    assert found.mean_herfindahl == pytest.approx((6 + two) / 7)
    assert found.mean_top_weight == pytest.approx((6 + 11 / 21) / 7)


def test_rolling_windows_that_fit_and_their_columns() -> None:
    days: list[dt.date] = business_days("2020-01-01", 130).tolist()
    equity = (100_000 * np.cumprod(1 + np.random.default_rng(2).normal(0, 0.01, 130))).tolist()
    found = analyse(made_report(days, equity, equity), {}).rolling
    assert [one.window for one in found] == [63, 126]
    assert all(len(one.sharpe) == len(one.volatility) == 130 for one in found)
    assert found[0].sharpe[62] is None
    returns = np.array(equity[1:64]) / np.array(equity[:63]) - 1
    assert found[0].sharpe[63] == pytest.approx(returns.mean() / returns.std(ddof=1) * np.sqrt(252), abs=1e-6)
    assert found[0].beta is None


def test_a_run_without_a_fill_has_an_analysis_too() -> None:
    found = analyse(made_report(DAYS, [1000.0] * 8, [1000.0] * 8), {})
    assert found.capacity is None
    assert found.costs.years == []
    assert found.costs.total.items[0].of_turnover is None
    assert (found.attribution.symbols, found.attribution.total) == ([], Decimal("0.00"))
    assert (found.best_days, found.worst_days, found.holdings.days_invested) == ([], [], 0.0)


def test_complete_adds_analysis_badge_and_capsule_and_changes_nothing_else() -> None:
    result = report()
    whole = complete(result, BARS, parameters=2, seed=7)
    assert whole.analysis is not None
    assert whole.capsule is not None
    assert whole.capsule.seed == 7
    assert {item.code for item in whole.badge} >= {"survivorship", "short_history", "few_round_trips"}
    bare = whole.model_copy(update={"analysis": None, "capsule": None, "badge": []})
    assert bare == result
    assert BacktestResult.model_validate_json(whole.model_dump_json()) == whole
