"""The bias badge: each item appears when its cause does, and not without it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from quantdesk.core.backtest.badge import BadgeItem, Judged, badge_of
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import bars_of

A, B = "600519.SH", "000001.SZ"
COUNT = 1000  # business days from 2016-01-01 to 2019-10-31
EX_RIGHT_DAY = dt.date(2017, 1, 2)


def bars(symbol: str, count: int = COUNT, start: str = "2016-01-01") -> Bars:
    return bars_of(symbol, [10.0] * count, start=start)


def ex_right(symbol: str) -> Bars:
    """Bars with a previous close of 8 after a close of 10 on EX_RIGHT_DAY."""
    made = bars(symbol)
    row = int((made.time == EX_RIGHT_DAY).nonzero()[0][0])
    made.preclose[row] = 8.0
    return made


def badge(
    *stored: Bars,
    fill: str = "next_open",
    costs: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    adjustment: str = "qfq",
    whole_lots: bool = True,
    **judged: Any,
) -> dict[str, BadgeItem]:
    held = stored or (bars(A), bars(B, 300))
    spec = BacktestSpec.model_validate(
        {
            "symbols": [one.symbol for one in held], "start": "2016-01-01", "end": "2019-10-31", "fill": fill,
            "costs": costs or {}, "rules": rules or {}, "adjustment": adjustment, "whole_lots": whole_lots,
        }
    )  # fmt: skip
    known: dict[str, Any] = {"sees_adjusted_fills": False, "trading_days": COUNT, "closed_round_trips": 100}
    made = badge_of(Judged(spec=spec, bars={one.symbol: one for one in held}, **(known | judged)))
    assert [item.severity for item in made] == sorted((item.severity for item in made), reverse=True)
    return {item.code: item for item in made}


def test_a_run_with_nothing_to_say_has_an_empty_badge() -> None:
    assert badge() == {}


def test_a_universe_that_lost_nobody_was_chosen_afterwards() -> None:
    found = badge(bars(A), bars(B))["survivorship"]
    assert (found.severity, found.numbers) == ("warning", {"symbols": "2", "delisted": "0"})
    assert badge(bars(A))["survivorship"].severity == "info"
    assert "survivorship" not in badge(bars(A), bars(B, 500))


def test_survival_is_measured_by_the_stored_history_where_that_ends_before_the_run() -> None:
    assert "survivorship" in badge(bars(A, 400), bars(B, 400))
    assert "survivorship" not in badge(bars(A, 400), bars(B, 200))


def test_symbols_without_bars_at_the_start_are_counted() -> None:
    found = badge(bars(A, 300), bars(B, 900, "2016-05-02"))["listed_later"]
    assert found.numbers == {"symbols": "1", "of": "2"}
    assert B in found.message_en


def test_prices_adjusted_as_of_the_end_are_told_when_they_move() -> None:
    found = badge(ex_right(A), bars(B, 300), sees_adjusted_fills=True)["adjustment_base"]
    assert (found.severity, found.numbers) == ("warning", {"ex_right_days": "1"})
    for changes in ({"adjustment": "hfq"}, {"adjustment": "none"}):
        assert "adjustment_base" not in badge(ex_right(A), bars(B, 300), sees_adjusted_fills=True, **changes)
    assert "adjustment_base" not in badge(bars(A), bars(B, 300), sees_adjusted_fills=True)


def test_an_ex_right_day_without_a_stored_action_is_told() -> None:
    found = badge(ex_right(A), bars(B, 300))["missing_actions"]
    assert found.numbers == {"missing": "1", "ex_right_days": "1"}
    assert f"{A} {EX_RIGHT_DAY}" in found.message_zh
    assert badge(ex_right(A), bars(B, 300), ex_dates={A: [EX_RIGHT_DAY]}) == {}
    other_day = {A: [EX_RIGHT_DAY + dt.timedelta(days=1)], B: [EX_RIGHT_DAY]}
    assert "missing_actions" in badge(ex_right(A), bars(B, 300), ex_dates=other_day)


def test_fills_at_the_close_of_the_decision_are_optimistic() -> None:
    assert badge(fill="same_close")["same_close"].severity == "warning"


@pytest.mark.parametrize(
    ("costs", "numbers"),
    [
        ({"commission_rate": "0"}, {"commission": "0"}),
        ({"commission_rate": "0.00009"}, {"commission": "0.00009"}),
        ({"stamp_duty_rate": "0"}, {"stamp_duty": "0"}),
        ({"transfer_fee_rate": "0"}, {"transfer_fee": "0"}),
        ({"slippage": {"kind": "ticks", "value": "0"}}, {"slippage": "0"}),
    ],
)
def test_costs_below_the_usual_are_named(costs: dict[str, Any], numbers: dict[str, str]) -> None:
    assert badge(costs=costs)["low_costs"].numbers == numbers


def test_usual_costs_are_not_remarked_on() -> None:
    usual = {"commission_rate": Decimal("0.0001"), "stamp_duty_rate": Decimal("0.0005")}
    assert badge(costs={**usual, "transfer_fee_rate": Decimal("0.00001")}) == {}


def test_rules_that_are_switched_off_are_named() -> None:
    found = badge(rules={"price_limits": False, "settlement": False, "dividend_tax": False}, whole_lots=False)
    assert list(found["rules_off"].numbers) == ["price_limits", "settlement", "dividend_tax", "whole_lots"]


def test_unbounded_volume_is_told() -> None:
    assert "unbounded_volume" in badge(rules={"volume_share": None})


@pytest.mark.parametrize(("days", "severity"), [(251, "warning"), (252, "info"), (755, "info"), (756, None)])
def test_a_short_history_by_its_length(days: int, severity: str | None) -> None:
    found = badge(trading_days=days).get("short_history")
    assert (found.severity if found else None) == severity


def test_few_round_trips_and_many_parameters() -> None:
    assert badge(closed_round_trips=29)["few_round_trips"].numbers == {"round_trips": "29"}
    assert badge(closed_round_trips=30) == {}
    found = badge(closed_round_trips=39, parameters=4)
    assert found["many_parameters"].numbers == {"parameters": "4", "round_trips": "39"}
    assert badge(closed_round_trips=40, parameters=4) == {}


def test_many_trials_are_told_where_they_are_counted() -> None:
    assert badge(trials=20) == {}
    assert badge(trials=21)["many_trials"].numbers == {"trials": "21"}
