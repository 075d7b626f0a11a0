"""Exports over HTTP and as a worker makes them, child process included: on both databases."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi import FastAPI

from quantdesk.features.exports import service
from quantdesk.features.exports.router import asked_range
from quantdesk.features.exports.tasks import ExportHandler
from quantdesk.features.jobs.handlers import Cancelled
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.market import service as market
from quantdesk.kit import clock as kit_clock
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk_worker.handlers import find_handler
from quantdesk_worker.housekeeping import PARTS
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk
from tests.support.app import client_of, sign_in

URL = "/api/v1/data/exports"
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
async def stored(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Three symbols with bars; a child process finds the same database."""
    monkeypatch.setenv("QD_DATABASE__URL", context.settings.database_url)
    monkeypatch.setenv("QD_REDIS__URL", context.settings.redis_url)
    symbols = ("600519.SH", "000001.SH", "600001.DEMO")
    context.bars.merge([random_walk(s, 300, seed=7) for s in symbols], source="test", now=kit_clock.utcnow())
    infos = [
        InstrumentInfo("600519.SH", "贵州茅台", "stock", "main", None, None),
        InstrumentInfo("000001.SH", "上证指数", "index", None, None, None),
        InstrumentInfo("600001.DEMO", "远川模拟", "stock", "main", None, None),
    ]
    async with context.database.unit() as uow:
        await market.register(uow, infos, "test")
    return context


async def create(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(URL, json=body)
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def work(context: Context, queue: RecordingQueue) -> None:
    """Run what is queued, as a worker does."""
    runner = JobRunner(context, find_handler)
    while queue.enqueued:
        await runner.run(queue.enqueued.pop(0).job_id)


async def test_from_the_request_to_the_download(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient
) -> None:
    body = {"format": "xlsx", "symbols": ["sh600519"], "headers": "zh", "adjustment": "qfq"}
    estimate = (await trader.post(f"{URL}/estimate", json=body)).json()
    assert (estimate["symbols"], estimate["rows"], estimate["files"], estimate["sheets"]) == (1, 300, 1, 1)
    assert estimate["problem"] is None

    made = await create(trader, **body)
    assert (made["job"]["kind"], made["job"]["state"], made["file"]) == ("export", "queued", None)
    early = await trader.get(f"{URL}/{made['id']}/file")
    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")
    await work(stored, queue)

    done = (await trader.get(f"{URL}/{made['id']}")).json()
    assert done["job"]["state"] == "succeeded", done["job"]["error"]
    assert done["job"]["progress"]["unit"] == "rows"
    assert (done["file"]["name"], done["file"]["rows"]) == ("bars-600519.SH-1d-qfq.xlsx", 300)
    assert 0.5 < estimate["bytes"] / done["file"]["size"] < 2
    file = await trader.get(f"{URL}/{made['id']}/file", headers={"Accept-Encoding": "gzip"})
    assert file.headers["content-disposition"] == 'attachment; filename="bars-600519.SH-1d-qfq.xlsx"'
    assert int(file.headers["content-length"]) == len(file.content) == done["file"]["size"]
    assert hashlib.sha256(file.content).hexdigest() == done["file"]["sha256"]
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:2] == ["600519.SH", "贵州茅台"]
    assert not any((stored.settings.home / "drafts" / made["id"]).glob("*"))


@ON_ONE
async def test_a_download_that_was_cut_off_goes_on(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient
) -> None:
    made = await create(trader, format="csv")
    await work(stored, queue)
    url = f"{URL}/{made['id']}/file"
    whole = await trader.get(url)
    etag, size = whole.headers["etag"], len(whole.content)
    part = await trader.get(url, headers={"Range": "bytes=1000-", "If-Range": etag})
    assert (part.status_code, part.content) == (206, whole.content[1000:])
    assert part.headers["content-range"] == f"bytes 1000-{size - 1}/{size}"
    other = await trader.get(url, headers={"Range": "bytes=1000-", "If-Range": '"older"'})
    assert (other.status_code, len(other.content)) == (200, size)
    beyond = await trader.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert (await trader.get(url, headers={"If-None-Match": etag})).status_code == 304


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, range(10)),
        ("bytes=0-", range(10)),
        ("bytes=2-5", range(2, 6)),
        ("bytes=2-99", range(2, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(10)),
        ("bytes=-0", None),
        ("bytes=10-", None),
        ("bytes=5-2", range(10)),
        ("bytes=-", range(10)),
        ("bytes=0-1,3-4", range(10)),
        ("lines=0-1", range(10)),
    ],
)
def test_a_range_header_is_read_as_the_standard_says(text: str | None, wanted: range | None) -> None:
    assert asked_range(text, 10) == wanted


@ON_ONE
@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"symbols": ["600000.SH"]}, 404, "bars_not_stored", "symbols"),
        ({"symbols": ["nothing"]}, 422, "bad_symbol", "symbol"),
        ({"kinds": ["future"]}, 422, "nothing_to_export", None),
        ({"start": "2040-01-01"}, 422, "nothing_to_export", None),
        ({"start": "2020-02-02", "end": "2020-02-01"}, 422, "bad_export", "start"),
        ({"symbols": ["600519.SH"], "query": "x"}, 422, "bad_export", "symbols"),
        ({"as_of": "2020-02-02"}, 422, "bad_export", "as_of"),
        ({"columns": ["date", "date"]}, 422, "bad_export", "columns"),
        ({"groups": {"csi300": []}}, 422, "bad_export", "groups"),
        ({"format": "qlib", "groups": {"all": []}}, 422, "bad_export", "groups"),
        ({"format": "qlib", "interval": "1w"}, 422, "bad_export", "interval"),
        ({"interval": "5m"}, 422, "nothing_to_export", None),
        ({"columns": []}, 422, "payload_invalid", "columns"),
        ({"format": "xml"}, 422, "payload_invalid", "format"),
    ],
)
async def test_what_cannot_be_exported_is_refused_with_the_field(
    stored: Context,
    queue: RecordingQueue,
    trader: httpx.AsyncClient,
    body: dict[str, Any],
    status: int,
    code: str,
    field: str | None,
) -> None:
    answer = await trader.post(URL, json={"format": "csv"} | body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    if code != "payload_invalid":
        assert problem.get("field") == field
    assert queue.enqueued == []
    if code == "nothing_to_export":
        estimate = await trader.post(f"{URL}/estimate", json={"format": "csv"} | body)
        assert estimate.json()["problem"] == code


@ON_ONE
async def test_a_full_disk_and_a_workbook_too_large_are_told_before_the_start(
    stored: Context, trader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_WORKBOOK_ROWS", 100)
    large = await trader.post(URL, json={"format": "xlsx"})
    assert large.json()["code"] == "export_too_large"
    assert (await trader.post(URL, json={"format": "xlsx", "files": "per_symbol"})).status_code == 202
    monkeypatch.setattr(service, "RESERVE", 1 << 60)
    full = await trader.post(URL, json={"format": "csv"})
    assert (full.status_code, full.json()["code"]) == (507, "export_disk_full")


@ON_ONE
@pytest.mark.parametrize(
    ("body", "symbols"),
    [
        ({}, 3),
        ({"kinds": ["stock"]}, 2),
        ({"kinds": ["index"]}, 1),
        ({"simulated": True}, 1),
        ({"simulated": False}, 2),
        ({"query": "茅台"}, 1),
        ({"query": "0001.S"}, 1),
        ({"query": "gzmt", "kinds": ["index"]}, 0),
    ],
)
async def test_symbols_are_chosen_by_kind_search_and_origin(
    stored: Context, trader: httpx.AsyncClient, body: dict[str, Any], symbols: int
) -> None:
    answer = await trader.post(f"{URL}/estimate", json={"format": "parquet"} | body)
    assert answer.json()["symbols"] == symbols


async def test_the_same_key_exports_once_and_the_list_has_the_newest_first(
    stored: Context, trader: httpx.AsyncClient
) -> None:
    made = [
        (await trader.post(URL, json={"format": "csv"}, headers={"Idempotency-Key": key})).json()["id"]
        for key in ("a", "a", "b")
    ]
    assert made[0] == made[1] != made[2]
    first = (await trader.get(URL, params={"limit": 1})).json()
    assert [one["id"] for one in first["items"]] == [made[2]]
    second = (await trader.get(URL, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in second["items"]] == [made[0]]
    assert second["next_cursor"] is None


async def test_a_finished_export_is_deleted_with_its_file_and_a_running_one_is_not(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient
) -> None:
    made = await create(trader, format="csv")
    running = await trader.delete(f"{URL}/{made['id']}")
    assert (running.status_code, running.json()["code"]) == (409, "export_running")
    await work(stored, queue)
    assert await stored.blobs.keys(service.PREFIX) != []
    assert (await trader.delete(f"{URL}/{made['id']}")).status_code == 204
    assert await stored.blobs.keys(service.PREFIX) == []
    gone = await trader.get(f"{URL}/{made['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "export_not_found")


@ON_ONE
async def test_nobody_sees_or_takes_anothers_export(
    stored: Context, queue: RecordingQueue, app: FastAPI, trader: httpx.AsyncClient
) -> None:
    made = await create(trader, format="csv")
    await work(stored, queue)
    _, token = await sign_in(stored, "other", "admin")
    async with client_of(app, token=token) as other:
        assert (await other.get(URL)).json()["items"] == []
        for method, path in (("GET", ""), ("GET", "/file"), ("DELETE", "")):
            assert (await other.request(method, f"{URL}/{made['id']}{path}")).status_code == 404


@ON_ONE
async def test_a_lost_file_is_said_to_be_gone(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient
) -> None:
    made = await create(trader, format="csv")
    await work(stored, queue)
    for key in await stored.blobs.keys(service.PREFIX):
        await stored.blobs.delete(key)
    answer = await trader.get(f"{URL}/{made['id']}/file")
    assert (answer.status_code, answer.json()["code"]) == (404, "export_gone")


async def test_exports_are_kept_for_their_days_and_leftovers_are_swept(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient, clock: FakeClock
) -> None:
    made = await create(trader, format="csv")
    await work(stored, queue)
    await stored.blobs.put(f"{service.PREFIX}LOST/a.csv", b"x")
    draft = stored.settings.home / "drafts" / "KILLED" / "x"
    draft.mkdir(parents=True)
    assert await PARTS["exports past their days"](stored) == 2
    assert not draft.exists()
    clock.advance(days=6, hours=23)
    assert await service.purge(stored) == 0
    clock.advance(hours=2)
    assert await service.purge(stored) == 1
    assert await stored.blobs.keys(service.PREFIX) == []
    async with stored.database.unit(write=False) as uow:
        listed = await service.list_exports(uow, "anybody", cursor=None, limit=10)
    assert listed.items == []
    assert made["id"]


@ON_ONE
async def test_a_cancelled_export_leaves_nothing(stored: Context, trader: httpx.AsyncClient) -> None:
    made = await create(trader, format="xlsx")
    job = RunningJob(
        stored, id=made["job"]["id"], kind="export", owner_id="x", attempt=1, payload={}, subject_id=made["id"]
    )
    asyncio.get_running_loop().call_later(0.5, job.cancelled.set)
    assert isinstance(await ExportHandler().run(job), Cancelled)
    assert files_below(stored.settings.home / "drafts") == files_below(stored.settings.home / "blobs") == []


@ON_ONE
async def test_a_run_after_a_killed_one_makes_the_whole_file(
    stored: Context, queue: RecordingQueue, trader: httpx.AsyncClient
) -> None:
    """What the killed child had drafted is not taken, and is swept once the export is gone."""
    made = await create(trader, format="csv")
    stale = stored.settings.home / "drafts" / made["id"] / "attempt" / ".x.csv.part"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"half")
    await work(stored, queue)
    file = await trader.get(f"{URL}/{made['id']}/file")
    assert len(file.content.splitlines()) == 901
    await trader.delete(f"{URL}/{made['id']}")
    assert files_below(stored.settings.home / "drafts") == []


def files_below(folder: Path) -> list[str]:
    return [name for _, _, names in os.walk(folder) for name in names]
