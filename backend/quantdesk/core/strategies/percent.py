"""A Python file in `# %%` cells (jupytext's percent format) to the cells of a Jupyter notebook, and back, exactly."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

Kind = Literal["code", "markdown", "raw"]
OWN = "quantdesk"
"""Key of a cell's metadata that holds how the file writes the cell, where that is not the usual way."""
_HIDE = "# magic: "
_HIDDEN = re.compile(r"(?:# magic: )*")
_MARK = re.compile(r"# ?%%")
_KIND = re.compile(r"(?:^|\s)\[(markdown|md|raw)\]$")
_MAGIC = re.compile(r"\s*(?:%%?[A-Za-z_]|!|\?|[\w.,][\w., ]*=\s*[!%]|[\w.%*]+\?\??\s*$)")
_FOREIGN = re.compile(r"%%(?!(?:time|timeit|capture|prun)\b)[A-Za-z_!]")
"""A cell magic whose cell is not Python, such as %%bash."""


@dataclass(frozen=True, slots=True)
class Cell:
    kind: Kind
    source: str
    title: str = ""
    own: dict[str, Any] | None = None
    """How the file writes this cell, where that is not the usual way."""


def to_cells(text: str) -> list[Cell]:
    """Divide a file into cells; what is before the first mark is one, too."""
    return [_cell(part) for part in _parts(text)]


def to_percent(cells: Sequence[Cell]) -> str:
    """Write cells as a file."""
    return "\n".join(_remembered(cell, index == 0) or _usual(cell) for index, cell in enumerate(cells))


def notebook_of(text: str) -> dict[str, Any]:
    """Make a notebook (nbformat 4.5) of a file, without outputs."""
    return {
        "cells": [_to_json(cell, number) for number, cell in enumerate(to_cells(text), start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def percent_of(notebook: Any) -> str:
    """Make a file of a notebook (nbformat 4) as it was read from JSON. Raise ValueError that says what is wrong."""
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("it has no list of cells")
    return to_percent([_from_json(cell, number) for number, cell in enumerate(notebook["cells"], start=1)])


def _parts(text: str) -> list[str]:
    """Divide a text where cells begin; joined by newlines the parts are the text again."""
    if not text:
        return []
    parts: list[list[str]] = []
    for line in text.split("\n"):
        if not parts or _MARK.match(line):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines) for lines in parts]


def _cell(part: str) -> Cell:
    """Read a cell. One blank line at its end only sets it off from the next."""
    lines = part.split("\n")
    mark = lines.pop(0) if _MARK.match(part) else None
    kind, title = _read_mark(mark or "# %%")
    closed = len(lines) > 0 and lines[-1] == ""
    body = lines[:-1] if closed else lines
    cell = Cell(kind, "\n".join(_shown(body) if kind == "code" else _uncommented(body)), title)
    if part == _usual(cell):
        return cell
    written = {"mark": mark, "closed": closed}
    own = written if part == _written(cell, mark, closed) else {"text": part}
    return Cell(cell.kind, cell.source, cell.title, own)


def _remembered(cell: Cell, first: bool) -> str | None:
    """Give the cell as the file wrote it, if its own metadata say so and it was not changed since."""
    match cell.own:
        case {"text": str(text)}:
            part = text
        case {"mark": str() | None as mark, "closed": bool(closed)}:
            part = _written(cell, mark, closed)
        case _:
            return None
    parts = _parts(part)
    if parts != [part] or not (first or _MARK.match(part)):
        return None
    read = _cell(part)
    return part if (read.kind, read.source, read.title) == (cell.kind, cell.source, cell.title) else None


def _usual(cell: Cell) -> str:
    return _written(cell, _mark(cell), closed=True)


def _written(cell: Cell, mark: str | None, closed: bool) -> str:
    lines = cell.source.split("\n")
    body = _hidden(lines, cell.source) if cell.kind == "code" else _commented(lines)
    return "\n".join([*([] if mark is None else [mark]), *body, *([""] if closed else [])])


def _mark(cell: Cell) -> str:
    kind = "" if cell.kind == "code" else f" [{cell.kind}]"
    titled = f"# %% {cell.title}{kind}" if cell.title else f"# %%{kind}"
    # A title that would be read as something else, or as two lines, cannot be kept.
    return titled if "\n" not in titled and _read_mark(titled) == (cell.kind, cell.title) else f"# %%{kind}"


def _read_mark(mark: str) -> tuple[Kind, str]:
    rest = _MARK.sub("", mark, count=1).strip()
    found = _KIND.search(rest)
    if found is None:
        return "code", rest
    kind = "markdown" if found[1] == "md" else found[1]
    return cast(Kind, kind), rest[: found.start()].strip()


def _hidden(lines: list[str], source: str) -> list[str]:
    """Comment out what is not Python, and what would be read as a mark."""
    if _FOREIGN.match(lines[0]):
        return [_HIDE + line if line else _HIDE.rstrip() for line in lines]
    # A line such as `% y)` of a formatted string looks like a magic; only in a cell that is not Python it is one.
    magics = any(map(_MAGIC.match, lines)) and not _is_python(source)
    return [_HIDE + line if _ambiguous(line) or (magics and _MAGIC.match(line)) else line for line in lines]


def _shown(lines: list[str]) -> list[str]:
    """Take away what `_hidden` put before lines."""
    first = lines[0] if lines else ""
    foreign = first.startswith(_HIDE) and _FOREIGN.match(first, len(_HIDE))
    if foreign and all(line.startswith(_HIDE) or line == _HIDE.rstrip() for line in lines):
        return [line[len(_HIDE) :] for line in lines]
    return [line[len(_HIDE) :] if _ambiguous(line, marks=False) else line for line in lines]


def _ambiguous(line: str, *, marks: bool = True) -> bool:
    """Tell whether the line would be read as a mark, or as one that was commented out by us."""
    depth = cast("re.Match[str]", _HIDDEN.match(line)).end()
    if depth == 0:
        return marks and _MARK.match(line) is not None
    return _MARK.match(line, depth) is not None or _MAGIC.match(line, depth) is not None


def _commented(lines: list[str]) -> list[str]:
    comments = [f"# {line}" if line else "#" for line in lines]
    return [_HIDE + line if _ambiguous(line) else line for line in comments]


def _uncommented(lines: list[str]) -> list[str]:
    comments = [line[len(_HIDE) :] if _ambiguous(line, marks=False) else line for line in lines]
    return [line[2:] if line.startswith("# ") else line.removeprefix("#") for line in comments]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _to_json(cell: Cell, number: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {"title": cell.title} if cell.title else {}
    if cell.own is not None:
        metadata[OWN] = cell.own
    made: dict[str, Any] = {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": metadata}
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return {**made, "source": cell.source.splitlines(keepends=True)}


def _from_json(cell: Any, number: int) -> Cell:
    if not isinstance(cell, dict):
        raise ValueError(f"cell {number} is no object")
    kind, source, metadata = cell.get("cell_type"), cell.get("source"), cell.get("metadata")
    if kind not in ("code", "markdown", "raw"):
        raise ValueError(f"cell {number} is of the unknown type {str(kind)[:40]!r}")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise ValueError(f"the source of cell {number} is no text")
    if not isinstance(metadata, dict):
        metadata = {}
    title, own = metadata.get("title"), metadata.get(OWN)
    return Cell(kind, source, title if isinstance(title, str) else "", own if isinstance(own, dict) else None)
