"""The Parquet bar store among other processes, dying ones, and on a full disk."""

from __future__ import annotations

import datetime as dt
import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.bar_store import files
from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.ports.errors import StoreCorrupt, StoreFull
from tests.contract.bar_store_processes import NOW, SYMBOLS, bars
from tests.support.bar_places import PLACES, opened, spec

SCRIPT = Path(__file__).with_name("bar_store_processes.py")
ROOT = SCRIPT.parents[2]
everywhere = pytest.mark.parametrize("place", PLACES)


def start(task: str, where: Path | str, *arguments: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), task, str(where), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_write_of_what_is_stored_touches_no_byte(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    batch = [bars(symbol, 10.0) for symbol in SYMBOLS]
    store.merge(batch, source="import", now=NOW)
    before = snapshot(tmp_path)
    store.merge(batch, source="other", now=NOW)
    store.delete(["999999.SH"], "1d")
    assert snapshot(tmp_path) == before


def test_reading_an_empty_store_makes_no_folder(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path / "bars")
    assert store.list_coverage("1d") == []
    assert not (tmp_path / "bars").exists()


@everywhere
@pytest.mark.parametrize("hosts", ["one", "two"])
def test_writers_in_two_processes_lose_nothing_of_one_symbol(tmp_path: Path, place: str, hosts: str) -> None:
    """On two hosts no lock keeps them apart."""
    names = ("one", "one" if hosts == "one" else "other")
    writers = [start("write_days", spec(place, tmp_path, name), first) for first, name in enumerate(names)]
    for writer in writers:
        finish(writer)
    stored = opened(spec(place, tmp_path, "third")).read("600000.SH", "1d")
    assert stored is not None
    np.testing.assert_array_equal(stored.close, 1.0 + np.arange(40))


@everywhere
def test_a_reader_sees_whole_writes_only_while_another_process_writes(tmp_path: Path, place: str) -> None:
    store = opened(spec(place, tmp_path, "reader"), grace_s=0)
    writer = start("write_generations", spec(place, tmp_path, "writer"), 60)
    last = 0
    while writer.poll() is None:
        rows = {cover.rows for cover in store.list_coverage("1d")}
        assert len(rows) <= 1  # all symbols of one call, or none of it
        stored = store.read(SYMBOLS[3], "1d")
        if stored is not None:
            assert len(set(stored.close)) == 1
            assert stored.close[0] == len(stored) >= last
            last = len(stored)
    finish(writer)
    assert {cover.rows for cover in store.list_coverage("1d")} == {60}


def test_a_writer_killed_before_its_commit_has_written_nothing(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path, grace_s=0)
    store.merge([bars(symbol, 1.0) for symbol in SYMBOLS], source="import", now=NOW)
    files_before = set(snapshot(tmp_path))
    writer = start("stop_before_commit", tmp_path)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "written, not committed\n"
    writer.kill()
    writer.communicate()

    assert set(snapshot(tmp_path)) - files_before  # its leftovers
    for symbol in SYMBOLS:
        stored = store.read(symbol, "1d")
        assert stored is not None
        assert set(stored.close) == {1.0}

    # The dead writer's lock is free, and the next write sweeps what it left.
    store.merge([bars(SYMBOLS[0], 2.0)], source="import", now=NOW)
    assert len(list((tmp_path / "1d").iterdir())) == 2  # one segment a write
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "1d", "manifest.json"]


@everywhere
def test_writers_killed_at_any_moment_leave_one_whole_generation(tmp_path: Path, place: str) -> None:
    store = opened(spec(place, tmp_path))
    wait = random.Random(5)  # noqa: S311 - not for secrets
    for _ in range(6):
        writer = start("write_forever", spec(place, tmp_path, "writer"))
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            writer.wait(timeout=wait.uniform(0, 0.05))
        except subprocess.TimeoutExpired:
            writer.kill()
        writer.communicate()
        prices = set()
        for symbol in SYMBOLS:
            stored = store.read(symbol, "1d")
            assert stored is not None
            prices |= set(stored.close)
        assert len(prices) == 1
    assert store.merge([bars(SYMBOLS[0], 0.5, 400)], source="import", now=NOW).updated == 400


@everywhere
def test_writers_killed_while_they_write_and_compact_lose_nothing_of_the_past(tmp_path: Path, place: str) -> None:
    wait = random.Random(6)  # noqa: S311 - not for secrets
    for turn in range(10 if place == "local" else 4):
        where = spec(place, tmp_path / str(turn))
        writer = start("write_and_compact_forever", where)
        assert writer.stdout is not None
        told = 0
        for _ in range(wait.randint(1, 12)):
            told = int(writer.stdout.readline())
        try:
            writer.wait(timeout=wait.uniform(0, 0.03))
        except subprocess.TimeoutExpired:
            writer.kill()
        writer.communicate()

        store = opened(where)
        stored = [store.read(symbol, "1d") for symbol in SYMBOLS]
        (generation,) = {int(price) for one in stored if one is not None for price in one.close}
        assert told <= generation
        for symbol in (SYMBOLS[0], SYMBOLS[7]):
            versions = store.provenance(symbol, "1d", dt.date(2024, 1, 3))
            assert [int(one.bar.close[0]) for one in versions] == list(range(generation, 0, -1))
            assert [one.write.source for one in versions] == [f"g{n}" for n in range(generation, 0, -1)]
            then = store.read(symbol, "1d", as_of=NOW + dt.timedelta(seconds=generation // 2 + 1))
            assert then is not None
            assert set(then.close) == {min(float(generation // 2 + 1), generation)}
        store.compact(fully=True)
        assert store.read(SYMBOLS[0], "1d") is not None


@everywhere
def test_readers_see_the_same_bars_while_another_process_compacts(tmp_path: Path, place: str) -> None:
    store = opened(spec(place, tmp_path, "reader"), grace_s=0)
    store.merge([bars(symbol, 1.0) for symbol in SYMBOLS], source="import", now=NOW)
    writer = start("compact_often", spec(place, tmp_path, "writer"), 25)
    last = 20
    while writer.poll() is None:
        stored = store.read(SYMBOLS[2], "1d")
        assert stored is not None
        assert len(stored) >= last
        assert set(stored.close) == {1.0}
        last = len(stored)
        first = store.read(SYMBOLS[5], "1d", as_of=NOW)
        assert first is not None
        assert len(first) in (20, 21)  # the writer's first day is of the same instant
    finish(writer)
    assert {cover.rows for cover in store.list_coverage("1d")} == {45}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(("base_rows", "fails_at"), [*((1, at) for at in range(1, 10)), (256, 1), (256, 2)])
def test_a_full_disk_at_any_file_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base_rows: int, fails_at: int, code: int
) -> None:
    """Of eight base files, or one segment, and the manifest."""
    store = ParquetBarStore(tmp_path, base_rows=base_rows)
    store.merge([bars(symbol, 1.0) for symbol in SYMBOLS], source="import", now=NOW)
    before = {name: content for name, (content, _) in snapshot(tmp_path).items()}
    real, calls = files.write_durably, iter(range(1, 100))

    def write(path: Path, data: bytes) -> None:
        if next(calls) == fails_at:
            path.write_bytes(data[: len(data) // 2])  # as a real disk leaves it
            raise OSError(code, os.strerror(code))
        real(path, data)

    monkeypatch.setattr(files, "write_durably", write)
    with pytest.raises(StoreFull, match="nothing was written"):
        store.merge([bars(symbol, 2.0) for symbol in SYMBOLS], source="import", now=NOW)
    assert {name: content for name, (content, _) in snapshot(tmp_path).items()} == before

    monkeypatch.undo()
    assert store.merge([bars(symbol, 2.0) for symbol in SYMBOLS], source="import", now=NOW).updated == 160


@pytest.mark.mounts
def test_a_file_system_that_is_really_full_writes_nothing(tmp_path: Path) -> None:
    """On a tmpfs of 200 KB in a user namespace of its own."""
    code = f"""
import os, sys
sys.path[:0] = [{str(SCRIPT.parent)!r}, {str(ROOT)!r}]
from pathlib import Path
import numpy as np
from dataclasses import replace
from bar_store_processes import NOW, SYMBOLS, bars
from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.ports.errors import StoreFull
root = Path({str(tmp_path)!r}) / "bars"
store = ParquetBarStore(root)
store.merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
before = sorted(str(p) for p in root.rglob("*"))
noise = np.random.default_rng(1).random(5000)
try:
    store.merge([replace(bars(s, 2.0, 5000), volume=noise, amount=noise) for s in SYMBOLS], source="import", now=NOW)
except StoreFull:
    assert sorted(str(p) for p in root.rglob("*")) == before
    assert store.read(SYMBOLS[0], "1d").close[0] == 1.0
    store.merge([bars(SYMBOLS[1], 1.0)], source="import", now=NOW)
    print("full and whole")
"""
    mount = f'mount -t tmpfs -o size=200k none {tmp_path} && exec "$0" -c "$1"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, sys.executable, code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("needs unshare from util-linux")
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"this system does not let a test mount a small file system: {done.stderr.strip()[:100]}")
    assert done.stdout.strip() == "full and whole", done.stderr


def test_superseded_files_stay_for_their_grace(tmp_path: Path) -> None:
    patient = ParquetBarStore(tmp_path)
    for price in (1.0, 2.0, 3.0):
        patient.merge([bars(SYMBOLS[0], price)], source="import", now=NOW)
    assert patient.compact(fully=True) == 1
    assert len(list((tmp_path / "1d").iterdir())) == 5  # three segments, the base file, what is past
    ParquetBarStore(tmp_path, grace_s=0).compact()
    assert len(list((tmp_path / "1d").iterdir())) == 2


def test_an_old_file_gets_its_grace_from_the_moment_it_is_superseded(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    store.merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
    (old,) = (tmp_path / "1d").iterdir()
    os.utime(old, (0, 0))
    store.compact(fully=True)
    assert len(list((tmp_path / "1d").iterdir())) == 2
    assert old.exists()


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "swap", "missing"])
def test_a_damaged_file_is_named_and_never_read_as_data(tmp_path: Path, damage: str) -> None:
    store = ParquetBarStore(tmp_path)
    store.merge([bars(SYMBOLS[0], 1.0, 500), bars(SYMBOLS[1], 2.0, 500)], source="import", now=NOW)
    one, two = sorted((tmp_path / "1d").iterdir())
    data = bytearray(one.read_bytes())
    match damage:
        case "truncate":
            one.write_bytes(data[:-20])
        case "flip":
            data[60] ^= 0xFF
            one.write_bytes(data)
        case "empty":
            one.write_bytes(b"")
        case "swap":
            one.write_bytes(two.read_bytes())
        case "missing":
            one.unlink()
    with pytest.raises(StoreCorrupt, match=SYMBOLS[0]):
        store.read(SYMBOLS[0], "1d")
    assert store.read(SYMBOLS[1], "1d") is not None


@pytest.mark.parametrize("damage", ["truncate", "flip", "missing"])
def test_a_damaged_segment_is_named_and_never_read_as_data(tmp_path: Path, damage: str) -> None:
    ParquetBarStore(tmp_path).merge([bars(symbol, 1.0) for symbol in SYMBOLS], source="import", now=NOW)
    (segment,) = (tmp_path / "1d").iterdir()
    data = bytearray(segment.read_bytes())
    match damage:
        case "truncate":
            segment.write_bytes(data[:-20])
        case "flip":
            data[len(data) // 2] ^= 0xFF
            segment.write_bytes(data)
        case "missing":
            segment.unlink()
    store = ParquetBarStore(tmp_path)
    with pytest.raises(StoreCorrupt, match=segment.name):
        store.read(SYMBOLS[0], "1d")


def test_a_manifest_with_a_changed_byte_is_an_error(tmp_path: Path) -> None:
    ParquetBarStore(tmp_path).merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
    path = tmp_path / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"import"', b'"imposl"'))
    with pytest.raises(StoreCorrupt, match=r"manifest\.json"):
        ParquetBarStore(tmp_path).coverage(SYMBOLS[0], "1d")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"not json", b'{"format":1,"entries":[[1]]}', b'{"format":99,"entries":[]}']
)
def test_a_damaged_table_of_contents_is_an_error_and_not_an_empty_store(tmp_path: Path, content: bytes) -> None:
    ParquetBarStore(tmp_path).merge([bars(SYMBOLS[0], 1.0)], source="import", now=NOW)
    (tmp_path / "manifest.json").write_bytes(content)
    store = ParquetBarStore(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match=r"manifest\.json"):
            store.read(SYMBOLS[0], "1d")
    with pytest.raises(StoreCorrupt):
        store.merge([bars(SYMBOLS[1], 1.0)], source="import", now=NOW)
    assert (tmp_path / "manifest.json").read_bytes() == content
