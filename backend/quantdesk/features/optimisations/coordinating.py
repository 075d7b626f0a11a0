"""The work of an optimisation's own job: plans trials, hands them out as part jobs, and judges what came of them.

Nothing it knows is only in memory: trials are rows that are queued, succeeded or failed, and parts are jobs. So a
job that starts again, after a crash, a cancel or a retry, goes on with what has not ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from quantdesk.core.backtest.result import EngineKind
from quantdesk.core.backtest.run import engine_of
from quantdesk.core.optimise import tpe
from quantdesk.core.optimise.objective import Objective
from quantdesk.core.optimise.ranges import Params, Ranges
from quantdesk.core.optimise.search import Search, grid_points, random_points
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.handlers import Cancelled, Failed, Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import TERMINAL, JobError
from quantdesk.features.optimisations import judging, planning, repository, service, storing
from quantdesk.features.optimisations.schemas import WHOLE
from quantdesk.features.optimisations.tables import OptimisationRow
from quantdesk.features.strategies import service as strategies
from quantdesk.features.trials import service as ledger
from quantdesk.kit.uow import UnitOfWork

PARTS = 6
"""Parts that wait or run at once: enough for several workers, few enough that a better size is known for the next."""
PART_SECONDS = 3.0
"""How long a part should take; so much work a crash or a cancel may lose."""
LEAST_SECONDS = 1.0
"""A smaller part would mostly start and end."""
PART_TRIALS = 500
VECTOR_TRIALS = 2500
VECTOR_SECONDS = 10.0
"""A vectorised sweep runs in one process, unless it takes longer: a process of its own must pay."""
ONE_PROCESS_SECONDS = 2.0
"""Work below this is not worth a second process."""
TPE_BATCH = 8
"""Points that the estimator gives at once; more would use several workers better, and what it learns worse."""
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Trial:
    number: int
    fold: int
    state: str


class Coordinator:
    def __init__(self, job: RunningJob) -> None:
        self._job = job
        self._context = job.context
        self._old: set[str] = set()
        """Parts that had ended before this run began."""
        self._own: asyncio.Task[None] | None = None
        """The part that runs in this job's own slot."""

    async def run(self) -> Outcome:
        """Carry the optimisation through to its figures."""
        async with self._context.database.unit(write=False) as uow:
            self._row = await uow.session.get_one(OptimisationRow, self._job.subject_id)
            row = self._row
            version = await strategies.get_version(uow, self._context, row.strategy_id, row.owner_id, row.version)
            self._old = {part.id for part in await jobs.parts(uow, self._job.id) if part.state in TERMINAL}
        self._spec = service.spec_of(row)
        self._ranges: Ranges = service.ranges_of(row)
        self._search: Search = service.search_of(row)
        self._objective: Objective = service.objective_of(row)
        self._engine: EngineKind = engine_of(version.code, self._spec.strategy_class) or "backtrader"
        try:
            outcome = await self._carry_out()
        except Exception:
            await self._stop_parts()
            raise
        # When the worker stops or has lost its lease (CancelledError), another goes on with the parts as they are.
        if not isinstance(outcome, Succeeded):
            await self._stop_parts()
        return outcome

    async def _carry_out(self) -> Outcome:
        if self._job.attempt == 1:  # new, or resumed by a person: memory may have been added, or a limit raised
            async with self._context.database.unit() as uow:
                await storing.try_stopped_again(uow, self._row)
        planned = [] if self._search.kind == "tpe" else await self._all_at_once()
        while True:
            async with self._context.database.unit() as uow:
                await storing.plan(uow, self._row, planned)
            if stop := await self._run_queued():  # of a job that goes on, those of before are first
                return stop
            planned = await self._next()
            if not planned:
                return await self._judged()

    # What is run.

    async def _all_at_once(self) -> list[storing.Planned]:
        """Give the trials that do not depend on each other: all of a grid or a random search."""
        points = await asyncio.to_thread(self._points)
        return [trial for fold in self._folds for trial in self._planned(fold, 0, points)]

    async def _next(self) -> list[storing.Planned]:
        """Give what follows from the trials that have ended; nothing at the end."""
        return (await self._next_of_tpe() if self._search.kind == "tpe" else []) or await self._next_tests()

    async def _next_of_tpe(self) -> list[storing.Planned]:
        """Ask the estimator for the next points of each search that has not all of its trials."""
        planned: list[storing.Planned] = []
        for fold in self._folds:
            async with self._context.database.unit(write=False) as uow:
                rows = await repository.trials(uow.session, self._row.id, fold=fold)
            told = [tpe.Told(row.params, row.objective) for row in rows if row.role == "search"]
            wanted = min(TPE_BATCH, self._row.trials - len(told))
            if wanted > 0:
                points = await asyncio.to_thread(tpe.ask, self._ranges, told, wanted, self._search.seed + fold)
                planned += self._planned(fold, len(told), points)
        return planned

    async def _next_tests(self) -> list[storing.Planned]:
        """Give the tests of the folds whose best is known and not tested yet."""
        async with self._context.database.unit(write=False) as uow:
            known = {number for number, _, _ in await repository.states(uow.session, self._row.id)}
            planned = []
            for fold in self._folds[1:]:
                number = storing.test_number(self._row, fold)
                best = await repository.best(uow.session, self._row.id, fold)
                if best is not None and number not in known:
                    planned.append(storing.Planned(number, fold, "test", best.params))
        return planned

    @property
    def _folds(self) -> range:
        return range(len(self._row.folds) + 1)

    def _points(self) -> list[Params]:
        if self._search.kind == "grid":
            return grid_points(self._ranges)
        return random_points(self._ranges, self._row.trials, self._search.seed)

    def _planned(self, fold: int, first: int, points: Sequence[Params]) -> list[storing.Planned]:
        return [
            storing.Planned(storing.number_of(self._row, fold, first + place), fold, "search", point)
            for place, point in enumerate(points)
        ]

    # How it is handed out.

    async def _run_queued(self) -> Outcome | None:
        """Have all queued trials run; None when none is left."""
        seen: frozenset[tuple[str, str]] | None = None
        trials: list[_Trial] = []
        while True:
            if self._job.cancelled.is_set():
                return Cancelled()
            async with self._context.database.unit(write=False) as uow:
                parts = [part for part in await jobs.parts(uow, self._job.id) if part.id not in self._old]
                now = frozenset((part.id, part.state) for part in parts)
                if now != seen:
                    trials = [_Trial(*state) for state in await repository.states(uow.session, self._row.id)]
            if error := next((part.error for part in parts if part.state == "failed" and part.error), None):
                return Failed(error)
            live = [part for part in parts if part.state not in TERMINAL]
            queued = [trial for trial in trials if trial.state == "queued"]
            self._job.progress(len(trials) - len(queued), self._row.runs, "runs")
            if not queued and not live:
                return None
            if now != seen:
                seen = now
                taken = {number for part in live for number in part.payload["numbers"]}
                if await self._hand_out([trial for trial in queued if trial.number not in taken], len(live)):
                    continue
            await self._lend_slot([part.id for part in live if part.state == "queued"])

    async def _hand_out(self, waiting: Sequence[_Trial], live: int) -> bool:
        """Make part jobs of waiting trials, up to the number of parts at once; say whether any was made."""
        if not waiting or live >= PARTS:
            return False
        async with self._context.database.unit() as uow:
            each = await self._seconds_each(uow)
            rest = list(waiting)
            for _ in range(PARTS - live):
                if not rest:
                    break
                part = rest[: self._part_size(len(rest), each)]
                part = [trial for trial in part if self._alike(trial, part[0])]
                rest = rest[len(part) :]
                await jobs.create(
                    uow,
                    self._context,
                    owner_id=self._row.owner_id,
                    kind="sweep",
                    title=self._row.name,
                    queue="backtest",
                    payload={
                        "numbers": [trial.number for trial in part],
                        # A run may take twenty times as long as usual before the whole part counts as hung.
                        "seconds_each": max(5.0, 20 * each),
                    },
                    subject_id=self._row.id,
                    parent_id=self._job.id,
                )
        return True

    def _part_size(self, waiting: int, each: float) -> int:
        """Give the number of trials of the next part, from the seconds that one takes."""
        if self._engine == "vector":
            return max(1, min(VECTOR_TRIALS, max(math.ceil(waiting / PARTS), int(VECTOR_SECONDS / each))))
        if waiting * each <= ONE_PROCESS_SECONDS:
            return PART_TRIALS
        # Towards the end the parts become smaller, so that all workers end at about the same time.
        wanted = min(math.ceil(waiting / PARTS), int(PART_SECONDS / each))
        return max(1, min(max(wanted, math.ceil(LEAST_SECONDS / each)), PART_TRIALS))

    def _alike(self, one: _Trial, other: _Trial) -> bool:
        """Say whether two trials run over the same days."""
        tests = storing.test_number(self._row, 1)
        return one.fold == other.fold and (one.number >= tests) == (other.number >= tests)

    async def _seconds_each(self, uow: UnitOfWork) -> float:
        """Give the time that a run over all days takes about, by the ledger or else by the kind of engine."""
        a_bar = await ledger.seconds_a_bar(uow, self._row.strategy_id)
        days = (self._spec.end - self._spec.start).days * 243 / 365
        return (a_bar or planning.SECONDS_A_BAR[self._engine]) * max(days, 1) * len(self._spec.symbols)

    async def _lend_slot(self, queued: Sequence[str]) -> None:
        """Run a part in this job's own slot, so that it does not stand idle; return soon, to look around."""
        if self._own is not None and self._own.done():
            self._own = None
        if self._own is None and queued and self._job.run_part is not None:
            self._own = asyncio.ensure_future(self._job.run_part(queued[-1]))
        cancelled = asyncio.ensure_future(self._job.cancelled.wait())
        try:
            await asyncio.wait(
                {cancelled, *([self._own] if self._own else [])},
                timeout=POLL_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            cancelled.cancel()

    async def _stop_parts(self) -> None:
        """End the parts with their job; where that fails they end by themselves and are found again."""
        with contextlib.suppress(Exception):
            async with self._context.database.unit() as uow:
                await jobs.cancel_parts(uow, self._context, self._job.id)

    # What came of it.

    async def _judged(self) -> Outcome:
        """End the job with the figures, or with the error that every trial had."""
        async with self._context.database.unit(write=False) as uow:
            rows = await repository.trials(uow.session, self._row.id, fold=WHOLE, with_returns=True)
            tests = await repository.tests(uow.session, self._row.id)
            best = [
                await repository.best(uow.session, self._row.id, fold.number) for fold in service.folds_of(self._row)
            ]
        errors = [row.error for row in rows if row.error]
        if rows and len(errors) == len(rows):
            return Failed(JobError.model_validate(errors[0]))
        found = await asyncio.to_thread(judging.overfitting, self._ranges, rows)
        tested = None
        if tests:
            result = await asyncio.to_thread(service.judge_walk_forward, self._row, best, tests)
            tested = result.out_of_sample.objective if result.out_of_sample else None
        self._job.progress(self._row.runs, self._row.runs, "runs")

        async def write(uow: UnitOfWork) -> None:
            row = await uow.session.get_one(OptimisationRow, self._row.id)
            row.overfitting = found.model_dump(mode="json") if found else None
            row.figures = judging.figures(found, tested).model_dump(mode="json")

        return Succeeded(write)
