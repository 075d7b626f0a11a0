"""Errors of the import: one for a whole file, a collector for its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.qlib_folder.errors import WORDS
from quantdesk.features.data.importer.texts import FILE_TEXTS, ROW_TEXTS
from quantdesk.features.data.schemas import FileProblem, RowError

IntArray = NDArray[np.int64]

LISTED_ERRORS = 1_000
SHOWN_CHARS = 80


class FileRefused(Exception):
    """The file cannot be imported at all; `problem` says why and what to do."""

    def __init__(self, code: str, **params: object) -> None:
        self.problem = file_problem(code, **params)
        super().__init__(f"{code}: {self.problem.message_en}")


def file_problem(code: str, **params: object) -> FileProblem:
    """Build the two texts of a file's problem."""
    zh, en = FILE_TEXTS[code] if code in FILE_TEXTS else WORDS[code]
    shown = {key: show(value) if isinstance(value, str) else value for key, value in params.items()}
    return FileProblem(code=code, message_zh=zh.format(**shown), message_en=en.format(**shown))


def show(value: object) -> str:
    """Give a value as one short printable line."""
    text = str(value)
    if len(text) > SHOWN_CHARS:
        text = text[: SHOWN_CHARS - 1] + "…"
    return "".join(char if char.isprintable() else "�" for char in text)


class RowErrors:
    """Collects the errors of the rows of one file: counts all rows, lists the first errors by line."""

    def __init__(self) -> None:
        self._listed: list[RowError] = []
        self._lines: list[IntArray] = []
        self._last_listed = 0
        """The last line of the list when it was last cut to its length."""

    def add(
        self,
        lines: Sequence[int] | IntArray,
        field: str,
        code: str,
        values: object,
        **params: object,
    ) -> None:
        """Record the same kind of error for several lines, which need not be in order.

        `values` and the `params` of the text are one text for all lines, or a sequence with one entry a line.
        """
        all_lines = np.asarray(lines, dtype=np.int64)
        if not len(all_lines):
            return
        self._lines.append(all_lines)
        zh, en = ROW_TEXTS[code]
        for position in np.argsort(all_lines, kind="stable")[:LISTED_ERRORS]:
            index = int(position)
            if self._full_below(int(all_lines[index])):
                break
            shown = {key: show(_at(given, index)) for key, given in params.items()}
            shown |= {"field": field, "value": show(_at(values, index))}
            self._listed.append(
                RowError(
                    line=int(all_lines[index]),
                    field=field,
                    value=shown["value"],
                    code=code,
                    message_zh=zh.format(**shown),
                    message_en=en.format(**shown),
                )
            )
        if len(self._listed) > 2 * LISTED_ERRORS:
            self._listed = self.listed()
            self._last_listed = self._listed[-1].line

    def count(self, lines: IntArray) -> None:
        """Count lines as bad whose errors are not all listed."""
        if len(lines):
            self._lines.append(lines)

    def _full_below(self, line: int) -> bool:
        """Tell whether the list is full with errors of earlier lines."""
        return 0 < self._last_listed < line

    def mark(self) -> int:
        """Give a point in time for `lines`."""
        return len(self._lines)

    def lines(self, since: int = 0) -> IntArray:
        """Give the lines with at least one error (recorded after the mark), sorted, each once."""
        recorded = self._lines[since:]
        return np.unique(np.concatenate(recorded)) if recorded else np.empty(0, np.int64)

    def listed(self) -> list[RowError]:
        """Give the first errors by line."""
        return sorted(self._listed, key=lambda error: error.line)[:LISTED_ERRORS]


def _at(given: Any, index: int) -> object:
    return given if isinstance(given, str) else given[index]
