"""A qlib data folder out of stored bars."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.qlib_folder.codes import to_code
from quantdesk.core.qlib_folder.features import on_calendar, to_fields
from quantdesk.core.qlib_folder.layout import (
    ALL,
    CALENDAR,
    encode_calendar,
    encode_feature,
    encode_instruments,
    feature_file,
    instruments_file,
)
from quantdesk.features.exports.engine.columns import Slice, read_slice
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.ports.bar_store import BarStore


def calendar_of(store: BarStore, plan: Plan, tick: Callable[[str], None]) -> TimeArray:
    """Give all days on which any of the symbols has a bar. Blocking; `tick` is told each symbol."""
    days = np.array([], dtype="datetime64[D]")
    for symbol in plan.symbols:
        tick(symbol)
        part = read_slice(store, plan, symbol)
        if part is not None:
            days = np.union1d(days, part.raw.time)
    return days


def feature_files(part: Slice, calendar: TimeArray) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of a symbol's fields."""
    code = to_code(part.raw.symbol)
    for field, values in to_fields(part.raw, part.factor).items():
        yield feature_file(code, field), encode_feature(*on_calendar(part.raw.time, calendar, values))


def index_files(
    plan: Plan, calendar: TimeArray, listed: dict[str, tuple[np.datetime64, np.datetime64]]
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of the calendar and the instruments: all, one file a kind where there are several, groups."""
    yield CALENDAR, encode_calendar(calendar)
    groups: dict[str, tuple[str, ...]] = {ALL: tuple(listed)}
    kinds = {plan.kinds.get(symbol, "stock") for symbol in listed}
    if len(kinds) > 1:
        groups |= {kind: tuple(s for s in listed if plan.kinds.get(s, "stock") == kind) for kind in sorted(kinds)}
    for name, members in {**groups, **plan.groups}.items():
        yield (
            instruments_file(name),
            encode_instruments((to_code(symbol), *listed[symbol]) for symbol in members if symbol in listed),
        )
