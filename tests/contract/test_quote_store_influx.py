"""The quote store on InfluxDB: what goes wrong with a server, and what is sent to it. Against the stand-in only."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from quantdesk.adapters.quote_store.influx import InfluxQuoteStore, line
from quantdesk.ports.errors import PortError, StoreFull
from quantdesk.ports.quote_store import Quote
from tests.contract.test_quote_store_contract import DAY, OPENING, quote
from tests.fakes.influx import ORG, TOKEN, InfluxStandIn, Refused, answer, parse_lines


def options(server: InfluxStandIn, **changes: Any) -> dict[str, Any]:
    return {"url": server.url, "token": TOKEN, "org": ORG, "bucket": "quotes", "days": 2, **changes}


@pytest.fixture
async def store(influx_fake: InfluxStandIn) -> AsyncIterator[InfluxQuoteStore]:
    store = InfluxQuoteStore(**options(influx_fake))
    yield store
    await store.close()


async def test_the_ring_s_bucket_forgets_by_itself_and_the_other_one_never(
    store: InfluxQuoteStore, influx_fake: InfluxStandIn
) -> None:
    await store.write([quote(0)])
    assert {name: one.seconds for name, one in influx_fake.buckets.items()} == {
        "quotes": (2 + 7) * 86_400,
        "quotes-latest": 0,
    }


async def test_a_server_that_is_not_there_is_named_and_asked_again(influx_fake: InfluxStandIn) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = InfluxQuoteStore(**options(influx_fake, url=f"http://127.0.0.1:{free.getsockname()[1]}"))
        for attempt in (store.write([quote(0)]), store.latest(["x"]), store.quotes("x", DAY), store.minutes("x", DAY)):
            with pytest.raises(PortError, match=r"does not answer.*QD_QUOTES__URL"):
                await attempt
        await store.close()


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ((503, "busy"), PortError, "answers 503|does not answer"),
        ((507, "no space left on device"), StoreFull, "is full"),
        ((500, "broken"), PortError, "answers 500: broken"),
        ((422, "points beyond retention policy"), PortError, "retention"),
    ],
)
async def test_a_refused_write_is_told_and_the_next_one_works(
    store: InfluxQuoteStore, influx_fake: InfluxStandIn, fault: tuple[int, str], kind: type[PortError], said: str
) -> None:
    await store.write([quote(0)])
    influx_fake.fault = lambda method, path: fault if path == "/api/v2/write" else None
    with pytest.raises(kind, match=said):
        await store.write([quote(1)])
    influx_fake.fault = lambda method, path: None
    await store.write([quote(2)])
    assert await store.quotes("600519.SH", DAY) == [quote(0), quote(2)]


async def test_a_wrong_token_and_a_wrong_organisation_say_which_setting(influx_fake: InfluxStandIn) -> None:
    for change, said in (({"token": "other"}, "QD_QUOTES__TOKEN"), ({"org": "other"}, "QD_QUOTES__ORG")):
        store = InfluxQuoteStore(**options(influx_fake, **change))
        with pytest.raises(PortError, match=said) as raised:
            await store.write([quote(0)])
        assert TOKEN not in str(raised.value)
        await store.close()


async def test_a_large_write_goes_in_requests_of_ten_thousand(
    store: InfluxQuoteStore, influx_fake: InfluxStandIn
) -> None:
    await store.write([quote(0, symbol=f"{number:06d}.SZ") for number in range(25_000)])
    assert influx_fake.requests.count("POST /api/v2/write") == 3
    assert len(await store.latest([f"{number:06d}.SZ" for number in range(25_000)])) == 25_000


async def test_the_end_of_a_day_in_the_ring_is_cut_to_the_millisecond(store: InfluxQuoteStore) -> None:
    midnight = dt.datetime.combine(DAY, dt.time(16), dt.UTC)
    before = Quote("600519.SH", midnight - dt.timedelta(milliseconds=1), 1.0)
    after = Quote("600519.SH", midnight, 2.0)
    await store.write([before, after])
    await store.write([quote(2 * 86_400)])
    assert await store.quotes("600519.SH", DAY) == []
    assert await store.quotes("600519.SH", DAY + dt.timedelta(1)) == [after]


async def test_an_older_figure_does_not_show_in_a_newer_quote(store: InfluxQuoteStore) -> None:
    await store.write([quote(0, bid=9.9), quote(3)])
    assert await store.latest(["600519.SH"]) == {"600519.SH": quote(3)}


def test_a_line_is_what_the_protocol_says() -> None:
    one = Quote("a b", OPENING, 10.5, volume=3.0, source='say "\\"')
    at = int(OPENING.timestamp() * 1000)
    text = line(one)
    assert text == f'quotes,symbol=a%20b last=10.5,volume=3.0,source="say \\"\\\\\\"",said=33i,at={at}i {at}'
    [(measurement, tags, fields, instant)] = parse_lines(text, 1_000_000)
    assert (measurement, tags, instant) == ("quotes", (("symbol", "a%20b"),), at * 1_000_000)
    assert fields == {"last": 10.5, "volume": 3.0, "source": 'say "\\"', "said": 33, "at": at}


@pytest.mark.parametrize(
    "body",
    [
        "quotes last=1",
        "quotes,symbol= last=1 1",
        "quotes,symbol=a last= 1",
        "quotes,symbol=a b last=1 1",
        "quotes 1",
        "x",
        'quotes,symbol=a source="open 1',
        "quotes,symbol=a last=NaN 1",
        "quotes,symbol=a,symbol=b last=1 1",
    ],
)
def test_the_stand_in_takes_no_line_that_the_protocol_does_not_know(body: str) -> None:
    with pytest.raises(Refused):
        list(parse_lines(body, 1))


@pytest.mark.parametrize("query", ['from(bucket: "quotes") |> range(start: -1h)', "", "buckets()"])
def test_the_stand_in_answers_no_query_that_it_does_not_know(query: str) -> None:
    with pytest.raises(Refused, match="does not know"):
        answer(query, {})
