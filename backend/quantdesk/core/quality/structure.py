"""Checks of the bars' times: order, repetitions, calendar, listing, gaps, how far they reach."""

from __future__ import annotations

from typing import Any

import numpy as np

from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.bars.validate import EARLIEST
from quantdesk.core.quality.collect import Collected, runs, trading_days
from quantdesk.core.quality.market import Known, Market
from quantdesk.core.rules.subject import Subject

_DAY = np.timedelta64(1, "D")


def check_times(bars: Bars, subject: Subject, market: Market, known: Known, found: Collected) -> Bars:
    """Report what is wrong with the times; give the bars in order, each time once, without impossible days."""
    bars = bars.take(~np.isnat(bars.time))
    back = np.flatnonzero(np.diff(bars.time) < np.timedelta64(0)) + 1
    found.add("unsorted", bars.time[back])
    if len(back):
        bars = bars.take(np.argsort(bars.time, kind="stable"))
    again = np.concatenate((np.zeros(min(len(bars), 1), dtype=np.bool_), bars.time[1:] == bars.time[:-1]))
    if again.any():
        found.add("duplicate_day", bars.time[again])
        bars = bars.take(~again)
    if not len(bars):
        return bars

    coin = subject.pair is not None
    days = trading_days(bars.time, utc=coin)
    if subject.product is not None and bars.interval not in ("1d", "1w", "1M"):
        days = _evenings(bars.time, days)
    today, earliest = np.datetime64(market.today), np.datetime64(EARLIEST)
    late, early = days > today, days < earliest
    found.add("future_date", bars.time[late], expected=str(today))
    found.add("too_early", bars.time[early], expected=str(earliest))
    bad = late | early
    open_days = None if coin or market.calendar is None else market.calendar.dates
    if open_days is not None and bars.interval not in ("1w", "1M"):
        inside = (days >= open_days[0]) & (days <= open_days[-1])
        closed = inside & ~bad & ~np.isin(days, open_days)
        found.add("not_trading_day", bars.time[closed])
        bad |= closed
    listing = known.listing
    for day, wrong in ((listing.listed, np.less), (listing.delisted, np.greater_equal)):
        if day is not None:
            outside = wrong(days, np.datetime64(day)) & ~bad
            found.add("outside_listing", bars.time[outside], expected=str(day))
    if bad.any():
        bars, days = bars.take(~bad), days[~bad]
    if len(bars) and bars.interval not in ("1w", "1M"):
        _gaps(np.unique(days), bars, subject, market, known, found, open_days)
    return bars


def _gaps(
    days: TimeArray,
    bars: Bars,
    subject: Subject,
    market: Market,
    known: Known,
    found: Collected,
    open_days: TimeArray | None,
) -> None:
    """Report missing days between first and last, and days missing at the end."""
    coin = subject.pair is not None
    if open_days is None and not coin:
        return
    last = days[-1] if market.last_day is None else max(days[-1], np.datetime64(market.last_day))
    if open_days is None:
        due: TimeArray = np.arange(days[0], last + _DAY)
    else:
        due = open_days[np.searchsorted(open_days, days[0]) : np.searchsorted(open_days, last, "right")]
    inner = due[: int(np.searchsorted(due, days[-1], "right"))]
    # Coins within the day have their own check, hour by hour.
    if not (coin and bars.interval != "1d"):
        gaps = runs(np.flatnonzero(~np.isin(inner, days)))
        stated = market.suspensions_stated or subject.kind != "stock"
        first = np.array([inner[at] for at, _ in gaps], dtype="datetime64[D]")
        found.add(
            "missing_day" if stated else "absent_day",
            first if bars.interval == "1d" else first.astype("datetime64[s]"),
            count=[length for _, length in gaps],
        )
        found.missing += sum(length for _, length in gaps) if stated else 0
    behind = len(due) - len(inner)
    gone = known.listing.delisted
    if market.last_day is not None and behind and (gone is None or np.datetime64(gone) > last):
        found.add("stale_end", bars.time[-1:], expected=str(market.last_day), count=behind)


def _evenings(time: TimeArray, days: TimeArray) -> TimeArray:
    """Give the day on which the session of a future's bar began: after midnight the day before."""
    hours: Any = (time + np.timedelta64(8, "h")).astype("datetime64[h]").astype(np.int64) % 24
    return np.where(hours < 6, days - _DAY, days)
