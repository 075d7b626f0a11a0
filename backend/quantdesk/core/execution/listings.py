"""First and last days of listing: known ones, and first days that the bars themselves give away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import Rulebook, rulebook


def listings_of(
    bars: Iterable[Bars],
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    book: Rulebook | None = None,
) -> dict[str, Listing]:
    """Give what is known of each symbol's listing; symbols of which nothing is known have no entry."""
    found = _guessed(bars, book or rulebook())
    for symbol, mine in (actions or {}).items():
        for action in mine:
            listing = found.get(symbol, Listing())
            if action.listing == "listed":
                found[symbol] = replace(listing, listed=action.ex_date)
            elif action.listing == "delisted":
                found[symbol] = replace(listing, delisted=action.ex_date)
    return found


def _guessed(bars: Iterable[Bars], book: Rulebook) -> dict[str, Listing]:
    """Give the day of listing of those symbols whose first stored bar can be nothing else.

    A stored history may begin anywhere. But a first bar that moves beyond the board's ordinary price limit is a first
    day of trading: its own regime then holds (44 % of the issue price in 2014 to 2023, no limit on STAR, …).
    """
    found: dict[str, Listing] = {}
    for bar in bars:
        if not len(bar) or not bar.preclose[0] > 0.0:
            continue
        day = bar.time[0].astype("datetime64[D]").item()
        rule = book.limits(book.subject(bar.symbol), day, is_st=bool(bar.is_st[0]))
        if rule is None or rule.up is None or rule.down is None:
            continue
        highest, lowest = 1.0 + float(rule.up), 1.0 - float(rule.down)
        # Half a percent covers the rounding of the limit of even the cheapest shares.
        if bar.high[0] / bar.preclose[0] > highest + 0.005 or bar.low[0] / bar.preclose[0] < lowest - 0.005:
            found[bar.symbol] = Listing(listed=day)
    return found
