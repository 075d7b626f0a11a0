"""The computed limits against fifteen years of real daily bars."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from quantdesk.core.instruments.symbol import normalise
from quantdesk.core.rules.book import price_tick, rulebook
from quantdesk.core.rules.limits import limit_ticks

DAILY = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "ashare" / "daily.parquet"
FIRST_DAY = dt.date(2010, 1, 4)
"""Of the file: a stock that begins later was listed on its first day."""

RELISTED = {
    ("SZ000776", dt.date(2010, 2, 12)): "Guangfa Securities took over a shell: first day after the suspension",
    ("SH600372", dt.date(2010, 9, 20)): "ST Changhe after its restructuring: first day after the suspension",
}
"""Days outside of the limits, which neither the code nor the listing date tells."""


@pytest.mark.data
@pytest.mark.skipif(not DAILY.exists(), reason="../shared/data/ashare/daily.parquet is not here")
def test_no_bar_leaves_its_limits_but_on_two_relistings_and_thousands_close_on_them() -> None:
    bars = pd.read_parquet(DAILY).sort_values(["code", "date"])
    bars["n"] = bars.groupby("code").cumcount() + 1
    bars["listed"] = bars.groupby("code").date.transform("min")
    bars = bars[bars.tradestatus == 1]
    ticks = {name: np.rint(bars[name] * 100).astype(int) for name in ("preclose", "high", "low", "close")}
    for name, column in ticks.items():
        assert np.abs(bars[name] * 100 - column).max() < 1e-6
    book = rulebook()
    subjects = {code: book.subject(normalise(code)) for code in bars.code.unique()}
    outside = set()
    seen: Counter[str] = Counter()
    locked: Counter[str] = Counter()
    for code, day, is_st, n, listed, base, high, low, close in zip(
        bars.code, bars.date.dt.date, bars.isST, bars.n, bars.listed.dt.date, *ticks.values(), strict=True
    ):
        known = listed > FIRST_DAY
        rule = book.limits(
            subjects[code],
            day,
            is_st=bool(is_st),
            list_date=listed if known else None,
            trading_day=n if known else None,
        )
        assert rule is not None
        prices = limit_ticks(base, rule)
        if prices is None:
            seen["free"] += 1
            continue
        seen["limited"] += 1
        up, down = prices
        if high > up or low < down:
            outside.add((code, day))
        elif close in prices:
            locked[rule.row.id] += 1
    assert outside == RELISTED.keys()
    assert seen["limited"] + seen["free"] == len(bars) == 519_606
    assert seen["free"] == 110
    assert sum(locked.values()) == 6_273
    assert locked["limit.main.10"] == 6_020
    assert locked["limit.main.st.5"] == 78
    assert locked["limit.chinext.20"] == 46
    assert locked["limit.star.20"] == 31
    assert locked["first.main.44_36"] == 33


FUNDS = DAILY.parents[1] / "etf" / "daily_qfq.parquet"


@pytest.mark.data
@pytest.mark.skipif(not FUNDS.exists(), reason="../shared/data/etf/daily_qfq.parquet is not here")
def test_fund_prices_are_multiples_of_their_tick_and_need_it() -> None:
    closes = pd.read_parquet(FUNDS).close.to_numpy()
    tick = float(price_tick("510300.SH"))
    assert np.abs(closes / tick - np.rint(closes / tick)).max() < 1e-6
    assert (np.rint(closes / tick) % 10 != 0).mean() > 0.8
