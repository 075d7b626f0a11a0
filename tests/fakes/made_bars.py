"""Bars made by hand or by a seeded random walk, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quantdesk.core.bars.frame import Bars


def business_days(start: str, count: int) -> np.ndarray:
    first = np.busday_offset(np.datetime64(start, "D"), 0, roll="forward")
    return np.busday_offset(first, np.arange(count))


def bars_of(
    symbol: str,
    closes: Sequence[float],
    *,
    start: str = "2020-01-01",
    opens: Sequence[float] | None = None,
    suspended: Sequence[int] = (),
) -> Bars:
    """Give bars with these closes; each opens at the last close unless said otherwise, high and low 1 % around."""
    close = np.array(closes, dtype=float)
    preclose = np.concatenate([close[:1], close[:-1]])
    opening = preclose.copy() if opens is None else np.array(opens, dtype=float)
    halted = np.zeros(len(close), dtype=bool)
    halted[list(suspended)] = True
    volume = np.where(halted, 0.0, 1_000_000.0)
    return Bars(
        symbol=symbol,
        interval="1d",
        time=business_days(start, len(close)),
        open=opening,
        high=np.maximum(opening, close) * 1.01,
        low=np.minimum(opening, close) * 0.99,
        close=close,
        volume=volume,
        amount=volume * close,
        preclose=preclose,
        suspended=halted,
        is_st=np.zeros(len(close), dtype=bool),
    )


def random_walk(symbol: str, count: int, *, seed: int, start: str = "2015-01-01", price: float = 20.0) -> Bars:
    """Give a seeded random walk with gaps between close and open, prices rounded to the fen."""
    rng = np.random.default_rng(seed)
    close = np.round(price * np.exp(np.cumsum(rng.normal(0.0002, 0.02, count))), 2)
    previous = np.concatenate([[price], close[:-1]])
    opening = np.round(previous * np.exp(rng.normal(0, 0.006, count)), 2)
    bars = bars_of(symbol, close.tolist(), start=start, opens=opening.tolist())
    return bars
