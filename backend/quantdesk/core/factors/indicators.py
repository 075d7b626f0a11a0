"""Technical indicators over TA-Lib, in one registry that the API and the page's form are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.factors._talib import ta

Pane = Literal["overlay", "own"]
"""overlay: drawn over the prices; own: in a pane of its own."""
ParamKind = Literal["int", "float", "ints"]
ParamValue = int | float | tuple[int, ...]

MAX_PERIODS = 6
"""Longest list a parameter of kind `ints` takes."""


class IndicatorError(ValueError):
    """An unknown indicator, or a parameter outside of its range.

    The message names both and says what is allowed.
    """


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter; for kind `ints` the range holds for each item."""

    name: str
    kind: ParamKind
    default: ParamValue
    minimum: float
    maximum: float
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One drawn series."""

    name: str
    """As shown in a legend, e.g. MA5, DIF."""
    style: Literal["line", "bar"]
    values: FloatArray
    """One value a bar, NaN during the warm-up."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator and all that a form and a chart need to know of it."""

    key: str
    label_zh: str
    label_en: str
    pane: Pane
    params: tuple[Param, ...]
    lines: Callable[[Bars, Mapping[str, Any]], list[Line]]


def compute(key: str, bars: Bars, params: Mapping[str, object] | None = None) -> list[Line]:
    """Compute an indicator over (adjusted) bars.

    missing parameters take their defaults. Raise IndicatorError.
    """
    chosen = resolve(key, params or {})
    return INDICATORS[key].lines(bars, chosen)


def resolve(key: str, params: Mapping[str, object]) -> dict[str, ParamValue]:
    """Check parameters and fill in the defaults. Raise IndicatorError."""
    indicator = INDICATORS.get(key)
    if indicator is None:
        raise IndicatorError(f"indicator {key[:40]!r} is unknown; use one of {', '.join(INDICATORS)}")
    unknown = params.keys() - {param.name for param in indicator.params}
    if unknown:
        known = ", ".join(param.name for param in indicator.params)
        raise IndicatorError(f"{key} has no parameter {min(unknown)[:40]!r}; it has {known}")
    chosen = {param.name: _checked(key, param, params.get(param.name, param.default)) for param in indicator.params}
    if key == "MACD" and chosen["fast"] >= chosen["slow"]:  # type: ignore[operator]
        raise IndicatorError(f"MACD: fast {chosen['fast']} must be below slow {chosen['slow']}")
    return chosen


def _checked(key: str, param: Param, value: object) -> ParamValue:
    where = f"{key}.{param.name}"
    if param.kind == "ints":
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_PERIODS:
            raise IndicatorError(f"{where} is {value!r}; give 1 to {MAX_PERIODS} whole numbers")
        return tuple(dict.fromkeys(int(_in_range(where, param, item, whole=True)) for item in value))
    number = _in_range(where, param, value, whole=param.kind == "int")
    return int(number) if param.kind == "int" else float(number)


def _in_range(where: str, param: Param, value: object, *, whole: bool) -> float:
    allowed = f"give a {'whole number' if whole else 'number'} from {param.minimum:g} to {param.maximum:g}"
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise IndicatorError(f"{where} is {value!r}; {allowed}")
    if not param.minimum <= value <= param.maximum:
        raise IndicatorError(f"{where} is {value!r}; {allowed}")
    return value


def _ma(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    return [Line(f"MA{n}", "line", _mean(bars.close, n)) for n in params["periods"]]


def _ema(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    return [Line(f"EMA{n}", "line", _recursive_mean(bars.close, n)) for n in params["periods"]]


def _boll(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    period, width = params["period"], params["width"]
    upper, middle, lower = ta.BBANDS(_array(bars.close), period, width, width, 0)
    return [Line("MID", "line", middle), Line("UPPER", "line", upper), Line("LOWER", "line", lower)]


def _macd(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    dif = _recursive_mean(bars.close, params["fast"]) - _recursive_mean(bars.close, params["slow"])
    dea = _recursive_mean(dif, params["signal"])
    return [Line("DIF", "line", dif), Line("DEA", "line", dea), Line("MACD", "bar", 2 * (dif - dea))]


def _rsi(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    return [Line(f"RSI{n}", "line", ta.RSI(_array(bars.close), n)) for n in params["periods"]]


def _kdj(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    """RSV = (close - lowest low) / (highest high - lowest low) x 100 over `period` bars; K and D are its
    smoothings.

    K = (K' (k-1) + RSV) / k and D likewise, both from 50 before the first RSV. Where the range is zero RSV
    is 50.
    """
    period = params["period"]
    lowest, highest = ta.MIN(_array(bars.low), period), ta.MAX(_array(bars.high), period)
    spread = highest - lowest
    rsv = np.full(len(bars), 50.0)
    np.divide((bars.close - lowest) * 100, spread, out=rsv, where=spread > 0)
    ready = rsv[period - 1 :]
    # A smoothing of 1/m is an EMA of 2/(n+1) with n = 2m-1.
    k = _recursive_mean(ready, 2 * params["k"] - 1, seed=50.0)
    d = _recursive_mean(k, 2 * params["d"] - 1, seed=50.0)
    warm_up = np.full(len(bars) - len(ready), np.nan)
    columns = {"K": k, "D": d, "J": 3 * k - 2 * d}
    return [Line(name, "line", np.concatenate((warm_up, values))) for name, values in columns.items()]


def _atr(bars: Bars, params: Mapping[str, Any]) -> list[Line]:
    period = params["period"]
    atr = ta.ATR(_array(bars.high), _array(bars.low), _array(bars.close), period)
    return [Line(f"ATR{period}", "line", atr)]


def _mean(values: FloatArray, period: int) -> FloatArray:
    mean: FloatArray = _array(values) if period == 1 else ta.SMA(_array(values), period)
    return mean


def _recursive_mean(values: FloatArray, period: int, seed: float | None = None) -> FloatArray:
    """Give the EMA with weight 2/(period+1) that starts at the first value, as Chinese software computes it.

    With a `seed` that one counts as the value before the first. TA-Lib starts at the mean of the first
    `period` values instead; preceding them by copies of the start makes that mean the start.
    """
    if period == 1 or len(values) == 0:
        return values
    copies = period - 1 if seed is None else period
    start = values[0] if seed is None else seed
    smoothed: FloatArray = ta.EMA(np.concatenate((np.full(copies, start), values)), period)
    return smoothed[copies:]


def _array(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64)


def _periods(*default: int) -> Param:
    return Param("periods", "ints", default, 2, 500, "周期", "Periods")


def _period(default: int) -> Param:
    return Param("period", "int", default, 2, 500, "周期", "Period")


INDICATORS: dict[str, Indicator] = {
    indicator.key: indicator
    for indicator in (
        Indicator("MA", "移动平均线", "Moving average", "overlay", (_periods(5, 10, 20, 60),), _ma),
        Indicator("EMA", "指数移动平均线", "Exponential moving average", "overlay", (_periods(12, 26),), _ema),
        Indicator(
            "BOLL",
            "布林带",
            "Bollinger bands",
            "overlay",
            (_period(20), Param("width", "float", 2.0, 0.1, 10, "标准差倍数", "Standard deviations")),
            _boll,
        ),
        Indicator(
            "MACD",
            "指数平滑异同移动平均线",
            "Moving average convergence divergence",
            "own",
            (
                Param("fast", "int", 12, 2, 200, "快线周期", "Fast period"),
                Param("slow", "int", 26, 3, 500, "慢线周期", "Slow period"),
                Param("signal", "int", 9, 2, 200, "信号周期", "Signal period"),
            ),
            _macd,
        ),
        Indicator("RSI", "相对强弱指标", "Relative strength index", "own", (_periods(6, 12, 24),), _rsi),
        Indicator(
            "KDJ",
            "随机指标",
            "Stochastic oscillator (KDJ)",
            "own",
            (
                _period(9),
                Param("k", "int", 3, 2, 100, "K 平滑", "K smoothing"),
                Param("d", "int", 3, 2, 100, "D 平滑", "D smoothing"),
            ),
            _kdj,
        ),
        Indicator("ATR", "平均真实波幅", "Average true range", "own", (_period(14),), _atr),
    )
}
"""All indicators by key, in the order a menu shows them."""
