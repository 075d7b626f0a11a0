"""What a vectorised strategy may decide, and its form for the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.execution import vector as kernel
from quantdesk.core.execution.vector import Decisions

_NO_FLOATS = np.zeros((1, 1))
_NO_FLAGS = np.zeros((1, 1), dtype=np.bool_)
_NO_RANKS = np.zeros((1, 1), dtype=np.int32)
_NO_COUNTS = np.zeros(1, dtype=np.int64)

FULL = 0.95
"""Share of equity that is invested by default: the rest pays costs and a higher open."""


class DecisionError(ValueError):
    """A strategy's arrays do not fit the data."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Target weights of equity, [steps, symbols]. NaN leaves a symbol alone, 0 sells it; a row of NaN does nothing.

    A weight says the same as order_target_percent: the quantity worth so much of equity at that day's close. What is
    reduced is ordered first. Below zero is a short position, of futures only.
    """

    weights: Any


@dataclass(frozen=True, eq=False)
class Signals:
    """Entries and exits, bool [steps, symbols]; NaN counts as no.

    A symbol without a position and with an entry is ordered to `weight` of equity; one with a position and an exit is
    sold. An exit wins over an entry of the same day. A signal counts on its day only: what the exchange refuses is
    not tried again.
    """

    entries: Any
    exits: Any
    weight: Any = None
    """A number or [steps, symbols]. None: 0.95 / max_positions, or 0.95 / number of symbols."""
    max_positions: int | None = None
    """Entries beyond so many positions are left out, the first symbols come first."""


@dataclass(frozen=True, eq=False)
class TopkDropout:
    """Hold the `topk` best scores and drop at most `n_drop` a day, as qlib's TopkDropoutStrategy.

    At each step the worst `n_drop` of what is held and what would be bought are found; those that are held are sold
    (when held for `hold_days` or longer) and replaced. The cash after the sells times `risk_degree` is spent in equal
    parts, at the price of the fill. What cannot be traded that day is not replaced by another symbol.
    """

    scores: Any
    """[steps, symbols], higher is better, NaN for none."""
    topk: int = 50
    n_drop: int = 5
    hold_days: int = 1
    risk_degree: float = FULL


Decision = Weights | Signals | TopkDropout


def for_kernel(decision: object, steps: int, symbols: int) -> Decisions:
    """Check a decision and give the kernel's form of it. Raise DecisionError."""
    shape = (steps, symbols)
    match decision:
        case Weights(weights):
            return _decisions(kernel.WEIGHTS, weights=_floats("weights", weights, shape))
        case Signals(entries, exits, weight, max_positions):
            most = 0 if max_positions is None else _whole("max_positions", max_positions, 1)
            if weight is None:
                weight = FULL / min(most or symbols, symbols)
            single = np.ndim(weight) == 0
            return _decisions(
                kernel.SIGNALS,
                weights=_floats("weight", [[weight]], (1, 1)) if single else _floats("weight", weight, shape),
                entries=_flags("entries", entries, shape),
                exits=_flags("exits", exits, shape),
                max_positions=most,
            )
        case TopkDropout(scores, topk, n_drop, hold_days, risk_degree):
            if not 0.0 < risk_degree <= 1.0:
                raise DecisionError(f"risk_degree is {risk_degree}; give a share of the cash above 0, at most 1")
            ranked, scored = _ranked(_floats("scores", scores, shape))
            return _decisions(
                kernel.TOPK_DROPOUT,
                ranked=ranked,
                scored=scored,
                topk=_whole("topk", topk, 1),
                n_drop=_whole("n_drop", n_drop, 0),
                hold_days=_whole("hold_days", hold_days, 0),
                risk_degree=float(risk_degree),
                picks=np.zeros(symbols + 1, dtype=np.int64),
            )
        case _:
            raise DecisionError(f"run must return Weights, Signals or TopkDropout, not {type(decision).__name__}")


def _decisions(
    kind: int,
    *,
    weights: NDArray[np.float64] = _NO_FLOATS,
    entries: NDArray[np.bool_] = _NO_FLAGS,
    exits: NDArray[np.bool_] = _NO_FLAGS,
    max_positions: int = 0,
    ranked: NDArray[np.int32] = _NO_RANKS,
    scored: NDArray[np.int64] = _NO_COUNTS,
    topk: int = 0,
    n_drop: int = 0,
    hold_days: int = 0,
    risk_degree: float = 0.0,
    picks: NDArray[np.int64] = _NO_COUNTS,
) -> Decisions:
    return Decisions(
        kind, weights, entries, exits, max_positions, ranked, scored, topk, n_drop, hold_days, risk_degree, picks
    )


def _ranked(scores: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Give each step's symbols from the best score to the worst, those without one last, and how many have one."""
    ranked = np.empty(scores.shape, dtype=np.int32)
    for step, row in enumerate(scores):
        ranked[step] = np.argsort(-row, kind="stable")
    return ranked, np.isfinite(scores).sum(axis=1).astype(np.int64)


def _floats(name: str, values: Any, shape: tuple[int, int]) -> NDArray[np.float64]:
    try:
        found = np.require(values, dtype=np.float64, requirements=["C", "W"])
    except (TypeError, ValueError):
        raise DecisionError(f"{name} must be an array of numbers, not {type(values).__name__}") from None
    _check_shape(name, found, shape)
    if np.isinf(found).any():
        raise DecisionError(f"{name} holds infinite values; divide by no zero, or put NaN there")
    return found


def _flags(name: str, values: Any, shape: tuple[int, int]) -> NDArray[np.bool_]:
    found = np.asarray(values)
    if found.dtype.kind == "f":
        found = np.nan_to_num(found, nan=0.0) != 0.0
    elif found.dtype.kind not in "bui":
        raise DecisionError(f"{name} must be an array of True and False, not of {found.dtype}")
    _check_shape(name, found, shape)
    return np.require(found, dtype=np.bool_, requirements=["C", "W"])


def _check_shape(name: str, found: NDArray[Any], shape: tuple[int, int]) -> None:
    if found.shape != shape:
        raise DecisionError(
            f"{name} has shape {found.shape}, the data has {shape} (days, symbols): give one value a day and symbol"
        )


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise DecisionError(f"{name} is {value!r}; give a whole number of at least {least}")
    return int(value)
