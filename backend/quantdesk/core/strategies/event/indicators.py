"""Indicators that a strategy declares: computed once a symbol over its own bars, read bar by bar.

An indicator's value at a bar rests on that bar and those before. The functions here are TA-Lib's and those of
core.factors; a user's own function is given whole columns and could look ahead: the truncation test finds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.factors._talib import ta
from quantdesk.core.factors.indicators import compute
from quantdesk.core.strategies.event.columns import FIELDS, PRICES, Columns

_MAX_PERIOD = 5_000


@dataclass(frozen=True, slots=True)
class Computed:
    """Values on the continuous series, all symbols' rows."""

    name: str
    values: FloatArray
    is_price: bool
    """Of the dimension of a price: shown on the current day's basis."""


def rolling(columns: Columns, kind: str, field: str, period: int) -> Computed:
    """Compute sma, ema, highest, lowest, roc or std over the last `period` bars, the current one included.

    ema starts at the first bar with weight 2 / (period + 1), as Chinese charts have it, and is shown from bar
    `period` on. roc is the change in percent over `period` bars. std divides by n.
    """
    _check_field(kind, field)
    least = 2 if kind in ("ema", "std") else 1
    check_period(f"{kind}'s period", period, least)

    def one(values: FloatArray) -> FloatArray:
        match kind:
            case "sma":
                return values.copy() if period == 1 else ta.SMA(values, period)
            case "ema":
                return _warmed(compute("EMA", _bars_of(values), {"periods": [period]})[0].values, period - 1)
            case "highest":
                return values.copy() if period == 1 else ta.MAX(values, period)
            case "lowest":
                return values.copy() if period == 1 else ta.MIN(values, period)
            case "std":
                return ta.STDDEV(values, period, 1.0)  # type: ignore[no-any-return]
            case "roc":
                return ta.ROC(values, period)  # type: ignore[no-any-return]
        raise AssertionError(kind)

    source = columns.continuous(field)
    return Computed(
        f"{kind}({period})", _each(columns, lambda a, b: one(source[a:b])), field in PRICES and kind != "roc"
    )


def registered(columns: Columns, key: str, field: str, params: dict[str, Any], warm: tuple[int, ...]) -> list[Computed]:
    """Compute an indicator of core.factors; its line i is hidden for the first warm[i] bars of a symbol."""
    _check_field(key.lower(), field)
    found: list[list[FloatArray]] = []
    names: list[str] = []
    for s in range(len(columns.symbols)):
        parts = {name: columns.of(name, s) for name in ("open", "high", "low", "close")}
        if field != "close":
            parts["close"] = columns.of(field, s)
        lines = compute(key, _bars_of(**parts), params) if len(parts["close"]) else []
        names = names or [line.name for line in lines]
        found.append([line.values for line in lines])
    price = field in PRICES and key not in ("RSI", "KDJ")
    return [
        Computed(name, np.concatenate([_warmed(lines[i], warm[i]) for lines in found if lines]), price)
        for i, name in enumerate(names)
    ]


def custom(
    columns: Columns, function: Callable[..., Any], fields: tuple[str, ...], is_price: bool, options: dict[str, Any]
) -> list[Computed]:
    """Call a user's function once a symbol with copies of its columns; it gives one array, or a tuple of them.

    Raises:
        ValueError: what it gives is no array of numbers, or not one value a bar.
    """
    name = getattr(function, "__name__", "indicator")
    if not callable(function):
        raise TypeError(f"indicator needs a function of arrays, not {function!r}")
    for field in fields:
        _check_field(name, field)
    found: list[list[FloatArray]] = []
    for s in range(len(columns.symbols)):
        given = [columns.of(field, s).copy() for field in fields]
        result = function(*given, **options)
        parts = result if isinstance(result, tuple) else (result,)
        found.append([_checked(name, part, len(given[0])) for part in parts])
        if len(found[-1]) != len(found[0]):
            raise ValueError(f"{name} gave {len(found[-1])} arrays for a symbol and {len(found[0])} for another")
    return [
        Computed(f"{name}" if len(found[0]) == 1 else f"{name}.{i}", np.concatenate([f[i] for f in found]), is_price)
        for i in range(len(found[0]))
    ]


def check_period(what: str, period: object, least: int = 1) -> None:
    """Raise ValueError unless `period` is a whole number of bars."""
    if isinstance(period, bool) or not isinstance(period, int | np.integer) or not least <= period <= _MAX_PERIOD:
        raise ValueError(f"{what} is {period!r}; give a whole number from {least} to {_MAX_PERIOD}")


def _check_field(what: str, field: object) -> None:
    if field not in FIELDS:
        raise ValueError(f"{what} over {field!r}: there is no such field; use one of {', '.join(FIELDS)}")


def _each(columns: Columns, part: Callable[[int, int], FloatArray]) -> FloatArray:
    found = np.full(columns.first[-1], np.nan)
    for a, b in zip(columns.first, columns.first[1:], strict=False):
        if b > a:
            found[a:b] = part(a, b)
    return found


def _warmed(values: FloatArray, bars: int) -> FloatArray:
    values = values.copy()
    values[:bars] = np.nan
    return values


def _checked(name: str, value: object, length: int) -> FloatArray:
    try:
        made = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must give an array of numbers, not {type(value).__name__}") from None
    if made.shape != (length,):
        raise ValueError(f"{name} must give one value a bar: {length} were expected, its shape is {made.shape}")
    return made


def _bars_of(close: FloatArray, **others: FloatArray) -> Bars:
    """Wrap columns for core.factors, which reads open, high, low and close."""
    return replace(
        _BLANK,
        time=np.zeros(len(close), dtype="datetime64[D]"),
        open=others.get("open", close),
        high=others.get("high", close),
        low=others.get("low", close),
        close=close,
    )


_NO_DAYS = np.zeros(0, dtype="datetime64[D]")
_NO = np.zeros(0, dtype=np.bool_)
_BLANK = Bars("", "1d", _NO_DAYS, *(np.zeros(0),) * 7, _NO, _NO)
