"""Plans and refreshes as the routes give them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from quantdesk.core.refresh.datasets import BARS, PLACES, part_of
from quantdesk.core.refresh.plan import Step
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job
from quantdesk.features.refresh import repository
from quantdesk.features.refresh.planning import MadePlan
from quantdesk.features.refresh.repository import Tally
from quantdesk.features.refresh.schemas import Counts, DatasetPlan, DatasetTally, PlanItem, Refresh, RefreshPlan
from quantdesk.features.refresh.tables import RefreshItemRow, RefreshRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.pagination import Page, encode_cursor
from quantdesk.kit.uow import UnitOfWork

_WINDOW = 20
"""So many items tell the pace."""


def plan_of(context: Context, made: MadePlan, after: tuple[int, int, str] | None, limit: int) -> RefreshPlan:
    """Give the plan with one page of its items: those after the cursor's."""
    bars = [step for step in made.steps if step.dataset in BARS]
    rest = [step for step in sorted(made.steps, key=_listed) if after is None or _listed(step) > after]
    shown = rest[:limit]
    return RefreshPlan.model_validate(
        {
            "day": made.day,
            "online": bool(context.sources),
            "symbols": len(bars),
            "left_out": made.left_out,
            "fetches": sum(step.fetches for step in made.steps),
            "minutes": minutes_of(context, made),
            "reasons": Counter(step.reason for step in bars),
            "most_behind": max((step.behind for step in bars if step.last), default=0),
            "calendar_to": made.calendar_to,
            "datasets": _datasets(context, made),
            "budgets": list(made.spending.budgets.values()),
            "items": Page(
                items=[_item(step) for step in shown],
                next_cursor=encode_cursor(*_listed(shown[-1])) if len(rest) > limit else None,
            ),
        }
    )


def minutes_of(context: Context, made: MadePlan) -> float:
    """Give about how long the fetches take at the pace that is set."""
    return _minutes(context, sum(spending.requests for spending in made.spending.datasets.values()))


async def refreshes_of(uow: UnitOfWork, rows: Collection[RefreshRow]) -> list[Refresh]:
    ids = [row.id for row in rows]
    by_id = await jobs.get_many(uow, [row.job_id for row in rows])
    tallies: dict[str, list[Tally]] = {}
    for tally in await repository.tallies(uow.session, ids):
        tallies.setdefault(tally.refresh_id, []).append(tally)
    current = await repository.under_way(uow.session, [row.id for row in rows if _runs(by_id[row.job_id])])
    errors = await repository.failures(uow.session, ids)
    paces = {
        refresh_id: _pace(await repository.last_ends(uow.session, refresh_id, item.dataset, _WINDOW))
        for refresh_id, item in current.items()
    }
    return [
        _refresh(row, by_id[row.job_id], tallies.get(row.id, []), current.get(row.id), paces.get(row.id), errors)
        for row in rows
    ]


def in_beijing(instant: dt.datetime) -> str:
    """Give an instant as people in China read it."""
    return instant.astimezone(clock.SHANGHAI).strftime("%m-%d %H:%M")


def _datasets(context: Context, made: MadePlan) -> list[DatasetPlan]:
    found = [
        DatasetPlan(
            dataset=name,
            part=part_of(name),
            sources=list(spending.need.sources),
            items=spending.need.items,
            fetches=spending.fetches,
            requests=spending.requests,
            minutes=_minutes(context, spending.requests),
            later=spending.later,
        )
        for name, spending in made.spending.datasets.items()
        if spending.need.items
    ]
    found += [
        DatasetPlan(dataset=name, part=part_of(name), sources=[], items=0, fetches=0, requests=0, minutes=0, later=0)
        for name in made.missing
    ]
    return sorted(found, key=lambda one: PLACES[one.dataset])


def _item(step: Step) -> PlanItem:
    return PlanItem.model_validate(step, from_attributes=True)


def _listed(step: Step) -> tuple[int, int, str]:
    return int(not step.fetches), PLACES[step.dataset], step.key


def _minutes(context: Context, requests: int) -> float:
    return round(requests * context.settings.sources.seconds_between / 60, 1)


def _runs(job: Job) -> bool:
    return job.state not in TERMINAL and job.state != "queued"


def _pace(ends: Sequence[dt.datetime]) -> float | None:
    """Give the seconds from one end to the next."""
    return (ends[0] - ends[-1]).total_seconds() / (len(ends) - 1) if len(ends) > 1 else None


def _refresh(
    row: RefreshRow,
    job: Job,
    tallies: Iterable[Tally],
    current: RefreshItemRow | None,
    pace: float | None,
    errors: dict[tuple[str, str], tuple[str | None, str | None]],
) -> Refresh:
    by_dataset: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_dataset.setdefault(tally.dataset, []).append(tally)
    datasets = [
        DatasetTally.model_validate(
            {
                "dataset": dataset,
                "counts": _counts(mine),
                "inserted": sum(tally.inserted for tally in mine),
                "updated": sum(tally.updated for tally in mine),
                "current": current.key if current is not None and current.dataset == dataset else None,
                "seconds_each": pace if current is not None and current.dataset == dataset else None,
                "error_kind": errors.get((row.id, dataset), (None, None))[0],
                "error": errors.get((row.id, dataset), (None, None))[1],
            }
        )
        for dataset, mine in by_dataset.items()
    ]
    return Refresh.model_validate(
        {
            "id": row.id,
            "job": job,
            "part": row.part,
            "due": row.due,
            "day": row.day,
            "asked": row.asked,
            "counts": _counts(tally for mine in by_dataset.values() for tally in mine),
            "inserted": sum(one.inserted for one in datasets),
            "updated": sum(one.updated for one in datasets),
            "datasets": datasets,
            "missing": row.missing,
            "stopped": row.stopped,
            "goes_on_at": row.goes_on_at,
            "created_at": row.created_at,
        }
    )


def _counts(tallies: Iterable[Tally]) -> Counts:
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts[tally.state] += tally.items
    return Counts.model_validate(counts)
