"""Where an export's bytes go: one file, an archive, or a folder, that stands only when all of it is written."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, cast

from quantdesk.features.exports.errors import ExportDiskFull

Kind = Literal["file", "zip", "folder"]
_FULL = (errno.ENOSPC, errno.EDQUOT)
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_PACKED = (".xlsx", ".parquet")
"""Compressed in themselves."""


class Output(Protocol):
    def open(self, name: str) -> contextlib.AbstractContextManager[BinaryIO]:
        """Open the next file for writing, one at a time; `name` is a slash-separated path within."""
        ...


class _File:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        yield self._file


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        entry = zipfile.ZipInfo(name, _ENTRY_DATE)  # no clock: the same bars give the same bytes
        entry.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
        with self._archive.open(entry, "w", force_zip64=True) as file:
            yield cast(BinaryIO, file)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            yield file


@contextlib.contextmanager
def drafted(target: Path, kind: Kind, *, replace: bool = False) -> Iterator[Output]:
    """Write beside `target` under a hidden name, and put it there when the block ends well.

    However else it ends, nothing is left, and what was at `target` stays. A draft that a killed process left of the
    same target is removed first. Raise FileExistsError unless `replace`; ExportDiskFull.
    """
    if not replace and target.exists():
        raise FileExistsError(errno.EEXIST, "there is such a file or folder already", str(target))
    draft = target.with_name(f".{target.name}.part")
    _remove(draft)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "folder":
                draft.mkdir()
                yield _Folder(draft)
            case "file":
                with draft.open("xb") as file:
                    yield _File(file)
                    _sync(file)
            case "zip":
                with draft.open("xb") as file:
                    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
                        yield _Archive(archive)
                    _sync(file)
        _put(draft, target)
    except OSError as error:
        if error.errno in _FULL:
            raise ExportDiskFull(f"the disk of {target.parent} is full; nothing was kept of the export") from error
        raise
    finally:
        _remove(draft)


def _put(draft: Path, target: Path) -> None:
    """Rename the draft; a folder that is there already is moved aside first, and removed after."""
    if target.is_dir() and not target.is_symlink():
        aside = target.with_name(f".{target.name}.old")
        _remove(aside)
        target.rename(aside)
        try:
            draft.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        _remove(aside)
    else:
        draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
