"""Bars within the day made by hand, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quantdesk.core.bars.frame import Bars, Interval

SHARES = (("09:30", "11:30"), ("13:00", "15:00"))
REBAR = (("09:00", "10:15"), ("10:30", "11:30"), ("13:30", "15:00"))


def ends(day: str, spans: Sequence[tuple[str, str]], minutes: int) -> list[str]:
    """Give the times in Shanghai at which a day's bars end."""
    found: list[str] = []
    for start, end in spans:
        first, last = np.datetime64(f"{day}T{start}", "m"), np.datetime64(f"{day}T{end}", "m")
        found += np.arange(first + minutes, last + 1, minutes).astype(str).tolist()
    return found


def minutes_of(symbol: str, local: Sequence[str], closes: Sequence[float], interval: Interval = "1m") -> Bars:
    """Give bars that end at these times in Shanghai, each of 100 shares; high and low are 0.1 around."""
    close = np.array(closes, dtype=float)
    no = np.zeros(len(close), dtype=bool)
    return Bars(
        symbol=symbol,
        interval=interval,
        time=np.array(local, dtype="datetime64[s]") - np.timedelta64(8, "h"),
        open=close.copy(),
        high=close + 0.1,
        low=close - 0.1,
        close=close,
        volume=np.full(len(close), 100.0),
        amount=close * 100,
        preclose=np.full(len(close), np.nan),
        suspended=no,
        is_st=no.copy(),
    )
