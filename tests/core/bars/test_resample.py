"""Weeks and months from days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.resample import resample


def daily(dates: list[str], rows: list[tuple[float, float, float, float]], suspended: list[bool]) -> Bars:
    prices = np.array(rows, dtype=np.float64).reshape(-1, 4)
    volume = np.where(suspended, 0.0, 100.0)
    return Bars(
        symbol="600000.SH",
        interval="1d",
        time=np.array(dates, dtype="datetime64[D]"),
        open=prices[:, 0],
        high=prices[:, 1],
        low=prices[:, 2],
        close=prices[:, 3],
        volume=volume,
        amount=volume * 10,
        preclose=np.concatenate(([9.5], prices[:-1, 3]))[: len(dates)],
        suspended=np.array(suspended, dtype=np.bool_),
        is_st=np.zeros(len(dates), dtype=np.bool_),
    )


# Friday 2024-12-27; Monday 2024-12-30 (suspended) and Thursday 2025-01-02 of one ISO week over the year's end; then a
# whole week of suspension; then Monday 2025-01-13.
BARS = daily(
    ["2024-12-27", "2024-12-30", "2024-12-31", "2025-01-02", "2025-01-06", "2025-01-07", "2025-01-13"],
    [
        (10, 11, 9, 10.5),
        (10.5, 10.5, 10.5, 10.5),
        (10.6, 12, 10, 11),
        (11, 11.5, 8, 9),
        (9, 9, 9, 9),
        (9, 9, 9, 9),
        (9.1, 9.2, 9.0, 9.15),
    ],
    [False, True, False, False, True, True, False],
)


def test_a_week_spans_the_years_end_and_is_dated_by_its_last_trading_day() -> None:
    weeks = resample(BARS, "1w")
    assert weeks.interval == "1w"
    assert weeks.time.astype(str).tolist() == ["2024-12-27", "2025-01-02", "2025-01-13"]
    np.testing.assert_array_equal(weeks.open, [10, 10.6, 9.1])
    np.testing.assert_array_equal(weeks.high, [11, 12, 9.2])
    np.testing.assert_array_equal(weeks.low, [9, 8, 9.0])
    np.testing.assert_array_equal(weeks.close, [10.5, 9, 9.15])
    np.testing.assert_array_equal(weeks.volume, [100, 200, 100])
    np.testing.assert_array_equal(weeks.amount, [1000, 2000, 1000])
    assert weeks.preclose[1] == 10.5
    assert not weeks.suspended.any()


def test_months() -> None:
    months = resample(BARS, "1M")
    assert months.time.astype(str).tolist() == ["2024-12-31", "2025-01-13"]
    np.testing.assert_array_equal(months.high, [12, 11.5])
    np.testing.assert_array_equal(months.low, [9, 8])


def test_a_month_with_an_unknown_amount_has_an_unknown_amount() -> None:
    amount = BARS.amount.copy()
    amount[3] = np.nan
    np.testing.assert_array_equal(resample(replace(BARS, amount=amount), "1M").amount, [2000, np.nan])


def test_bars_without_a_trading_day_give_none() -> None:
    suspended = BARS.take([1, 4, 5])
    assert len(resample(suspended, "1w")) == 0
    assert len(resample(BARS.take(slice(0, 0)), "1M")) == 0


def test_only_daily_bars_are_resampled() -> None:
    with pytest.raises(ValueError, match="1w"):
        resample(resample(BARS, "1w"), "1M")


@given(st.sets(st.integers(0, 800), min_size=1, max_size=120), st.data())
def test_every_week_agrees_with_the_iso_calendar(offsets: set[int], data: st.DataObject) -> None:
    days = np.datetime64("2023-12-01") + np.array(sorted(offsets))
    n = len(days)
    low = np.array(data.draw(st.lists(st.floats(1, 10), min_size=n, max_size=n)))
    bars = daily(days.astype(str).tolist(), list(zip(low + 1, low + 2, low, low + 1, strict=True)), [False] * n)
    weeks = resample(bars, "1w")
    expected: dict[tuple[int, int], list[int]] = {}
    for row, day in enumerate(days.tolist()):
        expected.setdefault(day.isocalendar()[:2], []).append(row)
    assert len(weeks) == len(expected)
    for week, rows in enumerate(expected.values()):
        assert weeks.time[week] == days[rows[-1]]
        assert weeks.open[week] == bars.open[rows[0]]
        assert weeks.high[week] == bars.high[rows].max()
        assert weeks.low[week] == bars.low[rows].min()
        assert weeks.volume[week] == 100 * len(rows)
