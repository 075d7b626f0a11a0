"""Bars as the real world has them, for property tests: gaps, suspensions, ex-right days, unknown figures."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import business_days


def rough_bars(symbol: str, seed: int, *, first: int = 0, days: int = 60, whole_volumes: bool = True) -> Bars:
    """Give seeded bars of some of the business days `first` … `first + days` of 2020 on.

    About every eighth day has no bar, every eighth of the rest is suspended, every tenth is ex-right by up to half;
    turnover is unknown on some days, the first previous close always.
    """
    rng = np.random.default_rng(seed)
    axis = business_days("2020-01-01", first + days)[first:]
    time = axis[np.sort(rng.permutation(days)[: max(2, days - days // 8)])]
    count = len(time)
    suspended = rng.random(count) < 1 / 8
    suspended[[0, -1]] = False
    close, preclose = np.empty(count), np.full(count, np.nan)
    last = float(np.round(rng.uniform(2, 300), 2))
    for at in range(count):
        cut = rng.uniform(0.5, 0.97) if rng.random() < 0.1 and at else 1.0
        base = max(0.05, float(np.round(last * cut, 2)))
        if at:
            preclose[at] = base
        moved = base if suspended[at] else max(0.05, float(np.round(base * rng.uniform(0.9, 1.1), 2)))
        close[at] = last = moved
    opening = np.where(suspended, close, np.maximum(0.05, np.round(close * rng.uniform(0.97, 1.03, count), 2)))
    high = np.where(suspended, close, np.round(np.maximum(opening, close) * 1.01 + 0.01, 2))
    low = np.where(suspended, close, np.maximum(0.01, np.round(np.minimum(opening, close) * 0.99 - 0.01, 2)))
    volume = np.where(suspended, 0.0, np.floor(rng.uniform(100, 9e6, count)))
    if not whole_volumes:
        volume = volume / 8
    amount = np.where(suspended, 0.0, np.round(volume * close, 2))
    amount[(rng.random(count) < 0.1) & ~suspended] = np.nan
    return Bars(
        symbol=symbol,
        interval="1d",
        time=time,
        open=opening,
        high=high,
        low=low,
        close=close,
        volume=volume,
        amount=amount,
        preclose=preclose,
        suspended=suspended,
        is_st=rng.random(count) < 0.05,
    )


def some_bars(symbol: str = "600519.SH") -> st.SearchStrategy[Bars]:
    """Draw bars of any of 2**32 seeds, listed at any time within two years, for up to three years."""
    return st.builds(
        rough_bars,
        st.just(symbol),
        st.integers(0, 2**32 - 1),
        first=st.integers(0, 500),
        days=st.integers(2, 750),
    )
