"""Refreshes and their schedule over HTTP, and what beat's errand begins."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from quantdesk.api.app import create_app
from quantdesk.core.refresh.datasets import INDICES
from quantdesk.core.refresh.days import over_at
from quantdesk.features.auth.tokens import Claims, issue_access
from quantdesk.features.jobs.child import ChildResult
from quantdesk.features.jobs.handlers import Failed, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.refresh import service, tasks
from quantdesk.features.refresh.schemas import Refresh
from quantdesk.features.refresh.tables import RefreshRow, RefreshScheduleRow
from quantdesk.features.refresh.tasks import RefreshHandler
from quantdesk.kit.context import Context
from quantdesk.ports.errors import SourceError
from quantdesk.settings import Settings
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue
from tests.features.refresh.refresh_support import (
    EVENING,
    FRIDAY,
    SYMBOLS,
    THURSDAY,
    WEDNESDAY,
    MarketSource,
    end_job,
    online,
    run,
    store_until,
)
from tests.support.app import client_of, sign_in

BASE = "/api/v1/data"
URL = f"{BASE}/refreshes"


@pytest.fixture
def desk(context: Context) -> Context:
    return online(context, MarketSource())


@pytest.fixture
async def person(settings: Settings, desk: Context, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    # The clock is moved by days, and the token's life is by the real one.
    principal, _ = await sign_in(desk, "someone", "trader")
    token = issue_access(desk.keys, Claims(principal.user_id, principal.session_id or ""), dt.timedelta(days=400))
    clock.now = EVENING
    store_until(desk, WEDNESDAY)
    async with client_of(create_app(settings, desk), token=token) as client:
        yield client


async def ask(client: httpx.AsyncClient, method: str, url: str, body: Any = None, status: int = 200) -> Any:
    answer = await client.request(method, url, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def newest(desk: Context) -> Refresh:
    """Give the scheduler's newest refresh; over HTTP the session would have ended long since."""
    async with desk.database.unit(write=False) as uow:
        owner = (await uow.session.get_one(RefreshScheduleRow, 1)).owner_id
        return (await service.list_refreshes(uow, owner, cursor=None, limit=1)).items[0]


async def test_a_plan_says_what_would_be_fetched_and_changes_nothing(person: httpx.AsyncClient, desk: Context) -> None:
    store_until(desk, FRIDAY, SYMBOLS[:1])
    plan = await ask(person, "POST", f"{URL}/plan?limit=3", {})
    assert {key: plan[key] for key in ("day", "online", "symbols", "fetches", "most_behind", "minutes")} == {
        "day": "2026-11-20", "online": True, "symbols": 8, "fetches": 7, "most_behind": 2, "minutes": 0.2,
    }  # fmt: skip
    assert plan["reasons"] == {"up_to_date": 1, "behind": 7}
    listed = [item["key"] for item in plan["items"]["items"]]
    while cursor := plan["items"]["next_cursor"]:
        plan = await ask(person, "POST", f"{URL}/plan?limit=3&cursor={cursor}", {})
        listed += [item["key"] for item in plan["items"]["items"]]
    assert listed == [*SYMBOLS[1:], SYMBOLS[0]], "those to fetch come first"
    assert (await ask(person, "GET", URL))["items"] == []


async def test_a_refresh_is_a_job_and_its_symbols_can_be_listed(
    person: httpx.AsyncClient, desk: Context, queue: RecordingQueue
) -> None:
    made = await ask(person, "POST", URL, {"symbols": ["600000", "600001.SH", "000300.SH", "600001.DEMO"]}, 202)
    assert (made["job"]["kind"], made["job"]["queue"], made["day"]) == ("refresh", "data", "2026-11-20")
    assert made["counts"] == {"pending": 2, "done": 0, "unchanged": 0, "failed": 0, "skipped": 2}
    assert [item.job_id for item in queue.enqueued] == [made["job"]["id"]]
    await run(desk, made["id"])
    page = await ask(person, "GET", f"{URL}/{made['id']}/items?state=done&limit=1")
    assert [item["key"] for item in page["items"]] == ["600000.SH"]
    rest = await ask(person, "GET", f"{URL}/{made['id']}/items?state=done&limit=1&cursor={page['next_cursor']}")
    assert ([item["key"] for item in rest["items"]], rest["next_cursor"]) == (["600001.SH"], None)
    skipped = await ask(person, "GET", f"{URL}/{made['id']}/items?state=skipped")
    assert [(item["key"], item["reason"]) for item in skipped["items"]] == [
        ("000300.SH", "unsupported"),
        ("600001.DEMO", "simulated"),
    ]
    assert [item["id"] for item in (await ask(person, "GET", URL))["items"]] == [made["id"]]


async def test_what_cannot_be_done_is_refused_by_name(
    trader: httpx.AsyncClient, person: httpx.AsyncClient, desk: Context
) -> None:
    async def code(client: httpx.AsyncClient, path: str, body: Any = None) -> tuple[int, str]:
        answer = await client.post(f"{URL}{path}", json=body)
        return answer.status_code, answer.json()["code"]

    assert await code(trader, "", {}) == (409, "sources_offline")
    assert await code(person, "", {"symbols": ["what is this"]}) == (422, "bad_symbol")
    assert await code(person, "", {"symbols": []}) == (422, "payload_invalid")
    assert await code(person, "/1/resume") == (404, "refresh_not_found")
    made = await ask(person, "POST", URL, {}, 202)
    assert await code(person, "", {}) == (409, "refresh_running")
    assert await code(person, f"/{made['id']}/resume") == (409, "refresh_running")
    assert (await trader.get(f"{URL}/{made['id']}/items")).json()["code"] == "refresh_not_found"
    await run(desk, made["id"])
    await end_job(desk, Job.model_validate(made["job"]))
    assert await code(person, "", {}) == (409, "nothing_to_refresh")
    assert await code(person, f"/{made['id']}/resume") == (409, "nothing_to_resume")


async def test_a_refresh_posted_twice_is_made_once(person: httpx.AsyncClient) -> None:
    made = [(await person.post(URL, json={}, headers={"Idempotency-Key": "k"})).json()["id"] for _ in range(2)]
    assert made[0] == made[1]


async def test_a_cancelled_refresh_keeps_what_is_done_and_goes_on_with_the_rest(
    person: httpx.AsyncClient, desk: Context, queue: RecordingQueue
) -> None:
    made = await ask(person, "POST", URL, {}, 202)
    ledger = service.DatabaseLedger(desk, made["id"])
    turn = await ledger.next()
    assert turn is not None
    await ledger.failed(turn, "changed", "a column is missing", again=False)
    cancelled = await ask(person, "POST", f"/api/v1/jobs/{made['job']['id']}/cancel")
    assert cancelled["state"] == "cancelled"
    resumed = await ask(person, "POST", f"{URL}/{made['id']}/resume", status=202)
    assert (resumed["job"]["id"], resumed["job"]["state"]) == (made["job"]["id"], "queued")
    assert resumed["counts"]["pending"] == 8, "what failed is tried again"
    assert len(queue.enqueued) == 2
    await run(desk, made["id"])
    assert (await ask(person, "GET", f"{URL}/{made['id']}"))["counts"]["done"] == 8


async def test_the_schedule_is_off_until_it_is_switched_on(person: httpx.AsyncClient, desk: Context) -> None:
    schedule = await ask(person, "GET", f"{BASE}/refresh-schedule")
    assert schedule == {
        "enabled": False, "at": "17:30", "last_due": None, "next_at": None,
        "night_at": "02:30", "last_night": None, "next_night_at": None, "indices": list(INDICES),
    }  # fmt: skip
    assert await service.tick(desk) is None
    for bad in ({"at": "15:29"}, {"at": "9:00"}, {"at": "24:00"}, {"at": "17:3"}, {"night_at": "09:00"}):
        await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, **bad}, 422)
    await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, "indices": ["600519.SH"]}, 422)
    wanted = {"enabled": True, "at": "20:15", "night_at": "03:10", "indices": ["sh000300", "000300.SH"]}
    schedule = await ask(person, "PUT", f"{BASE}/refresh-schedule", wanted)
    assert (schedule["at"], schedule["next_at"]) == ("20:15", EVENING.isoformat().replace("+00:00", "Z"))
    assert (schedule["night_at"], schedule["indices"]) == ("03:10", ["000300.SH"])


async def test_the_schedule_begins_one_refresh_a_trading_day_and_catches_up_in_one(
    person: httpx.AsyncClient, desk: Context, clock: FakeClock
) -> None:
    await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, "at": "17:30"})
    begun: dict[str | None, list[tuple[str, str]]] = {"evening": [], "night": []}
    clock.now = over_at(THURSDAY, dt.time(17))
    for _ in range(5 * 24 * 2):  # each half hour of five days
        if await service.tick(desk):
            made = await newest(desk)
            await run(desk, made.id)
            await end_job(desk, made.job)
            begun[made.part].append((str(made.due), clock.now.isoformat()[:16]))
        clock.advance(minutes=30)
    assert begun["evening"] == [
        ("2026-11-18", "2026-11-19T09:00"),  # switched on late: the day before lacks
        ("2026-11-19", "2026-11-19T09:30"),
        ("2026-11-20", "2026-11-20T09:30"),
        ("2026-11-23", "2026-11-23T09:30"),
    ]
    assert begun["night"] == [
        ("2026-11-19", "2026-11-19T10:00"),  # after the evening's, which waited for nothing
        *[(f"2026-11-{day}", f"2026-11-{day - 1}T18:30") for day in (20, 21, 22, 23, 24)],
    ]
    clock.advance(days=8)  # off line
    for part, due in (("evening", dt.date(2026, 12, 1)), ("night", dt.date(2026, 12, 2))):
        assert await service.tick(desk) is not None
        assert await service.tick(desk) is None, "it is under way"
        made = await newest(desk)
        assert (made.part, made.due) == (part, due)
        await run(desk, made.id)
        await end_job(desk, made.job)
    assert await service.tick(desk) is None


async def test_two_beats_begin_one_refresh(person: httpx.AsyncClient, desk: Context) -> None:
    await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, "at": "17:30"})
    begun = await asyncio.gather(*(service.tick(desk) for _ in range(4)))
    assert sum(one is not None for one in begun) == 1
    assert len((await ask(person, "GET", URL))["items"]) == 1


async def test_the_schedule_waits_for_a_refresh_under_way(
    person: httpx.AsyncClient, desk: Context, clock: FakeClock
) -> None:
    made = await ask(person, "POST", URL, {}, 202)
    await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, "at": "17:30"})
    assert await service.tick(desk) is None
    await end_job(desk, Job.model_validate(made["job"]))
    assert await service.tick(desk) is not None


async def test_old_refreshes_are_forgotten_but_not_the_last_scheduled_one(
    person: httpx.AsyncClient, desk: Context, clock: FakeClock
) -> None:
    await ask(person, "PUT", f"{BASE}/refresh-schedule", {"enabled": True, "at": "17:30"})
    await service.tick(desk)
    for _ in range(2):
        (made, *_) = (await ask(person, "GET", URL))["items"]
        await end_job(desk, Job.model_validate(made["job"]))
        await person.post(URL, json={})
    (made, *_) = (await ask(person, "GET", URL))["items"]
    await end_job(desk, Job.model_validate(made["job"]))
    clock.advance(days=61)
    assert await service.purge(desk) == 2
    assert (await newest(desk)).due == FRIDAY


async def test_the_worker_tells_a_stop_in_words(
    person: httpx.AsyncClient, desk: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = cast(MarketSource, desk.sources["fake"])
    made = await ask(person, "POST", URL, {}, 202)

    async def child(job: RunningJob, *arguments: str) -> ChildResult:
        assert arguments == ("data", "refresh", "--json-lines", "--job", made["id"])
        await run(desk, made["id"])
        return ChildResult(data={})

    monkeypatch.setattr(tasks, "run_command", child)
    async with desk.database.unit(write=False) as uow:
        owner = (await uow.session.get_one(RefreshRow, made["id"])).owner_id
    job = RunningJob(
        desk, id=made["job"]["id"], kind="refresh", owner_id=owner, attempt=1, payload={}, subject_id=made["id"]
    )
    source.fails = lambda symbol: SourceError("fake", "banned", "refused us") if len(source.asked) == 3 else None
    ended = await RefreshHandler().run(job)
    assert isinstance(ended, Failed)
    assert ended.error.code == "refresh_stopped"
    assert "2 of 8 items are done; as no source would answer, stock_daily had to stop" in ended.error.message_en
    assert "11-20 19:00" in ended.error.message_zh
    source.fails = lambda symbol: None
    assert isinstance(await RefreshHandler().run(job), Succeeded)
