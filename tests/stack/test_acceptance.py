"""What was promised, done from outside on the whole product: files in, nothing bad in, the guide's commands."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.stack.stack_support import Person, Stack, running_stack, wait_for

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".." / "shared" / "data"
HEAD = "code,date,open,high,low,close,volume\n"
GOOD = HEAD + "600519.SH,2024-01-02,10,11,9,10.5,100\n600519.SH,2024-01-03,10,11,9,10.5,100\n"
pytestmark = [pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("acceptance")]


def real_files() -> list[Path]:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    folder = DATA / "ashare"
    return [
        folder / "daily.parquet",
        *sorted((folder / "baostock_csv").glob("*.csv")),
        *sorted((DATA / "tdx").glob("*.day")),
    ]


def rows_of(path: Path) -> int:
    """Count a file's rows by the rules of its format alone."""
    match path.suffix:
        case ".day":
            return path.stat().st_size // 32
        case ".csv":
            return path.read_bytes().count(b"\n") - 1
        case _:
            return int(pq.ParquetFile(path).metadata.num_rows)


def fingerprint(folder: Path) -> dict[str, str]:
    """Give the digest of every file below the folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("acceptance") / "home") as stack:
        yield stack


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    person = Person(stack)
    for job in wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job"):
        assert person.ended(job["id"])["state"] == "succeeded"
    yield person
    person.close()


def upload(person: Person, name: str, content: bytes) -> httpx.Response:
    return person.client.post("/data/uploads", files={"file": (name, content)})


def import_uploads(person: Person, ids: list[str]) -> list[dict[str, Any]]:
    """Import uploaded files as one job; give their reports."""
    made = person.ask("POST", "/data/imports", {"items": [{"upload_id": one} for one in ids]})
    assert person.ended(made["job"]["id"])["state"] in ("succeeded", "failed")
    reports: list[dict[str, Any]] = person.ask("GET", f"/data/imports/{made['id']}")["reports"]
    return reports


def import_by_command(stack: Stack, files: list[Path], out: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "quantdesk.cli", "data", "import", *map(str, files), "--json", str(out)]
    done = subprocess.run(command, env=stack.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    reports: list[dict[str, Any]] = json.loads(out.read_text())
    return reports


def counts(reports: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    return {one["name"]: (one["rows"], one["accepted"], one["rejected"]) for one in reports}


@pytest.mark.data
def test_real_files_arrive_whole_over_http_and_by_command_and_twice_changes_nothing(
    stack: Stack, person: Person, tmp_path: Path
) -> None:
    files = real_files()
    assert len(files) == 7
    uploaded = [upload(person, path.name, path.read_bytes()) for path in files]
    assert [answer.status_code for answer in uploaded] == [201] * len(files)
    reports = import_uploads(person, [answer.json()["id"] for answer in uploaded])
    expected = {path.name: rows_of(path) for path in files}
    assert expected["daily.parquet"] == 529_445
    assert counts(reports) == {name: (rows, rows, 0) for name, rows in expected.items()}
    bars = person.ask("GET", "/stocks/600519.SH/data?start=2010-01-04&end=2025-04-07&max_points=5000")
    moutai = pq.read_table(files[0], filters=[("code", "==", "SH600519")])
    assert len(bars["time"]) == moutai.num_rows
    assert sum(bars["suspended"]) == moutai["tradestatus"].to_pylist().count(0)

    before = fingerprint(stack.home / "bars")
    again = import_by_command(stack, files, tmp_path / "again.json")
    assert [one["status"] for one in again] == ["unchanged"] * len(files)
    assert counts(again) == counts(reports)
    assert fingerprint(stack.home / "bars") == before


def packed(content: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", content)
    return packed.getvalue()


def with_row(row: str) -> bytes:
    return (GOOD + row + "\n").encode()


HOSTILE = {
    "negative.csv": with_row("600519.SH,2024-01-04,-10,11,9,10.5,100"),
    "high-below-low.csv": with_row("600519.SH,2024-01-04,10,9,11,10.5,100"),
    "twice.csv": with_row("600519.SH,2024-01-03,10,11,9,10.7,100"),
    "future.csv": with_row("600519.SH,2099-01-05,10,11,9,10.5,100"),
    "text.csv": with_row("600519.SH,2024-01-04,ten,11,9,10.5,100"),
    "nul.csv": with_row("600519.SH,2024-01-04,10\x00,11,9,10.5,100"),
    "empty.csv": b"",
    "head-only.csv": HEAD.encode(),
    "bomb.csv": packed(b"0" * 50_000_000),
    "utf-16.csv": GOOD.encode("utf-16"),
    "cut.parquet": b"PAR1" + bytes(1000),
    "odd.day": bytes(33),
    "no-columns.csv": b"a,b,c\n1,2,3\n",
    "../../../escape.csv": with_row("../../etc/passwd,2024-01-04,10,11,9,10.5,100"),
    "..\\..\\escape.csv": with_row("x,2024-01-04,10,11,9,10.5,100"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_reason_and_leaves_the_store_byte_identical(
    stack: Stack, person: Person, name: str
) -> None:
    before = fingerprint(stack.home / "bars")
    answer = upload(person, name, HOSTILE[name])
    if answer.status_code == 201 and answer.json()["problem"] is None:
        (report,) = import_uploads(person, [answer.json()["id"]])
        assert report["status"] == "refused"
        problem = report["error"]
    elif answer.status_code == 201:
        problem = answer.json()["problem"]
    else:
        problem = answer.json() | {"message_zh": answer.json()["detail"]}
        assert answer.status_code == 422, answer.text
    assert problem["code"]
    assert problem["message_zh"]
    assert fingerprint(stack.home / "bars") == before
    assert not list(stack.home.parent.rglob("escape*"))


def test_the_commands_of_the_automation_guide_work(stack: Stack, person: Person, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "automation.md").read_text()
    scopes = re.findall(r"`(\w+:\w+)`", guide.split("```")[0])
    key = person.ask("POST", "/auth/api-keys", {"name": "guide", "scopes": scopes})["key"]
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```", guide, re.MULTILINE | re.DOTALL))
    commands = commands.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{stack.port}").replace("qd_…", key)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "600001.DEMO" in done.stdout
    assert "succeeded" in done.stdout
    assert re.search(r'"max_drawdown": -?\d', done.stdout)
    assert (tmp_path / "fills.csv").read_text().count("\n") > 10
