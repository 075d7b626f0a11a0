"""Indicators against hand calculations and pandas as the oracle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from quantdesk.core.factors.indicators import INDICATORS, IndicatorError, compute, resolve


def bars_of(close: list[float], high: list[float] | None = None, low: list[float] | None = None) -> Bars:
    price = np.array(close, dtype=np.float64)
    return Bars(
        symbol="600000.SH",
        interval="1d",
        time=np.datetime64("2024-01-01") + np.arange(len(price)),
        open=price,
        high=price if high is None else np.array(high, dtype=np.float64),
        low=price if low is None else np.array(low, dtype=np.float64),
        close=price,
        volume=np.ones(len(price)),
        amount=price,
        preclose=price,
        suspended=np.zeros(len(price), dtype=np.bool_),
        is_st=np.zeros(len(price), dtype=np.bool_),
    )


def walk(rows: int = 300) -> Bars:
    rng = np.random.default_rng(7)
    close = 30 * np.exp(rng.normal(0, 0.02, rows).cumsum())
    return bars_of(
        close.tolist(), (close * (1 + rng.random(rows) / 50)).tolist(), (close * (1 - rng.random(rows) / 50)).tolist()
    )


def lines(key: str, bars: Bars, **params: object) -> dict[str, np.ndarray]:
    return {line.name: line.values for line in compute(key, bars, params)}


def test_moving_average_by_hand() -> None:
    ma = lines("MA", bars_of([1, 2, 3, 4, 6]), periods=[2, 3])
    np.testing.assert_allclose(ma["MA2"], [np.nan, 1.5, 2.5, 3.5, 5])
    np.testing.assert_allclose(ma["MA3"], [np.nan, np.nan, 2, 3, 13 / 3])


def test_exponential_average_starts_at_the_first_close() -> None:
    # Weight 2/(3+1): 4, then (4+8)/2 = 6, then (6+2)/2 = 4.
    np.testing.assert_allclose(lines("EMA", bars_of([4, 8, 2]), periods=[3])["EMA3"], [4, 6, 4])


def test_macd_by_hand() -> None:
    # fast 2 (weight 2/3), slow 3 (weight 1/2), signal 2 (weight 2/3) over 3, 6, 9.
    fast, slow = [3, 5, 7 + 2 / 3], [3, 4.5, 6.75]
    dif = np.subtract(fast, slow)
    dea = [0, dif[1] * 2 / 3, dif[1] * 2 / 9 + dif[2] * 2 / 3]
    macd = lines("MACD", bars_of([3, 6, 9]), fast=2, slow=3, signal=2)
    np.testing.assert_allclose(macd["DIF"], dif, atol=1e-12)
    np.testing.assert_allclose(macd["DEA"], dea, atol=1e-12)
    np.testing.assert_allclose(macd["MACD"], 2 * (dif - dea), atol=1e-12)


def test_macd_equals_the_recursion_of_chinese_software() -> None:
    bars = walk()
    close = pd.Series(bars.close)
    dif = close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()
    dea = dif.ewm(span=9, adjust=False).mean()
    macd = lines("MACD", bars)
    np.testing.assert_allclose(macd["DIF"], dif, atol=1e-9)
    np.testing.assert_allclose(macd["DEA"], dea, atol=1e-9)
    np.testing.assert_allclose(macd["MACD"], 2 * (dif - dea), atol=1e-9)


def test_kdj_by_hand() -> None:
    # Period 2. RSV: (11-9)/(12-9) = 2/3; then (10-9)/(12-9) = 1/3, in per cent. K from 50: (2*50 + RSV) / 3 …
    kdj = lines("KDJ", bars_of([10, 11, 10], [10, 12, 12], [9, 9, 9]), period=2)
    k1 = (2 * 50 + 200 / 3) / 3
    d1 = (2 * 50 + k1) / 3
    k2 = (2 * k1 + 100 / 3) / 3
    d2 = (2 * d1 + k2) / 3
    np.testing.assert_allclose(kdj["K"], [np.nan, k1, k2])
    np.testing.assert_allclose(kdj["D"], [np.nan, d1, d2])
    np.testing.assert_allclose(kdj["J"], [np.nan, 3 * k1 - 2 * d1, 3 * k2 - 2 * d2])


def test_kdj_equals_a_plain_loop() -> None:
    bars = walk()
    high, low = pd.Series(bars.high).rolling(9).max(), pd.Series(bars.low).rolling(9).min()
    rsv = (bars.close - low) / (high - low) * 100
    k = d = 50.0
    expected = []
    for value in rsv[8:]:
        k = (2 * k + value) / 3
        d = (2 * d + k) / 3
        expected.append((k, d, 3 * k - 2 * d))
    kdj = lines("KDJ", bars)
    assert np.isnan(kdj["K"][:8]).all()
    np.testing.assert_allclose(np.column_stack([kdj["K"], kdj["D"], kdj["J"]])[8:], expected, rtol=1e-9)


def test_kdj_of_a_price_that_does_not_move_stays_in_the_middle() -> None:
    np.testing.assert_allclose(lines("KDJ", bars_of([5] * 12))["J"][8:], 50)


def test_boll_equals_pandas() -> None:
    bars = walk()
    rolling = pd.Series(bars.close).rolling(20)
    middle, deviation = rolling.mean(), rolling.std(ddof=0)
    boll = lines("BOLL", bars)
    np.testing.assert_allclose(boll["MID"], middle, rtol=1e-9)
    np.testing.assert_allclose(boll["UPPER"], middle + 2 * deviation, rtol=1e-7)
    np.testing.assert_allclose(boll["LOWER"], middle - 2 * deviation, rtol=1e-7)


def test_rsi_by_wilders_recursion() -> None:
    bars = walk(120)
    change = np.diff(bars.close)
    up, down = np.maximum(change, 0), np.maximum(-change, 0)
    gain, loss = up[:6].mean(), down[:6].mean()
    expected = [100 * gain / (gain + loss)]
    for u, d in zip(up[6:], down[6:], strict=True):
        gain, loss = (5 * gain + u) / 6, (5 * loss + d) / 6
        expected.append(100 * gain / (gain + loss))
    rsi = lines("RSI", bars)
    assert list(rsi) == ["RSI6", "RSI12", "RSI24"]
    assert np.isnan(rsi["RSI6"][:6]).all()
    np.testing.assert_allclose(rsi["RSI6"][6:], expected, rtol=1e-9)


def test_atr_by_wilders_recursion() -> None:
    bars = walk(60)
    before = bars.close[:-1]
    true_range = np.maximum(bars.high[1:], before) - np.minimum(bars.low[1:], before)
    atr = true_range[:14].mean()
    expected = [atr]
    for value in true_range[14:]:
        atr = (13 * atr + value) / 14
        expected.append(atr)
    got = lines("ATR", bars)["ATR14"]
    assert np.isnan(got[:14]).all()
    np.testing.assert_allclose(got[14:], expected, rtol=1e-9)


@pytest.mark.parametrize("key", list(INDICATORS))
@given(rows=st.integers(0, 80))
def test_every_indicator_has_one_value_a_bar_however_few_bars_there_are(key: str, rows: int) -> None:
    bars = walk(80).take(slice(0, rows))
    for line in compute(key, bars):
        assert len(line.values) == rows
        known = ~np.isnan(line.values)
        # Nothing but a warm-up is missing.
        assert not known[:-1][known[1:] < known[:-1]].any()


@pytest.mark.parametrize("key", list(INDICATORS))
def test_no_indicator_looks_ahead(key: str) -> None:
    bars = walk(200)
    for whole, part in zip(compute(key, bars), compute(key, bars.take(slice(0, 150))), strict=True):
        np.testing.assert_allclose(whole.values[:150], part.values, rtol=1e-9)


@pytest.mark.parametrize("key", list(INDICATORS))
def test_strided_columns_are_accepted(key: str) -> None:
    bars = walk(200)
    for a, b in zip(
        compute(key, bars.take(slice(None, None, 2))), compute(key, bars.take(np.arange(0, 200, 2))), strict=True
    ):
        np.testing.assert_array_equal(a.values, b.values)


def test_the_registry_describes_what_a_form_needs() -> None:
    assert list(INDICATORS) == ["MA", "EMA", "BOLL", "MACD", "RSI", "KDJ", "ATR"]
    for indicator in INDICATORS.values():
        assert indicator.label_zh
        assert indicator.label_en
        assert indicator.pane in ("overlay", "own")
        defaults = resolve(indicator.key, {})
        assert list(defaults) == [param.name for param in indicator.params]
    assert [line.style for line in compute("MACD", walk(40))] == ["line", "line", "bar"]


@pytest.mark.parametrize(
    ("key", "params", "says"),
    [
        ("VWAP", {}, "'VWAP' is unknown; use one of MA"),
        ("MA", {"window": 5}, "no parameter 'window'; it has periods"),
        ("MA", {"periods": []}, "1 to 6 whole numbers"),
        ("MA", {"periods": [1]}, "MA.periods is 1; give a whole number from 2 to 500"),
        ("MA", {"periods": [5, 2.5]}, "MA.periods is 2.5"),
        ("MA", {"periods": [5] * 7}, "1 to 6"),
        ("BOLL", {"width": 11}, "BOLL.width is 11; give a number from 0.1 to 10"),
        ("BOLL", {"width": float("nan")}, "BOLL.width is nan"),
        ("BOLL", {"period": True}, "BOLL.period is True"),
        ("BOLL", {"period": "20"}, "BOLL.period is '20'"),
        ("MACD", {"fast": 26, "slow": 12}, "fast 26 must be below slow 12"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_allowed(key: str, params: dict[str, object], says: str) -> None:
    with pytest.raises(IndicatorError) as caught:
        compute(key, walk(30), params)
    assert says in str(caught.value)


def test_a_period_given_twice_is_drawn_once() -> None:
    assert list(lines("MA", walk(30), periods=[5, 5, 10])) == ["MA5", "MA10"]
