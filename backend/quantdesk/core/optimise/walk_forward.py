"""Walk-forward: optimise on the past, run on what follows, move on.

Source: Pardo, The Evaluation and Optimization of Trading Strategies (2008), chapter 11; the embargo after
López de Prado, Advances in Financial Machine Learning (2018), section 7.4.2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_FOLDS = 50
SHORTEST_TEST = 5
"""Trading days that the last test must have to be made, when fewer than asked are left for it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WalkForward(_Part):
    """How the days are split. All numbers are trading days."""

    train_days: Annotated[int, Field(ge=20, le=10_000)]
    test_days: Annotated[int, Field(ge=SHORTEST_TEST, le=10_000)]
    anchored: bool = False
    """True: each training starts on the first day and grows; False: it moves along with a fixed length."""
    embargo_days: Annotated[int, Field(ge=0, le=250)] = 0
    """Days left out between a training and its test, so that no holding reaches from one into the other."""


class Fold(_Part):
    number: int
    """From 1."""
    train_start: dt.date
    train_end: dt.date
    """Included, as all ends are."""
    test_start: dt.date
    test_end: dt.date


def split(days: Sequence[dt.date], plan: WalkForward) -> list[Fold]:
    """Give the folds over these trading days (ascending). Tests follow each other without gap or overlap.

    The last test takes what is left, if that is at least five days.

    Raises:
        ValueError: the days do not suffice for one fold, or make more than 50; the message says what to do.
    """
    lead = plan.train_days + plan.embargo_days
    if len(days) < lead + SHORTEST_TEST:
        raise ValueError(
            f"{len(days)} trading days are too few for {plan.train_days} of training"
            + (f", {plan.embargo_days} of embargo" if plan.embargo_days else "")
            + f" and a test; at least {lead + SHORTEST_TEST} are needed. Take longer dates or a shorter training"
        )
    starts = [start for start in range(lead, len(days), plan.test_days) if len(days) - start >= SHORTEST_TEST]
    if len(starts) > MAX_FOLDS:
        raise ValueError(f"{len(starts)} folds are more than {MAX_FOLDS}; take more test_days than {plan.test_days}")
    return [
        Fold(
            number=number,
            train_start=days[0 if plan.anchored else start - lead],
            train_end=days[start - plan.embargo_days - 1],
            test_start=days[start],
            test_end=days[min(start + plan.test_days, len(days)) - 1],
        )
        for number, start in enumerate(starts, 1)
    ]
