"""Tables besides bars in the store: what was known when, who brought it, and what a failed or a raced write leaves."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import pytest

from quantdesk.core.sources.records import LimitUp, StatementItem, ValuationDay
from quantdesk.core.sources.tables import NameRecord
from quantdesk.features.datasets import service
from quantdesk.features.datasets.errors import TableBusy, TableNotStored, TableRefused
from quantdesk.features.datasets.schemas import Receipt
from quantdesk.kit.context import Context
from quantdesk.ports.blob_store import BlobStore
from quantdesk.ports.errors import StoreCorrupt, StoreFull
from tests.fakes.clock import FakeClock

MAOTAI = "600519.SH"
FETCHED = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HOUR = dt.timedelta(hours=1)


def valued(day: int, pe: float | None, symbol: str = MAOTAI) -> ValuationDay:
    when = dt.date(2010, 1, 1) + dt.timedelta(days=day)
    return ValuationDay(symbol, when, 10.0 + day, 1e9 + day, None, 1e8, None, pe, pe, 1.5, 2.5, None, None)


async def store(context: Context, rows: Sequence[Any], partition: str = MAOTAI, **options: Any) -> Receipt:
    told = {"source": "made", "parser": "made.valuation/1", "fetched_at": FETCHED, **options}
    async with context.database.unit() as uow:
        return await service.store(uow, context, told.pop("dataset", "valuation"), partition, rows, **told)


async def read(context: Context, as_of: dt.datetime | None = None, partition: str = MAOTAI) -> list[ValuationDay]:
    async with context.database.unit(write=False) as uow:
        return await service.rows(uow, context, "valuation", partition, as_of=as_of)


async def test_a_correction_supersedes_and_the_past_can_be_read_as_it_was_known(
    context: Context, clock: FakeClock
) -> None:
    assert await store(context, [valued(0, 20), valued(1, 21)]) == Receipt(2, 0, 0, 0)
    first = clock.utcnow()
    clock.advance(hours=1)
    corrected = [valued(1, 22), valued(2, 23)]
    assert await store(context, corrected, source="other", fetched_at=FETCHED + HOUR) == Receipt(1, 1, 0, 0)
    assert await read(context) == [valued(0, 20), *corrected]
    assert await read(context, first) == [valued(0, 20), valued(1, 21)]
    assert await read(context, first - dt.timedelta(seconds=1)) == []
    async with context.database.unit(write=False) as uow:
        versions = await service.provenance(uow, context, "valuation", MAOTAI, (valued(1, 0).day,))
        info = await service.partition(uow, "valuation", MAOTAI)
        assert [one.partition for one in await service.partitions(uow, "valuation")] == [MAOTAI]
    assert [(one.row, one.source, one.fetched_at) for one in versions] == [
        (corrected[0], "other", FETCHED + HOUR),
        (valued(1, 21), "made", FETCHED),
    ]
    assert [(one.known_from, one.known_until) for one in versions] == [
        (clock.utcnow(), None),
        (first, clock.utcnow()),
    ]
    assert info is not None
    assert (info.rows, info.source, info.first, info.last) == (3, "other", valued(0, 0).day, valued(2, 0).day)


async def test_a_look_that_finds_nothing_new_writes_no_file_and_is_remembered(context: Context) -> None:
    await store(context, [valued(0, 20)])
    files = await context.blobs.keys("tables/")
    assert (await store(context, [valued(0, 20)], source="other", fetched_at=FETCHED + HOUR)).changed == 0
    await store(context, [], fetched_at=FETCHED)  # an older look changes nothing
    async with context.database.unit(write=False) as uow:
        info = await service.partition(uow, "valuation", MAOTAI)
    assert info is not None
    assert (info.source, info.fetched_at, info.checked_at) == ("made", FETCHED, FETCHED + HOUR)
    assert await context.blobs.keys("tables/") == files


async def test_that_a_symbol_has_none_is_known_too(context: Context) -> None:
    assert (await store(context, [], dataset="dividends", complete=True)).changed == 0
    async with context.database.unit(write=False) as uow:
        info = await service.partition(uow, "dividends", MAOTAI)
        assert await service.rows(uow, context, "dividends", MAOTAI) == []
        assert await service.rows(uow, context, "dividends", "000001.SZ") == []
        with pytest.raises(TableNotStored):
            await service.provenance(uow, context, "dividends", "000001.SZ", (None, None))
    assert info is not None
    assert (info.rows, info.first, info.checked_at) == (0, None, FETCHED)


async def test_a_whole_list_ends_what_it_lacks_but_an_empty_one_never_does(context: Context) -> None:
    names = [NameRecord(MAOTAI, name, order, None) for order, name in enumerate(("贵州茅台", "G茅台", "贵州茅台"))]
    assert await store(context, names, dataset="names", complete=True) == Receipt(3, 0, 0, 0)
    assert await store(context, names[:1], dataset="names", complete=True) == Receipt(0, 0, 2, 1)
    assert await store(context, names[1:], dataset="names") == Receipt(2, 0, 0, 0)
    with pytest.raises(TableRefused, match="made has no names of 600519"):
        await store(context, [], dataset="names", complete=True)


async def test_a_days_list_ends_only_rows_of_that_day(context: Context) -> None:
    def hit(day: int, symbol: str) -> LimitUp:
        return LimitUp(dt.date(2026, 1, day), symbol, "甲", 11.0, None, "09:25:00", None, 0, 1, None)

    rows = [hit(5, "000001.SZ"), hit(6, "000001.SZ"), hit(6, MAOTAI)]
    await store(context, rows, "2026", dataset="limit_up_pool")
    span = (dt.date(2026, 1, 6), dt.date(2026, 1, 6))
    receipt = await store(context, rows[2:], "2026", dataset="limit_up_pool", complete=True, between=span)
    assert receipt == Receipt(0, 0, 1, 1)
    assert await store(context, [], "2026", dataset="limit_up_pool", complete=True, between=span) == Receipt(0, 0, 1, 0)


async def test_rows_that_do_not_belong_leave_nothing_behind(context: Context) -> None:
    await store(context, [valued(0, 20)])
    before = (await read(context), await context.blobs.keys())
    for rows in (
        [valued(1, 21), valued(2, 22, "000001.SZ")],
        [valued(1, 21), valued(1, 22)],
        [StatementItem(MAOTAI, "income", dt.date(2025, 12, 31), dt.date(2026, 3, 1), "revenue", 1.0)],
    ):
        with pytest.raises(TableRefused):
            await store(context, rows)
    for name in ("../x", "a/b", "", "x" * 41, "\x00", ".a"):
        with pytest.raises(TableRefused, match="cannot name a part"):
            await store(context, [], name)
    assert (await read(context), await context.blobs.keys()) == before


async def test_a_transaction_that_fails_after_the_file_leaves_the_old_state_and_its_file_is_swept(
    context: Context, clock: FakeClock
) -> None:
    await store(context, [valued(0, 20)])
    used = await context.blobs.keys("tables/")

    async def killed() -> None:
        async with context.database.unit() as uow:
            await service.store(
                uow, context, "valuation", MAOTAI, [valued(0, 99)], source="made", parser="p/1", fetched_at=FETCHED
            )
            assert await service.rows(uow, context, "valuation", MAOTAI) == [valued(0, 99)]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await killed()
    assert await read(context) == [valued(0, 20)]
    assert len(await context.blobs.keys("tables/")) == 2
    assert await service.sweep(context) == 0  # the commit might still be under way
    clock.advance(hours=2)
    assert await service.sweep(context) == 1
    assert await context.blobs.keys("tables/") == used
    assert await read(context) == [valued(0, 20)]


async def test_superseded_files_stay_for_their_readers_and_go_later(context: Context, clock: FakeClock) -> None:
    for pe in range(4):
        clock.advance(minutes=20)
        await store(context, [valued(0, pe)])
    assert len(await context.blobs.keys("tables/")) == 4
    clock.advance(minutes=25)
    assert await service.sweep(context) == 1  # superseded 65 minutes ago; the others 45 and 25
    clock.advance(hours=1)
    assert (await service.sweep(context), await service.sweep(context)) == (2, 0)
    assert await read(context) == [valued(0, 3)]


async def test_two_writers_of_one_part_both_count(context: Context) -> None:
    await store(context, [valued(0, 1)])
    both = asyncio.Barrier(2)

    async def write(day: int) -> None:
        await both.wait()
        for at in range(5):
            await store(context, [valued(day + at, day)])

    await asyncio.gather(write(10), write(20))
    days = [0, *range(10, 15), *range(20, 25)]
    assert [row.day for row in await read(context)] == [valued(day, 0).day for day in days]


async def test_two_first_writers_of_one_part_both_count(context: Context) -> None:
    symbols = [f"60000{at}.SH" for at in range(4)]
    await asyncio.gather(*(store(context, [valued(at, 1, one)], one) for one in symbols for at in (0, 1)))
    for one in symbols:
        assert len(await read(context, partition=one)) == 2


class Meddling:
    """A blob store during whose puts somebody else changes the part."""

    def __init__(self, blobs: BlobStore, context: Context, times: int) -> None:
        self._blobs, self._context, self._times = blobs, context, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    async def put(self, key: str, data: bytes, *, content_type: str = "") -> None:
        await self._blobs.put(key, data)
        if self._times:
            self._times -= 1
            await store(self._context, [valued(100 + self._times, 7)])


@pytest.mark.parametrize("database_kind", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_a_part_that_changed_since_it_was_read_is_merged_anew(context: Context) -> None:
    # On SQLite nobody else can write meanwhile: writers queue from their first statement on.
    await store(context, [valued(0, 20)])
    meddled = dataclasses.replace(context, blobs=Meddling(context.blobs, context, 2))
    await store(meddled, [valued(1, 21)])
    assert [row.pe_ttm for row in await read(context)] == [20, 21, 7, 7]
    assert len(await context.blobs.keys("tables/")) == 4  # the files of the two lost races are gone
    with pytest.raises(TableBusy, match="changed 8 times"):
        await store(dataclasses.replace(context, blobs=Meddling(context.blobs, context, 50)), [valued(2, 22)])


class Full:
    """A blob store without room."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    async def put(self, key: str, data: bytes, *, content_type: str = "") -> None:
        raise StoreFull(f"no space left to write {key}")


@ON_ONE
async def test_a_full_disk_and_a_lost_file_are_told(context: Context) -> None:
    await store(context, [valued(0, 20)])
    with pytest.raises(StoreFull):
        await store(dataclasses.replace(context, blobs=Full(context.blobs)), [valued(1, 21)])
    assert await read(context) == [valued(0, 20)]
    (key,) = await context.blobs.keys("tables/")
    await context.blobs.put(key, b"PAR1 or not")
    with pytest.raises(StoreCorrupt, match=r"restore tables/valuation/600519\.SH/"):
        await read(context)


@ON_ONE
async def test_twelve_years_of_a_days_figures_are_merged_and_read_at_once(context: Context) -> None:
    rows = [valued(day, 20 + day % 7) for day in range(3_000)]
    await store(context, rows)
    begin = time.perf_counter()
    assert (await store(context, [*rows, valued(3_000, 9)])).inserted == 1
    assert len(await read(context)) == 3_001
    assert time.perf_counter() - begin < 1.0  # 0.1 s on a quiet machine
