"""One small request to a source, to see whether it answers. Blocking; call it off the event loop."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Factors
from quantdesk.features.sources.schemas import SourceTest
from quantdesk.ports.data_source import Answer, DataSource, Request, Table, bars_of
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError

_SMALL: tuple[tuple[Dataset, str | None], ...] = (
    ("stock_daily", "600519.SH"),
    ("index_daily", "000300.SH"),
    ("names", "600519.SH"),
    ("constituents", "000300.SH"),
    ("calendar", None),
    ("instruments", None),
)
"""What is small to ask for, and lasting: the smallest first."""
_DAYS = dt.timedelta(days=14)
"""A span that holds trading days, also after the longest holidays."""


def small_request(source: DataSource, today: dt.date) -> Request | None:
    """Give the smallest thing that the source can be asked for; None where it has nothing small."""
    for dataset, symbol in _SMALL:
        if dataset in source.datasets:
            dated = dataset in ("stock_daily", "index_daily")
            return Request(dataset, symbol, "1d", today - _DAYS if dated else None, today if dated else None)
    return None


def try_request(source: DataSource, request: Request) -> tuple[SourceTest, SourceError | None]:
    """Ask politely, as always: in turn and within the limits; give what came of it."""
    began, started = time.monotonic(), dt.datetime.now(dt.UTC)
    answers: Sequence[Answer] = ()
    error: SourceError | None = None
    rows, first, last = 0, None, None
    try:
        answers = source.fetch(request)
        rows, first, last = _extent(source.parse(request, answers))
    except SourceError as caught:
        error = caught
        source.refuse(answers, caught)
    told = SourceTest(
        source=source.name,
        dataset=request.dataset,
        symbol=request.symbol,
        ok=error is None,
        rows=rows,
        first=first,
        last=last,
        milliseconds=round((time.monotonic() - began) * 1000),
        from_cache=bool(answers) and all(answer.fetched_at < started for answer in answers),
        error_kind=error.kind if error else None,
        message=str(error) if error else None,
    )
    return told, error


def _extent(table: Table) -> tuple[int, dt.date | None, dt.date | None]:
    """Give the number of rows, and the first and last day of what has days."""
    if isinstance(table, list):
        return len(table), None, None
    if isinstance(table, TradingCalendar):
        return len(table), table.first, table.last
    days: Any = table.days if isinstance(table, Factors) else bars_of(table).time.astype("datetime64[D]")
    return len(days), days[0].item() if len(days) else None, days[-1].item() if len(days) else None
