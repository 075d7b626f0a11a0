"""All checks of one symbol's bars."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import numpy as np

from quantdesk.core.bars.frame import Bars, Interval
from quantdesk.core.quality.collect import MOST_OF_A_KIND, Collected
from quantdesk.core.quality.cross import check_cross, check_differences
from quantdesk.core.quality.finding import Finding, Kind
from quantdesk.core.quality.intraday import check_sessions
from quantdesk.core.quality.limits import check_limits, check_precloses
from quantdesk.core.quality.market import NOTHING, Known, Market
from quantdesk.core.quality.moves import check_moves, check_standing, check_volumes
from quantdesk.core.quality.score import Tally
from quantdesk.core.quality.structure import check_times
from quantdesk.core.quality.values import check_prices, check_suspensions, check_ticks, check_turnover


@dataclass(frozen=True, slots=True)
class SymbolReport:
    """What the checks say of one symbol."""

    symbol: str
    kind: str
    interval: Interval
    first: dt.date | None
    last: dt.date | None
    tally: Tally
    counts: Counter[Kind]
    """Findings by kind, all of them."""
    findings: list[Finding]
    """By date; of each kind the first so many."""


def check(bars: Bars, market: Market, known: Known = NOTHING, *, most: int = MOST_OF_A_KIND) -> SymbolReport:
    """Check a symbol's bars, in any order, with duplicates or without.

    A row with one thing wrong is told once: figures that cannot be are not compared with others as well, and a
    day after a bad one is not blamed for what the bad one says. At most `most` findings of a kind are listed.
    Raise SymbolError for a symbol that names no instrument.
    """
    subject = market.book.subject(bars.symbol, known.kind)
    found = Collected(bars, coin=subject.pair is not None, most=most)
    rows = len(bars)
    view = check_times(bars, subject, market, known, found)
    if len(view):
        view = check_sessions(view, subject, market, found)
    if len(view):
        sound = check_prices(view, found)
        averages = check_turnover(view, sound, subject, market, found)
        flips = check_suspensions(view, sound, found)
        adjusted = check_ticks(view, sound, averages, subject, market, found)
        limited = subject.segment is not None and not adjusted
        if view.interval == "1d" and limited:
            check_limits(view, sound, flips, subject, market, known, found)
        check_standing(view, sound, subject, found)
        if view.interval == "1d" and limited:
            check_precloses(view, sound & ~found.blamed(view.time), subject, market, known, found)
        check_moves(view, sound, subject, found, limited=limited)
        check_volumes(view, sound, found)
        if known.second is not None:
            check_cross(view, known.second, subject, market, found)
        check_differences(view, known.differences, found)
    found.tell_once()
    errors, warnings = found.rows_at_fault()
    found.items.sort(key=lambda item: (item.date, item.at is not None and item.at, item.kind))
    days = view.time[[0, -1]].astype("datetime64[D]") if len(view) else np.array([], dtype="datetime64[D]")
    return SymbolReport(
        symbol=bars.symbol,
        kind=subject.kind,
        interval=bars.interval,
        first=days[0].item() if len(days) else None,
        last=days[-1].item() if len(days) else None,
        tally=Tally(rows, min(errors, rows), min(warnings, rows), found.missing),
        counts=found.counts,
        findings=found.items,
    )
