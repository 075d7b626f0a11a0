"""Encrypted archives: out and in again, what collides, and what people or attackers send instead."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyzipper  # type: ignore[import-untyped]  # it ships no types

from quantdesk.core.strategies.project import sha256_of as sha256
from quantdesk.features.strategies import archive_format, archives
from quantdesk.features.strategies.errors import BadArchive, HostileArchive, WrongPassword
from quantdesk.kit.context import Context

URL = "/api/v1/strategies"
PASSWORD = "correct horse 电池"
CODE = "n = {}\n"
AES_256 = 3
"""As the format of WinZip numbers its strengths."""


async def create(client: httpx.AsyncClient, name: str, saves: int = 1, first: int = 1) -> str:
    made = (await client.post(URL, json={"name": name, "code": CODE.format(first), "description": "说明"})).json()
    for number in range(2, saves + 1):
        body = {"code": CODE.format(first * number), "base_version": number - 1, "message": f"改 {number}"}
        assert (await client.post(f"{URL}/{made['id']}/versions", json=body)).status_code == 201
    return str(made["id"])


async def export(client: httpx.AsyncClient, ids: list[str] | None = None) -> bytes:
    answer = await client.post(f"{URL}/exports", json={"ids": ids, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


async def upload(client: httpx.AsyncClient, data: bytes) -> str:
    answer = await client.post(f"{URL}/archives", content=data, headers={"Content-Type": "application/zip"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def preview(client: httpx.AsyncClient, id: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post(f"{URL}/archives/{id}/preview", json={"password": password})


async def bring(client: httpx.AsyncClient, data: bytes, **choices: str) -> list[dict[str, Any]]:
    id = await upload(client, data)
    answer = await client.post(f"{URL}/archives/{id}/import", json={"password": PASSWORD, "choices": choices})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def states(client: httpx.AsyncClient, data: bytes) -> dict[str, str]:
    answer = await preview(client, await upload(client, data))
    assert answer.status_code == 200, answer.text
    return {entry["name"]: entry["state"] for entry in answer.json()["strategies"]}


async def histories(client: httpx.AsyncClient, id: str) -> list[Any]:
    return [(await client.get(f"{URL}/{id}/versions/{number}")).json() for number in (1, 2, 3)]


async def test_strategies_come_back_with_versions_labels_messages_and_times(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    id = await create(trader, "双均线/A", 3)
    await trader.patch(f"{URL}/{id}/versions/2", json={"label": "上线"})
    await create(trader, "other")
    data = await export(trader)
    assert await states(admin, data) == {"双均线/A": "new", "other": "new"}
    done = await bring(admin, data)
    assert [one["outcome"] for one in done] == ["created", "created"]
    [twin] = [one["strategy_id"] for one in done if one["name"] == "双均线/A"]
    here, there = await histories(trader, id), await histories(admin, twin)
    assert here == there
    assert (await admin.get(f"{URL}/{twin}")).json()["description"] == "说明"
    assert set((await states(admin, data)).values()) == {"same"}
    assert {one["outcome"] for one in await bring(admin, data)} == {"skipped"}


async def test_the_archive_is_encrypted_by_aes_256_and_shows_no_code(trader: httpx.AsyncClient) -> None:
    await create(trader, "a")
    data = await export(trader)
    assert b"n = 1" not in data
    with pyzipper.AESZipFile(io.BytesIO(data)) as zip:
        assert {info.wz_aes_strength for info in zip.infolist()} == {AES_256}
        zip.setpassword(PASSWORD.encode())
        manifest = json.loads(zip.read("manifest.json"))
        [version] = manifest["strategies"][0]["versions"]
        assert zip.read(version["file"]) == b"n = 1\n"


async def test_a_collision_is_kept_beside_added_as_a_version_or_skipped(trader: httpx.AsyncClient) -> None:
    id = await create(trader, "a", 2)
    data = await export(trader, [id])
    await trader.post(f"{URL}/{id}/versions", json={"code": "mine = 1\n", "base_version": 2})
    shown = (await preview(trader, await upload(trader, data))).json()["strategies"][0]
    assert (shown["state"], shown["missing"], shown["existing_version"]) == ("conflict", 0, 3)
    folder = shown["folder"]
    assert (await bring(trader, data))[0]["outcome"] == "skipped"
    assert (await bring(trader, data, **{folder: "replace"}))[0]["outcome"] == "new_version"
    found = (await trader.get(f"{URL}/{id}")).json()
    assert (found["version"], found["code"]) == (4, CODE.format(2))
    beside = (await bring(trader, data, **{folder: "keep_both"}))[0]
    assert (beside["outcome"], beside["name"]) == ("created", "a (2)")
    assert (await trader.get(f"{URL}/{beside['strategy_id']}")).json()["version"] == 2


async def test_a_wrong_password_and_a_missing_upload_are_named_and_the_upload_is_gone_after_the_import(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await create(trader, "a")
    id = await upload(trader, await export(trader))
    wrong = await preview(trader, id, "wrong password")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "archive_wrong_password")
    assert (await preview(admin, id)).json()["code"] == "archive_not_found"
    assert (await preview(trader, "no-such")).status_code == 404
    done = await trader.post(f"{URL}/archives/{id}/import", json={"password": PASSWORD})
    assert done.status_code == 200
    assert (await preview(trader, id)).json()["code"] == "archive_not_found"


async def test_what_cannot_be_exported_is_refused(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    empty = await trader.post(f"{URL}/exports", json={"password": PASSWORD})
    assert (empty.status_code, empty.json()["code"]) == (422, "no_strategy_to_export")
    theirs = await create(admin, "b")
    answer = await trader.post(f"{URL}/exports", json={"ids": [theirs], "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (404, "strategy_not_found")
    assert (await trader.post(f"{URL}/exports", json={"password": "short"})).status_code == 422


def made(
    files: dict[str, bytes], *, mode: int = 0, encrypted: bool = True, manifest: dict[str, Any] | None = None
) -> bytes:
    """Make an archive by hand, with a manifest that fits the files unless one is given."""
    buffer = io.BytesIO()
    encryption = pyzipper.WZ_AES if encrypted else None
    with pyzipper.AESZipFile(buffer, "w", compression=pyzipper.ZIP_DEFLATED, encryption=encryption) as zip:
        if encrypted:
            zip.setpassword(PASSWORD.encode())
        versions = [
            {
                "number": number,
                "file": name,
                "created_at": "2026-01-01T00:00:00Z",
                "sha256": sha256(data.decode("utf-8", "replace")),
            }
            for number, (name, data) in enumerate(files.items(), start=1)
        ]
        whole = {
            "format": "quantdesk-strategies",
            "version": 1,
            "exported_at": "2026-01-01T00:00:00Z",
            "strategies": [{"folder": "001-a", "name": "a", "versions": versions}],
        }
        zip.writestr("manifest.json", json.dumps(manifest if manifest is not None else whole))
        for name, data in files.items():
            zip.writestr(name, data)
            if mode:
                zip.getinfo(name).external_attr = mode << 16  # goes into the directory, which is written at the end
    return buffer.getvalue()


GOOD = "strategies/001-a/v001.py"
REFUSED = {
    "a path out of the folder": (made({"strategies/../../etc/v001.py": b"x"}), "archive_refused"),
    "an absolute path": (made({"/etc/passwd": b"x"}), "archive_refused"),
    "a path of Windows": (made({"strategies\\a\\v001.py": b"x"}), "archive_refused"),
    "another file": (made({GOOD: b"x", "setup.exe": b"x"}), "archive_refused"),
    "a symbolic link": (made({GOOD: b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "archive_refused"),
    "a bomb in one version": (made({GOOD: b"0" * 5_000_000}), "archive_refused"),
    "no zip": (b"not a zip at all", "archive_unreadable"),
    "nothing": (b"", "archive_unreadable"),
    "only an end": (b"PK\x05\x06" + b"\0" * 18, "archive_unreadable"),
    "cut in half": (made({GOOD: b"x"})[:200], "archive_unreadable"),
    "a list of a million files": (
        b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 60_000, 60_000, 60_000_000, 0, 0),
        "archive_refused",
    ),
    "not encrypted": (made({GOOD: b"x"}, encrypted=False), "archive_unreadable"),
    "another program's manifest": (made({GOOD: b"x"}, manifest={"name": "x"}), "archive_unreadable"),
    "a manifest that is a list": (made({GOOD: b"x"}, manifest=[]), "archive_unreadable"),  # type: ignore[arg-type]
    "no text": (made({GOOD: b"\xff\xfe\x00"}), "archive_unreadable"),
    "a NUL character": (made({GOOD: b"a = '\x00'"}), "archive_unreadable"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_hostile_or_broken_file_is_named_and_nothing_is_written(
    trader: httpx.AsyncClient, context: Context, what: str
) -> None:
    data, code = REFUSED[what]
    id = await upload(trader, data)
    answer = await trader.post(f"{URL}/archives/{id}/import", json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert (await trader.get(URL)).json()["items"] == []
    assert not (context.settings.home.parent / "etc").exists()


async def test_a_manifest_that_lies_is_found(trader: httpx.AsyncClient) -> None:
    version = {"number": 1, "file": GOOD, "created_at": "2026-01-01T00:00:00Z", "sha256": "0" * 64}
    base = {"format": "quantdesk-strategies", "version": 1, "exported_at": "2026-01-01T00:00:00Z"}
    lies: list[dict[str, Any]] = [
        {"versions": [version]},
        {"versions": [{**version, "file": "strategies/001-a/v002.py"}]},
        {"versions": [version, version]},
        {"versions": [{**version, "message": "a\x00b"}]},
        {"versions": [{**version, "created_at": "2026-01-01T00:00:00"}]},
        {"versions": []},
        {"versions": [version], "name": "a\x00"},
    ]
    for lie in lies:
        manifest = {**base, "strategies": [{"folder": "001-a", "name": "a", **lie}]}
        id = await upload(trader, made({GOOD: b"x"}, manifest=manifest))
        answer = await trader.post(f"{URL}/archives/{id}/import", json={"password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (422, "archive_unreadable"), answer.text
    times = [{**version, "sha256": sha256("x"), "created_at": at} for at in ("0001-01-01T00:00:00+14:00",)]
    manifest = {**base, "strategies": [{"folder": "f", "name": "old", "versions": times}]}
    [done] = await bring(trader, made({GOOD: b"x"}, manifest=manifest))
    assert done["outcome"] == "created"


async def test_each_damaged_byte_is_an_error_or_harmless_and_never_other_code(trader: httpx.AsyncClient) -> None:
    await create(trader, "a", 2)
    data = bytearray(await export(trader))
    path = Path(os.environ["QD_HOME"]) / "damaged.zip"
    whole = {1: CODE.format(1), 2: CODE.format(2)}
    for place in range(0, len(data), 13):
        data[place] ^= 0xFF
        path.write_bytes(data)
        data[place] ^= 0xFF
        try:
            with archive_format.opened(path, PASSWORD) as archive:
                for version in archive.manifest.strategies[0].versions:
                    assert archive.project(version).code == whole[version.number]
        except (BadArchive, HostileArchive, WrongPassword):
            continue


async def test_a_body_larger_than_an_archive_may_be_is_cut_off(
    trader: httpx.AsyncClient, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_format, "MAX_FILE", 1000)
    answer = await trader.post(f"{URL}/archives", content=b"x" * 5000)
    assert (answer.status_code, answer.json()["code"]) == (413, "archive_too_large")
    assert [path for path in archives.folder_of(context.settings).rglob("*") if path.is_file()] == []


async def test_old_uploads_are_deleted(trader: httpx.AsyncClient, context: Context) -> None:
    id = await upload(trader, b"x")
    assert await archives.purge(context) == 0
    [path] = archives.folder_of(context.settings).rglob(id)
    os.utime(path, (0, 0))
    assert await archives.purge(context) == 1
