"""Uploads, imports and coverage over HTTP, on a real database and a real bar store."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from quantdesk.features.data import receiving, uploads
from quantdesk.features.data.errors import UploadDiskFull
from quantdesk.features.data.imports import carry_out
from quantdesk.features.data.tables import UploadRow
from quantdesk.features.data.tasks import ImportHandler
from quantdesk.features.jobs.handlers import Failed, Succeeded
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.market import service as market
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import InstrumentInfo
from tests.fakes.clock import FakeClock
from tests.fakes.job_queue import RecordingQueue
from tests.fakes.made_bars import random_walk

HEADER = "date,code,name,open,high,low,close,volume,amount\n"
GOOD = (
    HEADER
    + "2024-01-02,sh.600519,贵州茅台,10,11,9,10.5,1000,10500\n2024-01-03,sh.600519,贵州茅台,10,11,9,10,900,9000\n"
)
NAMELESS = "date,code,open,high,low,close,volume\n2024-01-02,sz.000001,10,11,9,10.5,1000\n"
BAD_ROW = HEADER + "2024-01-02,sh.600519,贵州茅台,10,11,9,-1,1000,10500\n"


FORM = "multipart/form-data; boundary=x"


async def upload(client: httpx.AsyncClient, text: str | bytes = GOOD, name: str = "600519.csv") -> dict[str, Any]:
    answer = await client.post("/api/v1/data/uploads", files={"file": (name, text)})
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def start_import(client: httpx.AsyncClient, *ids: str, key: str | None = None) -> httpx.Response:
    body = {"items": [{"upload_id": one} for one in ids]}
    return await client.post("/api/v1/data/imports", json=body, headers={"Idempotency-Key": key} if key else {})


def running(context: Context, made: dict[str, Any], owner_id: str = "") -> RunningJob:
    return RunningJob(
        context,
        id=made["job"]["id"],
        kind="import",
        owner_id=owner_id,
        attempt=1,
        payload={},
        subject_id=made["id"],
    )


async def run_job(context: Context, made: dict[str, Any]) -> Succeeded | Failed:
    """Run the import as a worker would, child process included, and write its end."""
    outcome = await ImportHandler().run(running(context, made))
    assert isinstance(outcome, Succeeded | Failed), outcome
    assert outcome.write is not None
    async with context.database.unit() as uow:
        await outcome.write(uow)
    return outcome


@pytest.fixture
def child_sees(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The context, with the settings in the environment for child processes."""
    settings = context.settings
    monkeypatch.setenv("QD_HOME", str(settings.home))
    monkeypatch.setenv("QD_DATABASE__URL", settings.database_url)
    monkeypatch.setenv("QD_REDIS__URL", settings.redis_url)
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    return context


def files_in(context: Context) -> list[Path]:
    folder = uploads.folder_of(context.settings)
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_an_upload_says_what_the_file_seems_to_hold(trader: httpx.AsyncClient, context: Context) -> None:
    made = await upload(trader)
    assert made["name"] == "600519.csv"
    assert made["size"] == len(GOOD.encode())
    assert made["problem"] is None
    assert made["inspection"]["mapping"]["close"] == "close"
    assert made["inspection"]["missing"] == []
    [path] = files_in(context)
    assert path.name == made["id"]
    assert path.read_bytes() == GOOD.encode()


async def test_corrected_options_are_tried_on_the_same_file(trader: httpx.AsyncClient) -> None:
    text = "d,o,h,l,c,v\n2024-01-02,10,11,9,10.5,1000\n"
    made = await upload(trader, text, "mine.csv")
    assert "symbol" in made["inspection"]["missing"]
    mapping = {"date": "d", "open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"}
    again = await trader.post(
        f"/api/v1/data/uploads/{made['id']}/inspect", json={"mapping": mapping, "symbol": "600519.SH"}
    )
    assert again.status_code == 200
    assert again.json()["inspection"]["missing"] == []
    assert again.json()["inspection"]["symbol"] == "600519.SH"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"PK\x03\x04" + b"\0" * 50, "daily.csv", "compressed"),
        (b"PAR1" + b"\0" * 50, "daily.parquet", "parquet_corrupt"),
        (GOOD.encode(), "../../etc/passwd.csv", "name_unsafe"),
        (b"<html><body>no</body></html>", "a.csv", "markup"),
        (b"\0" * 33, "sh600000.day", "tdx_length"),
    ],
)
async def test_a_file_that_cannot_be_imported_is_explained_in_both_languages(
    trader: httpx.AsyncClient, content: bytes, name: str, code: str
) -> None:
    made = await upload(trader, content, name)
    assert made["inspection"] is None
    assert made["problem"]["code"] == code
    assert made["problem"]["message_zh"]
    assert made["problem"]["message_en"]


async def test_a_hostile_name_is_a_text_and_never_a_path(trader: httpx.AsyncClient, context: Context) -> None:
    made = await upload(trader, GOOD, "..\\..\\x\x07" + "长" * 300)
    assert len(made["name"]) == 255
    assert "\x07" not in made["name"]
    assert [path.name for path in files_in(context)] == [made["id"]]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{}", "application/json"),
        (b"a,b", "text/csv"),
        (b"", "multipart/form-data"),
        (b"--x\r\nnonsense", FORM),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
            FORM,
        ),
        (b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\nabc\r\n--x--\r\n', FORM),
        (b"--x--\r\n", FORM),
    ],
)
async def test_what_is_no_form_with_one_whole_file_is_refused_and_leaves_nothing(
    trader: httpx.AsyncClient, context: Context, content: bytes, content_type: str
) -> None:
    answer = await trader.post("/api/v1/data/uploads", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_upload")
    assert files_in(context) == []


async def test_two_files_in_one_form_are_refused(trader: httpx.AsyncClient, context: Context) -> None:
    files = [("file", ("a.csv", GOOD)), ("file", ("b.csv", GOOD))]
    answer = await trader.post("/api/v1/data/uploads", files=files)
    assert answer.status_code == 422
    assert files_in(context) == []


async def test_a_file_above_the_limit_is_refused_whether_or_not_it_says_its_length(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving.receive_file, "__kwdefaults__", {"limit": 1000})
    said = await trader.post("/api/v1/data/uploads", files={"file": ("a.csv", b"x" * 3_000_000)})
    assert (said.status_code, said.json()["code"]) == (413, "upload_too_large")

    async def form() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        yield b"x" * 1001

    unsaid = await trader.post("/api/v1/data/uploads", content=form(), headers={"Content-Type": FORM})
    assert (unsaid.status_code, unsaid.json()["code"]) == (413, "upload_too_large")
    assert files_in(context) == []


async def test_a_disk_without_room_is_told_before_it_is_full(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "RESERVE", 1 << 60)
    answer = await trader.post("/api/v1/data/uploads", files={"file": ("a.csv", GOOD)})
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert files_in(context) == []


async def test_a_disk_that_fills_up_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        raise OSError(28, "No space left on device")

    with pytest.raises(UploadDiskFull):
        await receiving.receive_file(body(), FORM, None, tmp_path / "u" / "1")
    assert list((tmp_path / "u").iterdir()) == []


async def test_an_upload_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        yield b"x" * 3_000_000
        started.set()
        await asyncio.Event().wait()

    work = receiving.receive_file(body(), FORM, None, tmp_path / "u" / "1")
    task = asyncio.create_task(work)
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "u").iterdir()) == []


async def test_a_forgotten_upload_is_gone_with_its_bytes(trader: httpx.AsyncClient, context: Context) -> None:
    made = await upload(trader)
    assert (await trader.delete(f"/api/v1/data/uploads/{made['id']}")).status_code == 204
    assert files_in(context) == []
    again = await trader.delete(f"/api/v1/data/uploads/{made['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "upload_not_found")


async def test_another_users_upload_is_not_there(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    made = await upload(admin)
    for answer in (
        await trader.delete(f"/api/v1/data/uploads/{made['id']}"),
        await trader.post(f"/api/v1/data/uploads/{made['id']}/inspect", json={}),
        await start_import(trader, made["id"]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


async def test_a_viewer_may_look_but_not_bring_anything_in(viewer: httpx.AsyncClient) -> None:
    assert (await viewer.get("/api/v1/data/summary")).status_code == 200
    assert (await viewer.post("/api/v1/data/uploads", files={"file": ("a.csv", GOOD)})).status_code == 403
    assert (await viewer.delete("/api/v1/data/demo")).status_code == 403


async def test_an_import_is_stored_named_and_reported_and_its_upload_forgotten(
    trader: httpx.AsyncClient, child_sees: Context, queue: RecordingQueue
) -> None:
    context = child_sees
    first, second = await upload(trader), await upload(trader, NAMELESS, "b.csv")
    answer = await start_import(trader, first["id"], second["id"])
    assert answer.status_code == 202
    made = answer.json()
    assert made["files"] == ["600519.csv", "b.csv"]
    assert made["reports"] == []
    assert [(item.job_id, item.queue) for item in queue.enqueued] == [(made["job"]["id"], "data")]
    busy = await trader.delete(f"/api/v1/data/uploads/{first['id']}")
    assert (busy.status_code, busy.json()["code"]) == (409, "upload_in_use")
    assert (await start_import(trader, first["id"])).json()["code"] == "upload_in_use"

    assert isinstance(await run_job(context, made), Succeeded)
    done = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()
    assert [(r["name"], r["status"], r["inserted"]) for r in done["reports"]] == [
        ("600519.csv", "stored", 2),
        ("b.csv", "stored", 1),
    ]
    assert files_in(context) == []
    covered = (await trader.get("/api/v1/data/coverage")).json()["items"]
    assert [(item["symbol"], item["name"], item["rows"]) for item in covered] == [
        ("000001.SZ", "000001", 1),
        ("600519.SH", "贵州茅台", 2),
    ]


async def test_a_refused_file_fails_the_job_keeps_the_store_and_can_be_tried_again(
    trader: httpx.AsyncClient, child_sees: Context
) -> None:
    made = (await start_import(trader, (bad := await upload(trader, BAD_ROW))["id"])).json()
    outcome = await run_job(child_sees, made)
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "import_refused"
    [report] = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()["reports"]
    assert (report["status"], report["error"]["code"], report["rejected"]) == ("refused", "bad_rows", 1)
    assert report["errors"][0]["line"] == 2
    assert child_sees.bars.list_coverage("1d") == []
    assert [path.name for path in files_in(child_sees)] == [bad["id"]]
    [listed] = (await trader.get("/api/v1/data/imports")).json()["items"]
    assert listed["reports"][0]["rejected"] == 1
    assert listed["reports"][0]["errors"] == []


async def test_an_import_that_is_run_again_goes_on_where_it_stopped(
    trader: httpx.AsyncClient, context: Context
) -> None:
    first, second = await upload(trader), await upload(trader, NAMELESS, "b.csv")
    made = (await start_import(trader, first["id"], second["id"])).json()

    def stop(done: float, _total: int, name: str) -> None:
        if name == "b.csv":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await carry_out(context, made["id"], stop)
    [partial] = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()["reports"]
    assert partial["name"] == "600519.csv"
    before = context.bars.coverage("600519.SH", "1d")

    seen: list[str] = []
    await carry_out(context, made["id"], lambda done, total, name: seen.append(name))
    assert "600519.csv" not in seen
    reports = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()["reports"]
    assert [report["inserted"] for report in reports] == [2, 1]
    assert context.bars.coverage("600519.SH", "1d") == before


async def test_bars_that_were_stored_but_not_named_are_named_by_the_next_import(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> int:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(market, "register", broken)
        made = (await start_import(trader, (await upload(trader))["id"])).json()
        with pytest.raises(RuntimeError):
            await carry_out(context, made["id"], lambda *_: None)
    assert (await trader.get("/api/v1/data/coverage")).json()["items"][0]["name"] is None
    await carry_out(context, made["id"], lambda *_: None)
    assert (await trader.get("/api/v1/data/coverage")).json()["items"][0]["name"] == "贵州茅台"
    [report] = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()["reports"]
    assert report["status"] == "unchanged"


async def test_an_import_sent_twice_with_one_key_is_one_import(
    trader: httpx.AsyncClient, queue: RecordingQueue
) -> None:
    made = await upload(trader)
    answers = [await start_import(trader, made["id"], key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert len(queue.enqueued) == 1
    other = await upload(trader, NAMELESS)
    reused = await start_import(trader, other["id"], key="k1")
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_one_upload_listed_twice_is_refused(trader: httpx.AsyncClient) -> None:
    made = await upload(trader)
    answer = await start_import(trader, made["id"], made["id"])
    assert (answer.status_code, answer.json()["field"]) == (422, "items.1.upload_id")


async def test_imports_come_in_pages_newest_first_and_only_ones_own(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    made = [(await start_import(trader, (await upload(trader))["id"])).json()["id"] for _ in range(3)]
    await start_import(admin, (await upload(admin))["id"])
    page = (await trader.get("/api/v1/data/imports", params={"limit": 2})).json()
    rest = (await trader.get("/api/v1/data/imports", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None
    assert (await admin.get(f"/api/v1/data/imports/{made[0]}")).json()["code"] == "import_not_found"
    assert (await trader.get("/api/v1/data/imports", params={"cursor": "x"})).status_code == 422


async def test_uploads_older_than_a_day_are_purged_but_not_while_they_are_imported(
    trader: httpx.AsyncClient, context: Context, clock: FakeClock
) -> None:
    old, used = await upload(trader), await upload(trader, NAMELESS)
    await start_import(trader, used["id"])
    lost = uploads.path_of(context.settings, "LOST")
    lost.write_bytes(b"of a request that was killed")
    os.utime(lost, (0, 0))
    for made in (old, used):
        os.utime(uploads.path_of(context.settings, made["id"]), (0, 0))
    clock.advance(hours=25)
    young = await upload_at(context, clock)
    assert await uploads.purge(context) == 2
    assert {path.name for path in files_in(context)} == {used["id"], young}
    async with context.database.unit(write=False) as uow:
        assert await uow.session.scalar(select(func.count()).select_from(UploadRow)) == 2


async def upload_at(context: Context, clock: FakeClock) -> str:
    """Put a young upload there without HTTP: the signed-in session has run out by this clock."""
    async with context.database.unit() as uow:
        owner = await uow.session.scalar(select(UploadRow.owner_id).limit(1))
        uow.session.add(UploadRow(id="YOUNG", owner_id=owner, name="y", size=1, created_at=clock.utcnow()))
    uploads.path_of(context.settings, "YOUNG").write_bytes(b"y")
    return "YOUNG"


async def test_coverage_is_paged_searched_and_told_apart_from_the_simulated(
    viewer: httpx.AsyncClient, context: Context
) -> None:
    symbols = ["000001.SZ", "600000.SH", "600001.DEMO", "600519.SH"]
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    context.bars.merge([random_walk(symbol, 5, seed=1) for symbol in symbols], source="import", now=now)
    async with context.database.unit() as uow:
        await market.register(uow, [InstrumentInfo("600519.SH", "贵州茅台", "stock", "main", None, None)], "import")

    async def found(**query: Any) -> list[str]:
        items = (await viewer.get("/api/v1/data/coverage", params=query)).json()["items"]
        return [item["symbol"] for item in items]

    assert await found() == symbols
    assert await found(simulated=True) == ["600001.DEMO"]
    assert await found(simulated=False) == ["000001.SZ", "600000.SH", "600519.SH"]
    assert await found(q="gzmt") == await found(q="茅台") == await found(q="600519") == ["600519.SH"]
    assert await found(q="60000") == ["600000.SH", "600001.DEMO"]
    page = (await viewer.get("/api/v1/data/coverage", params={"limit": 3})).json()
    assert await found(limit=3, cursor=page["next_cursor"]) == ["600519.SH"]
    summary = (await viewer.get("/api/v1/data/summary")).json()
    assert (summary["symbols"], summary["rows"], summary["simulated_symbols"]) == (4, 20, 1)
    assert summary["first"] == "2015-01-01"
    assert summary["bytes"] > 0
    assert summary["online_sources"] == []


async def test_the_demo_market_is_queued_once_a_key_and_removed_with_its_instruments(
    trader: httpx.AsyncClient, context: Context, queue: RecordingQueue
) -> None:
    jobs = [(await trader.post("/api/v1/data/demo", headers={"Idempotency-Key": "d"})).json() for _ in range(2)]
    assert jobs[0]["id"] == jobs[1]["id"]
    assert jobs[0]["kind"] == "demo"
    assert len(queue.enqueued) == 1
    bars = [random_walk("600001.DEMO", 5, seed=1), random_walk("600519.SH", 5, seed=2)]
    context.bars.merge(bars, source="import", now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    infos = [InstrumentInfo(one.symbol, "", "stock", None, None, None) for one in bars]
    async with context.database.unit() as uow:
        await market.register(uow, infos, "import")
    assert (await trader.delete("/api/v1/data/demo")).status_code == 204
    assert [item.symbol for item in context.bars.list_coverage("1d")] == ["600519.SH"]
    async with context.database.unit(write=False) as uow:
        assert list(await uow.session.scalars(select(InstrumentRow.symbol))) == ["600519.SH"]


DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the market files in ../shared/data are not here")
@pytest.mark.parametrize("database_kind", ["postgresql"])  # on SQLite: tests/stack/test_acceptance.py
async def test_real_files_arrive_whole_through_the_page_and_a_second_import_changes_nothing(
    trader: httpx.AsyncClient, child_sees: Context
) -> None:
    paths = [DATA / "ashare/baostock_csv/sh.600519.csv", DATA / "tdx/sz000001.day", DATA / "ashare/daily.parquet"]
    for expected in ("stored", "unchanged"):
        ids = [(await upload(trader, path.read_bytes(), path.name))["id"] for path in paths]
        made = (await start_import(trader, *ids)).json()
        assert isinstance(await run_job(child_sees, made), Succeeded)
        reports = (await trader.get(f"/api/v1/data/imports/{made['id']}")).json()["reports"]
        assert [report["status"] for report in reports] == [expected] * 3
        assert [report["accepted"] for report in reports] == [3_704, 4_995, 529_445]
