"""Indicator lines: one value a bar, read from now backwards."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import nan

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.strategies.event.bar import Cursor
from quantdesk.core.strategies.event.columns import floats


class LineView:
    """A line as of a symbol's newest bar: [0] now, [-1] the bar before. NaN where there is no value."""

    __slots__ = ("_at", "_line", "_start")

    def __init__(self, line: Line, start: int, at: int) -> None:
        self._line, self._start, self._at = line, start, at

    def __getitem__(self, ago: int) -> float:
        return self._line.value(self._start, self._at, ago)

    @property
    def ready(self) -> bool:
        """Whether there is a value now."""
        value = self[0]
        return value == value

    def __float__(self) -> float:
        return self[0]


class Line:
    """An indicator over all symbols. In on_bar it is that of the bar's symbol: `line[0]` now, `line[-1]` a bar ago.

    Elsewhere, or for another symbol, ask `line.of(symbol)[0]`. Values are NaN until there are enough bars, and
    comparisons with NaN are False. A positive index would be the future: IndexError.
    """

    __slots__ = ("_cursor", "_divisor", "_now", "_past", "_view", "name")

    def __init__(
        self,
        name: str,
        values: FloatArray,
        divisor: FloatArray | None,
        cursor: Cursor,
        view: Callable[[Line, str], LineView],
    ) -> None:
        """Take values on the continuous series, all symbols' rows; `divisor` brings them to each day's prices."""
        self.name = name
        self._past = floats(values)
        self._divisor = None if divisor is None else floats(divisor)
        self._now: array[float] = self._past if divisor is None else floats(values / divisor)
        self._cursor = cursor
        self._view = view

    def __getitem__(self, ago: int) -> float:
        cursor = self._cursor
        if ago == 0:
            try:
                return self._now[cursor.at]  # type: ignore[index]
            except TypeError:
                raise _no_current_bar(self.name) from None
        at = cursor.at
        if at is None:
            raise _no_current_bar(self.name)
        return self.value(cursor.start, at, ago)

    def value(self, start: int, at: int, ago: int) -> float:
        """Give the value `ago` bars from row `at` in the prices seen at it; NaN before row `start`."""
        if ago > 0:
            raise IndexError(f"{self.name}[{ago}] would be the future; [0] is now, [-1] the bar before")
        row = at + ago
        if row < start:
            return nan
        if self._divisor is None:
            return self._past[row]
        return self._now[at] if ago == 0 else self._past[row] / self._divisor[at]

    def of(self, symbol: str) -> LineView:
        """Give the line of a symbol as of its newest bar."""
        return self._view(self, symbol)

    @property
    def ready(self) -> bool:
        """Whether there is a value now."""
        value = self[0]
        return value == value

    def __float__(self) -> float:
        return self[0]

    def __iter__(self) -> None:
        raise TypeError(f"{self.name} is read bar by bar: {self.name}[0] is now, {self.name}[-1] the bar before")


def _no_current_bar(name: str) -> RuntimeError:
    return RuntimeError(f"{name}[...] is known in on_bar alone; elsewhere name the symbol: {name}.of(symbol)[0]")
