"""What every quote store promises. Written against the port; each adapter is one parameter of `store`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.quote_store.influx import InfluxQuoteStore
from quantdesk.adapters.quote_store.sqlite import SqliteQuoteStore
from quantdesk.ports.quote_store import Quote, QuoteStore

Open = Callable[[], QuoteStore]
OPENING = dt.datetime.combine(dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3), dt.time(1, 30), dt.UTC)
"""09:30 in Shanghai, of a day so near that no server drops it for its age."""
DAY = OPENING.date()


@pytest.fixture(params=["sqlite", "influx"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same store again and again."""
    if request.param == "sqlite":
        return lambda: SqliteQuoteStore(tmp_path / "quotes.db", days=2)
    options = request.getfixturevalue("influx").options()
    return lambda: InfluxQuoteStore(**options, days=2)


@pytest.fixture
async def store(opening: Open) -> AsyncIterator[QuoteStore]:
    store = opening()
    yield store
    await store.close()


def quote(seconds: float, last: float = 10.0, symbol: str = "600519.SH", **more: float) -> Quote:
    return Quote(symbol, OPENING + dt.timedelta(seconds=seconds), last, source="sina", **more)


async def test_an_empty_store_has_nothing(store: QuoteStore) -> None:
    assert await store.latest(["600519.SH"]) == {}
    assert await store.quotes("600519.SH", DAY) == []
    assert len(await store.minutes("600519.SH", DAY)) == 0
    await store.write([])


async def test_quotes_read_back_as_they_were_oldest_first(store: QuoteStore) -> None:
    full = quote(
        3.125, 10.5, open=10.1, high=11.0, low=10.0, preclose=9.9, volume=1e6, amount=1.05e7, bid=10.49, ask=10.5
    )
    await store.write([full, quote(0)])
    assert await store.quotes("600519.SH", DAY) == [quote(0), full]
    assert await store.quotes("000001.SZ", DAY) == []
    assert await store.quotes("600519.SH", DAY + dt.timedelta(1)) == []


async def test_the_latest_is_the_newest_by_its_instant_not_by_its_coming(store: QuoteStore) -> None:
    await store.write([quote(60, 11.0)])
    await store.write([quote(30, 10.0), quote(0, 5.0, "000001.SZ")])
    found = await store.latest(["600519.SH", "000001.SZ", "999999.SH"])
    assert {symbol: one.last for symbol, one in found.items()} == {"600519.SH": 11.0, "000001.SZ": 5.0}
    many = [f"{number:06d}.SZ" for number in range(1200)] + ["600519.SH"]
    assert set(await store.latest(many)) == {"600519.SH", "000001.SZ"}


async def test_the_same_instant_again_replaces(store: QuoteStore) -> None:
    await store.write([quote(0, 10.0), quote(1, 10.0)])
    await store.write([quote(1, 10.2), quote(2, 10.3)])
    assert [one.last for one in await store.quotes("600519.SH", DAY)] == [10.0, 10.2, 10.3]
    await store.write([quote(2, 10.4, bid=10.3), quote(2, 10.5)])
    assert await store.latest(["600519.SH"]) == {"600519.SH": quote(2, 10.5)}, "nothing of the replaced one is left"


async def test_days_beyond_the_ring_are_dropped_and_the_latest_of_a_halted_stock_stays(store: QuoteStore) -> None:
    day = 86_400
    await store.write([quote(0), quote(0, 5.0, "000001.SZ")])
    await store.write([quote(day)])
    assert len(await store.quotes("600519.SH", DAY)) == 1
    await store.write([quote(2 * day)])
    assert await store.quotes("600519.SH", DAY) == []
    assert len(await store.quotes("600519.SH", DAY + dt.timedelta(1))) == 1
    assert (await store.latest(["000001.SZ"]))["000001.SZ"].last == 5.0
    await store.write([quote(5)])  # older than what is kept
    assert await store.quotes("600519.SH", DAY) == []


async def test_a_day_is_one_in_shanghai(store: QuoteStore) -> None:
    midnight = dt.datetime.combine(DAY, dt.time(16), dt.UTC)
    await store.write([replace(quote(0), at=midnight), replace(quote(0), at=midnight - dt.timedelta(milliseconds=1))])
    assert len(await store.quotes("600519.SH", DAY)) == 1
    assert len(await store.quotes("600519.SH", DAY + dt.timedelta(1))) == 1


async def test_quotes_make_minute_bars(store: QuoteStore) -> None:
    figures = [(3, 10.0, 100.0), (59, 10.4, 300.0), (60, 10.2, 400.0), (61, 10.1, 450.0), (185, 10.3, 460.0)]
    await store.write([quote(at, last, volume=volume, amount=volume * 10) for at, last, volume in figures])
    bars = await store.minutes("600519.SH", DAY)
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
    bars = await store.minutes("600519.SH", DAY)
    np.testing.assert_array_equal(bars.volume, [0.0, 50.0, 0.0, 0.0, 20.0])
    assert np.isnan(bars.amount).all()


async def test_one_quote_that_is_none_refuses_the_whole_write(store: QuoteStore) -> None:
    naive = replace(quote(0), at=OPENING.replace(tzinfo=None))
    for wrong, said in (
        (naive, r"600519\.SH.*time zone"),
        (quote(0, float("nan")), "last"),
        (quote(0, symbol=""), "symbol"),
    ):
        with pytest.raises(ValueError, match=said):
            await store.write([quote(1), wrong])
    assert await store.quotes("600519.SH", DAY) == []


async def test_figures_that_are_no_number_are_not_said(store: QuoteStore) -> None:
    await store.write([quote(0, bid=float("nan"), ask=float("inf"), volume=0.0)])
    assert await store.quotes("600519.SH", DAY) == [quote(0, volume=0.0)]


@pytest.mark.parametrize(
    "name",
    [
        "a,b=c d",
        "back\\",
        '\\"',
        'x" or r.symbol != "',
        "${secret}",
        "line\nquotes,symbol=600519.SH last=1 1",
        "贵州茅台",
        "%2C",
        "t\tab",
        "nul\0",
        ".",
        "' OR 1=1 --",
    ],
)
async def test_a_hostile_name_is_nothing_but_a_name(store: QuoteStore, name: str) -> None:
    odd = replace(quote(0, 7.0), symbol=name, source=name.replace("\0", ""))
    await store.write([odd, quote(0)])
    assert await store.quotes(name, DAY) == [odd]
    assert await store.latest([name, "600519.SH"]) == {name: odd, "600519.SH": quote(0)}
    assert await store.quotes("600519.SH", DAY) == [quote(0)]


async def test_writers_and_readers_at_once_lose_nothing_and_see_whole_writes(store: QuoteStore, opening: Open) -> None:
    other = opening()

    async def write(into: QuoteStore, first: int) -> None:
        for turn in range(first, 40, 2):
            await into.write([quote(turn, symbol=symbol) for symbol in ("600519.SH", "000001.SZ")])

    async def read() -> None:
        for _ in range(40):
            one, two = [len(await store.quotes(symbol, DAY)) for symbol in ("600519.SH", "000001.SZ")]
            assert two >= one

    await asyncio.gather(write(store, 0), write(other, 1), read())
    assert len(await other.quotes("600519.SH", DAY)) == 40
    await other.close()


async def test_quotes_are_there_after_a_reopening(store: QuoteStore, opening: Open) -> None:
    await store.write([quote(0)])
    await store.close()
    assert len(await store.quotes("600519.SH", DAY)) == 1
    again = opening()
    assert len(await again.quotes("600519.SH", DAY)) == 1
    await again.close()


async def test_the_ring_goes_on_where_another_process_left_it(store: QuoteStore, opening: Open) -> None:
    await store.write([quote(2 * 86_400)])
    again = opening()
    await again.write([quote(0), quote(86_400)])
    assert await again.quotes("600519.SH", DAY) == []
    assert len(await again.quotes("600519.SH", DAY + dt.timedelta(1))) == 1
    await again.close()
