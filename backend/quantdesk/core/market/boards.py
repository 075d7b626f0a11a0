"""Industries and concepts: what their shares did together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quantdesk.core.bars.frame import FloatArray


@dataclass(frozen=True, slots=True)
class BoardDay:
    """A board on a day."""

    code: str
    name: str
    rows: tuple[int, ...]
    """Of the shares that traded, the largest first."""
    size: float
    """The shares' sizes together."""
    change: float
    """Mean of the shares' changes, weighted by size."""
    advancing: int
    declining: int


def board_days(
    members: Mapping[tuple[str, str], Sequence[int]], change: FloatArray, size: FloatArray
) -> list[BoardDay]:
    """Sum up each board, the largest first; those of whose shares none traded are left out.

    `members` gives the rows of each (code, name); `change` and `size` are a share's, NaN where it did not trade.
    """
    asked = np.isfinite(change) & np.isfinite(size) & (size > 0)
    found = []
    for (code, name), rows in members.items():
        at = np.array(rows, dtype=np.intp)
        at = at[asked[at]]
        if not len(at):
            continue
        at = at[np.argsort(-size[at], kind="stable")]
        total = float(size[at].sum())
        found.append(
            BoardDay(
                code=code,
                name=name,
                rows=tuple(at.tolist()),
                size=total,
                change=float((change[at] * size[at]).sum() / total),
                advancing=int((change[at] > 0).sum()),
                declining=int((change[at] < 0).sum()),
            )
        )
    return sorted(found, key=lambda board: (-board.size, board.code))
