"""Bars as a Backtrader data feed, loaded in one go."""

from __future__ import annotations

from array import array
from typing import Any

import backtrader as bt
import numpy as np

from quantdesk.core.bars.frame import Bars

_EPOCH_ORDINAL = 719163
"""Ordinal of 1970-01-01: Backtrader's day number is the proleptic Gregorian ordinal."""


class BarsFeed(bt.feed.DataBase):  # type: ignore[misc]
    """One instrument's daily bars. Copies whole columns into the line buffers instead of going bar by bar.

    Dates are at midnight, as in Backtrader's own PandasData. Only preloaded runs (Cerebro's default) work.
    """

    def __init__(self, bars: Bars, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bars = bars

    def preload(self) -> None:
        bars = self.bars
        columns = {
            "datetime": bars.time.astype("datetime64[D]").astype(np.int64) + _EPOCH_ORDINAL,
            "open": bars.open,
            "high": bars.high,
            "low": bars.low,
            "close": bars.close,
            "volume": bars.volume,
            "openinterest": np.zeros(len(bars)),
        }
        for name, column in columns.items():
            line = getattr(self.lines, name)
            guard = np.full(line.extension, np.nan)
            values = np.concatenate([np.asarray(column, dtype=np.float64), guard])
            line.array = array("d", values.tobytes())
        self.home()
