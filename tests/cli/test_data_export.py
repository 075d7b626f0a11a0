"""`quantdesk data export`, as a person runs it: formats by the name, refusals, and stops that leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.cli.main import main
from quantdesk.core.bars.frame import Bars
from tests.fakes.made_bars import random_walk
from tests.features.exports.conftest import store_of

SYMBOLS = ("600519.SH", "000001.SZ")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    monkeypatch.delenv("QD_DATABASE__URL", raising=False)
    store_of(tmp_path / "home" / "bars", *(random_walk(symbol, 50, seed=1) for symbol in SYMBOLS))
    return tmp_path / "home"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def export(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", "export", *map(str, arguments)])


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_the_name_says_the_format(home: Path, out: Path, name: str) -> None:
    result = export(out / name)
    assert result.exit_code == 0, result.output
    assert "100 bars of 2 symbols" in result.stderr
    assert os.listdir(out) == [name]


def test_chosen_symbols_days_and_columns(home: Path, out: Path) -> None:
    done = export(
        "--symbols", "sh600519", "--start", "20150105", "--end", "2015-01-07", "--columns", "date,close",
        "--adjustment", "qfq", out / "a.csv",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    lines = (out / "a.csv").read_text().splitlines()
    assert lines[0] == "date,close_qfq"
    assert [line.split(",")[0] for line in lines[1:]] == ["2015-01-05", "2015-01-06", "2015-01-07"]


def test_a_qlib_folder_with_a_group_from_a_file_and_the_same_as_an_archive(home: Path, out: Path) -> None:
    group = home / "members.txt"
    group.write_text("SH600519\t2015-01-01\t2016-01-01\n")
    assert export("--format", "qlib", "--group", f"csi300={group}", out / "q").exit_code == 0
    assert (out / "q/instruments/csi300.txt").read_text().startswith("SH600519\t")
    assert export("--format", "qlib", out / "q.zip").exit_code == 0
    with zipfile.ZipFile(out / "q.zip") as archive:
        assert archive.read("calendars/day.txt") == (out / "q/calendars/day.txt").read_bytes()


def test_what_is_there_is_kept_unless_it_may_be_overwritten(home: Path, out: Path) -> None:
    (out / "a.csv").write_text("mine")
    refused = export(out / "a.csv")
    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
    assert (out / "a.csv").read_text() == "mine"
    assert export("--overwrite", out / "a.csv").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["a.txt"], 2, "--format"),
        ([], 2, "say where to"),
        (["--symbols", "999999", "a.csv"], 1, "no exchange lists code"),
        (["--symbols", "600000", "a.csv"], 1, "no 1d bars of 600000.SH"),
        (["--kind", "future", "a.csv"], 1, "no stored symbol matches"),
        (["--start", "2030-01-01", "a.csv"], 1, "between the chosen days"),
        (["--start", "2020-01-02", "--end", "2020-01-01", "a.csv"], 1, "is after end"),
        (["--as-of", "2020-01-02", "a.csv"], 1, "qfq"),
        (["--columns", "date,colour", "a.csv"], 2, "colour"),
        (["--format", "qlib", "--interval", "1w", "q"], 1, "1d"),
        (["--group", "csi300=none.txt", "--format", "qlib", "q"], 2, "NAME=FILE"),
    ],
)
def test_a_refusal_names_the_value_and_writes_nothing(
    home: Path, out: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, words: str
) -> None:
    monkeypatch.chdir(out)
    result = export(*arguments)
    assert (result.exit_code, words in result.output) == (status, True), result.output
    assert os.listdir(out) == []


def many(tmp_path: Path) -> None:
    """Store so much that an Excel file of it takes seconds."""
    bars: list[Bars] = [random_walk(f"{600000 + n}.SH", 2500, seed=n) for n in range(100)]
    store_of(tmp_path / "home" / "bars", *bars)


def started(out: Path) -> subprocess.Popen[bytes]:
    """Start an export and give it when its draft has begun to grow."""
    child = subprocess.Popen(
        [sys.executable, "-m", "quantdesk.cli", "data", "export", out / "a.xlsx"], stderr=subprocess.PIPE
    )
    draft = out / ".a.xlsx.part"
    deadline = time.monotonic() + 60
    while not (draft.exists() and draft.stat().st_size > 100_000):
        assert child.poll() is None, child.stderr and child.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return child


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_export_leaves_nothing(home: Path, out: Path, tmp_path: Path, sign: signal.Signals) -> None:
    many(tmp_path)
    child = started(out)
    child.send_signal(sign)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"nothing was written" in errors
    assert os.listdir(out) == []


def test_a_killed_export_leaves_no_file_and_the_next_one_clears_its_draft(
    home: Path, out: Path, tmp_path: Path
) -> None:
    many(tmp_path)
    child = started(out)
    child.kill()
    child.communicate()
    assert os.listdir(out) == [".a.xlsx.part"]
    assert export("--symbols", "600519.SH", out / "a.xlsx").exit_code == 0
    assert os.listdir(out) == ["a.xlsx"]
