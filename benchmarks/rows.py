"""What a benchmark gives, and how it is shown and kept."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).resolve().parent / "results"


class Unavailable(Exception):
    """What the benchmark needs is not on this machine; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The same work done by something else, in the unit of the row."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: float | None
    """None where it could not be measured; `note` says why."""
    unit: str
    aim: float | None = None
    """What is aimed at; None for a figure that only explains another."""
    better: Literal["lower", "higher"] = "lower"
    peer: Peer | None = None
    note: str = ""
    """What a reader must know of the figure."""

    @property
    def ratio(self) -> float | None:
        """Our figure over the peer's."""
        return None if self.peer is None or self.value is None else self.value / self.peer.value

    @property
    def reached(self) -> bool | None:
        if self.aim is None or self.value is None:
            return None
        return self.value <= self.aim if self.better == "lower" else self.value >= self.aim


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that `share` of all stay at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def keep(benchmark: str, rows: Sequence[Row]) -> None:
    """Write the benchmark's result file."""
    RESULTS.mkdir(exist_ok=True)
    found = [
        {
            "name": row.name,
            "value": None if row.value is None else rounded(row.value),
            "unit": row.unit,
            "aim": row.aim,
            "peer": None if row.peer is None else {**asdict(row.peer), "value": rounded(row.peer.value)},
            "ratio": None if row.ratio is None else rounded(row.ratio),
            **({"note": row.note} if row.note else {}),
        }
        for row in rows
    ]
    (RESULTS / f"{benchmark}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def table(rows: Sequence[Row]) -> str:
    """Lay the rows out for a terminal."""
    cells = [("", "value", "unit", "aim", "", "peer", "ratio", "")]
    for row in rows:
        aim = "" if row.aim is None else f"{'≤' if row.better == 'lower' else '≥'} {row.aim:,g}"
        mark = {True: "reached", False: "MISSED", None: ""}[row.reached]
        peer = "" if row.peer is None else f"{row.peer.name}: {rounded(row.peer.value):,g}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        value = "-" if row.value is None else f"{rounded(row.value):,g}"
        cells.append((row.name, value, row.unit, aim, mark, peer, ratio, row.note))
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = []
    for line in cells:
        name, value, *others = (
            text.rjust(width) if column in (1, 6) else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        lines.append("  ".join((name, value, *others)).rstrip())
    return "\n".join(lines)


def rounded(value: float) -> float:
    """Keep four significant digits."""
    return float(f"{value:.4g}")
