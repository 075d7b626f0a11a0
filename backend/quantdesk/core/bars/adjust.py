"""Adjusted prices (复权) from raw bars and the ex-right previous closes they carry.

On an ex-right day the exchange publishes a previous close that is lower than the last close by the
dividend, bonus or split. Their ratio is the day's factor step; the product of the steps is the cumulative
factor. Adjusting is multiplicative, so returns are kept exactly; additive adjustment, as some web sources
do it, distorts them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Literal

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray
from quantdesk.core.instruments.symbol import SymbolError, kind_of
from quantdesk.core.rules.book import price_tick

Adjustment = Literal["none", "qfq", "hfq"]

_PRICES = ("open", "high", "low", "close", "preclose")


def ex_right_steps(bars: Bars) -> FloatArray:
    """Give each bar's factor step: last close / ex-right previous close, 1 where nothing happened.

    A previous close within half a price tick of the last close is the last close (sources round). The first
    bar, bars without a previous close, indices, futures and coins have no step. A suspended bar's step is taken
    from its own price, which repeats the last close on the basis of that day: the product over a suspension is then
    right whether the source shows an ex-right day within it at once or only when trading resumes.
    """
    steps = np.ones(len(bars))
    half_tick = _half_tick(bars.symbol)
    if len(bars) < 2 or half_tick is None:
        return steps
    last = bars.close[:-1]
    basis = np.where(bars.suspended, bars.close, bars.preclose)[1:]
    # Beyond half a tick by more than float noise. NaN compares false: no step.
    moved = (np.abs(last - basis) > half_tick * (1 + 1e-6)) & (basis > 0) & (last > 0)
    np.divide(last, basis, out=steps[1:], where=moved)
    return steps


def cumulative_factor(bars: Bars) -> FloatArray:
    """Give the backward-adjusting (hfq) factor of each bar; the first bar's is 1.

    Compute it over the whole stored history and slice afterwards: it is relative to the first bar given.
    """
    factor: FloatArray = np.multiply.accumulate(ex_right_steps(bars))
    return factor


def adjusting_factor(bars: Bars, mode: Adjustment, as_of: dt.date | None = None) -> FloatArray:
    """Give what `adjust` multiplies each bar's prices by; 1 throughout for `none`."""
    if mode == "none" or len(bars) == 0:
        return np.ones(len(bars))
    factor = cumulative_factor(bars)
    if mode == "qfq":
        anchor = len(bars) - 1
        if as_of is not None:
            # `as_of` is a whole day, also for bars within the day.
            after = np.datetime64(as_of) + np.timedelta64(1, "D")
            anchor = max(int(np.searchsorted(bars.time, after, "left")) - 1, 0)
        factor = factor / factor[anchor]
    return factor


def adjust(bars: Bars, mode: Adjustment, as_of: dt.date | None = None) -> Bars:
    """Give the bars with adjusted prices; volume and amount stay raw.

    `hfq` keeps the first bar's prices, `qfq` those of the last bar at or before `as_of` (default: the last
    bar; when all bars are later, the first). A previous close is adjusted to its own day's basis, so
    close / preclose stays the exchange's return.
    """
    if mode == "none" or len(bars) == 0:
        return bars
    factor = adjusting_factor(bars, mode, as_of)
    return replace(bars, **{name: getattr(bars, name) * factor for name in _PRICES})


def _half_tick(symbol: str) -> float | None:
    """Half the price step; None for an index, a future or a coin, which know no rights."""
    try:
        return None if kind_of(symbol) in ("index", "future", "crypto") else float(price_tick(symbol)) / 2
    except SymbolError:
        return 0.005
