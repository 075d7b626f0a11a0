"""Strategies of several files: saved, drafted, sealed, searched, archived."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
import pyzipper  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select

from quantdesk.core.strategies.future_hints import future_hints
from quantdesk.core.strategies.project import CodeFile, sha256_of
from quantdesk.features.strategies import coding
from quantdesk.features.strategies.tables import StrategyVersionRow
from quantdesk.kit.context import Context

URL = "/api/v1/strategies"
PASSWORD = "correct horse 电池"
CODE = "from signals.cross import above\nSECRET_MAIN = 1\n"
CROSS = {"path": "signals/cross.py", "text": "SECRET_CROSS = 2\n\n\ndef above(a, b):\n    return a > b\n"}
NOTES = {"path": "notes.md", "text": "SECRET_NOTES 说明\n"}
FILES = [NOTES, CROSS]
SUM = sha256_of(CODE, [CodeFile(**file) for file in FILES])


async def create(client: httpx.AsyncClient, name: str = "多文件", files: Any = FILES) -> dict[str, Any]:
    answer = await client.post(URL, json={"name": name, "code": CODE, "files": files})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def save(client: httpx.AsyncClient, id: str, base: int, files: Any, code: str = CODE) -> httpx.Response:
    return await client.post(f"{URL}/{id}/versions", json={"code": code, "files": files, "base_version": base})


async def test_files_are_saved_with_their_version_and_come_back_by_path(trader: httpx.AsyncClient) -> None:
    made = await create(trader, files=[CROSS, NOTES])
    assert made["files"] == FILES
    assert (await trader.get(f"{URL}/{made['id']}")).json()["files"] == FILES
    first = (await trader.get(f"{URL}/{made['id']}/versions/1")).json()
    assert (first["files"], first["sha256"], first["lines"]) == (FILES, SUM, 8)
    second = await save(trader, made["id"], 1, [CROSS])
    assert (second.status_code, second.json()["files"]) == (201, [CROSS])
    assert (await trader.get(f"{URL}/{made['id']}/versions/1")).json()["files"] == FILES
    assert (await trader.get(f"{URL}/{made['id']}")).json()["files"] == [CROSS]


async def test_a_save_changes_nothing_only_when_code_and_files_are_equal(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    assert (await save(trader, made["id"], 1, [CROSS, NOTES])).status_code == 200
    assert (await save(trader, made["id"], 1, [CROSS, {**NOTES, "text": "other"}])).status_code == 201
    assert (await save(trader, made["id"], 2, [])).status_code == 201
    alone = (await save(trader, made["id"], 3, [])).json()
    assert (alone["number"], alone["sha256"]) == (3, sha256_of(CODE))


@pytest.mark.parametrize(
    ("files", "path", "reason"),
    [
        ([{"path": "../up.py", "text": ""}], "../up.py", "bad_path"),
        ([{"path": "strategy.py", "text": ""}], "strategy.py", "taken"),
        ([{"path": "numpy/a.py", "text": ""}], "numpy/a.py", "taken"),
        ([{"path": "structlog.py", "text": ""}], "structlog.py", "taken"),
        ([CROSS, {"path": "signals/Cross.py", "text": ""}], "signals/cross.py", "duplicate"),
        ([CROSS, {"path": "signals.py", "text": ""}], "signals.py", "file_and_folder"),
        ([{"path": "a.py", "text": "x" * (999_900 - len(CODE))}, CROSS], "signals/cross.py", "too_long"),
    ],
)
async def test_files_that_cannot_be_are_refused_naming_the_path(
    trader: httpx.AsyncClient, files: list[Any], path: str, reason: str
) -> None:
    made = await create(trader)
    for answer in (
        await save(trader, made["id"], 1, files),
        await trader.post(URL, json={"name": "b", "code": CODE, "files": files}),
    ):
        if answer.status_code == 413:  # the text alone is more than a body may be
            assert reason == "too_long"
            continue
        found = answer.json()
        assert (answer.status_code, found["code"]) == (422, "strategy_files_refused"), answer.text
        assert (found["field"], found["path"], found["reason"]) == ("files", path, reason)
        assert path in found["detail"]
    assert (await trader.get(f"{URL}/{made['id']}")).json()["version"] == 1


async def test_a_draft_has_its_files(trader: httpx.AsyncClient) -> None:
    made = await create(trader)
    put = await trader.put(
        f"{URL}/{made['id']}/draft", json={"code": "x", "files": [CROSS, NOTES], "base_version": 1, "revision": 0}
    )
    assert put.status_code == 200, put.text
    draft = (await trader.get(f"{URL}/{made['id']}/draft")).json()
    assert (draft["code"], draft["files"]) == ("x", FILES)


async def test_a_syntax_error_in_another_file_is_told_with_its_path(trader: httpx.AsyncClient) -> None:
    made = await create(trader, files=[CROSS, {"path": "signals/bad.py", "text": "x = (\n"}])
    [error] = made["inspection"]["errors"]
    assert (error["type"], error["file"], error["line"]) == ("SyntaxError", "signals/bad.py", 1)
    assert error["source_line"] == "x = ("


async def test_all_files_are_sealed_in_one_document_and_a_changed_byte_is_tampering(
    trader: httpx.AsyncClient, context: Context
) -> None:
    made = await create(trader)
    async with context.database.unit(write=False) as uow:
        [row] = (await uow.session.scalars(select(StrategyVersionRow))).all()
    document = await context.documents.get(coding.CODE, row.id)
    assert list(document) == ["sealed"]
    for file in context.settings.home.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert b"SECRET_" not in held, file
            assert b"signals/cross" not in held, file
    text = document["sealed"]
    flipped = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    await context.documents.put(coding.CODE, row.id, {"sealed": flipped})
    answer = await trader.get(f"{URL}/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (500, "data_tampered")


def test_what_was_sealed_before_there_were_files_is_read() -> None:
    assert coding.unpacked(CODE.encode()) == coding.Project(CODE)
    project = coding.Project(CODE, tuple(CodeFile(**file) for file in FILES))
    assert coding.unpacked(coding.packed(project)) == project
    assert coding.packed(coding.Project(CODE)) == CODE.encode()


async def test_a_search_finds_lines_of_all_files_and_goes_on_within_one(trader: httpx.AsyncClient) -> None:
    await create(trader)
    everything = (await trader.get(f"{URL}/search", params={"q": "SECRET"})).json()["items"]
    assert [(one["file"], one["line"], one["text"]) for one in everything] == [
        (None, 2, "SECRET_MAIN = 1"),
        ("notes.md", 1, "SECRET_NOTES 说明"),
        ("signals/cross.py", 1, "SECRET_CROSS = 2"),
    ]
    found, cursor = [], None
    for _ in range(4):
        params = {"q": "SECRET", "limit": 1} | ({"cursor": cursor} if cursor else {})
        answer = (await trader.get(f"{URL}/search", params=params)).json()
        found += answer["items"]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert found == everything


async def test_an_archive_carries_all_files(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    made = await create(trader)
    await save(trader, made["id"], 1, [])
    data = (await trader.post(f"{URL}/exports", json={"ids": None, "password": PASSWORD})).content
    with pyzipper.AESZipFile(io.BytesIO(data)) as zip:
        zip.setpassword(PASSWORD.encode())
        names = [name for name in zip.namelist() if name != "manifest.json"]
        folder = names[0].rpartition("/")[0]
        assert names == [
            f"{folder}/v001.py", f"{folder}/v001/notes.md", f"{folder}/v001/signals/cross.py", f"{folder}/v002.py",
        ]  # fmt: skip
        assert zip.read(f"{folder}/v001/signals/cross.py").decode() == CROSS["text"]
    [done] = await brought(admin, data)
    assert done["outcome"] == "created"
    for number in (1, 2):
        there = (await admin.get(f"{URL}/{done['strategy_id']}/versions/{number}")).json()
        assert there == (await trader.get(f"{URL}/{made['id']}/versions/{number}")).json()


async def brought(client: httpx.AsyncClient, data: bytes) -> list[Any]:
    answer = await imported(client, data)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def imported(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    sent = await client.post(f"{URL}/archives", content=data, headers={"Content-Type": "application/zip"})
    return await client.post(f"{URL}/archives/{sent.json()['id']}/import", json={"password": PASSWORD, "choices": {}})


def made(files: dict[str, str], listed: list[str]) -> bytes:
    """Make an archive by hand: a version of these files beside its main one, and a manifest that lists some."""
    buffer = io.BytesIO()
    own = [CodeFile(path=path, text=files[path]) for path in listed if path in files]
    version = {
        "number": 1,
        "file": "strategies/001-a/v001.py",
        "files": listed,
        "created_at": "2026-01-01T00:00:00Z",
        "sha256": sha256_of("x", own),
    }
    manifest = {
        "format": "quantdesk-strategies",
        "version": 1,
        "exported_at": "2026-01-01T00:00:00Z",
        "strategies": [{"folder": "001-a", "name": "a", "versions": [version]}],
    }
    with pyzipper.AESZipFile(buffer, "w", encryption=pyzipper.WZ_AES) as zip:
        zip.setpassword(PASSWORD.encode())
        zip.writestr("manifest.json", json.dumps(manifest))
        zip.writestr("strategies/001-a/v001.py", "x")
        for path, text in files.items():
            zip.writestr(f"strategies/001-a/v001/{path}", text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made({"../up.py": ""}, ["../up.py"]), "archive_refused"),
        (made({"/etc/passwd": ""}, []), "archive_refused"),
        (made({"a\\b.py": ""}, []), "archive_refused"),
        (made({"setup.exe": ""}, []), "archive_refused"),
        (made({"os.py": ""}, ["os.py"]), "archive_refused"),
        (made({"a.py": ""}, ["a.py", "../../002-b/v001.py"]), "archive_unreadable"),
        (made({"a.py": ""}, ["a.py", "gone.py"]), "archive_unreadable"),
        (made({"a.py": "", "A.py": ""}, ["a.py", "A.py"]), "archive_unreadable"),
        (made({"a.py": "1", "b.py": "2"}, ["a.py", "a.py"]), "archive_unreadable"),
        (made({"a.py": "\x00"}, ["a.py"]), "archive_unreadable"),
    ],
)
async def test_a_hostile_or_wrong_archive_of_several_files_is_refused(
    trader: httpx.AsyncClient, data: bytes, code: str
) -> None:
    answer = await imported(trader, data)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert (await trader.get(URL)).json()["items"] == []


async def test_an_archive_made_by_hand_is_read(trader: httpx.AsyncClient) -> None:
    [done] = await brought(trader, made({"signals/a.py": "A = 1\n", "b.py": ""}, ["signals/a.py", "b.py"]))
    files = (await trader.get(f"{URL}/{done['strategy_id']}")).json()["files"]
    assert files == [{"path": "b.py", "text": ""}, {"path": "signals/a.py", "text": "A = 1\n"}]


def test_hints_of_look_ahead_are_of_all_files() -> None:
    files = [
        CodeFile(path="notes.md", text="data.close[1]"),
        CodeFile(path="signals/a.py", text="def late(data):\n    return data.close[1]\n"),
        CodeFile(path="signals/b.py", text="x = (\n"),
        CodeFile(path="signals/c.py", text="def late(frame):\n    return frame.shift(-1)\n"),
    ]
    found = future_hints("import backtrader as bt\ny = frame.bfill()\n", files)
    assert [(hint.file, hint.line, hint.source) for hint in found] == [
        (None, 2, "y = frame.bfill()"),
        ("signals/a.py", 2, "return data.close[1]"),
        ("signals/c.py", 2, "return frame.shift(-1)"),
    ]
