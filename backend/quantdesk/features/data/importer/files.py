"""Open a file that nobody vouches for: what is it, and is it safe to read on?"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from quantdesk.core.bars import tdx
from quantdesk.features.data.importer.errors import FileRefused
from quantdesk.features.data.schemas import FileFormat, Interval

MAX_BYTES = 1 << 30
MAX_ROWS = 10_000_000
CHUNK = 1 << 20

_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip / xlsx",
    b"PK\x05\x06": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "Excel .xls",
    b"%PDF": "PDF",
    b"SQLite format 3\x00": "SQLite",
    b"\x89HDF": "HDF5",
    b"ARROW1": "Arrow / Feather",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x80\x04\x95": "pickle",
    b"\x80\x05\x95": "pickle",
}
TDX_MINUTES: dict[str, Interval] = {".lc1": "1m", ".lc5": "5m"}
_OLD_MINUTES = {".01", ".5"}
_DEVICE_NAME = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True, slots=True)
class Source:
    """An open regular file with its display name and kind."""

    file: BinaryIO
    name: str
    size: int
    format: FileFormat


def check_name(name: str) -> str:
    """Give the name back when it is one plain file name. Raise FileRefused for paths and other tricks."""
    plain = (
        0 < len(name.encode("utf-8", "surrogatepass")) <= 255
        and name.isprintable()
        and not any(char in name for char in '/\\:*?"<>|')
        and name.strip(" .") != ""
        and not _DEVICE_NAME.fullmatch(name)
    )
    if not plain:
        raise FileRefused("name_unsafe", name=name)
    return name


def open_source(path: Path, name: str, format: FileFormat | None = None) -> Source:
    """Open the file at `path` for reading and tell its format. The caller closes `.file`.

    `name` is the name a person gave it; it is shown, gives the suffix and may hold the symbol, and is never
    used as a path. Raise FileRefused for anything but a regular file of a size and kind that can be imported.
    """
    check_name(name)
    # O_NOFOLLOW: an upload folder or a watched folder must not lend its rights to a link.
    # O_NONBLOCK: opening a pipe would wait for its writer for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        if path.is_symlink():
            raise FileRefused("not_a_file", name=name)
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise FileRefused("not_found", name=name) from None
    except PermissionError:
        raise FileRefused("not_readable", name=name) from None
    except (OSError, ValueError):
        raise FileRefused("not_a_file", name=name) from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise FileRefused("not_a_file", name=name)
    file = os.fdopen(handle, "rb")
    try:
        if status.st_size == 0:
            raise FileRefused("empty")
        if status.st_size > MAX_BYTES:
            raise FileRefused("too_large", size=status.st_size, limit=MAX_BYTES)
        head = file.read(4096)
        file.seek(0)
        kind = _detect(head, name, format)
        if kind in ("tdx_day", "tdx_minute") and status.st_size % tdx.RECORD:
            raise FileRefused("tdx_length", size=status.st_size, rest=status.st_size % tdx.RECORD)
        return Source(file, name, status.st_size, kind)
    except BaseException:
        file.close()
        raise


def _detect(head: bytes, name: str, chosen: FileFormat | None) -> FileFormat:
    for magics, code in ((_COMPRESSED, "compressed"), (_FOREIGN, "foreign")):
        for magic, kind in magics.items():
            if head.startswith(magic):
                raise FileRefused(code, kind=kind)
    if chosen is not None:
        return chosen
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in TDX_MINUTES:
        return "tdx_minute"
    if suffix in _OLD_MINUTES:
        raise FileRefused("minute_file", suffix=suffix)
    if suffix == ".day":
        return "tdx_day"
    if head.startswith(b"PAR1"):
        return "parquet"
    if suffix in (".parquet", ".pq"):
        raise FileRefused("parquet_corrupt", reason="no PAR1 at the start")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("utf16")
    if b"\x00" in head:
        raise FileRefused("binary")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<script")):
        raise FileRefused("markup", kind="HTML / XML")
    if start.startswith((b"{", b"[")):
        raise FileRefused("markup", kind="JSON")
    return "csv"


def sha256_of(file: BinaryIO) -> str:
    """Hash the whole file and go back to its start."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
