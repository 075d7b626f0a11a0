"""Factors: kept by name, and set beside the returns that came after them."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.exc import IntegrityError

from quantdesk.core.expressions import OPERATORS, parse
from quantdesk.core.expressions.alpha158 import alpha158
from quantdesk.core.expressions.alpha360 import alpha360
from quantdesk.features.factors import repository
from quantdesk.features.factors.errors import FactorNameTaken, FactorNotFound, StudyNotFound
from quantdesk.features.factors.previewing import FIELDS, MAX_STUDY_CELLS, OnStep, Task, parsed
from quantdesk.features.factors.previewing import check as check
from quantdesk.features.factors.previewing import preview as preview
from quantdesk.features.factors.previewing import series as series
from quantdesk.features.factors.schemas import (
    Factor,
    FactorCreate,
    FactorUpdate,
    FeatureSet,
    Function,
    Language,
    Preview,
    PreviewCreate,
    Study,
)
from quantdesk.features.factors.tables import FactorRow, FactorStudyRow
from quantdesk.features.jobs import service as jobs
from quantdesk.features.strategies.errors import NothingToUpdate
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.idempotency import once
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KEPT_STUDIES = 20
"""Of each user, the newest."""


def language() -> Language:
    """Say what an expression may be made of."""
    return Language(
        functions=[Function(name=one.name, signature=one.signature, group=one.group) for one in OPERATORS.values()],
        fields=list(FIELDS),
        sets=[
            FeatureSet(name="Alpha158", features=alpha158()),
            FeatureSet(name="Alpha360", features=alpha360()),
        ],
    )


async def list_factors(uow: UnitOfWork, owner_id: str, *, cursor: str | None, limit: int) -> Page[Factor]:
    """Give one's factors, newest first."""
    rows, next_cursor = await repository.page(uow.session, owner_id, cursor, limit)
    return Page(items=[_factor(row) for row in rows], next_cursor=next_cursor)


async def create(uow: UnitOfWork, principal: Principal, body: FactorCreate) -> str:
    """Keep a factor; give its id. Raise ExpressionRefused, FactorNameTaken."""
    parsed(body.expression)
    now = clock.utcnow()
    row = FactorRow(
        id=new_id(),
        owner_id=principal.user_id,
        name=body.name.strip(),
        expression=body.expression,
        note=body.note,
        created_at=now,
        updated_at=now,
    )
    if await repository.named(uow.session, row.owner_id, row.name) is not None:
        raise _taken(row.name)
    await _flushed(uow, row)
    return row.id


async def get(uow: UnitOfWork, factor_id: str, owner_id: str) -> Factor:
    """Give a factor. Raise FactorNotFound."""
    return _factor(await _get(uow, factor_id, owner_id))


async def update(uow: UnitOfWork, principal: Principal, factor_id: str, body: FactorUpdate) -> Factor:
    """Change what is given. Raise FactorNotFound, NothingToUpdate, ExpressionRefused, FactorNameTaken."""
    if body.name is None and body.expression is None and body.note is None:
        raise NothingToUpdate("give `name`, `expression` or `note`")
    row = await _get(uow, factor_id, principal.user_id)
    if body.expression is not None:
        parsed(body.expression)
        row.expression = body.expression
    if body.name is not None:
        name = body.name.strip()
        other = await repository.named(uow.session, principal.user_id, name)
        if other is not None and other.id != row.id:
            raise _taken(name)
        row.name = name
    row.note = row.note if body.note is None else body.note
    row.updated_at = clock.utcnow()
    await _flushed(uow, row)
    return _factor(row)


async def delete(uow: UnitOfWork, factor_id: str, owner_id: str) -> None:
    """Delete a factor. Raise FactorNotFound."""
    await uow.session.delete(await _get(uow, factor_id, owner_id))


async def submit_study(
    uow: UnitOfWork, context: Context, principal: Principal, body: PreviewCreate, idempotency_key: str | None
) -> Study:
    """Queue a preview of any size.

    Raise ExpressionRefused, BadSymbol, PreviewTooLarge, NothingToPreview, Invalid.
    """
    await asyncio.to_thread(Task, context.bars, body, MAX_STUDY_CELLS)

    async def write() -> str:
        study_id = new_id()
        job = await jobs.create(
            uow,
            context,
            owner_id=principal.user_id,
            kind="factor",
            title=f"检验因子 {body.expression[:40]}",
            queue="data",
            payload={},
            subject_id=study_id,
        )
        row = FactorStudyRow(
            id=study_id,
            owner_id=principal.user_id,
            job_id=job.id,
            request=body.model_dump(mode="json"),
            result=None,
            created_at=clock.utcnow(),
        )
        uow.session.add(row)
        await uow.session.flush()
        await repository.forget_studies(uow.session, principal.user_id, KEPT_STUDIES)
        return study_id

    study_id = await once(uow, principal, idempotency_key, "create_factor_study", body, write)
    return await get_study(uow, study_id, principal.user_id)


async def get_study(uow: UnitOfWork, study_id: str, owner_id: str) -> Study:
    """Give a study. Raise StudyNotFound."""
    row = await repository.get_study(uow.session, study_id, owner_id)
    if row is None:
        raise StudyNotFound(f"there is no study {study_id}", field="study_id")
    job = await jobs.get(uow, row.job_id, owner_id)
    return Study(
        id=row.id,
        job=job,
        request=PreviewCreate.model_validate(row.request),
        preview=Preview.model_validate(row.result) if row.result is not None else None,
        created_at=row.created_at,
    )


async def carry_out(context: Context, study_id: str, on_step: OnStep) -> Preview:
    """Do a study's work. Raise as `preview`."""
    async with context.database.unit(write=False) as uow:
        row = await uow.session.get_one(FactorStudyRow, study_id)
        body = PreviewCreate.model_validate(row.request)
    task = await asyncio.to_thread(Task, context.bars, body, MAX_STUDY_CELLS)
    return await asyncio.to_thread(task.work, on_step)


async def finish(uow: UnitOfWork, study_id: str, result: dict[str, Any]) -> None:
    """Write what a study found, in the transaction that ends its job; newer ones may have replaced it."""
    row = await uow.session.get(FactorStudyRow, study_id)
    if row is not None:
        row.result = result


def _factor(row: FactorRow) -> Factor:
    expression = parse(row.expression)
    return Factor(
        id=row.id,
        name=row.name,
        expression=row.expression,
        note=row.note,
        fields=list(expression.fields),
        history=expression.history,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _get(uow: UnitOfWork, factor_id: str, owner_id: str) -> FactorRow:
    row = await repository.get(uow.session, factor_id, owner_id)
    if row is None:
        raise FactorNotFound(f"there is no factor {factor_id}", field="factor_id")
    return row


async def _flushed(uow: UnitOfWork, row: FactorRow) -> None:
    """Write the row; another request may have taken the name since it was looked for."""
    name = row.name
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> FactorNameTaken:
    return FactorNameTaken(f"you have a factor {name} already; choose another name", field="name")
