"""Checks, coverage, quarantine and repair over HTTP, on a real database and a real bar store."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pytest

from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.market import service as market
from quantdesk.features.quality import calendars, repairs
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk.ports.errors import SourceError
from quantdesk_worker.handlers import find_handler
from tests.core.quality.planting import changed
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk

URL = "/api/v1/data/quality"
NOW = dt.datetime(2018, 6, 1, tzinfo=dt.UTC)
SOUND, ODD = "600001.SH", "000002.SZ"
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def made(symbol: str, seed: int) -> Bars:
    """Give 200 weekdays without a fault."""
    bars = random_walk(symbol, 200, seed=seed, start="2017-01-03")
    volume = bars.volume + np.arange(200)
    high, low = np.ceil(bars.high * 100) / 100, np.floor(bars.low * 100) / 100
    return replace(bars, high=np.round(high, 2), low=np.round(low, 2), volume=volume, amount=volume * bars.close)


@pytest.fixture(autouse=True)
def weekdays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every weekday for a trading day, and the day after the last bar for today."""
    days = TradingCalendar.from_dates(np.busday_offset(np.datetime64("2016-12-30"), np.arange(1000)))
    monkeypatch.setattr(calendars, "exchange_calendar", lambda: days)
    monkeypatch.setattr(clock, "today", lambda: made(SOUND, 1).time[-1].item() + dt.timedelta(days=1))


@pytest.fixture
async def stored(context: Context) -> Bars:
    """Two stocks, one with a close of zero, a missing day and a previous close that fits nothing; give the odd one."""
    odd = made(ODD, 2)
    wrong = changed(odd, 50, close=0.0)
    wrong = changed(wrong, 120, preclose=round(float(odd.preclose[120]) + 0.01, 2))
    wrong = wrong.take(np.arange(200) != 90)
    context.bars.merge([made(SOUND, 1), wrong], source="import", now=NOW)
    async with context.database.unit() as uow:
        infos = [
            InstrumentInfo(symbol, name, "stock", None, None, None) for symbol, name in ((SOUND, "好股"), (ODD, "怪股"))
        ]
        await market.register(uow, infos, "import")
    return wrong


@pytest.fixture
def child_sees(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The context, with the settings in the environment for child processes."""
    settings = context.settings
    monkeypatch.setenv("QD_HOME", str(settings.home))
    monkeypatch.setenv("QD_DATABASE__URL", settings.database_url)
    monkeypatch.setenv("QD_REDIS__URL", settings.redis_url)
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    return context


async def get(client: httpx.AsyncClient, path: str = "", **params: Any) -> Any:
    answer = await client.get(URL + path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def repair(client: httpx.AsyncClient, action: str, *dates: dt.date, **more: Any) -> httpx.Response:
    body = {"symbol": ODD, "dates": [str(day) for day in dates], "action": action, **more}
    return await client.post(f"{URL}/repairs", json=body)


def day_of(bars: Bars, row: int) -> dt.date:
    day: dt.date = bars.time[row].item()
    return day


def equal(one: Bars | None, other: Bars | None) -> bool:
    assert one is not None
    assert other is not None
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name not in ("time", "suspended", "is_st"))
        for name in COLUMNS
    )


async def test_a_check_runs_as_a_job_and_its_report_is_read_by_dataset_and_symbol(
    trader: httpx.AsyncClient, child_sees: Context, queue: RecordingQueue, stored: Bars
) -> None:
    empty = await get(trader)
    assert empty == {"latest": None, "running": None, "history": []}
    assert (await trader.get(f"{URL}/symbols")).json()["code"] == "quality_report_not_found"
    answers = [await trader.post(URL, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (await get(trader))["running"]["state"] == "queued"
    await JobRunner(child_sees, find_handler).run(queue.enqueued.pop(0).job_id)
    overview = await get(trader)
    assert (overview["running"], len(overview["history"])) == (None, 1)
    [dataset] = overview["latest"]["datasets"]
    assert (dataset["dataset"], dataset["interval"], dataset["symbols"], dataset["rows"]) == ("stock", "1d", 2, 399)
    found = {one["kind"]: one["count"] for one in dataset["counts"]}
    assert found["not_positive"] == 1
    page = await get(trader, "/symbols", limit=1)
    [worst] = page["items"]
    assert (worst["symbol"], worst["name"]) == (ODD, "怪股")
    assert worst["score"] < 100
    rest = await get(trader, "/symbols", limit=1, cursor=page["next_cursor"])
    assert ([one["symbol"] for one in rest["items"]], rest["next_cursor"]) == ([SOUND], None)
    by_symbol = await get(trader, "/symbols", order="symbol", limit=1)
    assert [one["symbol"] for one in by_symbol["items"]] == [ODD]
    assert [one["symbol"] for one in (await get(trader, "/symbols", kind="not_positive"))["items"]] == [ODD]
    assert [one["symbol"] for one in (await get(trader, "/symbols", q="好股"))["items"]] == [SOUND]
    assert (await get(trader, "/symbols", dataset="etf"))["items"] == []


async def test_a_second_report_takes_the_place_of_the_first(
    trader: httpx.AsyncClient, child_sees: Context, queue: RecordingQueue, stored: Bars
) -> None:
    for _ in range(2):
        await trader.post(URL)
        await JobRunner(child_sees, find_handler).run(queue.enqueued.pop(0).job_id)
    overview = await get(trader)
    assert len(overview["history"]) == 2
    assert overview["latest"]["id"] == overview["history"][0]["id"]
    assert len((await get(trader, "/symbols"))["items"]) == 2


async def test_a_symbols_findings_come_with_words_and_the_rows_around(trader: httpx.AsyncClient, stored: Bars) -> None:
    told = await get(trader, f"/symbols/{ODD}")
    by_kind = {one["kind"]: one for one in told["findings"]}
    assert by_kind["not_positive"]["date"] == str(day_of(stored, 50))
    assert by_kind["not_positive"]["zh"] == "收盘价为 0"
    assert by_kind["not_positive"]["en"] == "close is 0"
    assert by_kind["preclose_gap"]["date"] == str(day_of(stored, 119))
    assert by_kind["absent_day"]["severity"] == "info"  # the source does not write suspended days
    rows = (await get(trader, f"/symbols/{ODD}/rows", date=str(day_of(stored, 50)), around=2))["rows"]
    assert [row["time"] for row in rows] == [str(day) for day in stored.time[48:53]]
    assert rows[2]["close"] == 0
    assert (await get(trader, f"/symbols/{SOUND}"))["quality"]["score"] == 100


async def test_a_bar_in_quarantine_is_gone_and_comes_back_to_the_last_bit(
    trader: httpx.AsyncClient, context: Context, stored: Bars
) -> None:
    before = context.bars.read(ODD, "1d")
    day = day_of(stored, 50)
    dry = await repair(trader, "quarantine", day, dry_run=True)
    assert (dry.status_code, dry.json()["changed"]) == (200, [str(day)])
    assert equal(context.bars.read(ODD, "1d"), before)
    answer = await repair(trader, "quarantine", day, reason="收盘价为零")
    assert (answer.status_code, answer.json()["changed"]) == (200, [str(day)]), answer.text
    left = context.bars.read(ODD, "1d")
    assert left is not None
    assert left.time.tolist() == np.delete(stored.time, 50).tolist()
    [kept] = await get(trader, "/quarantine")
    assert (kept["symbol"], kept["date"], kept["reason"], kept["username"]) == (ODD, str(day), "收盘价为零", "trader")
    assert kept["bar"]["close"] == 0
    told = await get(trader, f"/symbols/{ODD}")
    assert "not_positive" not in {one["kind"] for one in told["findings"]}
    assert [one["date"] for one in told["quarantined"]] == [str(day)]
    again = await repair(trader, "quarantine", day)
    assert (again.status_code, again.json()["code"]) == (404, "bars_not_there")
    back = await repair(trader, "restore", day)
    assert back.status_code == 200, back.text
    assert equal(context.bars.read(ODD, "1d"), before)
    assert await get(trader, "/quarantine") == []
    assert (await repair(trader, "restore", day)).json()["code"] == "quarantine_not_found"


@ON_ONE
async def test_a_futures_bar_comes_back_with_its_open_interest_and_settlement(
    trader: httpx.AsyncClient, context: Context
) -> None:
    symbol = "rb2410.SHFE"
    held = np.arange(200, dtype=np.float64)
    bars = replace(random_walk(symbol, 200, seed=4, start="2017-01-03"), open_interest=held, settle=held + 0.5)
    context.bars.merge([bars], source="import", now=NOW)
    body = {"symbol": symbol, "dates": [str(day_of(bars, 50))], "reason": "look"}
    for action in ("quarantine", "restore"):
        answer = await trader.post(f"{URL}/repairs", json=body | {"action": action})
        assert answer.status_code == 200, answer.text
    back = context.bars.read(symbol, "1d")
    assert back is not None
    assert back.open_interest is not None
    assert back.settle is not None
    assert back.open_interest.tolist() == held.tolist()
    assert back.settle.tolist() == (held + 0.5).tolist()


@ON_ONE
async def test_unknown_figures_come_back_as_unknown(trader: httpx.AsyncClient, context: Context) -> None:
    bars = made(ODD, 3)
    bars = changed(changed(bars, 4, preclose=np.nan, amount=np.nan), 5, close=np.inf)
    context.bars.merge([bars], source="import", now=NOW)
    before = context.bars.read(ODD, "1d")
    days = [day_of(bars, 4), day_of(bars, 5)]
    assert (await repair(trader, "quarantine", *days)).status_code == 200
    assert [one["bar"]["close"] for one in await get(trader, "/quarantine", symbol=ODD)][1] is None
    assert (await repair(trader, "restore", *days)).status_code == 200
    assert equal(context.bars.read(ODD, "1d"), before)


@ON_ONE
async def test_a_bar_imported_meanwhile_is_not_overwritten(
    trader: httpx.AsyncClient, context: Context, stored: Bars
) -> None:
    day = day_of(stored, 50)
    await repair(trader, "quarantine", day)
    better = changed(stored, 50, close=float(stored.low[50])).take([50])
    context.bars.merge([better], source="akshare", now=NOW)
    refused = await repair(trader, "restore", day)
    assert (refused.status_code, refused.json()["code"]) == (409, "quarantine_conflict")
    found = context.bars.read(ODD, "1d", day, day)
    assert found is not None
    assert found.close.tolist() == [float(stored.low[50])]


@ON_ONE
async def test_a_store_that_fails_leaves_bar_and_quarantine(
    trader: httpx.AsyncClient, context: Context, stored: Bars, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blob is written first: whatever then fails, the figures are there once more, and a repeat puts it right."""
    before = context.bars.read(ODD, "1d")

    def fail(*_: Any, **__: Any) -> int:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(type(context.bars), "remove", fail)
        assert (await repair(trader, "quarantine", day_of(stored, 50))).status_code == 500
    assert equal(context.bars.read(ODD, "1d"), before)
    assert (await repair(trader, "restore", day_of(stored, 50))).status_code == 200
    assert await get(trader, "/quarantine") == []


class Source:
    """Made up: gives the bars it is given, or fails."""

    def __init__(self, bars: Bars | None) -> None:
        self.name = "made"
        self._bars = bars

    def parser(self, dataset: str) -> str:
        return f"made.{dataset}/1"

    def instruments(self) -> list[InstrumentInfo]:
        return []

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        if self._bars is None:
            raise SourceError("made", "unreachable", "the made-up source is down")
        return self._bars.between(start, end)


@ON_ONE
async def test_a_refetch_shows_the_difference_first_and_then_stores_it(
    trader: httpx.AsyncClient, context: Context, stored: Bars
) -> None:
    sound = made(ODD, 2)
    context.sources.update({"down": Source(None), "made": Source(sound)})  # type: ignore[dict-item]
    wrong, missing, same = day_of(sound, 50), day_of(sound, 90), day_of(sound, 10)
    dry = await repair(trader, "refetch", wrong, missing, same, dry_run=True)
    assert dry.status_code == 200, dry.text
    told = dry.json()
    assert (told["source"], told["changed"]) == ("made", [str(wrong), str(missing)])
    by_day = {one["date"]: one for one in told["differences"]}
    assert by_day[str(wrong)]["fields"] == ["close"]
    assert (by_day[str(wrong)]["stored"]["close"], by_day[str(wrong)]["fetched"]["close"]) == (0, sound.close[50])
    assert by_day[str(missing)]["stored"] is None
    assert str(same) not in by_day
    assert equal(context.bars.read(ODD, "1d"), stored)
    done = await repair(trader, "refetch", wrong, missing, same, source="made")
    origin = context.bars.provenance(ODD, "1d", missing)[0].write
    assert (origin.source, origin.parser) == ("made", "made.stock_daily/1")
    assert done.json()["changed"] == [str(wrong), str(missing)]
    found = context.bars.read(ODD, "1d")
    assert found is not None
    assert len(found) == 200
    assert found.close[50] == sound.close[50]


@ON_ONE
async def test_a_refetch_without_a_source_says_why(trader: httpx.AsyncClient, context: Context, stored: Bars) -> None:
    day = day_of(stored, 50)
    assert (await repair(trader, "refetch", day)).json()["code"] == "sources_offline"
    context.sources["down"] = Source(None)  # type: ignore[assignment]
    assert (await repair(trader, "refetch", day, source="other")).json()["code"] == "unknown_source"
    failed = await repair(trader, "refetch", day)
    assert (failed.status_code, failed.json()["code"]) == (503, "refetch_failed")
    assert "made-up source is down" in failed.json()["detail"]


@ON_ONE
async def test_a_viewer_reads_and_does_not_repair(viewer: httpx.AsyncClient, stored: Bars) -> None:
    assert (await repair(viewer, "quarantine", day_of(stored, 50))).status_code == 403
    assert (await viewer.post(URL)).status_code == 403
    assert (await viewer.get(f"{URL}/symbols/{ODD}")).status_code == 200


@ON_ONE
async def test_the_coverage_of_months_and_the_gaps_of_a_symbol(trader: httpx.AsyncClient, stored: Bars) -> None:
    answer = await trader.get("/api/v1/data/coverage/months", params={"limit": 1})
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert (page["symbols"], page["names"]) == ([ODD], ["怪股"])
    missing = np.datetime64(str(made(ODD, 2).time[90]), "M")
    shares = dict(zip(page["months"], page["shares"][0], strict=True))
    assert 0.9 < shares[str(missing)] < 1
    assert {share for month, share in shares.items() if month != str(missing)} == {1.0}
    second = (await trader.get("/api/v1/data/coverage/months", params={"cursor": page["next_cursor"]})).json()
    assert (second["symbols"], second["next_cursor"]) == ([SOUND], None)
    gaps = (await trader.get(f"/api/v1/data/coverage/{ODD}/gaps")).json()
    lost = str(made(ODD, 2).time[90])
    assert gaps["gaps"] == [{"first": lost, "last": lost, "days": 1}]
    assert (gaps["due"], gaps["have"]) == (200, 199)
    assert (await trader.get("/api/v1/data/coverage/600999.SH/gaps")).json()["code"] == "bars_not_there"
    assert (await trader.get("/api/v1/data/coverage/months", params={"q": "nothing"})).json()["symbols"] == []


@ON_ONE
async def test_a_known_corporate_action_explains_the_previous_close(
    trader: httpx.AsyncClient, context: Context, stored: Bars
) -> None:
    bars = made(SOUND, 1)
    day = day_of(bars, 100)
    preclose = round(float(bars.close[99]) - 0.5, 2)
    context.bars.merge([changed(bars, 100, preclose=preclose)], source="import", now=NOW)
    told = await get(trader, f"/symbols/{SOUND}")
    assert "ex_right_unknown" in {one["kind"] for one in told["findings"]}
    async with context.database.unit() as uow:
        await market.store_actions(uow, [CorporateAction(SOUND, day, cash=Decimal("0.5"))], "import")
    told = await get(trader, f"/symbols/{SOUND}")
    assert not {"ex_right_unknown", "ex_right_mismatch"} & {one["kind"] for one in told["findings"]}


@ON_ONE
async def test_two_quarantines_of_one_day_keep_both(context: Context, trader: httpx.AsyncClient, stored: Bars) -> None:
    day = day_of(stored, 50)
    await repair(trader, "quarantine", day)
    context.bars.merge([changed(stored, 50, close=1.0).take([50])], source="import", now=NOW)
    await repair(trader, "quarantine", day)
    kept = await repairs.quarantined(context, ODD)
    assert [one.bar.close for one in kept] == [0.0, 1.0]
    await repair(trader, "restore", day)  # the last one
    found = await asyncio.to_thread(context.bars.read, ODD, "1d", day, day)
    assert found is not None
    assert found.close.tolist() == [1.0]
