"""What happened to the sources is kept, told and over again when they are back; the answers are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import get_args

import httpx
import pytest

from quantdesk.features.sources import history, service
from quantdesk.features.sources.events import TOPIC, SourceAlert
from quantdesk.features.sources.schemas import TROUBLES, SourceEvent
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import Request
from quantdesk.ports.errors import SourceError, SourceKind
from tests.fakes.sources import ScriptedSource

DAILY = Request("stock_daily", "600001.SH", "1d", dt.date(2024, 1, 1), dt.date(2024, 1, 31))
URL = "/api/v1/sources"


@pytest.fixture
def two(context: Context) -> Context:
    return dataclasses.replace(context, sources={"sina": ScriptedSource("sina"), "tencent": ScriptedSource("tencent")})


async def events(context: Context, *, unrecovered: bool = False) -> list[SourceEvent]:
    async with context.database.unit(write=False) as uow:
        page = await service.list_events(uow, source=None, days=30, unrecovered=unrecovered, cursor=None, limit=50)
    return page.items


def failing(context: Context, name: str, kind: SourceKind | None, message: str = "says no") -> None:
    source = context.sources[name]
    assert isinstance(source, ScriptedSource)
    source.error = SourceError(name, kind, message) if kind else None


async def test_a_fail_over_is_kept_with_who_stepped_in_and_ends_when_the_source_is_back(two: Context) -> None:
    failing(two, "sina", "banned", "sina.example turned us away")
    assert (await service.asked(two, DAILY)).source == "tencent"
    (event,) = await events(two)
    assert (event.source, event.dataset, event.error_kind, event.trouble) == ("sina", "stock_daily", "banned", "ban")
    assert (event.host, event.symbol, event.next_source, event.count) == ("sina.example", "600001.SH", "tencent", 1)
    assert event.recovered_at is None
    failing(two, "sina", None)
    assert (await service.asked(two, DAILY)).source == "sina"
    (event,) = await events(two)
    assert event.recovered_at is not None
    assert await events(two, unrecovered=True) == []


async def test_the_same_failure_again_is_one_run_and_another_kind_a_second(two: Context) -> None:
    for kind in ("timeout", "timeout", "changed", "timeout"):
        failing(two, "sina", kind)  # type: ignore[arg-type]  # of the loop's literals
        await service.asked(two, DAILY)
    assert sorted((one.error_kind, one.count) for one in await events(two)) == [("changed", 1), ("timeout", 3)]


async def test_what_follows_from_a_known_failure_and_what_a_source_never_had_are_no_events(two: Context) -> None:
    for kind in ("resting", "unsupported"):
        failing(two, "sina", kind)  # type: ignore[arg-type]
        await service.asked(two, DAILY)
    assert await events(two) == []


async def test_when_no_source_can_the_event_says_that_nobody_stepped_in(two: Context) -> None:
    failing(two, "sina", "changed", "columns\0 moved")
    failing(two, "tencent", "empty")
    with pytest.raises(SourceError) as caught:
        await service.asked(two, DAILY)
    assert caught.value.source == "sina"
    found = {one.source: one for one in await events(two)}
    assert {one.next_source for one in found.values()} == {None}
    assert found["sina"].message == "sina: columns moved"  # PostgreSQL holds no NUL


async def test_each_new_run_and_its_end_are_told_on_the_bus(two: Context) -> None:
    start = await two.events.publish("test", "{}")
    for kind in ("page", "page", None):
        failing(two, "sina", kind)  # type: ignore[arg-type]
        await service.asked(two, DAILY)
    told = [SourceAlert.model_validate_json(one.body).event for one in await two.events.replay({TOPIC}, start)]
    assert [(one.error_kind, one.recovered_at is None) for one in told] == [("page", True), ("page", False)]


async def test_events_past_30_days_are_forgotten(two: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(two, "sina", "timeout")
    await service.asked(two, DAILY)
    await service.purge(two)
    assert len(await events(two)) == 1
    later = clock.utcnow() + history.KEPT + dt.timedelta(minutes=1)
    monkeypatch.setattr(clock, "utcnow", lambda: later)
    await service.purge(two)
    monkeypatch.undo()
    assert await events(two) == []


async def test_the_page_reads_who_is_asked_for_what_and_who_is_off(two: Context, viewer: httpx.AsyncClient) -> None:
    overview = service.overview(two)
    by_name = {one.source: one for one in overview.sources}
    assert [one.source for one in overview.sources[:2]] == ["sina", "tencent"]
    assert (by_name["sina"].state, by_name["sina"].off) == ("ready", None)
    assert (by_name["tushare"].state, by_name["tushare"].off) == ("off", "offline")  # as the tests are
    assert by_name["tdx"].off == "folder_missing"
    assert [(one.dataset, one.sources, one.chosen) for one in overview.chains] == [
        ("stock_daily", ["sina", "tencent"], False)
    ]
    sources = two.settings.sources.model_copy(update={"order": {"stock_daily": ["tencent"]}})
    ordered = dataclasses.replace(two, settings=two.settings.model_copy(update={"sources": sources}))
    told = service.overview(ordered)
    assert [(one.sources, one.chosen) for one in told.chains] == [(["tencent"], True)]
    assert {one.source: one.off for one in told.sources}["sina"] == "not_in_order"
    answer = (await viewer.get(f"{URL}/overview")).json()
    assert answer["cross_check_share"] == 0.02
    assert answer["chains"] == []  # the app of the tests is offline


async def test_a_source_is_tried_with_a_small_request_and_its_history_told(
    context: Context, trader: httpx.AsyncClient, viewer: httpx.AsyncClient
) -> None:
    source = ScriptedSource("sina")
    context.sources["sina"] = source
    answer = await trader.post(f"{URL}/sina/test")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["ok"], answer.json()["symbol"]) == (True, "600519.SH")
    source.error = SourceError("sina", "rate_limited", "too many requests")
    failed = (await trader.post(f"{URL}/sina/test")).json()
    assert (failed["ok"], failed["error_kind"], failed["message"]) == (False, "rate_limited", "sina: too many requests")
    events_ = (await viewer.get(f"{URL}/events", params={"source": "sina"})).json()["items"]
    assert [(one["error_kind"], one["recovered_at"]) for one in events_] == [("rate_limited", None)]
    unknown = await trader.post(f"{URL}/yahoo/test")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "source_not_found")
    assert (await viewer.post(f"{URL}/sina/test")).status_code == 403


def test_each_kind_of_failure_is_a_sign_of_something() -> None:
    assert set(TROUBLES) == set(get_args(SourceKind))
