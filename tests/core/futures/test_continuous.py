"""Main-contract series of small contracts made by hand, and properties of any."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from quantdesk.core.futures.continuous import NoRollFigures, Roll, RollRule, continuous, splice

OLD, NEW, FAR = "rb2405.SHFE", "rb2410.SHFE", "rb2501.SHFE"
MONDAY = np.datetime64("2024-03-04")


def contract(symbol: str, closes: list[float | None], hold: list[float], *, first: np.datetime64 = MONDAY) -> Bars:
    """Give a contract's days from `first` on; None is a day without a bar."""
    there = [at for at, close in enumerate(closes) if close is not None]
    close = np.array([closes[at] for at in there], dtype=np.float64)
    no = np.zeros(len(there), dtype=np.bool_)
    return Bars(
        symbol=symbol,
        interval="1d",
        time=first + np.array(there, dtype="timedelta64[D]"),
        open=close - 1,
        high=close + 2,
        low=close - 2,
        close=close,
        volume=np.array([hold[at] * 10 for at in there]),
        amount=np.full(len(there), np.nan),
        preclose=np.full(len(there), np.nan),
        suspended=no,
        is_st=no,
        open_interest=np.array([hold[at] for at in there], dtype=np.float64),
        settle=close + 0.5,
    )


def day(number: int) -> dt.date:
    value: dt.date = (MONDAY + number).item()
    return value


def two() -> dict[str, Bars]:
    """By hand: at the closes of days 1 and 2 the new contract leads, so that it is the main one from day 3 on."""
    return {
        OLD: contract(OLD, [100, 102, 104, 103, 101], [50, 40, 30, 20, 10]),
        NEW: contract(NEW, [110, 113, 116, 114, 115], [30, 45, 60, 70, 80]),
    }


def test_the_series_rolls_after_two_closes_in_a_row() -> None:
    made = continuous(two(), "rb.SHFE")
    assert made.bars.symbol == "rb.SHFE"
    assert made.bars.time.tolist() == [day(1), day(2), day(3), day(4)]
    assert made.contracts == (OLD, OLD, NEW, NEW)
    assert made.rolls == (Roll(day(3), day(2), OLD, NEW, 104, 116, False),)
    assert made.bars.close.tolist() == [102, 104, 114, 115]
    assert made.bars.preclose.tolist() == [100, 102, 116, 114]
    assert made.bars.open_interest is not None
    assert made.bars.open_interest.tolist() == [40, 30, 70, 80]


def test_back_adjustment_by_difference_takes_the_step_out() -> None:
    made = continuous(two(), "rb.SHFE", adjust="difference").bars
    assert made.close.tolist() == [114, 116, 114, 115]  # the old contract 12 higher
    assert made.settle is not None
    assert made.settle.tolist() == [114.5, 116.5, 114.5, 115.5]


def test_back_adjustment_by_ratio_keeps_returns() -> None:
    made = continuous(two(), "rb.SHFE", adjust="ratio").bars
    assert made.close.tolist() == pytest.approx([102 * 116 / 104, 116, 114, 115])
    assert (made.close[1:] / made.close[:-1]).tolist() == pytest.approx([104 / 102, 114 / 116, 115 / 114])


def test_one_close_in_the_lead_is_not_enough() -> None:
    bars = {
        OLD: contract(OLD, [100, 100, 100, 100, 100], [50, 40, 50, 40, 50]),
        NEW: contract(NEW, [110, 110, 110, 110, 110], [30, 45, 30, 45, 30]),
    }
    made = continuous(bars, "rb.SHFE")
    assert set(made.contracts) == {OLD}
    assert made.rolls == ()


def test_a_lead_that_changes_hands_between_later_contracts_begins_anew() -> None:
    bars = {
        OLD: contract(OLD, [100] * 6, [50, 40, 40, 40, 40, 40]),
        NEW: contract(NEW, [110] * 6, [30, 45, 30, 30, 30, 30]),
        FAR: contract(FAR, [120] * 6, [10, 20, 60, 60, 60, 60]),
    }
    made = continuous(bars, "rb.SHFE")
    assert made.contracts == (OLD, OLD, OLD, FAR, FAR)
    assert [roll.decided for roll in made.rolls] == [day(3)]


def test_it_never_rolls_back_to_an_earlier_expiry() -> None:
    bars = {
        OLD: contract(OLD, [100] * 7, [50, 40, 30, 90, 90, 90, 90]),
        NEW: contract(NEW, [110] * 7, [30, 45, 60, 50, 50, 50, 50]),
    }
    assert continuous(bars, "rb.SHFE").contracts == (OLD, OLD, NEW, NEW, NEW, NEW)


def test_a_contract_that_ends_is_left_at_once() -> None:
    last = np.datetime64("2024-05-09")
    bars = {
        OLD: contract(OLD, [100, 101, 102, None, None], [50, 50, 50, 0, 0], first=last),
        NEW: contract(NEW, [110, 111, 112, 113, 114], [30, 30, 30, 30, 30], first=last),
    }
    made = continuous(bars, "rb.SHFE")
    assert made.contracts == (OLD, OLD, NEW, NEW)
    assert [(roll.forced, roll.old_close, roll.new_close) for roll in made.rolls] == [(True, 102, 112)]


def test_a_missing_day_long_before_the_end_is_a_gap_and_no_roll() -> None:
    bars = {
        OLD: contract(OLD, [100, 101, None, 103, 104], [50, 50, 0, 50, 50]),
        NEW: contract(NEW, [110, 111, 112, 113, 114], [30, 30, 30, 30, 30]),
    }
    made = continuous(bars, "rb.SHFE")
    assert made.contracts == (OLD, OLD, OLD)
    assert made.bars.time.tolist() == [day(1), day(3), day(4)]


def test_the_rule_by_volume_compares_volumes() -> None:
    bars = two()
    bars[NEW] = contract(NEW, [110] * 5, [30, 30, 30, 30, 30])
    bars[NEW].volume[:] = [900, 900, 900, 900, 900]
    assert continuous(bars, "rb.SHFE").rolls == ()
    assert continuous(bars, "rb.SHFE", rule="volume").contracts == (NEW, NEW, NEW, NEW)


def test_contracts_without_open_interest_are_refused_by_that_rule_only() -> None:
    bars = two()
    for name, one in bars.items():
        bars[name] = replace(one, open_interest=None)
    with pytest.raises(NoRollFigures, match="open interest"):
        continuous(bars, "rb.SHFE")
    assert len(continuous(bars, "rb.SHFE", rule="volume").bars) == 4


def test_minute_bars_follow_the_daily_series() -> None:
    made = continuous(two(), "rb.SHFE")
    pieces = {}
    for name, bars in two().items():
        afternoon: Any = bars.time.astype("datetime64[s]") + np.timedelta64(7, "h")
        pieces[name] = (replace(bars, interval="60m", time=afternoon), bars.time)
    found = splice(pieces, made, "difference", "rb.SHFE")
    assert found is not None
    assert found[0].interval == "60m"
    assert found[0].close.tolist() == [114, 116, 114, 115]
    assert found[1].tolist() == [day(1), day(2), day(3), day(4)]


@st.composite
def markets(draw: st.DrawFn) -> dict[str, Bars]:
    rows = draw(st.integers(3, 30))
    found = {}
    for name in draw(st.lists(st.sampled_from([OLD, NEW, FAR, "rb2505.SHFE"]), min_size=1, max_size=4, unique=True)):
        price = st.one_of(st.none(), st.integers(50, 200)) if draw(st.booleans()) else st.integers(50, 200)
        closes = draw(st.lists(price, min_size=rows, max_size=rows))
        hold = draw(st.lists(st.integers(0, 100), min_size=rows, max_size=rows))
        # Around the end of the first contract's life.
        found[name] = contract(name, closes, [float(one) for one in hold], first=np.datetime64("2024-03-25"))
    return found


@settings(max_examples=150, deadline=None)
@given(markets(), st.sampled_from(["open_interest", "volume"]), st.integers(2, 30))
def test_what_was_known_early_is_how_the_series_begins(bars: dict[str, Bars], rule: RollRule, cut: int) -> None:
    until = (np.datetime64("2024-03-25") + cut).item()
    try:
        then = continuous(bars, "rb.SHFE", rule=rule, until=until)
    except NoRollFigures:
        return
    if not len(then.bars):
        return  # before the first bar; whether later ones tell what the rule needs is not known yet
    now = continuous(bars, "rb.SHFE", rule=rule)
    known = len(then.bars)
    assert now.bars.time[:known].tolist() == then.bars.time.tolist()
    assert now.contracts[:known] == then.contracts
    assert [roll for roll in now.rolls if roll.day <= until] == list(then.rolls)


@settings(max_examples=150, deadline=None)
@given(markets())
def test_adjusted_moves_are_those_of_the_held_contract(bars: dict[str, Bars]) -> None:
    try:
        ratio, difference = (continuous(bars, "rb.SHFE", adjust=how) for how in ("ratio", "difference"))
    except NoRollFigures:
        return
    rolls = {roll.day: roll for roll in ratio.rolls}
    for at in range(1, len(ratio.bars)):
        held = bars[ratio.contracts[at]]
        closes: dict[dt.date, float] = dict(zip(held.time.tolist(), held.close.tolist(), strict=True))
        today, before = ratio.bars.time[at].item(), ratio.bars.time[at - 1].item()
        known = [close for when, close in closes.items() if when <= before] or list(closes.values())[:1]
        assert (today in rolls) == (ratio.contracts[at] != ratio.contracts[at - 1])
        assert ratio.bars.close[at] / ratio.bars.close[at - 1] == pytest.approx(closes[today] / known[-1])
        assert difference.bars.close[at] - difference.bars.close[at - 1] == pytest.approx(closes[today] - known[-1])
    months = [int(name[2:6]) for name in ratio.contracts]
    assert months == sorted(months)
