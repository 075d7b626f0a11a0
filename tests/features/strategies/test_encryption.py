"""No line of a strategy's code lies anywhere in the clear, whatever was done with it, and none is ever lost."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import subprocess
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url, select, update

from quantdesk.adapters.document_store.sqlite import SqliteDocumentStore
from quantdesk.features.strategies import coding, encrypting, service
from quantdesk.features.strategies.tables import StrategyVersionRow
from quantdesk.kit import data_keys
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from tests.support import postgres

URL = "/api/v1/strategies"
MARK = "zebra_marker_line"
CODE = f"import backtrader as bt\n\nclass Mine(bt.Strategy):\n    {MARK} = {{}}\n"


async def create(client: httpx.AsyncClient, name: str, code: str) -> dict[str, Any]:
    answer = await client.post(URL, json={"name": name, "code": code})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def save(client: httpx.AsyncClient, id: str, base: int, number: int) -> httpx.Response:
    body = {"code": CODE.format(number), "base_version": base, "message": f"n {number}"}
    return await client.post(f"{URL}/{id}/versions", json=body)


async def rows_of(context: Context) -> list[StrategyVersionRow]:
    async with context.database.unit(write=False) as uow:
        return list(await uow.session.scalars(select(StrategyVersionRow).order_by(StrategyVersionRow.number)))


def holding(folder: Path, mark: str) -> list[str]:
    """Give the files that hold the mark: as it is, in UTF-16, base 64 at each offset, or gzipped."""
    raw = mark.encode()
    forms = {raw, mark.encode("utf-16-le")}
    forms |= {base64.b64encode(b"x" * pad + raw)[4 : -4 or None] for pad in range(3)}
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        with contextlib.suppress(OSError, EOFError, zlib.error):
            data += gzip.decompress(data)
        if any(form in data for form in forms):
            found.append(str(path.relative_to(folder)))
    return found


def dump_of(context: Context) -> str:
    """Give all of a PostgreSQL database as SQL; nothing for SQLite, whose file lies in the home."""
    url = make_url(context.settings.database_url)
    if url.get_backend_name() == "sqlite":
        return ""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    tools = postgres.binaries()
    assert tools is not None
    return subprocess.run([tools / "pg_dump", plain], check=True, capture_output=True, text=True).stdout


async def test_after_saving_drafting_labelling_exporting_and_deleting_nothing_holds_a_line_of_it(
    trader: httpx.AsyncClient, context: Context
) -> None:
    made = await create(trader, "一", CODE.format(1))
    url = f"{URL}/{made['id']}"
    assert (await save(trader, made["id"], 1, 2)).status_code == 201
    draft = await trader.put(f"{url}/draft", json={"code": CODE.format(3), "base_version": 2})
    assert draft.status_code == 200, draft.text
    await trader.patch(f"{url}/versions/1", json={"label": "first"})
    await trader.post(f"{URL}/inspect", json={"code": CODE.format(4)})
    exported = await trader.post(f"{URL}/exports", json={"password": "long enough"})
    assert exported.status_code == 200
    assert (await trader.post(f"{URL}/archives", content=exported.content)).status_code == 201
    assert (await trader.delete(url)).status_code == 204
    home = context.settings.home
    assert holding(home, MARK) == []
    assert MARK not in dump_of(context)
    assert (await trader.get(f"{url}/versions/2")).json()["code"] == CODE.format(2)


async def test_redis_holds_no_line_of_code(trader: httpx.AsyncClient, context: Context) -> None:
    made = await create(trader, "一", CODE.format(1))
    await save(trader, made["id"], 1, 2)
    held = []
    async for key in context.redis.scan_iter("*"):
        held.append(str(await context.redis.dump(key)))
    assert MARK not in "".join(held)


async def store_plain(context: Context, row: StrategyVersionRow, code: str) -> None:
    """Make a version look as an older QuantDesk stored it."""
    await context.documents.put(coding.CODE, row.id, {"code": code})
    async with context.database.unit() as uow:
        of_row = StrategyVersionRow.id == row.id
        await uow.session.execute(update(StrategyVersionRow).where(of_row).values(data_key_id=None))


async def make_plain(trader: httpx.AsyncClient, context: Context, count: int) -> str:
    made = await create(trader, "旧", CODE.format(1))
    for number in range(2, count + 1):
        await save(trader, made["id"], number - 1, number)
    for row in await rows_of(context):
        await store_plain(context, row, CODE.format(row.number))
    return str(made["id"])


async def test_code_of_an_older_quantdesk_is_read_sealed_once_and_leaves_no_trace(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypting, "BATCH", 3)
    id = await make_plain(trader, context, 8)
    lost = "0" * 26
    await context.documents.put(coding.CODE, lost, {"code": CODE.format(99)})  # of a save that failed, long ago
    young = new_id()
    await context.documents.put(coding.CODE, young, {"sealed": "of a save that is under way"})
    assert "documents.db" in "".join(holding(context.settings.home, MARK))
    assert (await trader.get(f"{URL}/{id}/versions/5")).json()["code"] == CODE.format(5)
    assert await service.seal_plain(context) == 8
    assert await service.seal_plain(context) == 0
    assert holding(context.settings.home, MARK) == []
    assert MARK not in dump_of(context)
    for number in range(1, 9):
        assert (await trader.get(f"{URL}/{id}/versions/{number}")).json()["code"] == CODE.format(number)
    assert set(await context.documents.get_many(coding.CODE, [lost, young])) == {young}


async def test_sealing_cut_off_after_any_document_goes_on_and_reads_all_the_time(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await make_plain(trader, context, 4)
    put, left = SqliteDocumentStore.put, 0

    async def failing(self: SqliteDocumentStore, collection: str, key: str, document: Any) -> None:
        nonlocal left
        await put(self, collection, key, document)
        left -= 1
        if left == 0:
            raise ConnectionError("killed here")

    for survived in range(1, 5):
        left = survived
        with monkeypatch.context() as patched:
            patched.setattr(SqliteDocumentStore, "put", failing)
            with pytest.raises(ConnectionError):
                await service.seal_plain(context)
        for number in range(1, 5):
            assert (await trader.get(f"{URL}/{id}/versions/{number}")).json()["code"] == CODE.format(number)
    await service.seal_plain(context)
    assert all(row.data_key_id for row in await rows_of(context))


async def test_sealing_beside_saves_loses_nothing(trader: httpx.AsyncClient, context: Context) -> None:
    id = await make_plain(trader, context, 6)

    async def go_on() -> None:
        for number in range(7, 15):
            assert (await save(trader, id, number - 1, number)).status_code == 201

    await asyncio.gather(go_on(), service.seal_plain(context), service.seal_plain(context))
    for number in range(1, 15):
        assert (await trader.get(f"{URL}/{id}/versions/{number}")).json()["code"] == CODE.format(number)
    assert holding(context.settings.home, f"{MARK} = 3") == []


async def test_plain_text_put_in_place_of_sealed_code_is_tampering(trader: httpx.AsyncClient, context: Context) -> None:
    made = await create(trader, "一", CODE.format(1))
    [row] = await rows_of(context)
    await context.documents.put(coding.CODE, row.id, {"code": CODE.format(1)})
    answer = await trader.get(f"{URL}/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (500, "data_tampered")
    assert "backup" in answer.json()["detail"]
    await store_plain(context, row, CODE.format(2))  # never sealed, but not what was saved
    assert (await trader.get(f"{URL}/{made['id']}")).json()["code"] == "data_tampered"
    assert await service.seal_plain(context) == 0


async def test_documents_swapped_between_versions_or_deleted_are_tampering(
    trader: httpx.AsyncClient, context: Context
) -> None:
    made = await create(trader, "一", CODE.format(1))
    await save(trader, made["id"], 1, 2)
    one, two = await rows_of(context)
    documents = await context.documents.get_many(coding.CODE, [one.id, two.id])
    await context.documents.put(coding.CODE, one.id, documents[two.id])
    await context.documents.delete(coding.CODE, two.id)
    for number in (1, 2):
        answer = await trader.get(f"{URL}/{made['id']}/versions/{number}")
        assert (answer.status_code, answer.json()["code"]) == (500, "data_tampered")
        assert answer.json()["about"][0] == "strategy_code"


async def test_keys_rotate_while_many_save_and_no_version_is_lost(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, context: Context
) -> None:
    clients = [trader, admin]
    made = [await create(client, f"s{n}", CODE.format(0)) for n in range(3) for client in clients]

    async def go_on(client: httpx.AsyncClient, id: str) -> None:
        for number in range(1, 9):
            assert (await save(client, id, number, number)).status_code == 201

    async def rotate() -> None:
        for _ in range(3):
            await data_keys.rotate(context)

    await asyncio.gather(
        rotate(), *(go_on(clients[place % 2], str(each["id"])) for place, each in enumerate(made))
    )  # fmt: skip
    for place, each in enumerate(made):
        for number in range(1, 10):
            answer = await clients[place % 2].get(f"{URL}/{each['id']}/versions/{number}")
            assert answer.json()["code"] == CODE.format(number - 1)
    async with context.database.unit(write=False) as uow:
        assert (await data_keys.status(uow, context)).master.version == 4
