"""What the parent hands over to the child: the request through memory, the bars through the child's private folder.

The request holds the user's code, which lies on no disk in the clear: it goes as a memory file (memfd), an open file
without a name. The bars are one `.npy` file a column, the symbols one after another. (Arrow would cost the child 0.15 s
of imports to read the same numbers.)
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Generic, Literal

import numpy as np
from pydantic import Field, TypeAdapter

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec, ParamValue
from quantdesk.core.backtest.sweep import SweepResult
from quantdesk.core.backtest.truncation import TruncationReport
from quantdesk.core.bars.frame import COLUMNS, Bars, Interval
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.project import CodeFile
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import ResultT


class Task(Generic[ResultT]):
    """Something for a child to do, by what it gives."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BacktestRequest(Task[BacktestResult]):
    """One backtest of one strategy."""

    spec: BacktestSpec
    source: str
    """The strategy's file."""
    trials: int | None = None
    """How often the strategy was tried before, for the report's bias badge; None where nobody counts."""
    industries: Mapping[str, str] | None = None
    """The industry's name of each symbol, for the attribution; None where none is known."""
    analysis: bool = True
    """Add analysis, bias badge and capsule; a third of the time of a short run."""
    files: tuple[CodeFile, ...] = ()
    """Beside the main file, for it to import."""
    kind: Literal["backtest"] = "backtest"


@dataclass(frozen=True, slots=True)
class SweepRequest(Task[SweepResult]):
    """One backtest for each parameter set, in one child."""

    spec: BacktestSpec
    source: str
    trials: list[dict[str, ParamValue]]
    """Parameters by name, over those of the spec."""
    files: tuple[CodeFile, ...] = ()
    kind: Literal["sweep"] = "sweep"


@dataclass(frozen=True, slots=True)
class TruncationRequest(Task[TruncationReport]):
    """The test for look-ahead."""

    spec: BacktestSpec
    source: str
    samples: int
    """Days at which the data is cut."""
    seed: int
    """Draws the days."""
    files: tuple[CodeFile, ...] = ()
    kind: Literal["truncation"] = "truncation"


Request = Annotated[BacktestRequest | SweepRequest | TruncationRequest, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Handover:
    """All that the child is told."""

    request: Request
    limits: Limits
    require_isolation: bool
    versions: dict[str, str]
    actions: Mapping[str, Sequence[CorporateAction]] = field(default_factory=dict)
    """Corporate actions by symbol."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one symbol in the columns' files."""

    symbol: str
    interval: Interval
    rows: int


@dataclass(frozen=True, slots=True)
class _Document:
    handover: Handover
    bars: list[_Part]


_DOCUMENT = TypeAdapter(_Document)


def write_handover(folder: Path, handover: Handover, bars: Mapping[str, Bars]) -> int:
    """Write the bars into an existing folder and the request into memory; give the latter's descriptor."""
    ordered = [bar for bar in bars.values() if len(bar)]
    for name in COLUMNS if ordered else ():
        np.save(folder / f"{name}.npy", np.concatenate([getattr(bar, name) for bar in ordered]), allow_pickle=False)
    document = _Document(handover, [_Part(bar.symbol, bar.interval, len(bar)) for bar in ordered])
    request = os.memfd_create("quantdesk-request")
    with open(request, "wb", closefd=False) as file:
        file.write(_DOCUMENT.dump_json(document))
    return request


def read_handover(folder: Path, request: int) -> tuple[Handover, dict[str, Bars]]:
    """Read what write_handover wrote, and close the request."""
    with open(request, "rb") as file:
        file.seek(0)
        document = _DOCUMENT.validate_json(file.read())
    parts = document.bars
    columns = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in COLUMNS} if parts else {}
    bars: dict[str, Bars] = {}
    first = 0
    for part in parts:
        rows = slice(first, first + part.rows)
        values = {name: column[rows] for name, column in columns.items()}
        bars[part.symbol] = Bars(symbol=part.symbol, interval=part.interval, **values)
        first = rows.stop
    return document.handover, bars
