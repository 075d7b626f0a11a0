"""The Tree-structured Parzen Estimator, by Optuna.

Source: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011.

Optuna is loaded when first asked. Nothing is kept between two calls: a study is built anew from what is known, so the
same trials and the same seed give the same next points, also after a crash.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.optimise.ranges import ChoiceRange, FloatRange, Params, Range, Ranges, values_of
from quantdesk.core.optimise.search import random_points

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

STARTUP = 10
"""Trials by chance before the estimator has a say, Optuna's own default."""
_TRIES = 20
"""Asks a wanted point, to find one that was not tried yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """A trial that has ended."""

    params: Params
    objective: float | None
    """To be maximised; None where it failed or has none."""


def ask(ranges: Ranges, told: Sequence[Told], count: int, seed: int) -> list[Params]:
    """Give the next points to try, none of them tried before or twice; fewer when the ranges have no more.

    `told`: all earlier trials, in the order of their numbers.
    """
    import optuna

    optuna.logging.disable_default_handler()
    distributions = {name: _distribution(range_) for name, range_ in ranges.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=(seed + 7919 * len(told)) % 2**32,  # another start of the generator for each batch
            n_startup_trials=STARTUP,
            multivariate=True,
            constant_liar=True,
        )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for trial in told:
        failed = trial.objective is None
        study.add_trial(
            optuna.trial.create_trial(
                params={name: _inner(range_, trial.params[name]) for name, range_ in ranges.items()},
                distributions=distributions,
                value=trial.objective,
                state=optuna.trial.TrialState.FAIL if failed else optuna.trial.TrialState.COMPLETE,
            )
        )
    seen = {_identity(trial.params) for trial in told}
    found: list[Params] = []
    for _ in range(_TRIES * count):
        if len(found) == count:
            return found
        asked = study.ask(fixed_distributions=distributions)
        point = {name: _outer(range_, asked.params[name]) for name, range_ in ranges.items()}
        if _identity(point) in seen:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
        else:
            seen.add(_identity(point))
            found.append(point)
    # The estimator insists on known points: take what is left, by chance.
    left = (point for point in random_points(ranges, len(seen) + count, seed) if _identity(point) not in seen)
    return found + list(itertools.islice(left, count - len(found)))


def _distribution(range_: Range) -> BaseDistribution:
    from optuna import distributions as d

    match range_:
        case FloatRange(step=None) if range_.low < range_.high:
            return d.FloatDistribution(range_.low, range_.high, log=range_.log)
        case ChoiceRange():
            return d.CategoricalDistribution(tuple(range(len(range_.values))))
        case _:
            return d.IntDistribution(0, len(values_of(range_) or []) - 1)


def _inner(range_: Range, value: ParamValue) -> int | float:
    """Give the value as the study knows it: a position among the range's values, or a number where continuous."""
    values = values_of(range_)
    if values is None:
        return float(value)
    return next(at for at, known in enumerate(values) if known == value and type(known) is type(value))


def _outer(range_: Range, value: int | float) -> ParamValue:
    values = values_of(range_)
    return float(value) if values is None else values[int(value)]


def _identity(params: Params) -> tuple[tuple[str, ParamValue], ...]:
    return tuple((type(value).__name__, value) for value in params.values())
