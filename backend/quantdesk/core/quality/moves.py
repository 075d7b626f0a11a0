"""Checks of how figures go on from bar to bar: jumps, spikes, contract rolls, standing prices, odd volume."""

from __future__ import annotations

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray
from quantdesk.core.quality.collect import Collected, runs
from quantdesk.core.rules.subject import Subject

_WINDOW = 61
"""Bars around each from which its usual move is taken."""
_MAD = 1.4826
"""From a median absolute deviation to the standard deviation of a normal distribution."""
_SPIKE_SIGMAS = 10.0
_SPIKE_LEAST = 0.05
_BACK = 0.35
"""A spike comes back but for this part of its way."""
_JUMP_SIGMAS = 25.0
_JUMP_LEAST = 0.08
_FLAT = 5
_FEW = 10.0
"""Contracts."""
_VOLUME_TIMES = 30.0


def check_moves(bars: Bars, sound: BoolArray, subject: Subject, found: Collected, *, limited: bool) -> None:
    """Report jumps and spikes by robust thresholds; a `limited` instrument has its price limits for that."""
    rows = np.flatnonzero(sound & ~bars.suspended)
    if len(rows) < 2 or limited:
        return
    view = bars.take(rows)
    logs = np.log(view.close)
    move = np.concatenate(([0.0], np.diff(logs)))
    usual = usual_move(move)
    size = np.abs(move)
    after = np.concatenate((move[1:], [0.0]))
    large = size > np.maximum(_SPIKE_SIGMAS * usual, _SPIKE_LEAST)
    back = large & (np.sign(after) == -np.sign(move)) & (np.abs(move + after) < _BACK * size)
    before = np.concatenate((view.close[:1], view.close[:-1]))
    found.add("spike", view.time[back], field="close", value=view.close[back], expected=before[back])
    # The way back from a spike is no jump of its own.
    returned = np.concatenate(([False], back[:-1]))

    # A wick far beyond all that was paid before, after and within the bar: one wrong price.
    body_top, body_bottom = np.maximum(view.open, view.close), np.minimum(view.open, view.close)
    room = np.maximum(3 * _SPIKE_SIGMAS * usual, 3 * _SPIKE_LEAST)
    wicks = found.first_of_each(
        "spike",
        view.time,
        [
            ("high", ~back & (np.log(view.high / body_top) > room), view.high, body_top),
            ("low", ~back & (np.log(body_bottom / view.low) > room), view.low, body_bottom),
            ("open", ~back & (_beyond(view.open, before, view.close) > room), view.open, view.close),
        ],
    )
    jumped = (size > np.maximum(_JUMP_SIGMAS * usual, _JUMP_LEAST)) & ~back & ~returned & ~wicks
    if subject.continuous:
        # The spliced series goes over to another contract between a close and the next open.
        gap = np.abs(np.log(view.open / before))
        rolled = jumped & (gap > 0.6 * size)
        found.add("roll_gap", view.time[rolled], field="open", value=view.open[rolled], expected=before[rolled])
        jumped &= ~rolled
    found.add("jump", view.time[jumped], field="close", value=view.close[jumped], expected=before[jumped])


def check_standing(bars: Bars, sound: BoolArray, subject: Subject, found: Collected) -> None:
    """Report bars that repeat the one before, and prices that stand still with volume."""
    if len(bars) < 2:
        return
    traded = sound & ~bars.suspended & (bars.volume > 0)
    same = np.concatenate(([False], traded[1:] & traded[:-1]))
    for name in ("open", "high", "low", "close"):
        same[1:] &= getattr(bars, name)[1:] == getattr(bars, name)[:-1]
    level = (bars.high == bars.low) & same
    amount = np.isnan(bars.amount[1:]) | (bars.amount[1:] == bars.amount[:-1])
    again = same.copy()
    again[1:] &= (bars.volume[1:] == bars.volume[:-1]) & amount
    # Hardly traded bars may well be alike.
    least = max(0.05 * float(np.median(bars.volume[traded])), _FEW if subject.product else 0.0) if traded.any() else 0.0
    again &= bars.volume > least
    found.add("repeated_bar", bars.time[again])
    flat = [(first, length + 1) for first, length in runs(np.flatnonzero(level & ~again)) if length + 1 >= _FLAT]
    starts = np.array([first - 1 for first, _ in flat], dtype=np.int64)
    whole = [np.arange(first - 1, first - 1 + length) for first, length in flat]
    found.add(
        "flat_line",
        bars.time[starts],
        field="close",
        value=bars.close[starts],
        count=[length for _, length in flat],
        rows=bars.time[np.concatenate(whole)] if whole else None,
    )


def check_volumes(bars: Bars, sound: BoolArray, found: Collected) -> None:
    """Report volumes of many times what is usual around them."""
    rows = np.flatnonzero(sound & ~bars.suspended & (bars.volume > 0))
    if len(rows) < _WINDOW:
        return
    volume = bars.volume[rows]
    usual = rolling_median(volume)
    odd = volume > _VOLUME_TIMES * usual
    found.add("volume_outlier", bars.time[rows][odd], field="volume", value=volume[odd], expected=usual[odd])


def usual_move(move: FloatArray) -> FloatArray:
    """Give the robust standard deviation of moves around each: what is usual there, not moved by a few wild ones."""
    whole = float(np.median(np.abs(move))) * _MAD
    if len(move) < _WINDOW:
        return np.full(len(move), whole)
    # A quiet stretch is measured by at least half of what the whole history does.
    return np.maximum(rolling_median(np.abs(move)) * _MAD, 0.5 * whole)


def rolling_median(values: FloatArray) -> FloatArray:
    """Give the median of the window around each value; at both ends that of the first and last whole window."""
    windows = np.lib.stride_tricks.sliding_window_view(values, _WINDOW)
    middle = np.median(windows, axis=1)
    half = _WINDOW // 2
    return np.concatenate((np.full(half, middle[0]), middle, np.full(len(values) - len(middle) - half, middle[-1])))


def _beyond(price: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Give by how much (log) a price lies outside of the range of two others."""
    beyond: FloatArray = np.maximum(np.log(price / np.maximum(one, other)), np.log(np.minimum(one, other) / price))
    return beyond
