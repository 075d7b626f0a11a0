"""What workers do for optimisations: the one job that coordinates, and its parts that run trials."""

from __future__ import annotations

from quantdesk.features.jobs.handlers import JobHandler, Outcome, RunningJob
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.optimisations.coordinating import Coordinator
from quantdesk.features.optimisations.sweeping import Sweep


class OptimisationHandler:
    kind: JobKind = "optimisation"

    async def run(self, job: RunningJob) -> Outcome:
        return await Coordinator(job).run()


class SweepHandler:
    kind: JobKind = "sweep"

    async def run(self, job: RunningJob) -> Outcome:
        return await Sweep(job).run()


HANDLERS: tuple[JobHandler, ...] = (OptimisationHandler(), SweepHandler())
