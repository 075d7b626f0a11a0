"""Take one file out of a multipart form as it comes in: straight to its place, in bounded memory."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from quantdesk.features.data.errors import BadUpload, UploadDiskFull, UploadTooLarge
from quantdesk.features.data.importer.files import MAX_BYTES

FIELD = "file"
NAME_CHARS = 255
RESERVE = 64 * 1024**2
"""Bytes of the disk that an upload leaves free: the database must still be able to write."""
_WRITE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Received:
    name: str
    """As the sender calls the file: a text to show, never a path."""
    size: int


async def receive_file(
    body: AsyncIterator[bytes], content_type: str, length: int | None, path: Path, *, limit: int = MAX_BYTES
) -> Received:
    """Write the form's file to `path`, which must not exist. `length` is that of the whole body, where it is said.

    Raise BadUpload, UploadTooLarge (more than `limit` bytes), UploadDiskFull. However this ends but well, even by
    a sender who goes away, nothing is left at `path`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if length is not None and length > limit + _WRITE:  # a form around the file takes a few hundred bytes
        raise _too_large(limit)
    if shutil.disk_usage(path.parent).free < (length or 0) + RESERVE:
        raise UploadDiskFull
    with _new_file(path) as file:
        return await _receive(body, content_type, file, limit)


async def _receive(body: AsyncIterator[bytes], content_type: str, file: BinaryIO, limit: int) -> Received:
    form = _Form(content_type, limit)
    async for chunk in body:
        form.feed(chunk)
        if len(form.pending) >= _WRITE:
            await asyncio.to_thread(file.write, form.take())
    name = form.end()
    await asyncio.to_thread(file.write, form.take())
    await asyncio.to_thread(file.flush)
    return Received(name, form.size)


class _Form:
    """The form as far as it has come; `pending` holds the bytes of its file that are still to be written."""

    def __init__(self, content_type: str, limit: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise BadUpload("send the file as multipart/form-data, in a part named `file`")
        self.pending = bytearray()
        self.size = 0
        self._limit = limit
        self._name: str | None = None
        self._header = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._value = bytearray()
        self._ended = False
        with _malformed():
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": _adder(self._header),
                    "on_header_value": _adder(self._value),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_part,
                    "on_part_data": self._add,
                    "on_end": self._end,
                },
            )

    def feed(self, chunk: bytes) -> None:
        with _malformed():
            self._parser.write(chunk)

    def take(self) -> bytes:
        data = bytes(self.pending)
        self.pending.clear()
        return data

    def end(self) -> str:
        """Give the file's name when the form has come whole."""
        with _malformed():
            self._parser.finalize()
        if not self._ended:
            raise BadUpload("the form was cut off; send the file again")
        if self._name is None:
            raise BadUpload("the form has no part named `file` with a file in it", field=FIELD)
        return self._name

    def _end_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode(errors="replace")
        if name != FIELD or b"filename" not in options:
            raise BadUpload(f"the form has a part {name[:40]!r}; send one part named `file`, with a file in it")
        if self._name is not None:
            raise BadUpload("the form has two files; send them one by one", field=FIELD)
        self._name = shown_name(options[b"filename"])

    def _add(self, data: bytes, start: int, end: int) -> None:
        self.size += end - start
        if self.size > self._limit:
            raise _too_large(self._limit)
        self.pending += data[start:end]

    def _end(self) -> None:
        self._ended = True


def shown_name(raw: bytes) -> str:
    """Give a file's name as a text that can be stored and shown. It may still be a path; nobody may open it."""
    text = raw.decode(errors="replace")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:NAME_CHARS]


def _adder(collected: bytearray) -> Callable[[bytes, int, int], None]:
    def add(data: bytes, start: int, end: int) -> None:
        collected.extend(data[start:end])

    return add


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(
        f"the file has more than {limit:,} bytes; split it by year or by symbol", field=FIELD, limit=limit
    )


@contextlib.contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except FormParserError as error:
        raise BadUpload(f"the form does not read: {error}") from error


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that stands only when the block, and the last write to the disk, go well."""
    try:
        with path.open("xb") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise UploadDiskFull from error
        raise
