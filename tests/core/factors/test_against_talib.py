"""Indicators equal TA-Lib's own functions on random series, where both define them alike.

EMA and MACD start at the first close, as Chinese software has it, TA-Lib's at a mean: after 600 days the start's weight
in a 26-day average is below 1e-20.
"""

from __future__ import annotations

import numpy as np
import pytest
import talib

from quantdesk.core.bars.frame import Bars
from quantdesk.core.factors.indicators import compute
from tests.fakes.made_bars import random_walk


@pytest.fixture(params=range(4), ids=lambda seed: f"seed{seed}")
def bars(request: pytest.FixtureRequest) -> Bars:
    return random_walk("600519.SH", 800, seed=request.param)


def line(bars: Bars, key: str, name: str, **params: object) -> np.ndarray:
    return next(one.values for one in compute(key, bars, params) if one.name == name)


def same(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Compare where TA-Lib gives a value; ours may start earlier."""
    given = np.isfinite(theirs)
    assert given.sum() > 500
    np.testing.assert_allclose(ours[given], theirs[given], rtol=0, atol=1e-10)


@pytest.mark.parametrize("period", [5, 20, 60])
def test_averages_and_strength(bars: Bars, period: int) -> None:
    same(line(bars, "MA", f"MA{period}", periods=[period]), talib.SMA(bars.close, period))
    same(line(bars, "RSI", f"RSI{period}", periods=[period]), talib.RSI(bars.close, period))
    same(line(bars, "ATR", f"ATR{period}", period=period), talib.ATR(bars.high, bars.low, bars.close, period))


def test_bollinger_bands(bars: Bars) -> None:
    for name, values in zip(("UPPER", "MID", "LOWER"), talib.BBANDS(bars.close, 20, 2, 2), strict=True):
        same(line(bars, "BOLL", name, period=20, width=2.0), values)


def test_exponential_averages_and_macd() -> None:
    bars = random_walk("600519.SH", 1500, seed=11)
    settled = slice(600, None)
    for period in (12, 26):
        ours = line(bars, "EMA", f"EMA{period}", periods=[period])
        same(ours[settled], talib.EMA(bars.close, period)[settled])
    dif, dea, bar = talib.MACD(bars.close, 12, 26, 9)
    for name, values in (("DIF", dif), ("DEA", dea), ("MACD", 2 * bar)):
        same(line(bars, "MACD", name)[settled], values[settled])


def test_stochastics_before_smoothing(bars: Bars) -> None:
    # With k and d of 1 nothing is smoothed: K is TA-Lib's fast %K.
    fast, _ = talib.STOCHF(bars.high, bars.low, bars.close, 9, 1)
    highest, lowest = talib.MAX(bars.high, 9), talib.MIN(bars.low, 9)
    np.testing.assert_allclose(fast[8:], ((bars.close - lowest) / (highest - lowest) * 100)[8:], atol=1e-9)
    smoothed = line(bars, "KDJ", "K", period=9, k=3, d=3)[8:]
    expected, last = [], 50.0
    for value in fast[8:]:
        last = last * 2 / 3 + value / 3
        expected.append(last)
    np.testing.assert_allclose(smoothed, expected, rtol=0, atol=1e-9)
