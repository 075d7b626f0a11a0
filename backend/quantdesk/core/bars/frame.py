"""Bars of one instrument as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Interval = Literal["1m", "5m", "15m", "30m", "60m", "1d", "1w", "1M"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TimeArray = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of one instrument, oldest first, all columns of equal length.

    Prices are in the instrument's currency. As stored they are raw (unadjusted).
    """

    symbol: str
    interval: Interval
    time: TimeArray
    """1d and longer: datetime64[D], trading date in Asia/Shanghai. Shorter: datetime64[s], UTC, the bar's end."""
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    """Shares (contracts for futures)."""
    amount: FloatArray
    """Turnover in yuan; NaN where the source does not give it."""
    preclose: FloatArray
    """The exchange's (ex-right) previous close; NaN where unknown."""
    suspended: BoolArray
    """True on a day without trading: prices repeat the last close, volume is 0."""
    is_st: BoolArray
    open_interest: FloatArray | None = None
    """Contracts held at the bar's end (持仓量), NaN where unknown; None where no bar tells, as of all but futures."""
    settle: FloatArray | None = None
    """The day's settlement price (结算价) of futures, likewise."""

    def __len__(self) -> int:
        return len(self.time)

    def take(self, index: Any) -> Bars:
        """Give the rows selected by a slice, a boolean mask or an index array."""
        names = [*COLUMNS, *(name for name in FUTURES_COLUMNS if getattr(self, name) is not None)]
        return replace(self, **{name: getattr(self, name)[index] for name in names})

    def between(self, start: Any = None, end: Any = None) -> Bars:
        """Give the rows with start <= time <= end; either side may be None."""
        lo = 0 if start is None else int(np.searchsorted(self.time, np.datetime64(start), "left"))
        hi = len(self) if end is None else int(np.searchsorted(self.time, np.datetime64(end), "right"))
        return self.take(slice(lo, hi))


COLUMNS = ("time", "open", "high", "low", "close", "volume", "amount", "preclose", "suspended", "is_st")
FUTURES_COLUMNS = ("open_interest", "settle")
"""Those that bars may be without."""
