"""Columns of many symbols' bars, laid out as steps x symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars, TimeArray

_BLOCK = 32
"""Symbols that are put together before they are written: a single column would touch a cache line for each value."""


class Grid:
    """Where each symbol's bars stand among the steps."""

    def __init__(self, bars: Sequence[Bars], dates: TimeArray) -> None:
        self._bars = bars
        self.shape = (len(dates), len(bars))
        self.rows = [rows_of(bar.time, dates) for bar in bars]

    def lay(self, values: Callable[[int, Bars], Any], fill: Any, dtype: Any = np.float64) -> NDArray[Any]:
        """Give a matrix of what `values` gives for each symbol's bars; `fill` where there is no bar."""
        matrix = np.empty(self.shape, dtype=dtype)
        block = np.empty((min(_BLOCK, self.shape[1]), self.shape[0]), dtype=dtype)
        for first in range(0, self.shape[1], _BLOCK):
            chosen = self._bars[first : first + _BLOCK]
            block[:] = fill
            for at, bar in enumerate(chosen):
                block[at, self.rows[first + at]] = values(first + at, bar)
            matrix[:, first : first + len(chosen)] = block[: len(chosen)].T
        return matrix


def rows_of(times: TimeArray, dates: TimeArray) -> Any:
    """Give the steps of ascending times that are all among `dates`: a slice where they are neighbours."""
    if len(times) == 0:
        return slice(0, 0)
    first = int(np.searchsorted(dates, times[0]))
    last = first + len(times)
    if last <= len(dates) and dates[last - 1] == times[-1]:  # ascending, without repeats: as many steps as bars
        return slice(first, last)
    return np.searchsorted(dates, times)
