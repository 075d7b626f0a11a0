"""What goes into the child's private folder, written by the parent and read by the child.

`request.json` holds the request; the bars are one `.npy` file a column, the symbols one after another. (Arrow would
cost the child 0.15 s of imports to read the same numbers.)
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.sandbox.limits import Limits

_REQUEST = "request.json"


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """One backtest of one strategy."""

    spec: BacktestSpec
    source: str
    """The strategy's file."""


@dataclass(frozen=True, slots=True)
class Handover:
    """All that the child is told."""

    request: BacktestRequest
    limits: Limits
    parent_pid: int
    message_fd: int
    result_fd: int
    require_isolation: bool
    versions: dict[str, str]


def write_handover(folder: Path, handover: Handover, bars: Mapping[str, Bars]) -> None:
    """Write the request and the bars into an existing folder."""
    ordered = [bar for bar in bars.values() if len(bar)]
    for name in COLUMNS if ordered else ():
        np.save(folder / f"{name}.npy", np.concatenate([getattr(bar, name) for bar in ordered]), allow_pickle=False)
    document = {
        "spec": handover.request.spec.model_dump(mode="json"),
        "source": handover.request.source,
        "limits": dataclasses.asdict(handover.limits),
        "parent_pid": handover.parent_pid,
        "message_fd": handover.message_fd,
        "result_fd": handover.result_fd,
        "require_isolation": handover.require_isolation,
        "versions": handover.versions,
        "bars": [{"symbol": bar.symbol, "interval": bar.interval, "rows": len(bar)} for bar in ordered],
    }
    (folder / _REQUEST).write_text(json.dumps(document), encoding="utf-8")


def read_handover(folder: Path) -> tuple[Handover, dict[str, Bars]]:
    """Read what write_handover wrote."""
    document: dict[str, Any] = json.loads((folder / _REQUEST).read_text(encoding="utf-8"))
    handover = Handover(
        request=BacktestRequest(spec=BacktestSpec.model_validate(document["spec"]), source=document["source"]),
        limits=Limits(**document["limits"]),
        parent_pid=document["parent_pid"],
        message_fd=document["message_fd"],
        result_fd=document["result_fd"],
        require_isolation=document["require_isolation"],
        versions=document["versions"],
    )
    parts = document["bars"]
    columns = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in COLUMNS} if parts else {}
    bars: dict[str, Bars] = {}
    first = 0
    for part in parts:
        rows = slice(first, first + part["rows"])
        values = {name: column[rows] for name, column in columns.items()}
        bars[part["symbol"]] = Bars(symbol=part["symbol"], interval=part["interval"], **values)
        first = rows.stop
    return handover, bars
