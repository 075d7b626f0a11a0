"""Bull, bear and range: what the market did, and how the strategy did in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.analysis import Regime, RegimeRow, Regimes, Spell
from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.metrics import returns as r
from quantdesk.core.metrics.drawdown import drawdown_series
from quantdesk.core.metrics.returns import FloatArray

AVERAGE = 200
"""Days of the moving average, the customary long-term one (e.g. Faber 2007, Journal of Wealth Management 9(4))."""
SLOPE = 20
"""Days over which the average must have risen or fallen."""
NAMES: tuple[Regime, ...] = ("bull", "bear", "range", "unknown")
_BULL, _BEAR, _RANGE, _UNKNOWN = range(4)


def classify_days(close: FloatArray) -> NDArray[np.int64]:
    """Give the number (in NAMES) of each day's regime from an index's closes, oldest first, all finite.

    bull: close above its 200-day average, and the average above that of 20 days before; bear: both below; range:
    neither; unknown: the first 219 days. Only closes up to the day itself are used.
    """
    regime = np.full(len(close), _UNKNOWN, dtype=np.int64)
    if len(close) < AVERAGE + SLOPE:
        return regime
    total = np.concatenate([[0.0], np.cumsum(close)])
    average = (total[AVERAGE:] - total[:-AVERAGE]) / AVERAGE
    now, before, price = average[SLOPE:], average[:-SLOPE], close[AVERAGE + SLOPE - 1 :]
    bull, bear = (price > now) & (now > before), (price < now) & (now < before)
    regime[AVERAGE + SLOPE - 1 :] = np.where(bull, _BULL, np.where(bear, _BEAR, _RANGE))
    return regime


def regimes_of(
    days: Sequence[dt.date],
    calendar: TimeArray,
    returns: FloatArray,
    index_days: TimeArray,
    index_close: FloatArray,
    index: Literal["benchmark", "equal_weight"],
) -> Regimes:
    """Give the strategy's figures in each regime.

    Args:
        days: Of the run, as dates.
        calendar: The same days.
        returns: The strategy's return on each of them.
        index_days: Of the index, ascending; as far back as it is known.
        index_close: Its closes, finite.
        index: What the index is.
    """
    at = np.searchsorted(index_days, calendar, side="right") - 1
    by_index_day = classify_days(index_close)
    regime = np.where(at >= 0, by_index_day[np.maximum(at, 0)], _UNKNOWN) if len(index_days) else _unknown(calendar)
    index_returns = _index_returns(at, index_close)
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(regime)) + 1, [len(regime)]])
    spells = [(int(a), int(b)) for a, b in pairwise(bounds)]
    rows = []
    for number, name in enumerate(NAMES):
        inside = regime == number
        if inside.any():
            mine = [part for part in spells if regime[part[0]] == number]
            rows.append(_row(name, returns, index_returns, inside, mine))
    return Regimes(
        index=index,
        rows=rows,
        spells=[Spell(regime=NAMES[regime[a]], start=days[a], end=days[b - 1]) for a, b in spells],
    )


def _row(
    name: Regime,
    returns: FloatArray,
    index_returns: FloatArray,
    inside: NDArray[np.bool_],
    spells: list[tuple[int, int]],
) -> RegimeRow:
    own, index = returns[inside], index_returns[inside]
    total = float(np.prod(1.0 + own) - 1.0)
    known = index[np.isfinite(index)]
    return RegimeRow(
        regime=name,
        days=int(inside.sum()),
        total_return=total,
        annual_return=r.annual_return(total, len(own)),
        sharpe=r.sharpe(own),
        max_drawdown=min(_drawdown(returns[a:b]) for a, b in spells),
        benchmark_return=float(np.prod(1.0 + known) - 1.0) if len(known) else None,
    )


def _drawdown(returns: FloatArray) -> float:
    return float(drawdown_series(np.concatenate([[1.0], np.cumprod(1.0 + returns)])).min())


def _index_returns(at: NDArray[np.int64], close: FloatArray) -> FloatArray:
    """Give the index's return from the run's day before to each day; NaN where unknown, 0 on its days off."""
    if not len(close):
        return np.full(len(at), np.nan)
    before = np.concatenate([[at[0] - 1], at[:-1]])
    known = (before >= 0) & (at >= 0)
    return np.where(known, close[np.maximum(at, 0)] / close[np.maximum(before, 0)] - 1.0, np.nan)


def _unknown(calendar: TimeArray) -> NDArray[np.int64]:
    return np.full(len(calendar), _UNKNOWN, dtype=np.int64)
