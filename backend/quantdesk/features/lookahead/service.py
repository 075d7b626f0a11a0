"""Checks for look-ahead: queued after each save and on demand, one at a time a strategy."""

from __future__ import annotations

import asyncio

from quantdesk.core.backtest import truncation_words as words
from quantdesk.core.backtest.words import Words
from quantdesk.core.strategies.project import MAIN, Project
from quantdesk.features.backtests import service as backtests
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.lookahead import repository
from quantdesk.features.lookahead.schemas import CheckCreate, CheckResult, CheckState, LookaheadCheck, ToldDifference
from quantdesk.features.lookahead.tables import LookaheadCheckRow
from quantdesk.features.strategies import service as strategies
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork


async def check_saved(uow: UnitOfWork, context: Context, principal: Principal, strategy_id: str, version: int) -> None:
    """Queue the check of a version just saved, in the transaction that saves it."""
    await _queue(uow, context, principal.user_id, strategy_id, version, CheckCreate())


async def check(
    uow: UnitOfWork, context: Context, principal: Principal, strategy_id: str, version: int, body: CheckCreate
) -> LookaheadCheck:
    """Queue a check of a version; what is known of it is replaced.

    Raise StrategyNotFound, VersionNotFound, and of a spec given StrategyUnusable, BadParameters, SymbolsWithoutBars.
    """
    owner = principal.user_id
    found = await strategies.get_version(uow, context, strategy_id, owner, version)
    if body.spec is not None:
        spec = await asyncio.to_thread(backtests.checked, context.bars, body.spec, found.code)
        body = body.model_copy(update={"spec": spec})
    await _queue(uow, context, owner, strategy_id, version, body)
    return await get(uow, context, strategy_id, owner, version)


async def get(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str, version: int) -> LookaheadCheck:
    """Give the last check of a version. Raise StrategyNotFound, VersionNotFound."""
    found = await strategies.get_version(uow, context, strategy_id, owner_id, version)
    row = await repository.of_version(uow.session, strategy_id, version)
    job = (await jobs.get_many(uow, [row.job_id])).get(row.job_id) if row is not None else None
    return _schema(strategy_id, version, row, job, Project(found.code, tuple(found.files)))


async def finish(uow: UnitOfWork, check_id: str, job_id: str, result: CheckResult) -> None:
    """Write what was found, in the transaction that ends the job, unless a newer job has taken over."""
    row = await uow.session.get_one(LookaheadCheckRow, check_id)
    if row.job_id == job_id:
        # Rows are kept as they are, code is kept encrypted: `get` reads the hints' lines from the version again.
        bare = [hint.model_copy(update={"source": ""}) for hint in result.hints]
        row.result = result.model_copy(update={"hints": bare}).model_dump(mode="json")


async def _queue(
    uow: UnitOfWork, context: Context, owner_id: str, strategy_id: str, version: int, body: CheckCreate
) -> None:
    # The checks are parts of their strategy: lists of jobs leave them out, and a newer one ends those before it.
    await jobs.cancel_parts(uow, context, strategy_id)
    row = await repository.of_version(uow.session, strategy_id, version)
    check_id = row.id if row is not None else new_id()
    job = await jobs.create(
        uow,
        context,
        owner_id=owner_id,
        kind="truncation",
        title=f"v{version}",
        queue="backtest",
        payload={},
        subject_id=check_id,
        parent_id=strategy_id,
    )
    if row is None:
        row = LookaheadCheckRow(id=check_id, owner_id=owner_id, strategy_id=strategy_id, version=version)
        uow.session.add(row)
    row.job_id = job.id
    row.spec = body.spec.model_dump(mode="json") if body.spec else None
    row.samples = body.samples
    row.result = None
    row.created_at = clock.utcnow()
    await uow.session.flush()


def _schema(
    strategy_id: str, version: int, row: LookaheadCheckRow | None, job: Job | None, project: Project
) -> LookaheadCheck:
    texts = {path: text.splitlines() for path, text in project.texts().items()}
    result = CheckResult.model_validate(row.result) if row is not None and row.result else None
    report = result.report if result else None
    state = _state(job, result)
    return LookaheadCheck(
        strategy_id=strategy_id,
        version=version,
        state=state,
        job_id=job.id if job else None,
        spec=result.spec if result else None,
        origin=result.origin if result else None,
        samples=report.samples if report else [],
        decisions=report.decisions if report else 0,
        differences=[
            ToldDifference(**difference.model_dump(), words=words.about_difference(difference))
            for difference in (report.differences if report else [])
        ],
        hints=[
            hint.model_copy(update={"source": lines[hint.line - 1].strip()})
            for hint in (result.hints if result else [])
            if hint.line <= len(lines := texts.get(hint.file or MAIN, []))
        ],
        words=_words(state, result, job),
        error=job.error if job else None,
        created_at=row.created_at if row else None,
        finished_at=job.finished_at if job else None,
    )


def _state(job: Job | None, result: CheckResult | None) -> CheckState:
    if job is None:
        return "unchecked"
    match job.state:
        case "queued" | "running" | "failed":
            return job.state
        case "cancelling" | "cancelled":
            return "cancelled"
    if result is None or result.report is None or result.report.verdict == "not_tested":
        return "not_testable"
    return result.report.verdict


def _words(state: CheckState, result: CheckResult | None, job: Job | None) -> Words:
    if state == "failed" and job is not None and job.error is not None:
        return words.about_failure(job.error.message_zh, job.error.message_en)
    if state in ("clean", "look_ahead", "not_testable"):
        return words.about_report(result.report if result else None)
    return words.PENDING[state]
