"""Stored bars held against another source: what differs is kept, shown and settled; the sources are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Sequence

import httpx
import pytest

from quantdesk.core.bars.frame import Bars
from quantdesk.features.sources import checking, service
from quantdesk.features.sources.schemas import SourceDifference
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.errors import SourceError
from tests.fakes.made_bars import bars_of
from tests.fakes.sources import ScriptedSource

SYMBOL = "600519.SH"
CLOSES = [10.0, 10.2, 10.1, 10.3, 10.25]
URL = "/api/v1/sources"


def made(closes: Sequence[float] = CLOSES, symbol: str = SYMBOL) -> Bars:
    return bars_of(symbol, closes, start="2024-01-02", opens=[10.0] * len(closes))


@pytest.fixture
def online(context: Context) -> Context:
    context.bars.merge([made()], source="sina", now=clock.utcnow())
    context.sources.update({"sina": ScriptedSource("sina"), "tencent": ScriptedSource("tencent", made())})
    return context


def other_says(context: Context, closes: Sequence[float]) -> None:
    source = context.sources["tencent"]
    assert isinstance(source, ScriptedSource)
    source.bars = made(closes)


async def differences(context: Context, *, settled: bool | None = None) -> list[SourceDifference]:
    async with context.database.unit(write=False) as uow:
        page = await service.list_differences(uow, symbol=None, day=None, settled=settled, cursor=None, limit=50)
    return page.items


async def test_a_sample_is_compared_with_another_source_than_the_stored_ones(online: Context) -> None:
    other_says(online, [10.0, 10.2, 10.15, 10.3, 10.25])
    logged: list[str] = []
    (checked,) = await service.cross_check_sample(online, [SYMBOL], logged.append)
    assert (checked.first_source, checked.second_source, checked.bars) == ("sina", "tencent", 5)
    fields = {(one.day, one.field, one.first_value, one.second_value) for one in await differences(online)}
    assert (dt.date(2024, 1, 4), "close", 10.1, 10.15) in fields
    assert checked.differences == len(fields)
    assert logged == [f"{SYMBOL}: sina and tencent differ in {len(fields)} of the values of 5 bars"]


async def test_a_difference_is_settled_when_a_later_check_no_longer_sees_it_and_open_again_when_it_does(
    online: Context,
) -> None:
    wrong = [10.0, 10.2, 10.15, 10.3, 10.25]
    for closes, still in ((wrong, True), (CLOSES, False), (wrong, True)):
        other_says(online, closes)
        await service.cross_check_one(online, SYMBOL)
        found = await differences(online)
        assert {one.settled_at is None for one in found} == {still}
    assert len(await differences(online, settled=True)) == 0
    assert len({one.day for one in await differences(online)}) == 1


async def test_a_source_that_fails_costs_the_check_and_not_the_run(online: Context) -> None:
    source = online.sources["tencent"]
    assert isinstance(source, ScriptedSource)
    source.error = SourceError("tencent", "banned", "no")
    logged: list[str] = []
    assert await service.cross_check_sample(online, [SYMBOL], logged.append) == []
    assert logged[0] == "tencent: no"
    async with online.database.unit(write=False) as uow:
        events = await service.list_events(uow, source=None, days=1, unrecovered=True, cursor=None, limit=5)
    assert [one.source for one in events.items] == ["tencent"]


def test_the_sample_has_the_share_that_is_set_and_at_least_one_but_nothing_simulated() -> None:
    symbols = [f"6000{at:02}.SH" for at in range(100)]
    rng = random.Random(1)  # noqa: S311 - chooses, guards nothing
    assert len(checking.sample([*symbols, "600001.DEMO"], 0.05, rng)) == 5
    assert len(checking.sample(symbols[:3], 0.02, rng)) == 1
    assert checking.sample(symbols, 0, rng) == []
    assert checking.sample(["600001.DEMO"], 1, rng) == []
    assert checking.sample(symbols[:4], 1, rng) == symbols[:4]


async def test_the_quality_report_tells_differences_until_the_bar_is_corrected(
    online: Context, trader: httpx.AsyncClient
) -> None:
    other_says(online, [10.0, 10.2, 10.15, 10.3, 10.25])
    checked = await trader.post(f"{URL}/checks", json={"symbol": SYMBOL.lower()})
    assert checked.status_code == 200, checked.text
    url = f"/api/v1/data/quality/symbols/{SYMBOL}"
    (finding,) = [one for one in (await trader.get(url)).json()["findings"] if one["kind"] == "cross_source"]
    assert (finding["date"], finding["field"], finding["value"], finding["expected"]) == (
        "2024-01-04", "close", 10.1, 10.15,
    )  # fmt: skip
    online.bars.merge([made([10.0, 10.2, 10.15, 10.3, 10.25])], source="tencent", now=clock.utcnow())
    kinds = {one["kind"] for one in (await trader.get(url)).json()["findings"]}
    assert "cross_source" not in kinds


async def test_a_day_that_only_the_other_source_has_is_told(online: Context, trader: httpx.AsyncClient) -> None:
    whole = made()
    online.bars.remove(SYMBOL, "1d", whole.time[2:3], now=clock.utcnow())
    await service.cross_check_one(online, SYMBOL)
    found = (await trader.get(f"/api/v1/data/quality/symbols/{SYMBOL}")).json()["findings"]
    assert [(one["date"], one["expected"]) for one in found if one["kind"] == "cross_absent"] == [("2024-01-04", 10.1)]


async def test_checks_and_differences_are_read_page_by_page(
    online: Context, viewer: httpx.AsyncClient, trader: httpx.AsyncClient
) -> None:
    other_says(online, [10.0, 10.25, 10.15, 10.3, 10.25])
    for _ in range(2):
        await service.cross_check_one(online, SYMBOL)
    page = (await viewer.get(f"{URL}/checks", params={"limit": 1})).json()
    assert (len(page["items"]), page["next_cursor"] is None) == (1, False)
    day = {"symbol": SYMBOL, "day": "2024-01-03"}
    rows = (await viewer.get(f"{URL}/differences", params=day)).json()["items"]
    assert {one["day"] for one in rows} == {"2024-01-03"}
    assert "close" in {one["field"] for one in rows}
    assert (await viewer.get(f"{URL}/differences", params={"settled": "true"})).json()["items"] == []
    assert (await viewer.post(f"{URL}/checks", json={"symbol": SYMBOL})).status_code == 403
    online.bars.merge([made(symbol="600001.DEMO")], source="demo", now=clock.utcnow())
    for symbol in ("000001.SZ", "???", "600001.DEMO"):
        refused = await trader.post(f"{URL}/checks", json={"symbol": symbol})
        assert (refused.status_code, refused.json()["code"]) == (409, "cross_check_impossible")


async def test_nobody_is_asked_when_the_share_is_zero(online: Context) -> None:
    sources = online.settings.sources.model_copy(update={"cross_check_share": 0.0})
    quiet = dataclasses.replace(online, settings=online.settings.model_copy(update={"sources": sources}))
    assert await service.cross_check_sample(quiet, [SYMBOL]) == []
    asked = online.sources["tencent"]
    assert isinstance(asked, ScriptedSource)
    assert asked.asked == []
