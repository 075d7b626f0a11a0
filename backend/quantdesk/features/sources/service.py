"""Ask the sources in order, fall to the next, compare two of them. Blocking: call it off the event loop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.compare import Difference, differences
from quantdesk.core.sources.preclose import ex_right_preclose
from quantdesk.core.sources.tables import Factors
from quantdesk.features.sources.schemas import SourceHealth
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import DataSource, Request, Table, bars_of
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the first source that could gave, and whence: the provenance of a write."""

    table: Table
    source: str
    parser: str
    fetched_at: dt.datetime
    """UTC, of the oldest answer that the table was made of."""
    failures: tuple[SourceError, ...]
    """Of the sources that were asked before."""


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """Where two sources tell the same bars differently."""

    first: str
    second: str
    bars: int
    """Number of bars of the first source that were compared."""
    differences: tuple[Difference, ...]


def chain(context: Context, dataset: Dataset) -> dict[str, DataSource]:
    """Give the sources that have the dataset, in the order in which they are asked.

    The order is that of QD_SOURCES__ORDER for the dataset, where it names any; then a source that it leaves out is
    not asked at all.
    """
    names: Sequence[str] = context.settings.sources.order.get(dataset) or list(context.sources)
    able = {name: context.sources[name] for name in names if name in context.sources}
    return {name: source for name, source in able.items() if dataset in source.datasets}


def ask(context: Context, request: Request, on_log: Log = lambda _: None) -> Found:
    """Give the table of the first source that can. Raise the first source's SourceError when none can."""
    failures: list[SourceError] = []
    for name, source in chain(context, request.dataset).items():
        try:
            answers = source.fetch(request)
            try:
                table = source.parse(request, answers)
            except SourceError as error:
                source.refuse(answers, error)
                raise
        except SourceError as error:
            on_log(str(error))
            failures.append(error)
            continue
        fetched_at = min(answer.fetched_at for answer in answers)
        return Found(table, name, source.parser(request.dataset), fetched_at, tuple(failures))
    if failures:
        raise failures[0]
    raise SourceError("sources", "unsupported", f"no source is set up that has {request.dataset}")


def cross_check(context: Context, request: Request, found: Found, on_log: Log = lambda _: None) -> CrossCheck | None:
    """Ask a second source for the same bars and compare; None when no other source can give them."""
    bars = bars_of(found.table)
    for name, source in chain(context, request.dataset).items():
        if name == found.source:
            continue
        try:
            answers = source.fetch(request)
            other = bars_of(source.parse(request, answers))
        except SourceError as error:
            on_log(str(error))
            continue
        return CrossCheck(found.source, name, len(bars), tuple(differences(bars, other)))
    return None


def with_preclose(context: Context, bars: Bars, on_log: Log = lambda _: None) -> Bars:
    """Give daily bars of a share with the exchange's previous closes, where their source did not give them.

    They are computed from the factors of the first source that has any; without one they stay unknown.
    """
    if not len(bars) or np.isfinite(bars.preclose).any():
        return bars
    try:
        factors = ask(context, Request("factors", bars.symbol), on_log).table
    except SourceError as error:
        on_log(f"no ex-right factors of {bars.symbol}, previous closes stay unknown: {error}")
        return bars
    assert isinstance(factors, Factors)  # noqa: S101 - the dataset's table
    return replace(bars, preclose=ex_right_preclose(bars, factors))


def health(context: Context) -> list[SourceHealth]:
    """Give how each source's hosts have been, in the order of preference."""
    return [
        SourceHealth(source=name, datasets=sorted(source.datasets), hosts=source.health())
        for name, source in context.sources.items()
    ]
