"""Corporate actions as the kernel's rows: known ones, and those that an ex-right previous close gives away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from quantdesk.core.bars.adjust import ex_right_steps
from quantdesk.core.bars.frame import Bars, TimeArray
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.layout import Ints
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.book import rulebook

CASH_GAP = 0.1
"""A fall of the previous close up to this fraction, without a known action, is taken for a cash dividend, a larger one
for new shares: dividends above a tenth of the price are rare, and paying out a one-for-one bonus in cash would halve
the position."""


@dataclass(frozen=True, slots=True)
class Listing:
    """When an instrument was listed, and when it no longer is (the first day without trading)."""

    listed: dt.date | None = None
    delisted: dt.date | None = None


def action_rows(
    bars: Sequence[Bars],
    dates: TimeArray,
    instrument: Ints,
    actions: Mapping[str, Sequence[CorporateAction]] | None,
    adjusted: bool,
) -> tuple[Ints, Ints]:
    """Give the rows, sorted by step, and where each step's begin ([steps + 1])."""
    days = dates.astype("datetime64[D]")
    found: list[tuple[int, list[int]]] = []
    for s, bar in enumerate(bars):
        delisted = int(instrument[s, c.I_DELISTED])
        if 0 <= delisted < len(dates):
            found.append((delisted, _row(s, kind=c.DELISTED)))
        if adjusted:
            continue
        known = _known(s, (actions or {}).get(bar.symbol, ()), days)
        found.extend(known)
        found.extend(_derived(s, bar, dates, {step for step, _ in known}))
    found.sort(key=lambda item: item[0])
    table = np.array([row for _, row in found], dtype=np.int64).reshape(len(found), c.C_COLUMNS)
    steps = np.array([step for step, _ in found], dtype=np.int64)
    return table, np.searchsorted(steps, np.arange(len(dates) + 1)).astype(np.int64)


def _known(symbol: int, actions: Sequence[CorporateAction], days: TimeArray) -> list[tuple[int, list[int]]]:
    found = []
    for action in actions:
        if action.listing is not None:
            continue  # a Listing tells
        step = int(np.searchsorted(days, np.datetime64(action.ex_date)))
        if step == len(days) or action.ex_date < days[0].item():
            continue
        row = _row(
            symbol,
            cash=_scaled(action.cash),
            bonus=_scaled(action.bonus),
            conversion=_scaled(action.conversion + action.split - 1),
            rights=_scaled(action.rights),
            rights_price=_scaled(action.rights_price),
            era=_era(action.record_date or action.ex_date),
        )
        found.append((step, row))
    return found


def _derived(symbol: int, bar: Bars, dates: TimeArray, known: set[int]) -> list[tuple[int, list[int]]]:
    """Make up an action that conserves value for each ex-right gap that no known action explains."""
    ratios = ex_right_steps(bar)
    gaps = np.flatnonzero(ratios != 1.0)
    found = []
    steps = np.searchsorted(dates, bar.time)
    for row in gaps.tolist():
        step = int(steps[row])
        since = int(steps[row - 1])
        if any(since < each <= step for each in known):
            continue
        ratio = float(ratios[row])
        last = float(bar.close[row - 1])
        fall = last - last / ratio
        if 0.0 < fall <= CASH_GAP * last:
            found.append((step, _row(symbol, cash=round(fall * c.SHARE), kind=c.DERIVED)))
        else:
            found.append((step, _row(symbol, conversion=round((ratio - 1.0) * c.SHARE), kind=c.DERIVED)))
    return found


def _row(
    symbol: int,
    *,
    cash: int = 0,
    bonus: int = 0,
    conversion: int = 0,
    rights: int = 0,
    rights_price: int = 0,
    era: int = 0,
    kind: int = c.KNOWN,
) -> list[int]:
    return [symbol, cash, bonus, conversion, rights, rights_price, era, kind]


def _scaled(value: Decimal | None) -> int:
    return 0 if value is None else int((value * c.SHARE).to_integral_value())


def _era(record_day: dt.date) -> int:
    rows = sorted(rulebook().tables.dividend_tax, key=lambda row: row.since)
    return max((index for index, row in enumerate(rows) if row.since <= record_day), default=0)
