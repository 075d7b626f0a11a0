"""Which trading calendar holds for a symbol: the exchanges', or what the stored bars tell. Blocking."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.symbol import SymbolError, is_simulated, kind_of
from quantdesk.core.quality.calendars import observed_calendar
from quantdesk.ports.bar_store import BarStore, Coverage

_SERIES = 60
"""Series that a calendar is read from; an index has a bar on every trading day."""


@cache
def exchange_calendar() -> TradingCalendar | None:
    """Give the calendar of the Chinese exchanges that comes with the akshare package; None without it.

    The file is read as it lies there: the package itself is not imported, which would cost a second and 80 MB.
    """
    found = find_spec("akshare")
    for folder in (found.submodule_search_locations or []) if found is not None else []:
        file = Path(folder) / "file_fold" / "calendar.json"
        if file.is_file():
            days = json.loads(file.read_text(encoding="utf-8"))
            return TradingCalendar.from_dates([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in days])
    return None


def market_calendar(store: BarStore, stored: list[Coverage], *, simulated: bool) -> TradingCalendar | None:
    """Give the calendar of the real or of the simulated market; None where neither file nor bars tell it."""
    if not simulated:
        official = exchange_calendar()
        if official is not None:
            return official
    return observed_calendar(_days(store, [item for item in stored if is_simulated(item.symbol) == simulated]))


def _days(store: BarStore, stored: list[Coverage]) -> list[TimeArray]:
    def weight(item: Coverage) -> tuple[bool, int]:
        try:
            kind = kind_of(item.symbol)
        except SymbolError:
            return False, 0
        return kind == "index", item.rows if kind != "crypto" else 0

    chosen = sorted(stored, key=weight, reverse=True)[:_SERIES]
    read = [store.read(item.symbol, "1d") for item in chosen if weight(item)[1]]
    return [bars.time for bars in read if bars is not None]
