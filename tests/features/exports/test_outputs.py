"""A file, archive or folder stands whole or not at all."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from quantdesk.features.exports.engine.outputs import Kind, drafted
from quantdesk.features.exports.errors import ExportDiskFull

KINDS: list[Kind] = ["file", "zip", "folder"]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(target: Path, kind: Kind, body: bytes = b"new", *, replace: bool = False) -> None:
    with drafted(target, kind, replace=replace) as output, output.open("a/b.txt") as file:
        file.write(body)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_there_and_nothing_else(tmp_path: Path, kind: Kind) -> None:
    target = tmp_path / "deep" / "out"
    put(target, kind)
    assert os.listdir(target.parent) == ["out"]
    match kind:
        case "file":
            assert target.read_bytes() == b"new"
        case "folder":
            assert contents(target) == {"a/b.txt": b"new"}
        case "zip":
            with zipfile.ZipFile(target) as archive:
                assert archive.read("a/b.txt") == b"new"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x"), OSError(errno.EIO, "input/output error")])
def test_after_an_error_nothing_is_left_and_what_was_there_stays(
    tmp_path: Path, kind: Kind, error: BaseException
) -> None:
    put(tmp_path / "out", kind, b"old")
    before = contents(tmp_path)

    def fail() -> None:
        with drafted(tmp_path / "out", kind, replace=True) as output, output.open("x") as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()

    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(ExportDiskFull, match=str(tmp_path)):  # noqa: SIM117
        with drafted(tmp_path / "out", kind) as output, output.open("x"):
            raise OSError(errno.ENOSPC, "No space left on device")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path, kind: Kind) -> None:
    target = tmp_path / "out"
    put(target, kind, b"old")
    with pytest.raises(FileExistsError):
        put(target, kind)
    put(target, kind, replace=True)
    assert b"old" not in contents(tmp_path).values()
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_draft_of_a_killed_run_is_removed_by_the_next(tmp_path: Path, kind: Kind) -> None:
    draft = tmp_path / ".out.part"
    if kind == "folder":
        draft.mkdir()
        (draft / "stale").write_bytes(b"x")
    else:
        draft.write_bytes(b"stale" * 1000)
    put(tmp_path / "out", kind)
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "out", "folder", b"old")
    rename = Path.rename

    def failing(self: Path, target: Any) -> Path:
        if self.name == ".out.part":
            raise OSError(errno.EIO, "input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="input/output"):
        put(tmp_path / "out", "folder", replace=True)
    assert contents(tmp_path) == {"out/a/b.txt": b"old"}
