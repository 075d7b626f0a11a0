"""The bars that a strategy sees: one long column a field, symbol after symbol, only days with trading."""

from __future__ import annotations

import datetime as dt
from array import array
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.layout import Ints, Market

PRICES = ("open", "high", "low", "close", "preclose")
FIELDS = (*PRICES, "volume", "amount")


class Shown(Protocol):
    """What the columns are made from: the market at raw prices and how it is to be seen."""

    @property
    def market(self) -> Market: ...
    @property
    def symbols(self) -> list[str]: ...
    @property
    def days(self) -> list[dt.date]: ...
    @property
    def factor(self) -> FloatArray: ...
    @property
    def amount(self) -> FloatArray: ...
    @property
    def adjustment(self) -> str: ...


class Columns:
    """Rows are bars with trading, ordered by symbol, then time; the rows of symbol s are first[s] to first[s + 1].

    With qfq a price of an earlier day is seen on the basis of the current one: hfq price / the current day's factor,
    which no later day changes.
    """

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self.days = shown.days
        self.symbols = shown.symbols
        self.number = {symbol: s for s, symbol in enumerate(shown.symbols)}
        trades = shown.market.state == c.TRADES
        self._symbol_of, self.steps = (index.astype(np.int64) for index in np.nonzero(trades.T))
        self.first: list[int] = np.searchsorted(self._symbol_of, np.arange(len(shown.symbols) + 1)).tolist()
        self._trades = trades
        self._arrays: dict[str, array[float]] = {}
        self._hfq: dict[str, FloatArray] = {}

    @cached_property
    def factor(self) -> FloatArray | None:
        """Each row's backward-adjusting factor; None where all are 1, or prices are seen raw."""
        if self._shown.adjustment == "none":
            return None
        factor = self._shown.factor[self.steps, self._symbol_of]
        return None if (factor == 1.0).all() else factor

    @property
    def seen_hfq(self) -> bool:
        return self._shown.adjustment == "hfq"

    @property
    def rescaled(self) -> FloatArray | None:
        """What hfq prices are divided by to be seen: the factor with qfq, else None."""
        return self.factor if self._shown.adjustment == "qfq" else None

    def raw(self, name: str) -> FloatArray:
        """Give a field as traded."""
        matrix = self._shown.amount if name == "amount" else getattr(self._shown.market, name)
        values: FloatArray = matrix[self.steps, self._symbol_of]
        return values

    def continuous(self, name: str) -> FloatArray:
        """Give a field for computing indicators: prices without jumps at ex-right days (hfq), unless seen raw."""
        if name not in self._hfq:
            values = self.raw(name)
            if name in PRICES and self.factor is not None:
                values = values * self.factor
            self._hfq[name] = values
        return self._hfq[name]

    def of(self, name: str, symbol: int) -> FloatArray:
        """Give a symbol's part of a continuous column."""
        return self.continuous(name)[self.first[symbol] : self.first[symbol + 1]]

    def __getattr__(self, name: str) -> Any:
        """Give a field as seen on its own day, as an array of plain floats; made when first asked for."""
        if name not in FIELDS:
            raise AttributeError(name)
        values = self.raw(name)
        if name in PRICES and self.seen_hfq and self.factor is not None:
            values = values * self.factor
        made = floats(values)
        setattr(self, name, made)
        return made

    @cached_property
    def step_of(self) -> array[int]:
        """Step of each row."""
        return array("q", self.steps.tobytes())

    def last(self, symbol: int, step: int) -> int:
        """Give the row of a symbol's last bar up to a step; first[symbol] - 1 when there is none yet."""
        start, stop = self.first[symbol], self.first[symbol + 1]
        return start + int(np.searchsorted(self.steps[start:stop], step, side="right")) - 1

    def history(self, name: str, symbol: int, step: int, count: int) -> FloatArray:
        """Give a copy of the last `count` values of a field up to a step, as seen on that day; fewer at the start."""
        end = self.last(symbol, step) + 1
        start = max(end - count, self.first[symbol])
        values = self.continuous(name)[start:end].copy()
        if end > start and name in PRICES and self.rescaled is not None:
            values /= self.rescaled[end - 1]
        return values

    def events(self, warmup: int) -> tuple[Ints, Ints, Ints]:
        """List the bars in the order of time, then of the symbols, without each symbol's first `warmup`.

        Gives the symbols and rows of the bars, and where each step's begin, [steps + 1].
        """
        steps, symbols = np.nonzero(self._trades)
        nth = np.cumsum(self._trades, axis=0)[steps, symbols] - 1
        rows = np.array(self.first, dtype=np.int64)[symbols] + nth
        if warmup:
            ready = nth >= warmup
            steps, symbols, rows = steps[ready], symbols[ready], rows[ready]
        starts = np.searchsorted(steps, np.arange(len(self._trades) + 1))
        return symbols, rows, starts


def floats(values: FloatArray) -> array[float]:
    """Give an array that is quick to read one value at a time, without the memory of a list."""
    made = array("d")
    made.frombytes(np.ascontiguousarray(values, dtype=np.float64).tobytes())
    return made
