"""The probability of backtest overfitting, by combinatorially symmetric cross-validation (CSCV).

Source: Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting", Journal of Computational
Finance 20 (4), 2017, sections 3 and 5. The days are cut into S blocks; each choice of half of them is once the sample
in which the best trial is chosen, and the other half is what followed. Both halves keep the order of their blocks.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCKS = 16
"""As the paper; 12,870 combinations."""
LEAST_BLOCKS = 4
LEAST_DAYS = 5
"""In a block."""
_BATCH = 500_000
"""Numbers held at once for one step: combinations x trials."""
_FLAT = 1e-24


@dataclass(frozen=True, slots=True)
class Overfitting:
    """What the combinations showed. Sharpe ratios of one day, without annualising."""

    probability: float
    """Share of the combinations whose best in sample was at or below the median out of sample."""
    blocks: int
    combinations: int
    logits: NDArray[np.float64]
    """ln(w / (1 - w)) of the relative rank w, out of sample, of the best in sample; [combinations]."""
    in_sample: NDArray[np.float64]
    """Sharpe ratio of the chosen; [combinations]."""
    out_of_sample: NDArray[np.float64]
    slope: float | None
    """Of the regression of out_of_sample on in_sample; None where in_sample does not vary."""
    probability_of_loss: float
    """Share of the combinations whose chosen had a Sharpe ratio below zero out of sample."""


def blocks_for(days: int) -> int:
    """Give the even number of blocks, at most 16, of which each has at least five days; 0 when there are too few."""
    blocks = min(BLOCKS, days // LEAST_DAYS // 2 * 2)
    return blocks if blocks >= LEAST_BLOCKS else 0


def overfitting(returns: NDArray[np.floating], blocks: int | None = None) -> Overfitting:
    """Carry out CSCV with the Sharpe ratio as the measure; `returns` is [days, trials].

    Days that do not fill a block are left out at the beginning. A trial without variation has a ratio of 0: it did
    nothing. Equal ranks are averaged.

    Raises:
        ValueError: fewer than two trials, too few days, an odd number of blocks, or a return that is not finite.
    """
    days, trials = returns.shape
    count = blocks_for(days) if blocks is None else blocks
    if trials < 2:
        raise ValueError(f"{trials} trials are too few; overfitting shows only between at least two")
    if count < 2 or count % 2 or days < 2 * count:
        raise ValueError(f"{days} days cannot be cut into an even number of blocks ({count}) of two days or more")
    if not np.isfinite(returns).all():
        raise ValueError("a return is not a finite number")
    length = days // count
    first = days - length * count
    cut = [returns[start : start + length].astype(np.float64) for start in range(first, days, length)]
    sums = np.stack([block.sum(axis=0) for block in cut])
    squares = np.stack([np.einsum("ij,ij->j", block, block) for block in cut])
    chosen = np.array(list(itertools.combinations(range(count), count // 2)))
    inside = np.zeros((len(chosen), count))
    np.put_along_axis(inside, chosen, 1.0, axis=1)
    half = length * count // 2
    parts = [
        _judge(part, sums, squares, half) for part in np.array_split(inside, max(1, len(inside) * trials // _BATCH))
    ]
    rank, in_sample, out_of_sample = (np.concatenate(column) for column in zip(*parts, strict=True))
    logits = np.log(rank / (1 - rank))
    return Overfitting(
        probability=float(np.mean(logits <= 0)),
        blocks=count,
        combinations=len(inside),
        logits=logits,
        in_sample=in_sample,
        out_of_sample=out_of_sample,
        slope=_slope(in_sample, out_of_sample),
        probability_of_loss=float(np.mean(out_of_sample < 0)),
    )


Columns = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _judge(inside: NDArray[np.float64], sums: NDArray[np.float64], squares: NDArray[np.float64], half: int) -> Columns:
    """Give relative rank, in-sample and out-of-sample ratio of the chosen for some combinations."""
    here = _sharpe(inside @ sums, inside @ squares, half)
    there = _sharpe((1 - inside) @ sums, (1 - inside) @ squares, half)
    best = here.argmax(axis=1)
    rows = np.arange(len(inside))
    mine = there[rows, best][:, None]
    below, equal = (there < mine).sum(axis=1), (there == mine).sum(axis=1)
    rank = (below + (equal + 1) / 2) / (there.shape[1] + 1)
    return rank, here[rows, best], mine[:, 0]


def _sharpe(total: NDArray[np.float64], squares: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    mean = total / count
    variance = np.maximum((squares - count * mean**2) / (count - 1), 0.0)
    flat = variance <= _FLAT
    return np.where(flat, 0.0, mean / np.sqrt(np.where(flat, 1.0, variance)))


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    centred = x - x.mean()
    spread = float(centred @ centred)
    return float(centred @ (y - y.mean())) / spread if spread > _FLAT else None
