"""Adjusted prices against hand calculations and real ex-right days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.adjust import adjust, cumulative_factor, ex_right_steps
from quantdesk.core.bars.frame import Bars

NAN = float("nan")


def make(
    close: list[float], preclose: list[float], suspended: list[bool] | None = None, symbol: str = "600000.SH"
) -> Bars:
    """Daily bars from 2024-01-01 whose four prices are the close."""
    price = np.array(close, dtype=np.float64)
    flags = np.zeros(len(close), dtype=np.bool_)
    return Bars(
        symbol=symbol,
        interval="1d",
        time=np.datetime64("2024-01-01") + np.arange(len(close)),
        open=price.copy(),
        high=price.copy(),
        low=price.copy(),
        close=price,
        volume=np.full(len(close), 1000.0),
        amount=price * 1000,
        preclose=np.array(preclose, dtype=np.float64),
        suspended=flags if suspended is None else np.array(suspended),
        is_st=flags.copy(),
    )


# 10 with a dividend of 1 in cash: ex-right previous close 9; then a bonus of one for one: 4.50.
DIVIDEND_THEN_BONUS = make([10.0, 9.0, 9.0, 4.5], [9.9, 9.0, 9.0, 4.5])


def test_steps_are_last_close_over_ex_right_previous_close() -> None:
    np.testing.assert_allclose(ex_right_steps(DIVIDEND_THEN_BONUS), [1, 10 / 9, 1, 2])
    np.testing.assert_allclose(cumulative_factor(DIVIDEND_THEN_BONUS), [1, 10 / 9, 10 / 9, 20 / 9])


def test_backward_adjustment_keeps_the_first_price() -> None:
    adjusted = adjust(DIVIDEND_THEN_BONUS, "hfq")
    np.testing.assert_allclose(adjusted.close, [10, 10, 10, 10])
    np.testing.assert_allclose(adjusted.preclose, [9.9, 10, 10, 10])
    np.testing.assert_array_equal(adjusted.volume, DIVIDEND_THEN_BONUS.volume)
    np.testing.assert_array_equal(adjusted.amount, DIVIDEND_THEN_BONUS.amount)


def test_forward_adjustment_keeps_the_last_price() -> None:
    np.testing.assert_allclose(adjust(DIVIDEND_THEN_BONUS, "qfq").close, [4.5, 4.5, 4.5, 4.5])


@pytest.mark.parametrize(
    ("as_of", "anchored"),
    [
        (dt.date(2024, 1, 1), [10, 10, 10, 10]),
        (dt.date(2024, 1, 3), [9, 9, 9, 9]),
        (dt.date(2030, 1, 1), [4.5, 4.5, 4.5, 4.5]),
        (dt.date(2000, 1, 1), [10, 10, 10, 10]),
    ],
)
def test_forward_adjustment_is_anchored_at_its_as_of_day(as_of: dt.date, anchored: list[float]) -> None:
    np.testing.assert_allclose(adjust(DIVIDEND_THEN_BONUS, "qfq", as_of).close, anchored)


def test_raw_bars_and_empty_bars_come_back_as_they_are() -> None:
    assert adjust(DIVIDEND_THEN_BONUS, "none") is DIVIDEND_THEN_BONUS
    empty = DIVIDEND_THEN_BONUS.take(slice(0, 0))
    assert len(adjust(empty, "qfq")) == 0
    assert len(cumulative_factor(empty)) == 0


def test_rounding_noise_of_half_a_tick_is_no_ex_right_day() -> None:
    noisy = make([10.0, 10.0, 10.0], [10.0, 10.004, 9.995])
    np.testing.assert_array_equal(ex_right_steps(noisy), [1, 1, 1])
    one_tick = make([10.0, 10.0], [10.0, 9.99])
    np.testing.assert_allclose(ex_right_steps(one_tick), [1, 10 / 9.99])


def test_a_funds_tick_is_finer() -> None:
    fund = make([1.0, 1.0], [1.0, 0.998], symbol="510300.SH")
    np.testing.assert_allclose(ex_right_steps(fund), [1, 1 / 0.998])


def test_an_index_has_no_rights() -> None:
    index = make([3000.0, 3010.0], [2990.0, 3000.6], symbol="000300.SH")
    np.testing.assert_array_equal(ex_right_steps(index), [1, 1])


@pytest.mark.parametrize("symbol", ["IF.CFFEX", "rb2410.SHFE", "BTC-USDT.BINANCE"])
def test_a_settlement_price_is_no_ex_right_close_and_coins_have_no_rights(symbol: str) -> None:
    bars = make([3000.0, 3010.0], [2990.0, 2950.0], symbol=symbol)
    np.testing.assert_array_equal(ex_right_steps(bars), [1, 1])


def test_an_unknown_previous_close_carries_no_step() -> None:
    unknown = make([10.0, 5.0, 5.0], [NAN, NAN, 5.0])
    np.testing.assert_array_equal(ex_right_steps(unknown), [1, 1, 1])


@pytest.mark.parametrize(
    ("carried", "preclose"),
    [
        # The source adjusts the carried price at once …
        ([5.0, 5.0], [5.0, 5.0]),
        # … or on the second suspended day …
        ([10.0, 5.0], [10.0, 5.0]),
        # … or only when trading resumes …
        ([10.0, 10.0], [10.0, 10.0]),
        # … or shows the ex-right previous close but still carries the old price.
        ([10.0, 10.0], [5.0, 5.0]),
    ],
)
def test_an_ex_right_day_within_a_suspension_counts_once(carried: list[float], preclose: list[float]) -> None:
    bars = make([10.0, *carried, 5.5], [10.0, *preclose, 5.0], [False, True, True, False])
    np.testing.assert_allclose(cumulative_factor(bars)[-1], 2)
    np.testing.assert_allclose(adjust(bars, "hfq").close, [10, 10, 10, 11])


@given(
    st.lists(st.floats(0.9, 1.1), min_size=2, max_size=40),
    st.lists(st.sampled_from([1.0, 1.0, 1.0, 0.5, 0.8]), min_size=40, max_size=40),
    st.sampled_from(["qfq", "hfq"]),
)
def test_adjusted_returns_are_the_exchanges_returns(moves: list[float], rights: list[float], mode: str) -> None:
    close, preclose = [100.0], [100.0]
    for move, right in zip(moves, rights, strict=False):
        preclose.append(close[-1] * right)
        close.append(preclose[-1] * move)
    raw = make(close, preclose)
    adjusted = adjust(raw, mode)  # type: ignore[arg-type]
    kept = np.abs(raw.close[:-1] - raw.preclose[1:]) > 0.005
    unmoved = np.abs(raw.close[:-1] - raw.preclose[1:]) < 1e-9
    exact = kept | unmoved
    np.testing.assert_allclose(
        (adjusted.close[1:] / adjusted.close[:-1])[exact], (raw.close / raw.preclose)[1:][exact], rtol=1e-9
    )
    anchor = 0 if mode == "hfq" else -1
    assert adjusted.close[anchor] == pytest.approx(raw.close[anchor], rel=1e-12)
    assert (adjusted.close > 0).all()


@given(st.integers(0, 3))
def test_scaling_by_the_anchor_is_all_that_as_of_changes(day: int) -> None:
    as_of = dt.date(2024, 1, 1) + dt.timedelta(days=day)
    ratio = adjust(DIVIDEND_THEN_BONUS, "qfq", as_of).close / adjust(DIVIDEND_THEN_BONUS, "hfq").close
    np.testing.assert_allclose(ratio, ratio[0])


def test_prices_of_a_day_are_scaled_alike() -> None:
    bars = replace(DIVIDEND_THEN_BONUS, high=DIVIDEND_THEN_BONUS.close + 0.5)
    adjusted = adjust(bars, "qfq")
    np.testing.assert_allclose(adjusted.high / adjusted.close, bars.high / bars.close)


DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "ashare" / "baostock_csv"


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not there")
def test_kweichow_moutai_dividends_are_found_in_the_real_file() -> None:
    rows = np.genfromtxt(
        DATA / "sh.600519.csv", delimiter=",", names=True, dtype=None, encoding="utf-8", usecols=(0, 5, 6, 9)
    )
    bars = make(rows["close"].tolist(), rows["preclose"].tolist(), (rows["tradestatus"] == 0).tolist())
    days = rows["date"].astype("datetime64[D]")
    steps = ex_right_steps(bars)
    found = {str(day): step for day, step in zip(days, steps, strict=True) if step > 1}
    # Public announcements: 10 派 11.85 on 2010-07-05; 10 送 1 派 23 on 2011-07-01; 10 派 170.25 on 2020-06-24.
    before = bars.close[np.flatnonzero(days == np.datetime64("2010-07-05"))[0] - 1]
    assert found["2010-07-05"] == pytest.approx(before / (before - 1.185), rel=1e-4)
    assert {"2011-07-01", "2020-06-24"} <= found.keys()
    assert 14 <= len(found) <= 22
    assert steps.min() == 1
