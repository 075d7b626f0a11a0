"""Minute bars: their intervals, and how they are made of quotes."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import Bars, FloatArray, Interval, TimeArray

MINUTES: dict[Interval, int] = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60}
"""The intervals within the day, finest first, with their minutes."""


def minute_bars(symbol: str, at: TimeArray, last: FloatArray, volume: FloatArray, amount: FloatArray) -> Bars:
    """Give the 1m bars of one day's quotes, oldest first.

    `volume` and `amount` are the quotes' figures of the day so far, NaN where unknown.
    A quote belongs to the minute that ends with it or after it. High and low are those of the quotes: trades between
    two quotes are not seen. A day's figure that falls (a source corrected it) adds nothing to its minute. Amount is
    NaN in minutes without one.
    """
    ends = np.ceil(at.astype("datetime64[ms]").astype(np.int64) / 60_000).astype(np.int64)
    first = np.flatnonzero(np.append(True, ends[1:] != ends[:-1])) if len(ends) else np.empty(0, np.intp)
    final = np.append(first[1:], len(ends)).astype(np.intp) - 1 if len(first) else first
    nothing = np.zeros(len(first), dtype=np.bool_)
    return Bars(
        symbol=symbol,
        interval="1m",
        time=(ends[first] * 60).astype("datetime64[s]"),
        open=last[first],
        high=np.maximum.reduceat(last, first) if len(first) else last,
        low=np.minimum.reduceat(last, first) if len(first) else last,
        close=last[final],
        volume=np.nan_to_num(_within(volume, final)),
        amount=_within(amount, final),
        preclose=np.full(len(first), np.nan),
        suspended=nothing,
        is_st=nothing.copy(),
    )


def _within(so_far: FloatArray, final: np.ndarray[tuple[int], np.dtype[np.intp]]) -> FloatArray:
    """Give by how much a day's figure grew in each minute; NaN in one at whose end it was never known."""
    known = np.fmax.accumulate(so_far)[final] if len(so_far) else so_far
    before = np.concatenate(([0.0], np.nan_to_num(known[:-1]))) if len(known) else known
    grown: FloatArray = known - before
    return grown
