"""From bars, the rulebook and corporate actions to the arrays that the kernel runs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray, TimeArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.action_rows import Listing, action_rows
from quantdesk.core.execution.dated_rates import Groups, LimitPoints, Points, dated_rates
from quantdesk.core.execution.derivative_rates import step_of
from quantdesk.core.execution.grid import Grid
from quantdesk.core.execution.layout import Floats, Ints, Market
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import Rulebook, rulebook
from quantdesk.core.rules.subject import Subject

_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A market with what its rows and columns stand for."""

    market: Market
    symbols: list[str]
    subjects: list[Subject]
    dates: TimeArray
    """[steps], datetime64[D] (or [s] for bars within the day)."""
    is_st: np.ndarray
    """[steps, symbols], for citing the rulebook."""
    listings: Mapping[str, Listing]


def build_exchange(
    bars: Sequence[Bars],
    dates: TimeArray,
    settings: Ints,
    factors: Floats,
    *,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    listings: Mapping[str, Listing] | None = None,
    scales: Sequence[FloatArray] | None = None,
    book: Rulebook | None = None,
) -> Exchange:
    """Lay bars out as steps x symbols and look up the rules of every day.

    Args:
        bars: One per symbol, within `dates`; raw prices, or adjusted ones together with `scales`.
        dates: Steps of the run, ascending; holds every bar's time.
        settings: [S_COLUMNS].
        factors: [V_COLUMNS].
        actions: Corporate actions by symbol; not with `scales`, whose prices contain them. Where a previous close
            was set ex right on a day without an action, one is derived from it that conserves value.
        listings: First and last day of listing by symbol, where known.
        scales: Adjusted / raw price of each bar of each symbol.
        book: Default: the packaged rulebook.
    """
    book = book or rulebook()
    listings = listings or {}
    subjects = [book.subject(bar.symbol) for bar in bars]
    groups = Groups(book)
    instrument = np.zeros((len(bars), c.I_COLUMNS), dtype=np.int64)
    days = dates.astype("datetime64[D]")
    grid = Grid(bars, dates)
    limits = LimitPoints(book, days)
    points = []
    for s, bar in enumerate(bars):
        listing = listings.get(bar.symbol)
        points.append(_where_settled(limits.of(subjects[s], grid.rows[s], bar.is_st, listing), subjects[s], bar))
        instrument[s] = groups.instrument(subjects[s], float(bar.high.max(initial=0.0, where=bar.high < np.inf)))
        if listing is not None and listing.delisted is not None:
            instrument[s, c.I_DELISTED] = int(np.searchsorted(days, np.datetime64(listing.delisted)))
    columns = {name: _column(grid, name) for name in (*_PRICES, "volume")}
    for coin in np.flatnonzero(instrument[:, c.I_KIND] == c.COIN):
        columns["volume"][:, coin] = np.floor(columns["volume"][:, coin] / float(step_of(instrument[coin])) + 1e-6)
    is_st = grid.lay(lambda _, bar: bar.is_st, fill=False, dtype=np.bool_)
    table, starts = action_rows(bars, dates, instrument, {} if scales is not None else actions, scales is not None)
    market = Market(
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        close=columns["close"],
        volume=columns["volume"],
        amount=_column(grid, "amount") if settings[c.S_FILL] == c.NEXT_AVERAGE else np.zeros((0, 0)),
        preclose=grid.lay(lambda _, bar: _known_preclose(bar), fill=np.nan),
        state=_states(columns, grid.lay(lambda _, bar: bar.suspended, fill=False, dtype=np.bool_)),
        limit_up=grid.lay(lambda s, _: points[s][0], fill=-1, dtype=np.int16),
        limit_down=grid.lay(lambda s, _: points[s][1], fill=-1, dtype=np.int16),
        scale=np.zeros((0, 0)) if scales is None else grid.lay(lambda s, _: scales[s], fill=np.nan),
        rates=dated_rates(groups, days),
        instrument=instrument,
        day=days.astype(np.int64),
        day_end=np.append(days[1:] != days[:-1], True).astype(np.uint8),
        held_until=_held_until(days),
        actions=table,
        action_start=starts,
        tax=_tax(book),
        settings=settings,
        factors=factors,
    )
    return Exchange(market, [bar.symbol for bar in bars], subjects, dates, is_st, listings)


def _known_preclose(bar: Bars) -> FloatArray:
    """Give the previous closes, the last close where the source gives none."""
    if (bar.preclose > 0.0).all() and bar.preclose.max(initial=0.0) < np.inf:
        return bar.preclose
    last = np.concatenate([[np.nan], bar.close[:-1]])
    return np.where(np.isfinite(bar.preclose) & (bar.preclose > 0.0), bar.preclose, last)


def _where_settled(points: tuple[Points, Points], subject: Subject, bar: Bars) -> tuple[Points, Points]:
    """Take the limits of futures away where the settlement price they rest on is not known."""
    if subject.kind != "future":
        return points
    known = bar.preclose > 0.0
    up, down = (np.where(known, each, np.int16(-1)) for each in points)
    return up, down


def _column(grid: Grid, name: str) -> Floats:
    return grid.lay(lambda _, bar: getattr(bar, name), fill=np.nan)


def _states(columns: Mapping[str, Floats], suspended: BoolArray) -> NDArray[np.uint8]:
    state = np.where(suspended, np.uint8(c.SUSPENDED), np.uint8(c.TRADES))
    for name in _PRICES:
        values = columns[name]
        state[~((values > 0.0) & (values < np.inf))] = c.ABSENT
    return state


def _held_until(days: TimeArray) -> Ints:
    """Give the last day of sale that counts as held for one and for twelve months, when bought on each day."""
    months = days.astype("datetime64[M]")
    offset = (days - months.astype("datetime64[D]")).astype(np.int64)
    found = np.zeros((len(days), 2), dtype=np.int64)
    for column, count in enumerate((1, 12)):
        first = (months + count).astype("datetime64[D]").astype(np.int64)
        last = (months + count + 1).astype("datetime64[D]").astype(np.int64) - 1
        found[:, column] = np.minimum(first + offset, last)
    return found


def _tax(book: Rulebook) -> Ints:
    """Give the brackets of each tax era, in the order of the rulebook."""
    table = np.zeros((c.ERAS, 3), dtype=np.int64)
    for era, row in enumerate(sorted(book.tables.dividend_tax, key=lambda row: row.since)):
        for column, months in enumerate((1, 12, None)):
            rate = next(b.rate for b in row.brackets if b.months is None or (months is not None and months <= b.months))
            table[era, column] = int(rate * c.RATE)
    return table
