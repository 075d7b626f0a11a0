"""Stored bars held against a second source: a sample after each refresh, and one symbol on demand."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import random
from collections.abc import Collection, Sequence

from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.symbol import SymbolError, is_simulated
from quantdesk.core.sources.compare import Difference
from quantdesk.features.sources import repository
from quantdesk.features.sources.asking import CrossCheck, Log, cross_check
from quantdesk.features.sources.errors import CrossCheckImpossible
from quantdesk.features.sources.schemas import CrossCheckResult, SourceDifference
from quantdesk.features.sources.tables import SourceCheckRow, SourceDifferenceRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore
from quantdesk.ports.data_source import Request, bars_dataset

DAYS = 60
"""Of the newest stored days so many are compared: one page of any source."""


async def cross_check_sample(
    context: Context,
    symbols: Collection[str],
    on_log: Log = lambda _: None,
    *,
    rng: random.Random | None = None,
) -> list[CrossCheckResult]:
    """Hold some of these symbols' stored daily bars against a second source, and keep where the two differ.

    Call it with the symbols of a run that has just stored them. QD_SOURCES__CROSS_CHECK_SHARE says how many, at least
    one; 0 switches it off. A source that fails costs the check, never the run: it is logged, and a part of its history.
    """
    chosen = sample(symbols, context.settings.sources.cross_check_share, rng or random.Random())  # noqa: S311
    found = []
    for symbol in chosen:
        checked = await _check(context, symbol, on_log)
        if checked is None:
            continue
        found.append(checked)
        if checked.differences:
            on_log(
                f"{symbol}: {checked.first_source} and {checked.second_source} differ in "
                f"{checked.differences} of the values of {checked.bars} bars"
            )
    return found


async def cross_check_one(context: Context, symbol: str) -> CrossCheckResult:
    """Hold one symbol's stored daily bars against another source. Raise CrossCheckImpossible."""
    failures: list[str] = []
    found = await _check(context, symbol, failures.append)
    if found is None:
        why = "; ".join(failures) or "no bars of it are stored that another source has"
        raise CrossCheckImpossible(f"{symbol}: {why}", symbol=symbol)
    return found


def sample(symbols: Collection[str], share: float, rng: random.Random) -> list[str]:
    """Choose that share of the real symbols, at least one; none at a share of 0."""
    real = sorted(symbol for symbol in set(symbols) if not is_simulated(symbol))
    if share <= 0 or not real:
        return []
    return sorted(rng.sample(real, max(1, math.floor(share * len(real)))))


async def list_checks(uow: UnitOfWork, *, cursor: str | None, limit: int) -> Page[CrossCheckResult]:
    """Give the checks, newest first."""
    rows, next_cursor = await repository.page_checks(uow.session, cursor, limit)
    return Page(items=[_result(row) for row in rows], next_cursor=next_cursor)


async def list_differences(
    uow: UnitOfWork, *, symbol: str | None, day: dt.date | None, settled: bool | None, cursor: str | None, limit: int
) -> Page[SourceDifference]:
    """Give where two sources differ, newest first."""
    rows, next_cursor = await repository.page_differences(
        uow.session, symbol=symbol, day=day, settled=settled, cursor=cursor, limit=limit
    )
    columns = [column.key for column in SourceDifferenceRow.__table__.columns if column.key != "check_id"]
    items = [SourceDifference.model_validate({name: getattr(row, name) for name in columns}) for row in rows]
    return Page(items=items, next_cursor=next_cursor)


async def open_differences(uow: UnitOfWork, symbols: Collection[str]) -> dict[str, list[Difference]]:
    """Give where the stored daily bars of these symbols differed from another source when last checked."""
    found: dict[str, list[Difference]] = {}
    for row in await repository.unsettled(uow.session, symbols):
        values = [math.nan if value is None else value for value in (row.first_value, row.second_value)]
        found.setdefault(row.symbol, []).append(Difference(row.symbol, row.day, row.field, *values))
    return found


async def _check(context: Context, symbol: str, on_log: Log) -> CrossCheckResult | None:
    try:
        dataset = bars_dataset(symbol)
    except SymbolError:
        return None
    stored = await asyncio.to_thread(_newest, context.bars, symbol)
    if dataset is None or stored is None or is_simulated(symbol):
        return None
    source, bars = stored
    first, last = bars.time[[0, -1]].astype("datetime64[D]").tolist()
    request = Request(dataset, symbol, "1d", first, last)
    compared = await cross_check(context, request, bars, source, on_log)
    if compared is None:
        return None
    async with context.database.unit() as uow:
        return await _keep(uow, symbol, first, last, compared)


def _newest(store: BarStore, symbol: str) -> tuple[str, Bars] | None:
    """Give the newest stored bars of one source, and the source: bars of two would be told as one's."""
    coverage = store.coverage(symbol, "1d")
    if coverage is None:
        return None
    bars = store.read(symbol, "1d", coverage.last - dt.timedelta(days=DAYS), coverage.last)
    versions = store.provenance(symbol, "1d", coverage.last)
    if bars is None or not len(bars) or not versions:
        return None
    return versions[0].write.source, bars


async def _keep(uow: UnitOfWork, symbol: str, first: dt.date, last: dt.date, compared: CrossCheck) -> CrossCheckResult:
    now = clock.utcnow()
    check = SourceCheckRow(
        id=new_id(),
        symbol=symbol,
        interval="1d",
        first_source=compared.first,
        second_source=compared.second,
        first=first,
        last=last,
        bars=compared.bars,
        differences=len(compared.differences),
        at=now,
    )
    uow.session.add(check)
    await uow.session.flush()
    known = await repository.of_days(uow.session, symbol, "1d", first, last)
    seen = {(one.day, one.field, one.first_source, one.second_source): one for one in known}
    for key, difference in _by_key(compared).items():
        row = seen.pop(key, None)
        if row is None:
            day, field, one_source, other_source = key
            row = SourceDifferenceRow(
                id=new_id(),
                symbol=symbol,
                interval="1d",
                day=day,
                field=field,
                first_source=one_source,
                second_source=other_source,
                found_at=now,
            )
            uow.session.add(row)
        row.check_id, row.settled_at = check.id, None
        row.first_value, row.second_value = _known(difference.first), _known(difference.second)
    for row in seen.values():
        if row.settled_at is None and row.second_source == compared.second:
            row.settled_at = now
    await uow.session.flush()
    return _result(check)


def _by_key(compared: CrossCheck) -> dict[tuple[dt.date, str, str, str], Difference]:
    found = {}
    for one in compared.differences:
        day = one.time.date() if isinstance(one.time, dt.datetime) else one.time
        found[day, one.field, compared.first, compared.second] = one
    return found


def _result(row: SourceCheckRow) -> CrossCheckResult:
    columns: Sequence[str] = [column.key for column in SourceCheckRow.__table__.columns]
    return CrossCheckResult.model_validate({name: getattr(row, name) for name in columns})


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
