"""Bars within the day in their sessions, and coarser bars made of them; expected values worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars.frame import Bars, Interval
from quantdesk.core.bars.resample import days_of_minutes, resample_minutes
from quantdesk.core.bars.sessions import SHARES, Sessions, place, sessions_of
from quantdesk.core.rules.book import rulebook

DATA = Path(__file__).parents[4] / "shared" / "data"


def made(symbol: str, local: list[str], interval: Interval = "1m") -> Bars:
    """Give bars that end at these times in Shanghai; the n-th closes at 100 + n with a volume of n."""
    count = len(local)
    close = 100.0 + np.arange(count)
    no = np.zeros(count, dtype=np.bool_)
    return Bars(
        symbol=symbol,
        interval=interval,
        time=np.array(local, dtype="datetime64[s]") - np.timedelta64(8, "h"),
        open=close - 0.5,
        high=close + 1,
        low=close - 1,
        close=close,
        volume=np.arange(count, dtype=np.float64),
        amount=np.full(count, np.nan),
        preclose=np.full(count, np.nan),
        suspended=no,
        is_st=no,
    )


def every(symbol: str, day: str, spans: list[tuple[str, str]], minutes: int, interval: Interval) -> Bars:
    """Give a whole day's bars of these sessions."""
    ends: list[str] = []
    for start, end in spans:
        first, last = np.datetime64(f"{day}T{start}", "m"), np.datetime64(f"{day}T{end}", "m")
        ends += np.arange(first + minutes, last + 1, minutes).astype(str).tolist()
    return made(symbol, ends, interval)


def local(bars: Bars) -> list[str]:
    shanghai: Any = bars.time + np.timedelta64(8, "h")
    return [str(one)[11:16] for one in shanghai]


def test_the_rulebook_gives_the_sessions() -> None:
    book = rulebook()
    day = dt.date(2024, 10, 9)
    assert sessions_of(book.subject("600519.SH"), day) == SHARES
    assert sessions_of(book.subject("000300.SH"), day) == SHARES
    rebar = sessions_of(book.subject("rb2501.SHFE"), day)
    assert rebar == Sessions(((1260, 1380), (540, 615), (630, 690), (810, 900)), night=1)
    assert rebar.minutes == 345
    assert sessions_of(book.subject("BTC-USDT.BINANCE"), day).minutes == 1440


def test_a_share_s_minutes_are_counted_over_lunch() -> None:
    bars = made("600519.SH", ["2024-10-09T09:31", "2024-10-09T11:30", "2024-10-09T13:01", "2024-10-09T15:00"])
    assert place(bars).number.tolist() == [1, 120, 121, 240]


def test_a_bar_outside_of_the_sessions_counts_to_the_one_before() -> None:
    bars = made("600519.SH", ["2024-10-09T09:25", "2024-10-09T11:45", "2024-10-09T15:30"])
    assert place(bars).number.tolist() == [1, 120, 240]


def test_a_night_session_comes_first_and_may_end_after_midnight() -> None:
    bars = made("au2412.SHFE", ["2024-10-08T21:01", "2024-10-09T00:00", "2024-10-09T02:30", "2024-10-09T09:01"])
    placed = place(bars)
    assert placed.day.astype(str).tolist() == ["2024-10-09"] * 4
    assert placed.number.tolist() == [1, 180, 330, 331]
    assert placed.minute.tolist() == [1261, 1440, 1590, 541]


def test_hours_of_a_share_end_at_the_lunch_break_and_the_close() -> None:
    bars = every("600519.SH", "2024-10-09", [("09:30", "11:30"), ("13:00", "15:00")], 1, "1m")
    hours = resample_minutes(bars, place(bars), "60m")
    assert local(hours) == ["10:30", "11:30", "14:00", "15:00"]
    assert hours.interval == "60m"
    assert hours.open.tolist() == [99.5, 159.5, 219.5, 279.5]
    assert hours.close.tolist() == [159, 219, 279, 339]
    assert hours.high.tolist() == [160, 220, 280, 340]
    assert hours.low.tolist() == [99, 159, 219, 279]
    assert hours.volume.sum() == bars.volume.sum()


def test_half_hours_of_rebar_run_over_the_breaks() -> None:
    spans = [("09:00", "10:15"), ("10:30", "11:30"), ("13:30", "15:00")]
    bars = every("rb2501.SHFE", "2024-10-09", spans, 5, "5m")
    half = resample_minutes(bars, place(bars), "30m")
    assert local(half) == ["09:30", "10:00", "10:45", "11:15", "13:45", "14:15", "14:45", "15:00"]
    assert local(resample_minutes(bars, place(bars), "60m")) == ["10:00", "11:15", "14:15", "15:00"]


def test_no_bar_spans_the_hours_between_night_and_morning() -> None:
    night = ["2024-10-09T02:00", "2024-10-09T02:30", "2024-10-09T09:30", "2024-10-09T10:00"]
    bars = made("au2412.SHFE", night, "30m")
    hours = resample_minutes(bars, place(bars), "60m")
    assert local(hours) == ["02:00", "02:30", "10:00"]


def test_an_unfinished_bar_is_dated_by_its_end() -> None:
    bars = made("600519.SH", ["2024-10-09T09:31", "2024-10-09T09:32", "2024-10-09T09:33"])
    assert local(resample_minutes(bars, place(bars), "5m")) == ["09:35"]


def test_open_interest_is_that_of_the_last_bar() -> None:
    bars = replace(made("rb2501.SHFE", ["2024-10-09T09:01", "2024-10-09T09:02"]), open_interest=np.array([5.0, 7.0]))
    found = resample_minutes(bars, place(bars), "5m").open_interest
    assert found is not None
    assert found.tolist() == [7]


def test_days_of_minutes_begin_with_the_night_before() -> None:
    bars = made("rb2501.SHFE", ["2024-10-11T15:00", "2024-10-11T21:05", "2024-10-14T09:05", "2024-10-14T15:00"])
    days = days_of_minutes(bars, place(bars))
    assert days.interval == "1d"
    assert days.time.astype(str).tolist() == ["2024-10-11", "2024-10-14"]
    assert days.open.tolist() == [99.5, 100.5]
    assert days.close.tolist() == [100, 103]


@pytest.mark.parametrize("wanted", ["1m", "5m"])
def test_bars_that_are_not_finer_are_refused(wanted: Any) -> None:
    bars = made("600519.SH", ["2024-10-09T09:35"], "5m")
    with pytest.raises(ValueError, match="cannot be made"):
        resample_minutes(bars, place(bars), wanted)


@given(
    st.lists(st.integers(0, 2879), min_size=1, max_size=60, unique=True), st.sampled_from(["600519.SH", "au2412.SHFE"])
)
def test_nothing_is_lost_at_any_time_of_the_day(minutes: list[int], symbol: str) -> None:
    start = np.datetime64("2024-10-08T00:00")
    bars = made(symbol, [str(start + one) for one in sorted(minutes)])
    for interval in ("5m", "15m", "30m", "60m"):
        found = resample_minutes(bars, place(bars), interval)  # type: ignore[arg-type]
        assert found.volume.sum() == bars.volume.sum()
        assert (found.high.max(), found.low.min()) == (bars.high.max(), bars.low.min())
        assert found.close[-1] == bars.close[-1]


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real data is not here: ../shared/data")
def test_days_of_real_index_futures_are_those_of_the_daily_file() -> None:
    import pandas as pd

    read = pd.read_parquet(DATA / "futures" / "min5_CFFEX.IF.parquet")
    ends = read["datetime"].astype(str).str.replace(" ", "T").tolist()
    bars = replace(
        made("IF.CFFEX", ends, "5m"),
        **{name: read[name].to_numpy(np.float64) for name in ("open", "high", "low", "close")},
        volume=read["vol"].to_numpy(np.float64),
    )
    days = days_of_minutes(bars, place(bars))
    daily = pd.read_parquet(DATA / "futures" / "daily_main_contracts.parquet")
    daily = daily[daily["code"] == "CFFEX.IF_HOT"]
    both = daily.set_index(daily["date"].astype("datetime64[s]")).reindex(days.time.astype("datetime64[s]"))
    # The 5-minute file misses some trades: within the day's range always, and close to it.
    assert (days.high <= both["high"].to_numpy() + 0.05).all()
    assert (days.low >= both["low"].to_numpy() - 0.05).all()
    for name in ("high", "low", "close"):
        away = np.abs(getattr(days, name) / both[name].to_numpy() - 1)
        assert np.quantile(away, 0.99) < 0.001, name
