"""What every quote store promises. Written against the port; each adapter is one parameter of `store`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.quote_store.sqlite import SqliteQuoteStore
from quantdesk.ports.quote_store import Quote, QuoteStore

ADAPTERS: dict[str, Callable[[Path], QuoteStore]] = {"sqlite": lambda path: SqliteQuoteStore(path, days=2)}
MONDAY = dt.date(2026, 1, 5)
OPENING = dt.datetime(2026, 1, 5, 1, 30, tzinfo=dt.UTC)
"""09:30 in Shanghai."""


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[QuoteStore]:
    store = ADAPTERS[request.param](tmp_path / "quotes.db")
    yield store
    await store.close()


def quote(seconds: float, last: float = 10.0, symbol: str = "600519.SH", **more: float) -> Quote:
    return Quote(symbol, OPENING + dt.timedelta(seconds=seconds), last, source="sina", **more)


async def test_an_empty_store_has_nothing(store: QuoteStore) -> None:
    assert await store.latest(["600519.SH"]) == {}
    assert await store.quotes("600519.SH", MONDAY) == []
    assert len(await store.minutes("600519.SH", MONDAY)) == 0
    assert await store.write([]) == 0


async def test_quotes_read_back_as_they_were_oldest_first(store: QuoteStore) -> None:
    full = quote(
        3.125, 10.5, open=10.1, high=11.0, low=10.0, preclose=9.9, volume=1e6, amount=1.05e7, bid=10.49, ask=10.5
    )
    assert await store.write([full, quote(0)]) == 2
    assert await store.quotes("600519.SH", MONDAY) == [quote(0), full]
    assert await store.quotes("000001.SZ", MONDAY) == []
    assert await store.quotes("600519.SH", MONDAY + dt.timedelta(1)) == []


async def test_the_latest_is_the_newest_by_its_instant_not_by_its_coming(store: QuoteStore) -> None:
    await store.write([quote(60, 11.0)])
    await store.write([quote(30, 10.0), quote(0, 5.0, "000001.SZ")])
    found = await store.latest(["600519.SH", "000001.SZ", "999999.SH"])
    assert {symbol: one.last for symbol, one in found.items()} == {"600519.SH": 11.0, "000001.SZ": 5.0}
    many = [f"{number:06d}.SZ" for number in range(1200)] + ["600519.SH"]
    assert set(await store.latest(many)) == {"600519.SH", "000001.SZ"}


async def test_the_same_instant_again_replaces(store: QuoteStore) -> None:
    await store.write([quote(0, 10.0), quote(1, 10.0)])
    assert await store.write([quote(1, 10.2), quote(2, 10.3)]) == 1
    assert [one.last for one in await store.quotes("600519.SH", MONDAY)] == [10.0, 10.2, 10.3]
    assert await store.write([quote(2, 10.4)]) == 0
    assert (await store.latest(["600519.SH"]))["600519.SH"].last == 10.4


async def test_days_beyond_the_ring_are_dropped_and_the_latest_of_a_halted_stock_stays(store: QuoteStore) -> None:
    day = 86_400
    await store.write([quote(0), quote(0, 5.0, "000001.SZ")])
    await store.write([quote(day)])
    assert len(await store.quotes("600519.SH", MONDAY)) == 1
    await store.write([quote(2 * day)])
    assert await store.quotes("600519.SH", MONDAY) == []
    assert len(await store.quotes("600519.SH", MONDAY + dt.timedelta(1))) == 1
    assert (await store.latest(["000001.SZ"]))["000001.SZ"].last == 5.0
    assert await store.write([quote(5)]) == 0  # older than what is kept
    assert await store.quotes("600519.SH", MONDAY) == []


async def test_a_day_is_one_in_shanghai(store: QuoteStore) -> None:
    midnight = dt.datetime(2026, 1, 5, 16, tzinfo=dt.UTC)
    await store.write([replace(quote(0), at=midnight), replace(quote(0), at=midnight - dt.timedelta(milliseconds=1))])
    assert len(await store.quotes("600519.SH", MONDAY)) == 1
    assert len(await store.quotes("600519.SH", MONDAY + dt.timedelta(1))) == 1


async def test_quotes_make_minute_bars(store: QuoteStore) -> None:
    figures = [(3, 10.0, 100.0), (59, 10.4, 300.0), (60, 10.2, 400.0), (61, 10.1, 450.0), (185, 10.3, 460.0)]
    await store.write([quote(at, last, volume=volume, amount=volume * 10) for at, last, volume in figures])
    bars = await store.minutes("600519.SH", MONDAY)
    ends = [OPENING + dt.timedelta(minutes=minute) for minute in (1, 2, 4)]
    assert bars.time.tolist() == [end.replace(tzinfo=None) for end in ends]
    assert bars.interval == "1m"
    np.testing.assert_array_equal(bars.open, [10.0, 10.1, 10.3])
    np.testing.assert_array_equal(bars.high, [10.4, 10.1, 10.3])
    np.testing.assert_array_equal(bars.low, [10.0, 10.1, 10.3])
    np.testing.assert_array_equal(bars.close, [10.2, 10.1, 10.3])
    np.testing.assert_array_equal(bars.volume, [400.0, 50.0, 10.0])
    np.testing.assert_array_equal(bars.amount, [4000.0, 500.0, 100.0])


async def test_minutes_without_a_volume_have_none(store: QuoteStore) -> None:
    await store.write([quote(1), quote(61, volume=50.0), quote(121), quote(181, volume=40.0), quote(241, volume=70.0)])
    bars = await store.minutes("600519.SH", MONDAY)
    np.testing.assert_array_equal(bars.volume, [0.0, 50.0, 0.0, 0.0, 20.0])
    assert np.isnan(bars.amount).all()


async def test_an_instant_without_a_zone_refuses_the_whole_write(store: QuoteStore) -> None:
    naive = replace(quote(0), at=OPENING.replace(tzinfo=None))
    with pytest.raises(ValueError, match=r"600519\.SH.*time zone"):
        await store.write([quote(1), naive])
    assert await store.quotes("600519.SH", MONDAY) == []


async def test_writers_and_readers_at_once_lose_nothing_and_see_whole_writes(store: QuoteStore, tmp_path: Path) -> None:
    other = next(iter(ADAPTERS.values()))(tmp_path / "quotes.db")

    async def write(into: QuoteStore, first: int) -> None:
        for turn in range(first, 40, 2):
            await into.write([quote(turn, symbol=symbol) for symbol in ("600519.SH", "000001.SZ")])

    async def read() -> None:
        for _ in range(40):
            one, two = [len(await store.quotes(symbol, MONDAY)) for symbol in ("600519.SH", "000001.SZ")]
            assert two >= one

    await asyncio.gather(write(store, 0), write(other, 1), read())
    assert len(await other.quotes("600519.SH", MONDAY)) == 40
    await other.close()


async def test_quotes_are_there_after_a_reopening(store: QuoteStore) -> None:
    await store.write([quote(0)])
    await store.close()
    assert len(await store.quotes("600519.SH", MONDAY)) == 1
