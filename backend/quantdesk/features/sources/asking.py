"""Ask the sources in order, fall to the next, compare two of them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.compare import Difference, differences
from quantdesk.features.sources import history
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import DataSource, Request, Table, bars_of
from quantdesk.ports.datasets import FIRST_ASKED, Dataset
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
    not asked at all. Else the source that has more of the dataset than the others comes first.
    """
    chosen: Sequence[str] = context.settings.sources.order.get(dataset, ())
    names = chosen or (*FIRST_ASKED.get(dataset, ()), *context.sources)
    able = {name: context.sources[name] for name in names if name in context.sources}
    return {name: source for name, source in able.items() if dataset in source.datasets}


def ask(context: Context, request: Request, on_log: Log = lambda _: None) -> Found:
    """Give the table of the first source that can; blocking, and no part of the sources' history: see `asked`.

    Raise the first source's SourceError when none can.
    """
    return _or_first_error(*_try(chain(context, request.dataset), request, on_log), request)


async def asked(
    context: Context, request: Request, on_log: Log = lambda _: None, *, without: Collection[str] = ()
) -> Found:
    """Give the table of the first source that can, `without` some; who failed and who is back is kept and told.

    Raise the first source's SourceError when none can.
    """

    def work() -> tuple[Found | None, list[SourceError]]:
        sources = chain(context, request.dataset)
        return _try({name: sources[name] for name in sources if name not in without}, request, on_log)

    found, failures = await asyncio.to_thread(work)
    await history.note(context, request, found.source if found else None, failures)
    return _or_first_error(found, failures, request)


async def cross_check(
    context: Context, request: Request, bars: Bars, source: str, on_log: Log = lambda _: None
) -> CrossCheck | None:
    """Ask another source than these bars' for the same and compare; None when no other can give them."""
    try:
        other = await asked(context, request, on_log, without=(source,))
    except SourceError as error:
        if error.kind != "unsupported":
            on_log(str(error))
        return None
    return CrossCheck(source, other.source, len(bars), tuple(differences(bars, bars_of(other.table))))


def _try(sources: dict[str, DataSource], request: Request, on_log: Log) -> tuple[Found | None, list[SourceError]]:
    failures: list[SourceError] = []
    for name, source in sources.items():
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
        return Found(table, name, source.parser(request.dataset), fetched_at, tuple(failures)), failures
    return None, failures


def _or_first_error(found: Found | None, failures: list[SourceError], request: Request) -> Found:
    if found is not None:
        return found
    if failures:
        raise failures[0]
    raise SourceError("sources", "unsupported", f"no source is set up that has {request.dataset}")
