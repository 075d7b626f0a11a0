"""One pass over a text file, in bounded memory, before any parser sees it."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from typing import BinaryIO, Literal

import numpy as np

from quantdesk.features.data.importer.errors import FileRefused
from quantdesk.features.data.importer.files import CHUNK, MAX_ROWS

Encoding = Literal["utf-8", "gb18030"]
Delimiter = Literal[",", "\t", ";", "|"]

MAX_LINE = 1 << 16
MAX_COLUMNS = 200
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_DELIMITERS: tuple[Delimiter, ...] = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Text:
    """What the pass found out."""

    encoding: Encoding
    lines: int


def scan(file: BinaryIO, encoding: Encoding | None = None) -> Text:
    """Read the file once: every line is short, closed in its quotes, free of control characters, and decodes.

    Raise FileRefused with the first line at fault. Leaves the file at its start.
    """
    lines = _scan_structure(file)
    if encoding is not None:
        fault = _first_undecodable(file, encoding)
        if fault is not None:
            raise FileRefused("encoding_wrong", encoding=encoding, line=fault)
        return Text(encoding, lines)
    if _first_undecodable(file, "utf-8") is None:
        return Text("utf-8", lines)
    fault = _first_undecodable(file, "gb18030")
    if fault is not None:
        raise FileRefused("encoding_unknown", line=fault)
    return Text("gb18030", lines)


def _scan_structure(file: BinaryIO) -> int:
    file.seek(0)
    lines = 0
    open_length = 0
    open_quotes = 0
    while chunk := file.read(CHUNK):
        if found := _CONTROL.search(chunk):
            raise FileRefused("binary_line", line=lines + chunk.count(b"\n", 0, found.start()) + 1)
        octets = np.frombuffer(chunk, np.uint8)
        ends = np.flatnonzero(octets == 0x0A)
        starts = np.concatenate(([0], ends + 1))
        lengths = np.concatenate((ends, [len(octets)])) - starts
        lengths[0] += open_length
        if (lengths > MAX_LINE).any():
            line = lines + int(np.argmax(lengths > MAX_LINE)) + 1
            raise FileRefused("line_too_long", line=line, limit=MAX_LINE)
        # No cell of a bar holds a line break, so that an odd number of quotes in a line is a quote left open.
        before = np.searchsorted(np.flatnonzero(octets == 0x22), np.concatenate((starts, [len(octets)])))
        quotes = np.diff(before)
        quotes[0] += open_quotes
        if (quotes[:-1] % 2).any():
            raise FileRefused("quote_open", line=lines + int(np.argmax(quotes[:-1] % 2)) + 1)
        lines += len(ends)
        if lines > MAX_ROWS + 1:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
        open_length, open_quotes = int(lengths[-1]), int(quotes[-1])
    if open_quotes % 2:
        raise FileRefused("quote_open", line=lines + 1)
    file.seek(0)
    return lines + (open_length > 0)


def _first_undecodable(file: BinaryIO, encoding: Encoding) -> int | None:
    """Give the line of the first bytes that the encoding does not allow."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    carried = 0
    try:
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return lines + chunk.count(b"\n", 0, max(0, error.start - carried)) + 1
            carried = len(decoder.getstate()[0])
            lines += chunk.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return lines + 1
        return None
    finally:
        file.seek(0)


def read_header(file: BinaryIO, text: Text, delimiter: Delimiter | None = None) -> tuple[list[str], Delimiter]:
    """Give the column names of the first line and the delimiter. Leaves the file at its start.

    A column without a name (pandas writes its index so) is called `column N`. Raise FileRefused when it is no header.
    """
    file.seek(0)
    line = file.readline(MAX_LINE + 1).removeprefix(_BOM).decode(text.encoding).rstrip("\r\n")
    file.seek(0)
    if "\r" in line:
        raise FileRefused("line_ends")
    cut = {mark: next(csv.reader([line], delimiter=mark), []) for mark in _DELIMITERS}
    mark: Delimiter = delimiter if delimiter is not None else max(_DELIMITERS, key=lambda each: len(cut[each]))
    cells = cut[mark]
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
    if len(names) < 2:
        raise FileRefused("no_columns", line=line)
    if len(names) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", count=len(names), limit=MAX_COLUMNS)
    check_columns(names)
    return names, mark


def check_columns(names: list[str]) -> None:
    """Raise FileRefused when a name appears twice, for then the mapping by name would be a guess."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FileRefused("columns_repeated", name=name)
        seen.add(name)
