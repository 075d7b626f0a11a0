"""The bars that every engine of the backtest benchmark reads. numpy only: peers have environments of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FAST, SLOW = 10, 30
"""Days of the two moving averages."""
GRID_FAST, GRID_SLOW = range(5, 30), range(30, 110, 2)
"""The grid's 1,000 pairs."""
CASH = 1_000_000
SHARE = 0.95
"""Of the equity that a buy is for: one is sent when nothing is held and the fast average is above the slow one; all is
sold when it is not. Whole shares, rounded down, at the close this was seen at; filled at the next open."""
FEE = 0.0003
"""Of turnover, both sides."""
VOLUME = 1e9
"""Shares a day, so many that no engine's model of liquidity has a say."""
Columns = dict[str, NDArray[np.float64]]


def walk(days: int, symbols: int, seed: int = 4) -> Columns:
    """Make seeded random walks of prices with two decimals: [days, symbols], names open, high, low, close, volume.

    A day opens at the close before it. So engines that fill at the next open and engines that fill at once (of the
    peers, nautilus_trader) get the same price, and the final equity of all can be compared. With this seed the averages
    of one symbol over 2,500 days never meet exactly, which engines take differently.
    """
    random = np.random.default_rng(seed)
    moves = random.normal(0.0003, 0.02, (days, symbols)).clip(-0.08, 0.08)
    close = np.round(20 * np.exp(np.cumsum(moves, axis=0)), 2).clip(1.0)
    start = np.concatenate([close[:1], close[:-1]])
    return {
        "open": start,
        "high": np.round(np.maximum(start, close) * 1.005, 2),
        "low": np.round(np.minimum(start, close) * 0.995, 2),
        "close": close,
        "volume": np.full((days, symbols), VOLUME),
    }


def dates(days: int) -> NDArray[np.datetime64]:
    """Give weekdays from 2015 on, datetime64[D]."""
    first = np.datetime64("2015-01-01")
    found: NDArray[np.datetime64] = np.busday_offset(first, np.arange(days))
    return found


def save(path: Path, columns: Columns) -> None:
    np.savez(path, **columns)  # type: ignore[arg-type] # numpy's stub takes `allow_pickle` for one of them


def load(path: str | Path) -> Columns:
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def quantity(equity: float, price: float) -> int:
    """Give the shares to buy."""
    return int(SHARE * equity / price)


def expected(columns: Columns) -> float:
    """Give the final equity of the first symbol by the rules that all engines are asked for, in plain arithmetic."""
    start, close = columns["open"][:, 0], columns["close"][:, 0]
    fast, slow = average(close, FAST), average(close, SLOW)
    cash, held = float(CASH), 0
    for day in range(SLOW - 1, len(close) - 1):
        above = bool(fast[day] > slow[day])
        if above == (held > 0):
            continue
        shares = quantity(cash, close[day]) if above else -held
        turnover = shares * start[day + 1]
        cash -= turnover + abs(turnover) * FEE
        held += shares
    return cash + held * float(close[-1])


def average(values: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Give the moving average; NaN for the first days."""
    found = np.full(len(values), np.nan)
    found[days - 1 :] = np.lib.stride_tricks.sliding_window_view(values, days).mean(axis=1)
    return found
