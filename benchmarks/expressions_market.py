"""The panel and the factors of the expressions' benchmark. numpy only: qlib has an environment of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FACTORS = (
    "$close/Ref($close, 1)-1",
    "$close/Ref($close, 20)-1",
    "Mean($close, 5)/$close",
    "Mean($close, 20)/$close",
    "Std($close, 20)/$close",
    "Std($close/Ref($close, 1)-1, 60)",
    "Slope($close, 20)/$close",
    "Rsquare($close, 20)",
    "Max($high, 20)/$close",
    "Min($low, 20)/$close",
    "Rank($close, 20)",
    "Corr($close, Log($volume+1), 20)",
    "($close-$open)/($high-$low+1e-12)",
    "Mean($volume, 20)/($volume+1e-12)",
)
"""qlib's README speaks of 14 factors from daily OHLCV and does not list them; these are of the kinds in Alpha158."""
FIELDS = ("open", "high", "low", "close", "vwap", "volume")
Fields = dict[str, NDArray[np.float64]]


def walk(symbols: int, days: int, seed: int = 14) -> Fields:
    """Make seeded random walks of what 32 bits hold, [symbols, days]; one day in fifty a symbol is suspended (NaN)."""
    random = np.random.default_rng(seed)
    shape = symbols, days
    close = 20 * np.exp(np.cumsum(random.normal(0.0, 0.02, shape), axis=1))
    start = close * np.exp(random.normal(0.0, 0.008, shape))
    high, low = np.maximum(start, close) * 1.006, np.minimum(start, close) * 0.994
    found = {"open": start, "high": high, "low": low, "close": close, "vwap": (high + low + close) / 3}
    found["volume"] = np.round(np.exp(random.normal(14.0, 0.6, shape)))
    suspended = random.random(shape) < 0.02
    suspended[:, [0, -1]] = False
    for values in found.values():
        values[suspended] = np.nan
        values[:] = values.astype(np.float32)
    return found


def dates(days: int) -> NDArray[np.datetime64]:
    """Give weekdays from 2007 on, datetime64[D]."""
    found: NDArray[np.datetime64] = np.busday_offset("2007-01-01", np.arange(days), roll="forward")
    return found


def save(path: Path, fields: Fields) -> None:
    np.savez(path, **fields)  # type: ignore[arg-type] # numpy's stub takes `allow_pickle` for one of them


def load(path: Path) -> Fields:
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}
