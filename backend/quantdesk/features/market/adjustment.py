"""The adjustment explorer: one stock's closes on four bases between two days. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.explain import Comparison, Event, Lines, compare, explain
from quantdesk.core.bars.explain_words import event_words, sentences
from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.thin import thin_line
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.rules.rows import RuleText
from quantdesk.features.market.errors import BarsNotStored
from quantdesk.features.market.schemas import (
    AdjustedPrices,
    AdjustedReturns,
    AdjustmentComparison,
    AdjustmentEvent,
    AdjustmentSentence,
    AdjustmentSeries,
)
from quantdesk.ports.bar_store import BarStore, Coverage

_DECIMALS = 6
_LEAST_LINE = 4
"""Points that `thin_line` asks for."""


@dataclass(frozen=True, slots=True)
class AdjustmentQuery:
    symbol: str
    start: dt.date | None = None
    end: dt.date | None = None
    as_of: dt.date | None = None
    max_points: int = 5000

    def etag(self, coverage: Coverage, actions: Sequence[CorporateAction]) -> str:
        """Give the ETag of the answer: of the stored bars, the known actions and the query."""
        text = "\n".join((coverage.etag, repr(self), *map(repr, actions)))
        return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def adjustment_series(store: BarStore, query: AdjustmentQuery, actions: Sequence[CorporateAction]) -> AdjustmentSeries:
    """Explain the stored bars of the query. Raise BarsNotStored.

    Factors and holdings run over the whole history; the range only cuts what is shown.
    """
    bars = store.read(query.symbol, "1d")
    if bars is None or len(bars) == 0:
        raise BarsNotStored(f"no bars of {query.symbol} are stored", symbol=query.symbol)
    lines = explain(bars, actions, query.as_of)
    first = 0 if query.start is None else int(np.searchsorted(lines.time, np.datetime64(query.start), "left"))
    end = len(bars) if query.end is None else int(np.searchsorted(lines.time, np.datetime64(query.end), "right"))
    rows = shown_rows(lines, first, end, query.max_points)
    return AdjustmentSeries(
        symbol=query.symbol,
        as_of=lines.day(lines.anchor),
        time=lines.time[rows].astype("datetime64[D]").tolist(),
        raw=_column(lines.raw, rows),
        qfq=_column(lines.qfq, rows),
        hfq=_column(lines.hfq, rows),
        additive=_column(lines.additive, rows),
        total=max(end - first, 0),
        thinned=len(rows) < end - first,
        first_date=lines.day(0),
        last_date=lines.day(len(bars) - 1),
        compared=_comparison(lines, compare(lines, first, end - 1)) if first < end else None,
    )


def shown_rows(lines: Lines, first: int, end: int, max_points: int) -> NDArray[np.intp]:
    """Give the rows from `first` to before `end` to draw: all, or the extremes of each line and the events' days.

    They are at most `max_points`, unless the events alone (two days each) are more. hfq has the extremes of qfq.
    """
    if end - first <= max_points:
        return np.arange(first, max(first, end), dtype=np.intp)
    events = np.array([event.row for event in lines.events if first < event.row < end], dtype=np.intp)
    room = max((max_points - 2 * len(events)) // 3, _LEAST_LINE)
    kept = [thin_line(line[first:end], room) + first for line in (lines.raw, lines.qfq, lines.additive)]
    return np.unique(np.concatenate([*kept, events, events - 1]))


def _comparison(lines: Lines, compared: Comparison) -> AdjustmentComparison:
    return AdjustmentComparison(
        start=AdjustedPrices(**asdict(compared.start)),
        end=AdjustedPrices(**asdict(compared.end)),
        returns=AdjustedReturns(**asdict(compared.returns)),
        events=[_event(event) for event in compared.events],
        sentences=[
            AdjustmentSentence(topic=told.topic, words=RuleText(zh=told.zh, en=told.en))
            for told in sentences(lines, compared)
        ],
    )


def _event(event: Event) -> AdjustmentEvent:
    zh, en = event_words(event)
    return AdjustmentEvent(
        date=event.date,
        close_before=event.close_before,
        preclose=event.preclose if np.isfinite(event.preclose) else None,
        step=event.step,
        factor_before=event.factor_before,
        factor_after=event.factor_after,
        expected=None if event.expected is None else str(event.expected),
        verdict=event.verdict,
        ex_dates=[action.ex_date for action in event.actions],
        words=RuleText(zh=zh, en=en),
    )


def _column(line: FloatArray, rows: NDArray[np.intp]) -> list[float]:
    numbers: list[float] = np.round(line[rows], _DECIMALS).tolist()
    return numbers
