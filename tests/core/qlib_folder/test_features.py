"""Bars as qlib's fields and back: by hand on a few days, and on any rough bars."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.adjust import Adjustment, adjusting_factor
from quantdesk.core.bars.frame import COLUMNS, Bars, FloatArray
from quantdesk.core.qlib_folder.errors import QlibFolderError
from quantdesk.core.qlib_folder.features import FIELDS, Stored, on_calendar, to_bars, to_fields
from quantdesk.core.qlib_folder.layout import decode_feature, encode_feature
from tests.fakes.rough_bars import rough_bars, some_bars

SYMBOL, CODE = "600519.SH", "SH600519"


def column(*values: float) -> FloatArray:
    return np.array(values, dtype=float)


def three_days() -> Bars:
    """Give a day, a suspended one, and an ex-right one: 20.00 closes, then 1 for 1 is given, and it opens at 10."""
    days = np.array(["2024-01-02", "2024-01-03", "2024-01-04"], dtype="datetime64[D]")
    return Bars(
        symbol=SYMBOL,
        interval="1d",
        time=days,
        open=column(19, 20, 10),
        high=column(21, 20, 12),
        low=column(18, 20, 9),
        close=column(20, 20, 11),
        volume=column(1000, 0, 4000),
        amount=column(19_500, 0, 42_000),
        preclose=column(np.nan, 20, 10),
        suspended=np.array([False, True, False]),
        is_st=np.zeros(3, dtype=bool),
    )


def laid(bars: Bars, factor: np.ndarray, calendar: np.ndarray) -> Stored:
    """Write each field to bytes and read it back."""
    return {
        name: decode_feature(encode_feature(*on_calendar(bars.time, calendar, values)), len(calendar), name)
        for name, values in to_fields(bars, factor).items()
    }


def test_three_days_by_hand() -> None:
    bars = three_days()

    fields = to_fields(bars, adjusting_factor(bars, "hfq"))

    assert tuple(fields) == FIELDS
    nan = np.nan
    wanted: dict[str, list[float]] = {
        "open": [19, nan, 20],
        "high": [21, nan, 24],
        "low": [18, nan, 18],
        "close": [20, nan, 22],
        "volume": [1000, nan, 2000],
        "amount": [19_500, nan, 42_000],
        "vwap": [19.5, nan, 21],
        "factor": [1, 1, 2],
        "change": [nan, nan, 0.1],
    }
    for name, values in wanted.items():
        np.testing.assert_allclose(fields[name], values, rtol=1e-12, err_msg=name)


def test_a_late_listing_starts_at_its_place_in_the_calendar_and_a_missing_day_is_nan() -> None:
    calendar = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")
    start, values = on_calendar(calendar[[3, 4, 7]], calendar, np.array([1.0, 2.0, 3.0]))
    assert start == 3
    np.testing.assert_array_equal(values, [1, 2, np.nan, np.nan, 3])


@pytest.mark.parametrize("days", [[], ["2024-01-31"], ["2023-12-31"]])
def test_a_day_outside_of_the_calendar_is_refused(days: list[str]) -> None:
    calendar = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")
    with pytest.raises(ValueError, match="calendar must hold"):
        on_calendar(np.array(days, dtype="datetime64[D]"), calendar, np.ones(len(days)))


@settings(deadline=None)
@given(some_bars(), st.sampled_from(["none", "qfq", "hfq"]), st.integers(0, 2**32 - 1))
def test_any_bars_come_back_to_the_tick(bars: Bars, adjustment: Adjustment, seed: int) -> None:
    """Also with days of other stocks in the calendar. Volume and turnover are within float32."""
    more = rough_bars("000001.SZ", seed, first=0, days=900).time
    calendar = np.union1d(bars.time, more)

    found = to_bars(SYMBOL, CODE, calendar, laid(bars, adjusting_factor(bars, adjustment), calendar))

    np.testing.assert_array_equal(found.time, bars.time)
    np.testing.assert_array_equal(found.suspended, bars.suspended)
    traded = found.take(~found.suspended)
    there = bars.take(~bars.suspended)
    np.testing.assert_array_equal(traded.time, there.time)
    for name in ("open", "high", "low", "close", "preclose"):
        np.testing.assert_array_equal(getattr(traded, name), getattr(there, name), err_msg=name)
    for name in ("volume", "amount"):
        np.testing.assert_allclose(getattr(traded, name), getattr(there, name), rtol=3e-7, err_msg=name)


@settings(deadline=None)
@given(some_bars())
def test_the_factors_of_bars_that_came_back_are_the_same(bars: Bars) -> None:
    factor = adjusting_factor(bars, "hfq")
    found = to_bars(SYMBOL, CODE, bars.time, laid(bars, factor, bars.time))
    np.testing.assert_allclose(adjusting_factor(found, "hfq"), factor, rtol=1e-12)


def test_a_suspended_day_repeats_the_last_close_on_its_own_price_basis() -> None:
    bars = three_days()
    stored = dict(laid(bars, np.array([1.0, 2.0, 2.0]), bars.time))  # the right was cut during the suspension
    found = to_bars(SYMBOL, CODE, bars.time, stored)
    assert found.suspended.tolist() == [False, True, False]
    assert found.close.tolist() == [20, 10, 11]
    assert found.volume[1] == 0


def test_data_of_qlibs_own_collector_comes_back_although_its_prices_are_divided_by_the_first_close() -> None:
    """Its factor is divided, too; on suspended days all fields are NaN, the factor included:
    such days have no bar."""
    bars = rough_bars(SYMBOL, 7, days=200)
    factor = adjusting_factor(bars, "hfq") / bars.close[0]
    factor[bars.suspended] = np.nan
    found = to_bars(SYMBOL, CODE, bars.time, laid(bars, factor, bars.time))
    np.testing.assert_array_equal(found.close, bars.close[~bars.suspended])
    np.testing.assert_allclose(found.volume, bars.volume[~bars.suspended], rtol=3e-7)


def test_without_amount_it_is_told_from_the_average_price_and_without_change_the_last_close_is_unknown() -> None:
    bars = three_days()
    stored = dict(laid(bars, adjusting_factor(bars, "hfq"), bars.time))
    del stored["amount"], stored["change"]
    found = to_bars(SYMBOL, CODE, bars.time, stored)
    np.testing.assert_allclose(found.amount, [19_500, 0, 42_000], rtol=1e-6)
    assert np.isnan(found.preclose[[0, 2]]).all()


def test_an_indexs_finer_figures_stay_within_float32() -> None:
    bars = rough_bars("000001.SH", 3, days=50)
    finer = bars.close + 0.0037
    stored = dict(laid(bars, np.ones(len(bars)), bars.time))
    stored["close"] = (0, np.where(bars.suspended, np.nan, finer).astype(np.float32))
    found = to_bars("000001.SH", "SH000001", bars.time, stored)
    np.testing.assert_allclose(found.close[~bars.suspended], finer[~bars.suspended], rtol=1e-7)


@pytest.mark.parametrize("field", ["open", "close", "volume", "factor"])
def test_a_missing_field_is_named_with_its_file(field: str) -> None:
    bars = three_days()
    stored = dict(laid(bars, np.ones(3), bars.time))
    del stored[field]
    with pytest.raises(QlibFolderError, match=rf"features/sh600519/{field}\.day\.bin") as error:
        to_bars(SYMBOL, CODE, bars.time, stored)
    assert error.value.code == "qlib_file_missing"


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_a_factor_that_gives_no_raw_price_is_named(value: float) -> None:
    bars = three_days()
    stored = dict(laid(bars, np.ones(3), bars.time))
    stored["factor"] = (0, np.array([1, 1, value], dtype=np.float32))
    with pytest.raises(QlibFolderError, match="2024-01-04") as error:
        to_bars(SYMBOL, CODE, bars.time, stored)
    assert error.value.code == "qlib_factor"


def test_an_infinite_value_is_named() -> None:
    bars = three_days()
    stored = dict(laid(bars, np.ones(3), bars.time))
    stored["high"] = (0, np.array([20, np.inf, 11], dtype=np.float32))
    with pytest.raises(QlibFolderError, match="2024-01-03") as error:
        to_bars(SYMBOL, CODE, bars.time, stored)
    assert error.value.code == "qlib_bin_value"


def test_a_stock_that_never_traded_has_no_bars() -> None:
    bars = three_days()
    stored = {name: (0, np.full(3, np.nan, dtype=np.float32)) for name in FIELDS}
    found = to_bars(SYMBOL, CODE, bars.time, stored)
    assert all(len(getattr(found, name)) == 0 for name in COLUMNS)
