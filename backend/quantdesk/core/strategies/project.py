"""A strategy's files: the main one, `strategy.py`, and those beside it, which it may import."""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Literal

from pydantic import BaseModel, ConfigDict

MAIN = "strategy.py"
MOST_FILES = 50
"""Beside the main one."""
MOST_CHARACTERS = 1_000_000
"""Of all files together."""
MOST_PARTS = 5
"""Of a path: folders and the file itself."""
PATH_CHARACTERS = 200
OFFERED = frozenset({
    "__init__", "__main__", "strategy",
    "quantdesk", "quantdesk_worker", "backtrader", "numpy", "pandas", "numba", "talib", "pyarrow", "pydantic",
})  # fmt: skip
"""Modules that are there already, whatever else is installed."""

Reason = Literal["bad_path", "too_deep", "duplicate", "taken", "file_and_folder", "too_many", "too_long"]


class CodeFile(BaseModel):
    """A file beside the main one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    """With `/` between folders, as `signals/cross.py`."""
    text: str


class FilesError(ValueError):
    """Files that cannot be a strategy's."""

    def __init__(self, path: str, reason: Reason, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Project:
    """All that a version of a strategy consists of."""

    code: str
    """The main file's text."""
    files: tuple[CodeFile, ...] = ()
    """The others, by path."""

    @property
    def sha256(self) -> str:
        return sha256_of(self.code, self.files)

    @property
    def lines(self) -> int:
        return sum(len(text.splitlines()) for text in self.texts().values())

    def texts(self) -> dict[str, str]:
        """Give the text of each file by path, the main one first."""
        return {MAIN: self.code, **{file.path: file.text for file in self.files}}


def sha256_of(code: str, files: Sequence[CodeFile] = ()) -> str:
    """Identify the text of all files; without others, that of the main one."""
    if not files:
        return hashlib.sha256(code.encode()).hexdigest()
    texts = [[MAIN, code], *sorted([file.path, file.text] for file in files)]
    # No text begins with a zero byte, so that no main file alone has the sum of several.
    return hashlib.sha256(b"\x00" + json.dumps(texts, separators=(",", ":")).encode()).hexdigest()


def project_of(code: str, files: Iterable[CodeFile] = (), taken: Collection[str] = ()) -> Project:
    """Make a project, its files in the order of their paths.

    Args:
        code: The main file.
        files: The others, in any order.
        taken: Names of modules that are installed, besides the standard library's: no file may hide one.

    Raises:
        FilesError: naming the first path that cannot be.
    """
    ordered = tuple(sorted(files, key=lambda file: file.path))
    if len(ordered) > MOST_FILES:
        raise FilesError(
            ordered[MOST_FILES].path, "too_many", f"a strategy has at most {MOST_FILES} files beside {MAIN}"
        )
    spelt = {MAIN: MAIN}
    folders: set[str] = set()
    total = len(code)
    for file in ordered:
        check_path(file.path, taken)
        parts = file.path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        folders.update(folder.casefold() for folder in above)
        if file.path.casefold() in spelt:
            raise _twice(file.path, spelt[file.path.casefold()])
        for one in (*above, file.path):
            if spelt.setdefault(one.casefold(), one) != one:
                raise _twice(file.path, spelt[one.casefold()])
        total += len(file.text)
        if total > MOST_CHARACTERS:
            raise FilesError(
                file.path, "too_long", f"with it the files have more than {MOST_CHARACTERS:,} characters together"
            )
    for file in ordered:
        stem, _, kind = file.path.rpartition(".")
        if kind == "py" and stem.casefold() in folders:
            raise FilesError(
                file.path, "file_and_folder", f"a folder is called {stem}, too; which of them would an import mean?"
            )
    return Project(code, ordered)


def check_path(path: str, taken: Collection[str] = ()) -> None:
    """Raise FilesError unless the path is one that a file of a strategy can have."""
    shown = path[:PATH_CHARACTERS]
    stem, dot, kind = path.rpartition(".")
    parts = stem.split("/")
    if len(path) > PATH_CHARACTERS or not dot or kind not in ("py", "md") or not all(map(_is_name, parts)):
        raise FilesError(
            shown,
            "bad_path",
            "a path is folders with / between and a name that ends in .py or .md, each of them a name as in Python: "
            "letters, digits and _, no digit first, no keyword",
        )
    if len(parts) > MOST_PARTS:
        raise FilesError(shown, "too_deep", f"a path has at most {MOST_PARTS - 1} folders")
    top = parts[0]
    if top in OFFERED and path != f"{top}.md":
        raise FilesError(shown, "taken", f"{top} is the name of a module that is there already; choose another")
    if (top in sys.stdlib_module_names or top in taken) and (kind == "py" or len(parts) > 1):
        raise FilesError(shown, "taken", f"it would hide the module {top}, which is installed; choose another name")


def _twice(path: str, other: str) -> FilesError:
    return FilesError(path, "duplicate", f"there is {other} already; upper and lower case count as the same")


def _is_name(part: str) -> bool:
    """Tell a module's name; one whose letters Python would read as others could never be imported."""
    return part.isidentifier() and not iskeyword(part) and unicodedata.normalize("NFKC", part) == part
