"""Checks against the day before: price limits, ex-right previous closes, corporate actions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from quantdesk.core.bars.frame import Bars, BoolArray, FloatArray
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.instruments.actions import CorporateAction, by_ex_date, ex_right_price
from quantdesk.core.quality.collect import Collected
from quantdesk.core.quality.finding import Kind
from quantdesk.core.quality.market import Known, Market, ticks
from quantdesk.core.rules.subject import Subject

_BASIS = 10_000
_LEAST_EX_RIGHT = 0.25
"""An ex-right previous close below this fraction of the last close is no dividend or bonus issue ever seen."""


def check_limits(
    bars: Bars, sound: BoolArray, flips: BoolArray, subject: Subject, market: Market, known: Known, found: Collected
) -> None:
    """Report prices of traded days beyond the rulebook's price limits.

    Where the exchange's previous close is not known the last close stands in for it, and a breach is a jump that a
    corporate action may explain.
    """
    if subject.segment is None or len(bars) < 2:
        return
    tick = ticks(market.book, subject, bars.time)
    given = np.isfinite(bars.preclose) & (bars.preclose > 0)
    base, usable = _bases(bars, sound, given, market)
    listing = known.listing
    if listing.listed is None:
        # A first bar may be the first day of trading: nothing is asked of it and the days after that its rule frees.
        listing = Listing(bars.time[0].item(), listing.delisted)
    up_points, down_points = market.limit_points(subject, bars.time, bars.is_st, listing)
    usable &= ~suspect_precloses(bars, sound, subject, market, known)
    asked = sound & usable & ~bars.suspended & ~flips & (up_points >= 0) & np.isfinite(tick)
    if known.relistings:
        asked &= ~np.isin(bars.time, np.array(sorted(known.relistings), dtype="datetime64[D]"))
    if not asked.any():
        return
    with np.errstate(invalid="ignore"):
        ground = np.rint(base / tick)
        up = np.maximum(_half_up(ground * (_BASIS + up_points.astype(np.float64))), ground + 1)
        down = np.maximum(np.minimum(_half_up(ground * (_BASIS - down_points.astype(np.float64))), ground - 1), 1)
        sides = [
            (name, asked & (np.rint(getattr(bars, name) / tick) > up), getattr(bars, name), up * tick)
            for name in ("high", "open", "close")
        ] + [
            (name, asked & (np.rint(getattr(bars, name) / tick) < down), getattr(bars, name), down * tick)
            for name in ("low", "open", "close")
        ]
    exact = [(name, wrong & given, value, limit) for name, wrong, value, limit in sides]
    breached = np.any([wrong for _, wrong, _, _ in sides], axis=0)
    found.first_of_each("beyond_limit", bars.time, exact)
    ex_dates = np.array(sorted({action.ex_date for action in known.actions}), dtype="datetime64[D]")
    # The way back from a wrong price is no jump of its own.
    unexplained = ~given & ~np.isin(bars.time, ex_dates) & ~np.concatenate(([False], breached[:-1]))
    guessed = [(name, wrong & unexplained, value, base) for name, wrong, value, _ in sides]
    found.first_of_each("jump", bars.time, guessed)


def check_precloses(
    bars: Bars, sound: BoolArray, subject: Subject, market: Market, known: Known, found: Collected
) -> None:
    """Report previous closes that neither are the last close nor follow from a corporate action.

    `sound` rows are those with nothing against them: a close that is wrong does not blame the day after.
    """
    odd = _odd_precloses(bars, sound, subject, market, known)
    if odd is None:
        return
    last = np.concatenate(([np.nan], bars.close[:-1]))
    for row, computed in odd.mismatched:
        found.add(
            "ex_right_mismatch", bars.time[row : row + 1], field="preclose", value=bars.preclose[row], expected=computed
        )
    kinds: tuple[tuple[Kind, BoolArray], ...] = (("preclose_gap", odd.absurd), ("ex_right_unknown", odd.likely))
    for kind, rows in kinds:
        found.add(kind, bars.time[rows], field="preclose", value=bars.preclose[rows], expected=last[rows])


def suspect_precloses(bars: Bars, sound: BoolArray, subject: Subject, market: Market, known: Known) -> BoolArray:
    """Say which previous closes cannot be right: price limits are not taken of them."""
    suspect = np.zeros(len(bars), dtype=np.bool_)
    odd = _odd_precloses(bars, sound, subject, market, known)
    if odd is not None:
        suspect |= odd.absurd
        suspect[[row for row, _ in odd.mismatched]] = True
    return suspect


@dataclass(frozen=True, slots=True, eq=False)
class _Odd:
    """Rows whose previous close is not the last close."""

    mismatched: list[tuple[int, float]]
    """Row, and the ex-right price that its corporate action gives."""
    absurd: BoolArray
    likely: BoolArray
    """What an ex-right day of an unknown action looks like."""


def _odd_precloses(bars: Bars, sound: BoolArray, subject: Subject, market: Market, known: Known) -> _Odd | None:
    if subject.segment is None or len(bars) < 2:
        return None
    tick = ticks(market.book, subject, bars.time)
    last = np.concatenate(([np.nan], bars.close[:-1]))
    told, times = bars.preclose, bars.time
    after = np.concatenate(([False], sound[:-1]))
    with np.errstate(invalid="ignore"):
        held = np.isfinite(told) & (told > 0) & sound & after & _adjacent(bars, market) & np.isfinite(tick)
    paid = by_ex_date(action for action in known.actions if action.listing is None)
    of_day = {action.ex_date: action for action in paid.get(bars.symbol, [])}
    acted = np.isin(times, np.array(sorted(of_day), dtype="datetime64[D]"))
    mismatched = []
    for row in np.flatnonzero(held & acted).tolist():
        computed = _ex_right(last[row], of_day[times[row].item()], tick[row])
        if computed is not None and abs(told[row] - computed) > tick[row] / 2:
            mismatched.append((row, computed))
    with np.errstate(invalid="ignore"):
        differs = held & ~acted & (np.abs(told - last) > tick / 2)
        # A previous close above the last close needs shares merged; a very low one more than any bonus issue.
        absurd = differs & ((told > last) | (told < _LEAST_EX_RIGHT * last))
    if known.actions_from is not None and known.actions_to is not None:
        complete = (times >= np.datetime64(known.actions_from)) & (times <= np.datetime64(known.actions_to))
        absurd |= differs & complete
    return _Odd(mismatched, absurd, differs & ~absurd)


def _bases(bars: Bars, sound: BoolArray, given: BoolArray, market: Market) -> tuple[FloatArray, BoolArray]:
    """Give what the limits are taken of, and where that is known."""
    before = np.concatenate(([np.nan], bars.close[:-1]))
    follows = _adjacent(bars, market) & np.concatenate(([False], sound[:-1]))
    return np.where(given, bars.preclose, before), given | follows


def _adjacent(bars: Bars, market: Market) -> BoolArray:
    """Say which bars follow one of the trading day before; all do where no calendar tells."""
    if market.calendar is None:
        return np.concatenate(([False], np.ones(len(bars) - 1, dtype=np.bool_)))
    place = np.searchsorted(market.calendar.dates, bars.time)
    return np.concatenate(([False], np.diff(place) <= 1))


def _half_up(scaled: FloatArray) -> FloatArray:
    half: FloatArray = np.floor((2 * scaled + _BASIS) / (2 * _BASIS))
    return half


def _ex_right(close: float, action: CorporateAction, tick: float) -> float | None:
    step = Decimal(repr(round(float(tick), 8)))
    try:
        return float(ex_right_price(Decimal(repr(float(close))).quantize(step, ROUND_HALF_UP), action, step))
    except ValueError:
        return None
