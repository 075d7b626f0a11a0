"""Costs to the fen, and the engine's input made from raw bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from quantdesk.core.backtest.prepare import NoBarsError, align, prepare
from quantdesk.core.backtest.spec import BacktestSpec
from tests.fakes.made_bars import bars_of


def spec_of(*symbols: str, **changes: object) -> BacktestSpec:
    return BacktestSpec.model_validate(
        {"symbols": list(symbols), "start": "2020-01-01", "end": "2020-12-31", **changes}
    )


def test_suspended_days_leave_the_feed_and_stay_in_the_calendar():
    bars = bars_of("600519.SH", [10, 10, 10, 11], suspended=[1, 2])
    prepared = prepare(spec_of("600519.SH"), {"600519.SH": bars})
    assert len(prepared.feeds[0]) == 2
    assert prepared.days == [dt.date(2020, 1, d) for d in (1, 2, 3, 6)]


def test_symbols_without_bars_in_the_range_are_named_and_left_out():
    bars = {"600519.SH": bars_of("600519.SH", [10, 11]), "000001.SZ": bars_of("000001.SZ", [10], start="2021-01-04")}
    prepared = prepare(spec_of("000001.SZ", "600519.SH", "000002.SZ"), bars)
    assert [feed.symbol for feed in prepared.feeds] == ["600519.SH"]
    assert prepared.without_bars == ["000001.SZ", "000002.SZ"]


def test_nothing_to_run_on_is_an_error_that_says_what_to_do():
    with pytest.raises(NoBarsError, match=r"no bars between 2020-01-01 and 2020-12-31 for 600519.SH.*import them"):
        prepare(spec_of("600519.SH"), {})


def test_front_adjustment_never_sees_what_happens_after_the_end():
    bars = bars_of("600519.SH", [10.0, 10.0, 5.0, 2.5], start="2020-12-30")
    # Two splits of one into two: on 2021-01-01, and on 2021-01-04, after the end.
    bars = replace(bars, preclose=np.array([10.0, 10.0, 5.0, 2.5]), open=np.array([10.0, 10.0, 5.0, 2.5]))
    prepared = prepare(spec_of("600519.SH", end="2021-01-01"), {"600519.SH": bars})
    assert prepared.feeds[0].close.tolist() == [5.0, 5.0, 5.0]


def test_the_benchmark_starts_at_the_cash_and_holds_over_missing_days():
    index = bars_of("000300.SH", [4000, 4100], start="2020-01-02")
    stock = bars_of("600519.SH", [10, 11, 12, 13])
    prepared = prepare(
        spec_of("600519.SH", benchmark="000300.SH", cash="1000"), {"600519.SH": stock, "000300.SH": index}
    )
    assert prepared.benchmark is not None
    assert np.isnan(prepared.benchmark[0])
    assert prepared.benchmark[1:].tolist() == [1000.0, 1025.0, 1025.0]


def test_values_hold_until_the_next_day_that_has_one():
    days = np.arange(np.datetime64("2020-01-01"), np.datetime64("2020-01-06"))
    assert align(days, days[[1, 3]], np.array([1.0, 2.0]), 9.0).tolist() == [9.0, 1.0, 1.0, 2.0, 2.0]


def test_the_data_hash_changes_with_one_price():
    bars = bars_of("600519.SH", [10, 11])
    before = prepare(spec_of("600519.SH"), {"600519.SH": bars}).sha256
    again = prepare(spec_of("600519.SH"), {"600519.SH": bars_of("600519.SH", [10, 11])}).sha256
    changed = prepare(spec_of("600519.SH"), {"600519.SH": bars_of("600519.SH", [10, 11.01])}).sha256
    assert before == again != changed
