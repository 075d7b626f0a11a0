"""Why the price of a past day differs between programs: raw, adjusted by factors, adjusted by amounts.

Two forward adjustments are in use. Both undo, for a past day, every ex-right event up to the as-of day.

- *Multiplicative* (等比复权; ours, see `adjust`): the price is divided by the events' factors, each the last close over
  the ex-right previous close. Returns stay as they were for an owner who puts each dividend back into the share.
- *Additive* (等差复权; e.g. Eastmoney's front-adjusted prices): the exchange's formula for the ex-right reference price
  (chapters on ex-right prices of the SSE and SZSE Trading Rules, see `instruments.actions.ex_right_price`) is put on
  the past price p as if it were the last close, without rounding:

      p' = (p - cash + rights price x rights) / (split + bonus + conversion + rights)

  New shares divide the price in both; cash is a quotient in one and a difference in the other. So both agree where no
  cash was paid, and the additive price may be negative where much was.

Written for a holder of one share of the first day: on day i they have `shares[i]` shares and `cash[i]` in the pocket,
what was paid less what rights cost. Undoing the formula event by event gives the additive price in closed form,

    additive[i] = (shares[i] x close[i] + cash[i] - cash[as of]) / shares[as of]

and shares x close + cash is what the holder owns without reinvesting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from quantdesk.core.bars.adjust import cumulative_factor, ex_right_steps
from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.instruments.actions import CorporateAction, ex_right_price
from quantdesk.core.instruments.symbol import SymbolError
from quantdesk.core.rules.book import price_tick

Verdict = Literal["explained", "differs", "unknown", "not_in_prices"]
"""explained: the known actions give the exchange's previous close, to the tick. differs: they give another one.
unknown: the previous close moved, and no action is known. not_in_prices: an action is known that no previous close
shows.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One ex-right day."""

    date: dt.date
    """The bar that shows it: of an ex-date within a suspension often that on which trading resumes."""
    row: int
    close_before: float
    """Raw close of the bar before."""
    preclose: float
    """The exchange's ex-right previous close; NaN where the source gives none."""
    step: float
    """The day's factor: close before / ex-right previous close, 1 where no price shows the event."""
    factor_before: float
    factor_after: float
    """Cumulative (hfq) factors on the bar before and on this one."""
    actions: tuple[CorporateAction, ...]
    """Known ones, oldest first; several where their ex-dates lie in one suspension."""
    expected: Decimal | None
    """The ex-right price that they give by the exchange's formula, rounded to the tick."""
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The closes of a whole history on four bases, and what turns one into the other. Arrays are of equal length."""

    symbol: str
    tick: Decimal
    time: TimeArray
    raw: FloatArray
    qfq: FloatArray
    hfq: FloatArray
    additive: FloatArray
    factor: FloatArray
    """Cumulative (hfq)."""
    shares: FloatArray
    cash: FloatArray
    """What became of one share of the first day, see the module."""
    anchor: int
    """The row whose price stays as it was under qfq and additive adjustment."""
    events: tuple[Event, ...]
    """All of the history, oldest first."""

    def day(self, row: int) -> dt.date:
        day: dt.date = self.time[row].astype("datetime64[D]").item()
        return day


@dataclass(frozen=True, slots=True)
class Prices:
    """The close of one day on the four bases."""

    date: dt.date
    raw: float
    qfq: float
    hfq: float
    additive: float


@dataclass(frozen=True, slots=True)
class Returns:
    """From one close to another, as fractions."""

    raw: float
    qfq: float
    hfq: float
    additive: float | None
    """None where the additive price of the first day is not above zero: there is no return on such a price."""
    held: float
    """Dividends kept as cash and not reinvested, rights taken up and paid for."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two days of `Lines`."""

    first: int
    last: int
    """Rows."""
    start: Prices
    end: Prices
    returns: Returns
    events: tuple[Event, ...]
    """After the first day, up to the last."""
    qfq_as_of_end: float
    """The first day's qfq close, were it anchored at the last day."""


def explain(bars: Bars, actions: Iterable[CorporateAction], as_of: dt.date | None = None) -> Lines:
    """Give the closes on all bases, and each ex-right event beside the actions that are known.

    `bars` are the raw daily bars of the whole stored history (at least one, else ValueError), `actions` those of its
    symbol; days of listing among them are left out. `as_of` anchors as in `adjust`. An action that differs from the
    previous close counts for the additive price with its own amounts, as other programs know nothing but these; an
    unknown one counts as cash of close before - previous close.
    """
    if len(bars) == 0:
        raise ValueError(f"{bars.symbol}: no bars to explain; give at least one")
    steps, factor, tick = ex_right_steps(bars), cumulative_factor(bars), _tick(bars.symbol)
    known = _by_row(bars, steps, [action for action in actions if action.kinds])
    rows = sorted(known.keys() | set(np.flatnonzero(steps != 1).tolist()))
    events = tuple(_event(bars, row, steps, factor, tuple(known.get(row, ())), tick) for row in rows)
    shares, cash = _holding(len(bars), events)
    anchor = len(bars) - 1
    if as_of is not None:
        anchor = max(int(np.searchsorted(bars.time, np.datetime64(as_of), "right")) - 1, 0)
    return Lines(
        symbol=bars.symbol,
        tick=tick,
        time=bars.time,
        raw=bars.close,
        qfq=bars.close * (factor / factor[anchor]),
        hfq=bars.close * factor,
        additive=(shares * bars.close + cash - cash[anchor]) / shares[anchor],
        factor=factor,
        shares=shares,
        cash=cash,
        anchor=anchor,
        events=events,
    )


def compare(lines: Lines, first: int, last: int) -> Comparison:
    """Compare two rows. Raise ValueError unless 0 <= first <= last < bars."""
    if not 0 <= first <= last < len(lines.raw):
        raise ValueError(f"rows {first} and {last} are not in order within {len(lines.raw)} bars")
    start, end = _prices(lines, first), _prices(lines, last)
    worth = lines.shares * lines.raw + lines.cash
    paid = lines.shares[first] * lines.raw[first]
    return Comparison(
        first=first,
        last=last,
        start=start,
        end=end,
        returns=Returns(
            raw=end.raw / start.raw - 1,
            qfq=end.qfq / start.qfq - 1,
            hfq=end.hfq / start.hfq - 1,
            additive=end.additive / start.additive - 1 if start.additive > 0 else None,
            held=float((worth[last] - worth[first]) / paid),
        ),
        events=tuple(event for event in lines.events if first < event.row <= last),
        qfq_as_of_end=float(start.raw * lines.factor[first] / lines.factor[last]),
    )


def _by_row(bars: Bars, steps: FloatArray, actions: Sequence[CorporateAction]) -> dict[int, list[CorporateAction]]:
    """Give each action to the bar that shows it: the first step from its ex-date on until trading resumed.

    Without a step there, to the first bar from its ex-date on. Actions before the second bar or after the last one
    touch no return that could be seen here.
    """
    found: dict[int, list[CorporateAction]] = {}
    traded = np.flatnonzero(~bars.suspended)
    for action in sorted(actions, key=lambda one: one.ex_date):
        row = int(np.searchsorted(bars.time, np.datetime64(action.ex_date), "left"))
        if not 0 < row < len(bars):
            continue
        after = int(np.searchsorted(traded, row, "left"))
        resumed = int(traded[after]) if after < len(traded) else len(bars) - 1
        moved = np.flatnonzero(steps[row : resumed + 1] != 1)
        found.setdefault(row + int(moved[0]) if len(moved) else row, []).append(action)
    return found


def _event(
    bars: Bars, row: int, steps: FloatArray, factor: FloatArray, actions: tuple[CorporateAction, ...], tick: Decimal
) -> Event:
    before = float(bars.close[row - 1])
    preclose = float(bars.close[row] if bars.suspended[row] else bars.preclose[row])
    step = float(steps[row])
    expected = _expected(before, actions, tick)
    verdict: Verdict
    if not actions:
        verdict = "unknown"
    elif expected is not None and np.isfinite(preclose) and expected == _exact(preclose, tick):
        verdict = "explained"
    else:
        verdict = "not_in_prices" if step == 1 else "differs"
    return Event(
        date=bars.time[row].astype("datetime64[D]").item(),
        row=row,
        close_before=before,
        preclose=preclose,
        step=step,
        factor_before=float(factor[row - 1]),
        factor_after=float(factor[row]),
        actions=actions,
        expected=expected,
        verdict=verdict,
    )


def _expected(before: float, actions: Sequence[CorporateAction], tick: Decimal) -> Decimal | None:
    """Give the ex-right price after all actions; None without any, and where none could be left of the price."""
    price = _exact(before, tick)
    try:
        for action in actions:
            price = ex_right_price(price, action, tick)
    except ValueError:
        return None
    return price if actions else None


def _holding(rows: int, events: Sequence[Event]) -> tuple[FloatArray, FloatArray]:
    """Give the shares and the cash of who held one share on the first day, each day."""
    shares, cash = np.ones(rows), np.zeros(rows)
    for event in events:
        held, pocket = shares[event.row], cash[event.row]
        for action in event.actions:
            paid = action.cash - (action.rights_price or 0) * action.rights
            pocket += held * float(paid)
            held *= float(action.split + action.bonus + action.conversion + action.rights)
        if not event.actions:
            pocket += held * (event.close_before - event.preclose)
        shares[event.row :], cash[event.row :] = held, pocket
    return shares, cash


def _prices(lines: Lines, row: int) -> Prices:
    raw, qfq, hfq, additive = (float(line[row]) for line in (lines.raw, lines.qfq, lines.hfq, lines.additive))
    return Prices(lines.day(row), raw, qfq, hfq, additive)


def _exact(price: float, tick: Decimal) -> Decimal:
    return Decimal(str(price)).quantize(tick)


def _tick(symbol: str) -> Decimal:
    try:
        return price_tick(symbol)
    except SymbolError:
        return Decimal("0.01")
