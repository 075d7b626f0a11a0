"""Jupyter's messages as ours. Source: jupyter-client's documentation, "Messaging in Jupyter", version 5.4."""

from __future__ import annotations

import re
from typing import Any

from quantdesk.features.notebooks.messages import (
    OUTPUT_CHARS,
    CellCleared,
    CellError,
    CellOutput,
    CellStream,
    Completions,
    Frame,
    Inspection,
    Told,
)

MIME_TYPES = (
    "text/plain",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/svg+xml",
    "application/json",
    "application/vnd.quantdesk.table+json",
    "application/vnd.quantdesk.chart+json",
    "application/vnd.quantdesk.report+json",
    "application/vnd.plotly.v1+json",
)
"""Forms that the page can show; others are left out."""
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CELL_LINE = re.compile(r"^Cell In\[(\d+)\], line (\d+)", re.MULTILINE)


def output(message: dict[str, Any], cell: str) -> Told | None:
    """Give what a message of the output channel tells of a cell; None for what it does not show."""
    content = message["content"]
    match message["msg_type"]:
        case "stream":
            return CellStream(cell=cell, name=_stream_name(content.get("name")), text=_cut(str(content["text"])))
        case "execute_result":
            return CellOutput(cell=cell, kind="result", data=_data(content["data"]), display=_display(content))
        case "display_data":
            return CellOutput(cell=cell, kind="display", data=_data(content["data"]), display=_display(content))
        case "update_display_data":
            data = _data(content["data"])
            return CellOutput(cell=cell, kind="display", data=data, display=_display(content), update=True)
        case "error":
            return error(content, cell)
        case "clear_output":
            return CellCleared(cell=cell, wait=bool(content.get("wait")))
    return None


def error(content: dict[str, Any], cell: str) -> CellError:
    """Give an error with the lines of the cell that it passed through, outermost first."""
    traceback = "\n".join(str(line) for line in content.get("traceback", []))
    frames = [Frame(count=int(found[1]), line=int(found[2])) for found in _CELL_LINE.finditer(_ANSI.sub("", traceback))]
    return CellError(
        cell=cell,
        name=str(content.get("ename", "Error"))[:200],
        message=_cut(str(content.get("evalue", ""))),
        traceback=_cut(traceback),
        frames=frames[:50],
    )


def completions(content: dict[str, Any], request: int) -> Completions:
    """Give the answer to a complete_request."""
    matches = [str(one) for one in content.get("matches", [])][:500]
    types = content.get("metadata", {}).get("_jupyter_types_experimental", [])
    kinds = {one.get("text"): str(one.get("type", "")) for one in types if isinstance(one, dict)}
    return Completions(
        request=request,
        start=int(content.get("cursor_start", 0)),
        end=int(content.get("cursor_end", 0)),
        matches=matches,
        kinds=[kinds.get(match, "") for match in matches],
    )


def inspection(content: dict[str, Any], request: int) -> Inspection:
    """Give the answer to an inspect_request."""
    text = str(content.get("data", {}).get("text/plain", ""))
    return Inspection(request=request, found=bool(content.get("found")), text=_cut(text, 20_000))


def _stream_name(name: object) -> Any:
    return "stderr" if name == "stderr" else "stdout"


def _display(content: dict[str, Any]) -> str | None:
    name = content.get("transient", {}).get("display_id")
    return None if name is None else str(name)[:100]


def _data(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in MIME_TYPES:
        if kind in data:
            value = data[kind]
            if len(str(value)) <= OUTPUT_CHARS:
                found[kind] = value
            elif kind == "text/plain":
                found[kind] = _cut(str(value))
    return found or {"text/plain": "(too large to be shown)"}


def _cut(text: str, limit: int = OUTPUT_CHARS) -> str:
    return text if len(text) <= limit else f"{text[:limit]}\n… ({len(text) - limit} more characters)"
