"""Routes of the stored data: what there is, imports of files, the demo market."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, UploadFile, status

from quantdesk.features.data import api_schemas as schemas
from quantdesk.features.data.schemas import FileOptions
from quantdesk.features.jobs.schemas import Job
from quantdesk.kit.errors import Conflict, InsufficientStorage, NotFound, PayloadTooLarge
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

router = APIRouter(prefix="/data", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]


@router.get("/summary")
async def data_summary(principal: Reader, context: ContextDep) -> schemas.DataSummary:
    raise NotImplementedError


@router.get("/coverage")
async def list_coverage(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    q: Annotated[str, Query(max_length=40)] = "",
    simulated: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.CoverageItem]:
    """What daily bars are stored, by symbol."""
    raise NotImplementedError


@router.post(
    "/uploads", status_code=status.HTTP_201_CREATED, responses=problems(PayloadTooLarge, InsufficientStorage)
)
async def upload_file(
    file: UploadFile, principal: Writer, uow: WriteUnit, context: ContextDep
) -> schemas.Upload:
    """Take one file and say what it seems to hold; nothing is imported yet."""
    raise NotImplementedError


@router.post("/uploads/{upload_id}/inspect", responses=problems(NotFound))
async def inspect_upload(
    upload_id: str, body: FileOptions, principal: Writer, uow: ReadUnit, context: ContextDep
) -> schemas.Upload:
    """Look at the file again with corrected options."""
    raise NotImplementedError


@router.delete("/uploads/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def delete_upload(upload_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    raise NotImplementedError


@router.post("/imports", status_code=status.HTTP_202_ACCEPTED, responses=problems(NotFound, Conflict))
async def create_import(
    body: schemas.ImportCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Import:
    """Import uploaded files as a job; each file is stored whole or not at all."""
    raise NotImplementedError


@router.get("/imports")
async def list_imports(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 20
) -> Page[schemas.Import]:
    raise NotImplementedError


@router.get("/imports/{import_id}", responses=problems(NotFound))
async def get_import(import_id: str, principal: Reader, uow: ReadUnit) -> schemas.Import:
    raise NotImplementedError


@router.post("/demo", status_code=status.HTTP_202_ACCEPTED)
async def create_demo(
    principal: Writer, uow: WriteUnit, context: ContextDep, idempotency_key: IdempotencyKey = None
) -> Job:
    """Make (or make again) the simulated demo market, as a job."""
    raise NotImplementedError


@router.delete("/demo", status_code=status.HTTP_204_NO_CONTENT)
async def delete_demo(principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Remove the demo market's bars and instruments."""
    raise NotImplementedError
