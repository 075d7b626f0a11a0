"""Jupyter notebooks in and out: a file's `# %%` cells are a notebook's cells. Outputs are never taken along."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from quantdesk.core.strategies.percent import notebook_of, percent_of
from quantdesk.features.strategies import service
from quantdesk.features.strategies.errors import BadNotebook, NotebookNotPython, NotebookTooLarge, OldNotebook
from quantdesk.features.strategies.schemas import StrategyCreate
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork

MAX_FILE = 10 * 1024**2
MAX_CODE = 1_000_000
"""Characters, as of any strategy's code."""
_FIELD = "file"


async def export(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str) -> tuple[str, bytes]:
    """Give a strategy's name and its newest version as a notebook. Raise StrategyNotFound, Tampered."""
    strategy = await service.get_detail(uow, context, strategy_id, owner_id)
    return strategy.name, await asyncio.to_thread(_written, strategy.code)


def to_strategy(data: bytes, file_name: str, name: str | None = None) -> StrategyCreate:
    """Make of a notebook what a strategy is created with; without a name it is called as the file.

    Raise NotebookTooLarge, BadNotebook, OldNotebook, NotebookNotPython.
    """
    if len(data) > MAX_FILE:
        raise too_large()
    notebook = _read(data)
    _check_format(notebook)
    try:
        code = percent_of(notebook)
    except ValueError as error:
        raise BadNotebook(f"the file cannot be used as a notebook: {error}", field=_FIELD) from None
    if len(code) > MAX_CODE:
        raise NotebookTooLarge(f"the notebook has more than {MAX_CODE:,} characters of code and text", field=_FIELD)
    if "\x00" in code or any("\ud800" <= character <= "\udfff" for character in code):
        raise BadNotebook("the notebook holds U+0000 or half of a surrogate pair, which cannot be stored", field=_FIELD)
    return StrategyCreate(name=name or _name(file_name), code=code)


def _read(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise BadNotebook("the file is nested deeper than any notebook", field=_FIELD) from None
    except ValueError as error:
        raise BadNotebook(f"the file is no JSON, as notebooks are: {error}"[:300], field=_FIELD) from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise BadNotebook("the file is JSON, but no notebook: it has no `nbformat`", field=_FIELD)
    return notebook


def _check_format(notebook: dict[str, Any]) -> None:
    if notebook["nbformat"] != 4:
        number = repr(notebook["nbformat"])[:20]
        raise OldNotebook(
            f"the notebook is of format {number}; open it in Jupyter and save it, which makes it format 4", field=_FIELD
        )
    language = _language(notebook.get("metadata"))
    if language and not language.lower().startswith(("python", "ipython")):
        raise NotebookNotPython(f"the notebook is written in {language[:40]!r}, not in Python", field=_FIELD)


def _language(metadata: Any) -> str:
    match metadata:
        case {"language_info": {"name": str(name)}}:
            return name
        case {"kernelspec": {"language": str(name)}}:
            return name
        case _:
            return ""


def _written(code: str) -> bytes:
    return (json.dumps(notebook_of(code), ensure_ascii=False, indent=1) + "\n").encode()


def _name(file_name: str) -> str:
    """Make a strategy's name of a file's, which may be anything."""
    last = re.split(r"[/\\]", file_name)[-1]
    plain = "".join(char if char.isprintable() else " " for char in last)
    return re.sub(r"(?i)\.ipynb$", "", plain).strip()[:80].strip() or "notebook"


def too_large() -> NotebookTooLarge:
    return NotebookTooLarge(f"the file has more than {MAX_FILE // 1024**2} MB; clear its outputs and save it again")
