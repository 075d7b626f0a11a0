"""Limits of many shares at once equal the rulebook's exact prices, share by share."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.panel import Panel
from quantdesk.core.market.limits import limit_days, streaks
from quantdesk.core.market.window import Window
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.limits import limit_prices
from tests.fakes.made_bars import business_days

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
SYMBOLS = ("600000.SH", "300001.SZ", "688001.SH", "830001.BJ", "900901.SH", "000001.SZ")
DAYS = np.array(["2020-08-21", "2020-08-24", "2026-07-03", "2026-07-06"], dtype="datetime64[D]")


def window_of(symbols: tuple[str, ...], days: np.ndarray, close: np.ndarray, preclose: np.ndarray, st: bool) -> Window:
    nothing = np.zeros(close.shape)
    fields = {"close": close, "preclose": preclose, "high": close, "low": close, "amount": close * 100}
    return Window.of(Panel(symbols, days, {**fields, "suspended": nothing, "is_st": nothing + st}))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(20, 300_000), min_size=6, max_size=6), st.booleans())
def test_a_close_at_the_limit_price_is_told_and_one_tick_within_is_not(cents: list[int], is_st: bool) -> None:
    book = rulebook()
    for offset in (0, 1):
        close = np.empty((6, 4))
        base = np.repeat(np.array(cents)[:, None] / 100, 4, axis=1)
        wanted = np.zeros((6, 4), dtype=bool)
        for row, symbol in enumerate(SYMBOLS):
            subject = book.subject(symbol, "stock")
            for place, day in enumerate(DAYS.tolist()):
                tick = book.tick(subject, day)
                rule = book.limits(subject, day, is_st=is_st)
                assert tick is not None
                prices = None
                if rule is not None:
                    prices = limit_prices(Decimal(cents[row]) / 100, rule, tick.size)
                close[row, place] = base[row, place] if prices is None else float(prices[0] - offset * tick.size)
                wanted[row, place] = prices is not None and offset == 0
        found = limit_days(window_of(SYMBOLS, DAYS, close, base, is_st), book, {}, 3, 60)
        assert np.array_equal(found.up, wanted)
        assert np.array_equal(found.touched, wanted)


def test_the_first_days_after_a_listing_have_no_limit() -> None:
    days = business_days("2024-03-04", 6)
    base = np.round(10 * 1.1 ** np.arange(0, 6), 2)[None, :]
    close = np.array([[round(float(price) * 1.1 + 1e-9, 2) for price in base[0]]])
    window = window_of(("600000.SH",), days, close, base, False)
    old = limit_days(window, rulebook(), {}, 5, 6)
    assert old.up.sum() == 6
    new = limit_days(window, rulebook(), {"600000.SH": dt.date(2024, 3, 4)}, 5, 6)
    assert new.up[0].tolist() == [False] * 5 + [True]


def test_a_streak_goes_back_over_days_without_trade() -> None:
    up = np.array([[1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    traded = np.array([[1, 1, 0, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]], dtype=bool)
    assert streaks(up, traded).tolist() == [3, 2, 0, 1]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the market files in ../shared/data are not here")
def test_closes_at_the_limits_of_real_shares_are_those_of_the_exact_rule() -> None:
    frame = pd.read_parquet(DATA / "ashare/daily.parquet")
    frame = frame[(frame["date"] >= "2024-01-02") & (frame["date"] <= "2025-04-07")]
    frame["symbol"] = frame["code"].str[2:] + "." + frame["code"].str[:2]
    wide = {
        ours: frame.pivot(index="symbol", columns="date", values=theirs)
        for ours, theirs in (("close", "close"), ("preclose", "preclose"), ("high", "high"), ("low", "low"))
    }
    wide |= {"amount": frame.pivot(index="symbol", columns="date", values="amount")}
    wide |= {"suspended": 1 - frame.pivot(index="symbol", columns="date", values="tradestatus")}
    wide |= {"is_st": frame.pivot(index="symbol", columns="date", values="isST")}
    symbols = tuple(wide["close"].index)
    days = pd.to_datetime(wide["close"].columns).to_numpy().astype("datetime64[D]")
    window = Window.of(Panel(symbols, days, {name: table.to_numpy(dtype=float) for name, table in wide.items()}))
    book = rulebook()
    found = limit_days(window, book, {}, len(days) - 1, len(days))
    wanted = np.zeros(found.up.shape, dtype=bool)
    for row, symbol in enumerate(symbols):
        subject = book.subject(symbol, "stock")
        for place in np.flatnonzero(window.traded[row]):
            rule = book.limits(subject, days[place].item(), is_st=bool(window.is_st[row, place]))
            assert rule is not None
            base, close = (Decimal(str(round(float(wide[name].iat[row, place]), 2))) for name in ("preclose", "close"))
            prices = limit_prices(base, rule, Decimal("0.01"))
            wanted[row, place] = prices is not None and close >= prices[0]
    assert np.array_equal(found.up, wanted)
    assert found.up.sum() > 300
