"""How much money a strategy could run with before it moves its own market."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quantdesk.core.backtest.analysis import Capacity, CapacityPoint
from quantdesk.core.bars.frame import Bars
from quantdesk.core.metrics.ledger import MONEY, Ledger
from quantdesk.core.metrics.returns import FloatArray

VOLUME_SHARES = (0.01, 0.05, 0.10)
WITHIN = 0.95
"""Capacity is the equity at which this fraction of the fills stays within a share of volume."""
USUAL_BOUND = 0.10
GRID = 25


def capacity_of(
    ledger: Ledger,
    raw_bars: Mapping[str, Bars],
    equity: FloatArray,
    starting_cash: float,
    *,
    by_turnover: bool,
    bound: float | None,
) -> Capacity | None:
    """Compare what was traded of each symbol on each day with its bar's volume.

    Args:
        ledger: The run.
        raw_bars: By symbol, raw: volume in shares, amount in yuan.
        equity: At each close; a day's fills are measured against the close before (the starting cash on the first).
        starting_cash: Yuan.
        by_turnover: Compare yuan instead of shares: right where the run trades adjusted prices, whose share counts
            are not those of the day.
        bound: The run's volume bound; None takes 10 %.

    The quantile is the smallest share that at least 95 % of the fills stay within (inverse of the empirical
    distribution). Shares are proportional to equity, so capacity(x) = x / quantile(share / equity of the day).
    """
    fills = ledger.fills
    if not len(fills):
        return None
    keys = fills.day * len(ledger.symbols) + fills.symbol
    unique, inverse = np.unique(keys, return_inverse=True)
    traded = np.bincount(inverse, weights=fills.amount / MONEY if by_turnover else fills.quantity)
    turnover = np.bincount(inverse, weights=fills.amount / MONEY)
    day, symbol = np.divmod(unique, len(ledger.symbols))
    market = _market(ledger, raw_bars, day, symbol, by_turnover)
    before = np.concatenate([[starting_cash], equity[:-1]])[day]
    usable = np.isfinite(market) & (market > 0) & (before > 0)
    if not usable.any():
        return None
    share = traded[usable] / market[usable]
    by_yuan = share / before[usable]
    quantile = float(np.quantile(by_yuan, WITHIN, method="inverted_cdf"))
    grid = starting_cash * np.geomspace(0.1, 1e4, GRID)
    limit = USUAL_BOUND if bound is None else bound
    wanted = by_yuan[:, None] * grid[None, :]
    cut = np.maximum(wanted - limit, 0.0) / wanted
    weight = turnover[usable] / turnover[usable].sum()
    return Capacity(
        fills=int(usable.sum()),
        unknown=int((~usable).sum()),
        median_share=float(np.median(share)),
        p95_share=float(np.quantile(share, WITHIN, method="inverted_cdf")),
        max_share=float(share.max()),
        points=[CapacityPoint(volume_share=x, equity=x / quantile) for x in VOLUME_SHARES],
        equity=grid.tolist(),
        p95_shares=(quantile * grid).tolist(),
        unfilled=(weight[:, None] * cut).sum(axis=0).tolist(),  # not @: BLAS sums in another order on each machine
    )


def _market(
    ledger: Ledger, raw_bars: Mapping[str, Bars], day: np.ndarray, symbol: np.ndarray, by_turnover: bool
) -> FloatArray:
    """Give the volume (the turnover) of the bar of each (day, symbol); NaN where there is none."""
    found = np.full(len(day), np.nan)
    for number, name in enumerate(ledger.symbols):
        bars = raw_bars.get(name)
        rows = np.flatnonzero(symbol == number)
        if bars is None or not len(bars) or not len(rows):
            continue
        wanted = ledger.calendar[day[rows]]
        days = bars.time.astype("datetime64[D]", copy=False)
        at = np.minimum(np.searchsorted(days, wanted), len(days) - 1)
        size = bars.volume[at]
        if by_turnover:
            size = np.where(np.isfinite(bars.amount[at]), bars.amount[at], bars.volume[at] * bars.close[at])
        found[rows] = np.where(days[at] == wanted, size, np.nan)
    return found
