"""The ledger of trials: runs are noted by whoever makes them, and judged by how many there were."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.metrics.returns import DAYS_A_YEAR
from quantdesk.core.optimise import words
from quantdesk.core.optimise.deflated import DeflatedSharpe, Moments, deflated_sharpe, moments, variance_of
from quantdesk.features.strategies import service as strategies
from quantdesk.features.trials import repository
from quantdesk.features.trials.errors import TrialNotNoted
from quantdesk.features.trials.schemas import Deflated, LedgerEntry, Significance, StrategyTrials, TrialSource
from quantdesk.features.trials.tables import TrialRow
from quantdesk.kit import clock
from quantdesk.kit.ids import new_id
from quantdesk.kit.uow import UnitOfWork

RECENT = 50
"""Measured trials that a strategy's speed is taken from."""
_YEAR = math.sqrt(DAYS_A_YEAR)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class NewTrial:
    """A run that has ended with a result."""

    number: int
    """In its source; 0 for a backtest."""
    spec: BacktestSpec
    """With the run's own parameters."""
    returns: NDArray[np.float64]
    """Of each day."""
    seconds: float | None


async def note(
    uow: UnitOfWork,
    *,
    owner_id: str,
    strategy_id: str,
    version: int,
    code_hash: str,
    source: TrialSource,
    source_id: str,
    trials: Sequence[NewTrial],
) -> None:
    """Note runs in the caller's transaction. One that is noted already stays as it is."""
    now = clock.utcnow()
    rows = []
    for trial in trials:
        measured = moments(trial.returns)
        rows.append(
            {
                "id": new_id(),
                "owner_id": owner_id,
                "strategy_id": strategy_id,
                "version": version,
                "code_hash": code_hash,
                "params_hash": _hash(trial.spec.model_dump(mode="json", include={"params"})),
                "spec_hash": _hash(trial.spec.model_dump(mode="json", exclude={"params"})),
                "source": source,
                "source_id": source_id,
                "number": trial.number,
                "sharpe": measured.sharpe if measured else None,
                "days": len(trial.returns),
                "skewness": measured.skewness if measured else None,
                "kurtosis": measured.kurtosis if measured else None,
                "seconds": trial.seconds,
                "bars": len(trial.spec.symbols) * len(trial.returns),
                "created_at": now,
            }
        )
    if rows:
        await repository.add(uow.session, rows)


async def of_strategy(uow: UnitOfWork, strategy_id: str, owner_id: str) -> StrategyTrials:
    """Give how often a strategy was tried, and what its best is worth. Raise StrategyNotFound."""
    await strategies.get(uow, strategy_id, owner_id)
    rows = await repository.of_strategy(uow.session, strategy_id)
    distinct = await asyncio.to_thread(_distinct, rows)
    known = [row for row in distinct.values() if row.sharpe is not None]
    best = max(known, key=lambda row: row.sharpe or 0.0, default=None)
    return StrategyTrials(
        strategy_id=strategy_id,
        runs=len(rows),
        distinct=len(distinct),
        backtests=sum(row.source == "backtest" for row in rows),
        optimisation_trials=sum(row.source == "optimisation" for row in rows),
        best=_entry(best) if best else None,
        deflated=_deflated(best, known) if best else None,
        words=words.about_ledger(len(rows), len(distinct)),
    )


async def of_backtest(uow: UnitOfWork, backtest_id: str, owner_id: str) -> Significance:
    """Give a backtest's place among the tries of its strategy. Raise TrialNotNoted."""
    row = await repository.of_source(uow.session, "backtest", backtest_id, owner_id)
    if row is None:
        raise TrialNotNoted(f"the ledger has no run of backtest {backtest_id}; only finished backtests are in it")
    rows = await repository.of_strategy(uow.session, row.strategy_id)
    distinct = await asyncio.to_thread(_distinct, rows)
    number = list(distinct).index(_key(row)) + 1
    known = [other for other in distinct.values() if other.sharpe is not None]
    return Significance(
        backtest_id=backtest_id,
        strategy_id=row.strategy_id,
        number=number,
        distinct=len(distinct),
        sharpe=None if row.sharpe is None else row.sharpe * _YEAR,
        deflated=_deflated(row, known),
        words=words.about_place(number, len(distinct)),
    )


async def seconds_a_bar(uow: UnitOfWork, strategy_id: str) -> float | None:
    """Give the usual time of this strategy a bar, by its newest runs; None where it has none.

    An optimisation's runs are measured without the start of a process, so they come first.
    """
    for source in ("optimisation", "backtest"):
        if found := await repository.speeds(uow.session, strategy_id, source, RECENT):
            return statistics.median(found)
    return None


def deflated_schema(found: DeflatedSharpe, measured: Moments, trials: int) -> Deflated:
    """Give the figure for people: a year's Sharpe ratios, and a sentence."""
    sharpe, luck = found.sharpe * _YEAR, found.threshold * _YEAR
    return Deflated(
        sharpe=sharpe,
        expected_best_of_luck=luck,
        probability=found.probability,
        trials=trials,
        effective_trials=found.trials,
        days=measured.periods,
        skewness=measured.skewness,
        kurtosis=measured.kurtosis,
        words=words.about_deflated(sharpe, luck, found.probability, trials, found.trials),
    )


def _deflated(row: TrialRow, known: Sequence[TrialRow]) -> Deflated | None:
    if row.sharpe is None or row.skewness is None or row.kurtosis is None:
        return None
    measured = Moments(row.sharpe, row.skewness, row.kurtosis, row.days)
    found = deflated_sharpe(measured, variance_of([other.sharpe or 0.0 for other in known]), len(known))
    return deflated_schema(found, measured, len(known)) if found else None


def _distinct(rows: Sequence[TrialRow]) -> dict[Key, TrialRow]:
    """Give the first run of each kind, in the order of their first runs."""
    found: dict[Key, TrialRow] = {}
    for row in rows:
        found.setdefault(_key(row), row)
    return found


def _key(row: TrialRow) -> Key:
    return row.code_hash, row.params_hash, row.spec_hash


def _entry(row: TrialRow) -> LedgerEntry:
    return LedgerEntry(
        source=cast(TrialSource, row.source),
        source_id=row.source_id,
        number=row.number,
        version=row.version,
        sharpe=None if row.sharpe is None else row.sharpe * _YEAR,
        days=row.days,
        created_at=row.created_at,
    )


def _hash(document: object) -> str:
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
