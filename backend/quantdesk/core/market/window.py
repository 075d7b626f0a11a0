"""The stored bars of a market over a stretch of days, small enough to be kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import BoolArray, TimeArray
from quantdesk.core.bars.panel import Panel

Prices = NDArray[np.float32]
"""Half the memory of float64; a price of up to 100,000 ticks is still told from its neighbours."""
FIELDS = ("close", "preclose", "high", "low", "amount", "suspended", "is_st")
_HALF_TICK = 0.006
"""Yuan: a previous close so near the last close is the last close (sources round)."""


@dataclass(frozen=True, eq=False)
class Window:
    """N symbols over T days, raw prices, NaN where there is no bar."""

    symbols: tuple[str, ...]
    time: TimeArray
    """[T], increasing, datetime64[D]."""
    close: Prices
    preclose: Prices
    high: Prices
    low: Prices
    amount: Prices
    suspended: BoolArray
    is_st: BoolArray

    @staticmethod
    def of(panel: Panel) -> Window:
        """Take a panel of FIELDS whose prices of suspended days are kept."""
        close, preclose, high, low, amount = (panel[name].astype(np.float32) for name in FIELDS[:5])
        suspended, is_st = (panel[name] == 1 for name in FIELDS[5:])
        return Window(panel.symbols, panel.time, close, preclose, high, low, amount, suspended, is_st)

    def take(self, rows: Sequence[int]) -> Window:
        """Give the window of these symbols."""
        at = np.array(rows, dtype=np.intp)
        return Window(
            tuple(self.symbols[row] for row in rows),
            self.time,
            **{name: getattr(self, name)[at] for name in FIELDS},
        )

    @cached_property
    def stored(self) -> BoolArray:
        """[N, T]: there is a bar."""
        return np.isfinite(self.close)

    @cached_property
    def traded(self) -> BoolArray:
        """[N, T]: there is a bar, and no suspension all day."""
        return self.stored & ~self.suspended

    @cached_property
    def held(self) -> Prices:
        """[N, T]: the last close known at each day; NaN before the first one."""
        return np.take_along_axis(self.close, _last_known(self.stored), axis=1)

    @cached_property
    def base(self) -> Prices:
        """[N, T]: the exchange's previous close; where it is unknown the last close before."""
        before = np.full(self.close.shape, np.nan, dtype=np.float32)
        before[:, 1:] = self.held[:, :-1]
        known = np.isfinite(self.preclose) & (self.preclose > 0)
        return np.where(known, self.preclose, before)

    @cached_property
    def change(self) -> Prices:
        """[N, T]: fraction against the previous close; NaN where nothing was traded or no previous close is known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            change = self.close / self.base - np.float32(1)
        return np.where(self.traded & (self.base > 0), change, np.float32(np.nan))

    @cached_property
    def factor(self) -> Prices:
        """[N, T]: what raw prices are multiplied by to be continuous over ex-right days."""
        steps = np.ones(self.close.shape)
        last, basis = self.held[:, :-1], np.where(self.suspended, self.close, self.preclose)[:, 1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = (np.abs(last - basis) > _HALF_TICK) & (basis > 0) & (last > 0)
            steps[:, 1:] = np.where(moved, last / basis, 1)
        return np.cumprod(steps, axis=1).astype(np.float32)

    def day_index(self, day: np.datetime64) -> int:
        """Give the place of the last day up to this one; -1 where all are later."""
        return int(np.searchsorted(self.time, day, "right")) - 1


def _last_known(stored: BoolArray) -> NDArray[np.intp]:
    """Give for each day the place of the last stored one; the first day where there is none."""
    places = np.where(stored, np.arange(stored.shape[1]), 0)
    return np.maximum.accumulate(places, axis=1)
