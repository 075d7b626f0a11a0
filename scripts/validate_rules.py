"""Check the price limits and the ex-right formula on real daily bars.

`python -m scripts.validate_rules BARS ACTIONS` reads both files as `quantdesk data import` does and prints counts, and
each row that does not follow the rules. Exit status 1 when one of these is not in EXPLAINED.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction, by_ex_date, ex_right_price
from quantdesk.core.rules.book import Rulebook, rulebook
from quantdesk.core.rules.limits import limit_ticks
from quantdesk.core.rules.rows import Event
from quantdesk.core.rules.subject import Subject
from quantdesk.features.data.importer import ActionsReading, FileReading, read_file
from quantdesk.features.data.schemas import FileOptions

Key = tuple[str, dt.date]

EXPLAINED: dict[Key, str] = {
    ("000776.SZ", dt.date(2010, 2, 12)): "relisting: Guangfa Securities took over the listed shell Yanbian Highway",
    ("600372.SH", dt.date(2010, 9, 20)): "relisting: ST Changhe after its restructuring",
    ("601607.SH", dt.date(2010, 3, 5)): "error of the source: a previous close of 4.50 on a suspended day; "
    "trading resumed two days later on the old previous close of 14.73",
}
"""What the rules cannot tell from code, date and price."""
_START_OF_COLLECTION = 10
"""When so many stocks have their first bar on one day, the collection begins there and not their listing."""


@dataclass(slots=True)
class LimitCheck:
    """What came of the limit prices on all rows."""

    rows: int = 0
    suspended: int = 0
    limited: Counter[str] = field(default_factory=Counter)
    """Rows by rule id."""
    free: Counter[str] = field(default_factory=Counter)
    """Rows without a limit, by rule id."""
    at_limit: Counter[str] = field(default_factory=Counter)
    """Closes exactly on a limit price, by rule id."""
    beyond: dict[Key, str] = field(default_factory=dict)
    """Rows with a price beyond a limit: which."""
    beyond_if_cut: int = 0
    """Rows that would be beyond if limit prices were cut to the tick instead of rounded half up."""
    resumed: int = 0
    """Rows that follow a suspended day."""


@dataclass(slots=True)
class ExRightCheck:
    """What came of the ex-right prices."""

    actions: int = 0
    no_bars: list[Key] = field(default_factory=list)
    """Ex-dates before a symbol's first bar in the file."""
    reproduced: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """Of the reproduced."""
    after_suspension: int = 0
    """Reproduced with a last close from before a suspension, or on a suspended day."""
    missed: dict[Key, str] = field(default_factory=dict)
    unannounced: dict[Key, str] = field(default_factory=dict)
    """Days whose previous close is not the last close, and that have no action."""
    missed_if_cut: int = 0
    """Of the reproduced, those that need the rounding."""


def listing_days(series: Iterable[Bars]) -> dict[str, dt.date]:
    """Give the listing days that the bars tell: the first bar, but where the collection begins on that day."""
    first = {bars.symbol: bars.time[0].item() for bars in series if len(bars)}
    starts = Counter(first.values())
    return {symbol: day for symbol, day in first.items() if starts[day] < _START_OF_COLLECTION}


def check_limits(
    series: Iterable[Bars], book: Rulebook, listed: Mapping[str, dt.date], events: Mapping[Key, Event]
) -> LimitCheck:
    """Compare open, high, low and close of every traded row with its limit prices, in whole ticks."""
    found = LimitCheck()
    for bars in series:
        _check_symbol(bars, book, book.subject(bars.symbol), listed.get(bars.symbol), events, found)
    return found


def _check_symbol(
    bars: Bars,
    book: Rulebook,
    subject: Subject,
    listed: dt.date | None,
    events: Mapping[Key, Event],
    found: LimitCheck,
) -> None:
    found.rows += len(bars)
    found.suspended += int(bars.suspended.sum())
    tick = book.tick(subject)
    if tick is None:
        raise ValueError(f"{bars.symbol} has no price tick: it is not traded; give bars of stocks")
    ticks = {name: np.rint(getattr(bars, name) / float(tick.size)) for name in ("preclose", "high", "low", "close")}
    for at in np.flatnonzero(~bars.suspended).tolist():
        day: dt.date = bars.time[at].item()
        rule = book.limits(
            subject,
            day,
            is_st=bool(bars.is_st[at]),
            list_date=listed,
            trading_day=None if listed is None else at + 1,
            event=events.get((bars.symbol, day)),
        )
        if rule is None:
            raise ValueError(f"the rulebook knows no price limit of {bars.symbol} on {day}")
        found.resumed += at > 0 and bool(bars.suspended[at - 1])
        base = int(ticks["preclose"][at])
        limits = limit_ticks(base, rule)
        if limits is None:
            found.free[rule.row.id] += 1
            continue
        found.limited[rule.row.id] += 1
        up, down = limits
        high, low, close = (int(ticks[name][at]) for name in ("high", "low", "close"))
        if high > up or low < down:
            found.beyond[bars.symbol, day] = (
                f"high {high * tick.size}, low {low * tick.size}, close {close * tick.size}; "
                f"limits {down * tick.size} to {up * tick.size}"
            )
        found.at_limit[rule.row.id] += close in limits
        found.beyond_if_cut += high > _cut(base, rule.up, 1) or low < _cut(base, rule.down, -1)


def _cut(base: int, rate: Decimal | None, sign: int) -> int:
    """Give a limit in ticks, the part of a tick dropped: what a careless program computes."""
    return int(base * (1 + sign * (rate or 0)))


def check_ex_rights(series: Mapping[str, Bars], actions: Iterable[CorporateAction], tick: Decimal) -> ExRightCheck:
    """Compute the previous close of each ex-date from the last close before, and compare with the bars'.

    Only symbols with bars, and ex-dates from the first to the last action, count.
    """
    found = ExRightCheck()
    dated = by_ex_date(action for action in actions if action.symbol in series)
    last = max(action.ex_date for each in dated.values() for action in each)
    for symbol, bars in series.items():
        of_symbol = {action.ex_date: action for action in dated.get(symbol, [])}
        for action in of_symbol.values():
            found.actions += 1
            _check_action(bars, action, tick, found)
        for at in np.flatnonzero(np.abs(bars.preclose[1:] - bars.close[:-1]) > float(tick) / 2) + 1:
            day: dt.date = bars.time[at].item()
            if day <= last and day not in of_symbol:
                found.unannounced[symbol, day] = (
                    f"last close {bars.close[at - 1]:.2f}, previous {bars.preclose[at]:.2f}"
                )
    return found


def _check_action(bars: Bars, action: CorporateAction, tick: Decimal, found: ExRightCheck) -> None:
    key = action.symbol, action.ex_date
    at = int(np.searchsorted(bars.time, np.datetime64(action.ex_date)))
    if at == 0:
        found.no_bars.append(key)
        return
    if at == len(bars) or bars.time[at] != np.datetime64(action.ex_date):
        found.missed[key] = "no bar on the ex-date"
        return
    last, given = _exact(bars.close[at - 1], tick), _exact(bars.preclose[at], tick)
    computed = ex_right_price(last, action, tick)
    if computed != given:
        found.missed[key] = f"{action.words()[0]}: last close {last}, computed {computed}, previous close {given}"
        return
    found.reproduced += 1
    found.kinds["+".join(action.kinds)] += 1
    found.after_suspension += bool(bars.suspended[at] or bars.suspended[at - 1])
    fine = ex_right_price(last, action, Decimal("0.00000001"))
    found.missed_if_cut += fine // tick * tick != given


def _exact(price: float, tick: Decimal) -> Decimal:
    return Decimal(repr(float(price))).quantize(tick, ROUND_HALF_UP)


def read(bars: Path, actions: Path) -> tuple[dict[str, Bars], list[CorporateAction]]:
    """Read both files as an import does. Raise FileRefused, and ValueError when one is of the other kind."""
    today = dt.date.max
    series, listed = (read_file(path, FileOptions(skip_bad_rows=True), today=today) for path in (bars, actions))
    if not isinstance(series, FileReading) or not isinstance(listed, ActionsReading):
        raise ValueError(f"give first a file of daily bars and then one of corporate actions, not {bars} and {actions}")
    return {one.symbol: one for one in series.bars}, listed.actions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both checks and print them; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bars", type=Path, help="daily bars: raw prices with previous closes, ST and trading status")
    parser.add_argument("actions", type=Path, help="corporate actions")
    parser.add_argument("--since", type=dt.date.fromisoformat, default=dt.date(2010, 1, 1), help="of the ex-dates")
    chosen = parser.parse_args(arguments)
    series, actions = read(chosen.bars, chosen.actions)
    limits = check_limits(series.values(), rulebook(), listing_days(series.values()), {})
    ex_rights = check_ex_rights(series, [one for one in actions if one.ex_date >= chosen.since], Decimal("0.01"))
    _print_limits(limits, len(series))
    _print_ex_rights(ex_rights)
    odd = limits.beyond.keys() | ex_rights.missed.keys() | ex_rights.unannounced.keys()
    return 1 if odd - EXPLAINED.keys() else 0


def _print_limits(found: LimitCheck, symbols: int) -> None:
    print(f"price limits: {found.rows:,} rows of {symbols} symbols, {found.suspended:,} of them suspended days")
    for rule, count in (found.limited + found.free).most_common():
        kept = f"{found.at_limit[rule]:,} closes on a limit" if found.limited[rule] else "no limit"
        print(f"  {rule:<24} {count:>9,} rows, {kept}")
    print(f"  {found.resumed:,} rows follow a suspended day")
    print(f"  beyond a limit: {len(found.beyond)}; if limits were cut to the tick: {found.beyond_if_cut:,}")
    _print_rows(found.beyond)


def _print_ex_rights(found: ExRightCheck) -> None:
    print(f"\nex-right prices: {found.actions} ex-dates of these symbols, {len(found.no_bars)} before their first bar")
    print(f"  reproduced to the tick: {found.reproduced}, {found.after_suspension} of them over a suspension")
    for kinds, count in found.kinds.most_common():
        print(f"    {count:>4} {kinds}")
    print(f"  missed: {len(found.missed)}; if prices were cut to the tick: {found.missed_if_cut}")
    _print_rows(found.missed)
    print(f"  previous closes that differ from the last close without an action: {len(found.unannounced)}")
    _print_rows(found.unannounced)


def _print_rows(rows: Mapping[Key, str]) -> None:
    for (symbol, day), numbers in sorted(rows.items(), key=lambda item: item[0][::-1]):
        print(f"    {symbol} {day}: {numbers}\n      {EXPLAINED.get((symbol, day), 'NOT EXPLAINED')}")


if __name__ == "__main__":
    sys.exit(main())
