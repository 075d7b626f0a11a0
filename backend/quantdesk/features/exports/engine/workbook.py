"""An Excel workbook written straight into its zip archive, row by row, in constant memory.

Our own writer, for two reasons: XlsxWriter and openpyxl both write numbers with 16 digits, which drops the last bit
of every other adjusted price, and both write each sheet to a temporary file first. Office Open XML: ECMA-376, part 1
(SpreadsheetML); texts are inline, so that no table of strings grows with the rows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EXCEL_ROWS = 1_048_576
ROWS_PER_SHEET = EXCEL_ROWS - 1
"""Of data: each sheet has the header."""
Style = Literal["text", "date", "time", "price", "integer", "percent", "factor", "flag"]
_STYLES: tuple[Style, ...] = ("text", "date", "time", "price", "integer", "percent", "factor", "flag")
_HEADER_STYLE = len(_STYLES)
_NUMBER_FORMATS: dict[Style, tuple[int, str]] = {
    "date": (164, "yyyy\\-mm\\-dd"),
    "time": (165, "yyyy\\-mm\\-dd\\ hh:mm"),
    "price": (166, "0.00##"),
    "factor": (167, "0.000000"),
}
_BUILT_IN: dict[Style, int] = {"text": 0, "flag": 0, "integer": 3, "percent": 10}
_WIDTHS: dict[Style, int] = {"date": 12, "time": 17, "price": 11, "integer": 16, "factor": 11}
_EPOCH = np.datetime64("1899-12-30")
"""Day 0 of Excel's calendar, as it counts from March 1900 on."""
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class WorkbookColumn:
    header: str
    style: Style


class WorkbookWriter:
    """Rows go to the sheet `name`, and when it is full to `name 2`, `name 3` …; a last sheet tells what they are."""

    def __init__(
        self, sink: BinaryIO, columns: Sequence[WorkbookColumn], *, name: str, about: Sequence[tuple[str, str]]
    ) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4)
        self._columns = columns
        self._letters = [letters(at) for at in range(len(columns))]
        self._name = name
        self._about = about
        self._sheets: list[str] = []
        self._sheet: IO[bytes] | None = None
        self._row = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the batch's rows; its columns are those of the workbook, in their order."""
        done = 0
        while done < batch.num_rows:
            if self._sheet is None or self._row == EXCEL_ROWS:
                self._begin()
            assert self._sheet is not None  # noqa: S101 - begun above
            count = min(batch.num_rows - done, EXCEL_ROWS - self._row, _ROWS_AT_ONCE)
            self._sheet.write(self._xml(batch.slice(done, count)).encode())
            self._row += count
            done += count

    def close(self) -> None:
        """End the last sheet and write what binds the parts together."""
        if self._sheet is None:
            self._begin()
        self._end()
        self._write_about()
        for path, text in _package(self._sheets).items():
            self._zip.writestr(_entry(path), _DECLARATION + text)
        self._zip.close()

    def _begin(self) -> None:
        self._end()
        number = len(self._sheets) + 1
        self._sheets.append(self._name if number == 1 else f"{self._name} {number}")
        # No ZIP64 here: Excel calls such a file damaged. A full sheet has a quarter of the 2 GiB that need it.
        self._sheet = self._zip.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w")
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{_WIDTHS.get(column.style, 11)}" customWidth="1"/>'
            for at, column in enumerate(self._columns, 1)
        )
        header = "".join(
            _text_cell(f"{letter}1", column.header, _HEADER_STYLE)
            for letter, column in zip(self._letters, self._columns, strict=True)
        )
        self._sheet.write(
            f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<cols>{widths}</cols><sheetData><row r="1">{header}</row>'.encode()
        )
        self._row = 1

    def _end(self) -> None:
        if self._sheet is not None:
            self._sheet.write(b"</sheetData></worksheet>")
            self._sheet.close()
            self._sheet = None

    def _xml(self, batch: pa.RecordBatch) -> str:
        rows = range(self._row + 1, self._row + 1 + batch.num_rows)
        cells = [
            _cells(letter, rows, column.style, values)
            for letter, column, values in zip(self._letters, self._columns, batch.columns, strict=True)
        ]
        return "".join(
            f'<row r="{row}">{"".join(each)}</row>' for row, each in zip(rows, zip(*cells, strict=True), strict=True)
        )

    def _write_about(self) -> None:
        self._sheets.append("about")
        lines = "".join(
            f'<row r="{row}">{_text_cell(f"A{row}", key, _HEADER_STYLE)}{_text_cell(f"B{row}", value, 0)}</row>'
            for row, (key, value) in enumerate(self._about, 1)
        )
        self._zip.writestr(
            _entry(f"xl/worksheets/sheet{len(self._sheets)}.xml"),
            f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><cols><col min="1" max="2" width="28" customWidth="1"/></cols>'
            f"<sheetData>{lines}</sheetData></worksheet>",
        )


def letters(at: int) -> str:
    """Give the name of a column: 0 is A, 26 is AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _cells(letter: str, rows: range, style: Style, values: pa.Array) -> list[str]:
    """Give the cells of a column; none for what is unknown."""
    number = _STYLES.index(style)
    if style == "text":
        # A dictionary has few texts: each is escaped once.
        texts = [f'" t="inlineStr"><is><t>{_escaped(text)}</t></is></c>' for text in values.dictionary.to_pylist()]
        return [f'<c r="{letter}{row}{texts[at]}' for row, at in zip(rows, values.indices.to_pylist(), strict=True)]
    if style == "flag":
        return [
            f'<c r="{letter}{row}" t="b"><v>{value:d}</v></c>'
            for row, value in zip(rows, values.to_pylist(), strict=True)
        ]
    if style in ("date", "time"):
        values = _serials(values)
    # repr() is the shortest text that gives the same float again: 17 digits where it takes them.
    return [
        "" if value is None else f'<c r="{letter}{row}" s="{number}"><v>{value!r}</v></c>'
        for row, value in zip(rows, values.to_pylist(), strict=True)
    ]


def _serials(values: pa.Array) -> pa.Array:
    """Give dates as Excel counts them: days, the time of day as a fraction."""
    if pa.types.is_date(values.type):
        days = values.to_numpy(zero_copy_only=False).astype("datetime64[D]") - _EPOCH
        return pa.array(days.astype(np.int64))
    seconds = values.to_numpy(zero_copy_only=False).astype("datetime64[s]") - _EPOCH.astype("datetime64[s]")
    return pc.divide(pa.array(seconds.astype(np.float64)), 86_400.0)


def _text_cell(place: str, text: str, style: int) -> str:
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t>{_escaped(text)}</t></is></c>'


def _escaped(text: str) -> str:
    clean = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _ENTRY_DATE)  # no clock: the same rows give the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _package(sheets: Sequence[str]) -> dict[str, str]:
    """Give the parts beside the sheets."""
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    listed = "".join(
        f'<sheet name="{_escaped(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in _NUMBER_FORMATS.values())
    numbers = [_BUILT_IN[style] if style in _BUILT_IN else _NUMBER_FORMATS[style][0] for style in _STYLES]
    formats = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in numbers
    )
    return {
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_NUMBER_FORMATS)}">{own}</numFmts>'
            '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
            '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(_STYLES) + 1}">{formats}'
            '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>'
        ),
    }
