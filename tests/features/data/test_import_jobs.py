"""Imports as jobs: what is refused leaves the store byte-identical; a cancel leaves each file whole or not at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select

from quantdesk.features.data import imports, uploads
from quantdesk.features.data.schemas import ImportCreate, ImportItem
from quantdesk.features.data.tables import UploadRow
from quantdesk.features.data.tasks import ImportHandler
from quantdesk.features.jobs.handlers import Cancelled
from quantdesk.features.jobs.running import RunningJob
from quantdesk.features.market import service as market
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.ports.data_source import InstrumentInfo
from tests.support.app import sign_in

HEADER = "date,code,open,high,low,close,volume,amount\n"
GOOD = HEADER + "2024-01-02,sh.600519,10,11,9,10.5,1000,10500\n"
MALFORMED: dict[str, bytes] = {
    "negative price.csv": (HEADER + "2024-01-03,sh.600519,10,11,9,-1,1000,10500\n").encode(),
    "high below low.csv": (HEADER + "2024-01-03,sh.600519,10,9,11,10,1000,10500\n").encode(),
    "date twice.csv": (GOOD + "2024-01-02,sh.600519,10,11,9,10.4,1000,10500\n").encode(),
    "future.csv": (HEADER + "2999-01-03,sh.600519,10,11,9,10,1000,10500\n").encode(),
    "text.csv": (HEADER + "2024-01-03,sh.600519,ten,11,9,10,1000,10500\n").encode(),
    "header only.csv": HEADER.encode(),
    "empty.csv": b"",
    "utf16.csv": GOOD.encode("utf-16"),
    "latin.csv": (HEADER + "2024-01-03,sh.6005\xff9,10,11,9,10,1,1\n").encode("latin-1"),
    "bomb.csv": gzip.compress(b"0" * 10_000_000),
    "cut.parquet": b"PAR1" + b"\x00" * 100,
    "cut.day": b"\x00" * 31,
    "one line.csv": b"x" * 3_000_000,
    "no code.csv": b"date,open,high,low,close,volume\n2024-01-03,10,11,9,10,1000\n",
    "page.csv": b"<html><body>Sign in</body></html>",
    "../../escape.csv": GOOD.encode(),
}


async def put(context: Context, owner: Principal, files: dict[str, bytes]) -> list[str]:
    """Put the files where uploads are, without HTTP and inspection."""
    folder = uploads.folder_of(context.settings)
    folder.mkdir(parents=True, exist_ok=True)
    ids = []
    async with context.database.unit() as uow:
        for name, content in files.items():
            upload_id = new_id()
            uploads.path_of(context.settings, upload_id).write_bytes(content)
            uow.session.add(
                UploadRow(id=upload_id, owner_id=owner.user_id, name=name, size=len(content), created_at=clock.utcnow())
            )
            ids.append(upload_id)
    return ids


async def start(context: Context, owner: Principal, files: dict[str, bytes]) -> str:
    body = ImportCreate(items=[ImportItem(upload_id=one) for one in await put(context, owner, files)])
    async with context.database.unit() as uow:
        return await imports.create(uow, context, owner, body)


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
async def owner(context: Context) -> Principal:
    principal, _ = await sign_in(context, "owner", "trader")
    return principal


async def test_malformed_files_are_each_refused_with_a_reason_and_the_store_stays_byte_identical(
    context: Context, owner: Principal
) -> None:
    await imports.carry_out(context, await start(context, owner, {"good.csv": GOOD.encode()}), lambda *_: None)
    before = contents(context.settings.home / "bars")
    import_id = await start(context, owner, MALFORMED)
    await imports.carry_out(context, import_id, lambda *_: None)
    async with context.database.unit(write=False) as uow:
        made = await imports.get(uow, import_id, owner.user_id)
    assert [report.name for report in made.reports] == list(MALFORMED)
    for report in made.reports:
        assert report.status == "refused", report.name
        assert report.error is not None, report.name
        assert report.error.message_zh, report.name
        assert report.error.message_en, report.name
    assert contents(context.settings.home / "bars") == before
    assert await imports.outcome(context, import_id) == (0, len(MALFORMED))


async def test_the_bad_rows_that_are_kept_are_shared_among_the_files(
    context: Context, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "KEPT_ERRORS", 10)
    rows = "".join(f"2024-01-{day:02},sh.600519,x,11,9,10,1,1\n" for day in range(1, 29))
    import_id = await start(context, owner, {"a.csv": (HEADER + rows).encode(), "b.csv": (HEADER + rows).encode()})
    await imports.carry_out(context, import_id, lambda *_: None)
    async with context.database.unit(write=False) as uow:
        made = await imports.get(uow, import_id, owner.user_id)
    assert [(report.rejected, len(report.errors)) for report in made.reports] == [(28, 5), (28, 5)]


async def test_a_cancelled_import_ends_and_keeps_what_is_not_stored(context: Context, owner: Principal) -> None:
    import_id = await start(context, owner, {"a.csv": GOOD.encode()})
    async with context.database.unit(write=False) as uow:
        made = await imports.get(uow, import_id, owner.user_id)
    job = RunningJob(
        context, id=made.job.id, kind="import", owner_id=owner.user_id, attempt=1, payload={}, subject_id=import_id
    )
    job.cancelled.set()
    outcome = await ImportHandler().run(job)
    assert isinstance(outcome, Cancelled)
    assert outcome.write is not None
    async with context.database.unit() as uow:
        await outcome.write(uow)
    assert len(list(uploads.folder_of(context.settings).iterdir())) == 1
    assert context.bars.list_coverage("1d") == []


async def test_two_processes_that_register_the_same_instruments_at_once_both_succeed(context: Context) -> None:
    symbols = [f"{600000 + number}.SH" for number in range(300)]

    async def register(order: list[str], name: str) -> None:
        infos = [InstrumentInfo(symbol, name, "stock", None, None, None) for symbol in order]
        async with context.database.unit() as uow:
            await market.register(uow, infos, "test")

    await asyncio.gather(
        *(register(order, name) for order, name in ((symbols, "甲"), (symbols[::-1], "乙")) for _ in "12")
    )
    async with context.database.unit(write=False) as uow:
        rows = (await uow.session.scalars(select(InstrumentRow))).all()
    assert [row.symbol for row in sorted(rows, key=lambda row: row.symbol)] == symbols
    assert {row.name for row in rows} in ({"甲"}, {"乙"})
