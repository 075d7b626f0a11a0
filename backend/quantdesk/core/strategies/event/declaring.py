"""The part of the base class that declares: indicators, timers, the warm-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from quantdesk.core.strategies.event import indicators
from quantdesk.core.strategies.event.desk import Desk
from quantdesk.core.strategies.event.indicators import Computed
from quantdesk.core.strategies.event.lines import Line, LineView
from quantdesk.core.strategies.event.timers import Period, Timer, timer


class Declaring:
    """Declare in on_start. A line is computed at once for all symbols, each over its own bars with trading."""

    _desk: Desk
    _timers: list[Timer]
    warmup = 0
    """on_bar is not called for a symbol's first so many bars."""

    def every(self, period: Period, function: Callable[[], object]) -> None:
        """Call a method on the first trading day of each day, week, month, quarter or year, after its bars."""
        self._timers.append(timer(period, function))

    def sma(self, period: int, field: str = "close") -> Line:
        """Moving average."""
        return self._rolling("sma", field, period)

    def ema(self, period: int, field: str = "close") -> Line:
        """Exponential moving average with weight 2 / (period + 1)."""
        return self._rolling("ema", field, period)

    def highest(self, period: int, field: str = "high") -> Line:
        """Highest value of the last `period` bars, this one included."""
        return self._rolling("highest", field, period)

    def lowest(self, period: int, field: str = "low") -> Line:
        """Lowest value of the last `period` bars, this one included."""
        return self._rolling("lowest", field, period)

    def roc(self, period: int, field: str = "close") -> Line:
        """Change over `period` bars in percent."""
        return self._rolling("roc", field, period)

    def std(self, period: int, field: str = "close") -> Line:
        """Standard deviation of the last `period` bars (divided by n)."""
        return self._rolling("std", field, period)

    def rsi(self, period: int = 14, field: str = "close") -> Line:
        """Relative strength index, 0 to 100."""
        return self._registered("RSI", field, {"periods": [period]}, 0)[0]

    def atr(self, period: int = 14) -> Line:
        """Average true range."""
        return self._registered("ATR", "close", {"period": period}, 0)[0]

    def boll(self, period: int = 20, width: float = 2.0, field: str = "close") -> tuple[Line, Line, Line]:
        """Bollinger bands: middle, upper, lower."""
        middle, upper, lower = self._registered("BOLL", field, {"period": period, "width": width}, 0, 0, 0)
        return middle, upper, lower

    def macd(self, fast: int = 12, slow: int = 26, signal: int = 9, field: str = "close") -> tuple[Line, Line, Line]:
        """MACD as Chinese charts have it: DIF, DEA, and the bar 2 x (DIF - DEA)."""
        params = {"fast": fast, "slow": slow, "signal": signal}
        first, second = slow - 1, slow + signal - 2
        dif, dea, bar = self._registered("MACD", field, params, first, second, second)
        return dif, dea, bar

    def kdj(self, period: int = 9, k: int = 3, d: int = 3) -> tuple[Line, Line, Line]:
        """KDJ: K, D, J."""
        lines = self._registered("KDJ", "close", {"period": period, "k": k, "d": d}, 0, 0, 0)
        return lines[0], lines[1], lines[2]

    def indicator(self, function: Callable[..., Any], *fields: str, price: bool = False, **options: object) -> Any:
        """Compute a line by a function of your own, called once a symbol with whole columns (numpy arrays).

        Args:
            function: Takes one array a field, gives one array of the same length, or a tuple of several.
            fields: Default close. Prices are continuous: without jumps at ex-right days.
            price: Whether the result is a price, to be shown on the current day's basis.
            options: Passed on to the function.

        The function sees all bars at once: values[i] must rest on bars up to i alone (no shift(-1), no mean over the
        whole column). Nothing here prevents it; the truncation test of a backtest finds it.
        """
        found = indicators.custom(self._desk.columns, function, fields or ("close",), price, options)
        lines = tuple(self._line(computed) for computed in found)
        return lines[0] if len(lines) == 1 else lines

    def _rolling(self, kind: str, field: str, period: int) -> Line:
        return self._line(indicators.rolling(self._desk.columns, kind, field, period))

    def _registered(self, key: str, field: str, params: dict[str, Any], *warm: int) -> list[Line]:
        plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in params.items()}
        found = indicators.registered(self._desk.columns, key, field, plain, warm)
        return [self._line(computed) for computed in found]

    def _line(self, computed: Computed) -> Line:
        desk = self._desk
        divisor = desk.columns.rescaled if computed.is_price else None
        return Line(computed.name, computed.values, divisor, desk.cursor, self._view)

    def _view(self, line: Line, symbol: str) -> LineView:
        desk = self._desk
        number = desk.number_of(symbol)
        return LineView(line, desk.columns.first[number], desk.columns.last(number, desk.step))
