"""Routes of backtests."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response, status

from quantdesk.core.backtest.result import BacktestResult
from quantdesk.features.backtests import schemas
from quantdesk.kit.errors import Conflict, NotFound
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    IdempotencyKey,
    Limit,
    ReadUnit,
    WriteUnit,
    problems,
    require,
)
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/backtests", tags=["backtests"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "backtests:read"))]
Runner = Annotated[Principal, Depends(require("trader", "backtests:run"))]
Table = Literal["orders", "fills", "rejections", "round_trips", "series"]


@router.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(NotFound, Conflict))
async def create_backtest(
    body: schemas.BacktestCreate,
    principal: Runner,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Backtest:
    """Queue a backtest. Follow `job.id` on the WebSocket topic `jobs.<id>` or by GET /jobs/{id}."""
    raise NotImplementedError


@router.get("")
async def list_backtests(
    principal: Reader,
    uow: ReadUnit,
    strategy_id: Annotated[str | None, Query(max_length=26)] = None,
    q: Annotated[str, Query(max_length=80)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Backtest]:
    """One's backtests, newest first."""
    raise NotImplementedError


@router.get("/{backtest_id}", responses=problems(NotFound))
async def get_backtest(backtest_id: str, principal: Reader, uow: ReadUnit) -> schemas.Backtest:
    raise NotImplementedError


@router.patch("/{backtest_id}", responses=problems(NotFound))
async def rename_backtest(
    backtest_id: str, body: schemas.BacktestUpdate, principal: Runner, uow: WriteUnit
) -> schemas.Backtest:
    raise NotImplementedError


@router.delete(
    "/{backtest_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound, Conflict)
)
async def delete_backtest(backtest_id: str, principal: Runner, uow: WriteUnit) -> None:
    """Move a finished backtest to the trash; `restore` brings it back."""
    raise NotImplementedError


@router.post("/{backtest_id}/restore", responses=problems(NotFound))
async def restore_backtest(backtest_id: str, principal: Runner, uow: WriteUnit) -> schemas.Backtest:
    raise NotImplementedError


@router.get(
    "/{backtest_id}/report", responses={**problems(NotFound, Conflict), 304: {"description": "Not changed"}}
)
async def get_report(
    backtest_id: str,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    request: Request,
    response: Response,
) -> BacktestResult:
    """The whole result; 409 `backtest_not_finished` while it has none."""
    raise NotImplementedError


@router.get(
    "/{backtest_id}/export/{table}",
    response_class=Response,
    responses={
        **problems(NotFound, Conflict),
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
    },
)
async def export_table(
    backtest_id: str,
    table: Table,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
) -> Response:
    """One table of the report as CSV (UTF-8 with BOM, so that Excel reads Chinese)."""
    raise NotImplementedError
