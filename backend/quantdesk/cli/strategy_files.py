"""A strategy on the disk: a file, or a folder with `strategy.py` and the files it imports."""

from __future__ import annotations

from pathlib import Path

import click

from quantdesk.core.strategies.project import MAIN, CodeFile, FilesError, Project, project_of
from quantdesk.sandbox import offered

_LEFT_OUT = "__pycache__"


def read_project(path: Path) -> Project:
    """Read a file, or a folder's `strategy.py` with all `.py` and `.md` files below it. Raise click.UsageError."""
    if not path.is_dir():
        return Project(_text(path))
    main = path / MAIN
    if not main.is_file():
        raise click.UsageError(f"{path}: a folder of a strategy has its main file {MAIN}")
    found = [
        CodeFile(path=file.relative_to(path).as_posix(), text=_text(file))
        for file in sorted([*path.rglob("*.py"), *path.rglob("*.md")])
        if file != main and file.is_file() and not _hidden(file.relative_to(path))
    ]
    try:
        return project_of(_text(main), found, offered.installed())
    except FilesError as error:
        raise click.UsageError(f"{path}/{error}") from None


def place(path: Path, file: str | None) -> Path:
    """Give where a file of the strategy is; None: the main one."""
    return path / (file or MAIN) if path.is_dir() else path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == _LEFT_OUT for part in path.parts)
