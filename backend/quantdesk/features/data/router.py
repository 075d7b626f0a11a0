"""Routes of the stored data: what there is, imports of files, the demo market."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, status
from starlette.requests import ClientDisconnect

from quantdesk.features.data import imports, schemas, service, uploads
from quantdesk.features.data.errors import (
    BadUpload,
    ImportNotFound,
    UploadDiskFull,
    UploadInUse,
    UploadNotFound,
    UploadTooLarge,
)
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
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
from quantdesk.kit.idempotency import IdempotencyKeyReused, once
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/data", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            }
        },
    }
}
"""The form is read by hand, as it comes in: FastAPI's way would keep the file in /tmp first and then copy it."""


@router.get("/summary")
async def data_summary(principal: Reader, context: ContextDep) -> schemas.DataSummary:
    """How much is stored."""
    return await service.summary(context)


@router.get("/coverage")
async def list_coverage(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    q: Annotated[str, Query(max_length=40, description="Code, name or pinyin initials.")] = "",
    simulated: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.CoverageItem]:
    """What daily bars are stored, by symbol."""
    return await service.list_coverage(uow, context, query=q, simulated=simulated, cursor=cursor, limit=limit)


@router.post(
    "/uploads",
    status_code=status.HTTP_201_CREATED,
    responses=problems(UploadTooLarge, UploadDiskFull, BadUpload),
    openapi_extra=_FORM,
)
async def upload_file(request: Request, principal: Writer, uow: WriteUnit, context: ContextDep) -> schemas.Upload:
    """Take one file and say what it seems to hold; nothing is imported yet."""
    length = request.headers.get("content-length", "")
    return await uploads.receive(
        uow,
        context,
        principal,
        _body(request),
        request.headers.get("content-type", ""),
        int(length) if length.isascii() and length.isdigit() else None,
    )


@router.post("/uploads/{upload_id}/inspect", responses=problems(UploadNotFound))
async def inspect_upload(
    upload_id: str, body: schemas.FileOptions, principal: Writer, uow: ReadUnit, context: ContextDep
) -> schemas.Upload:
    """Look at the file again with corrected options."""
    return await uploads.inspect_again(uow, context, upload_id, principal.user_id, body)


@router.delete(
    "/uploads/{upload_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(UploadNotFound, UploadInUse),
)
async def delete_upload(upload_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Forget the file."""
    await uploads.delete(uow, context, upload_id, principal.user_id)


@router.post(
    "/imports",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(UploadNotFound, UploadInUse, IdempotencyKeyReused),
)
async def create_import(
    body: schemas.ImportCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Import:
    """Import uploaded files as a job; each file is stored whole or not at all."""
    import_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_import",
        body,
        lambda: imports.create(uow, context, principal, body),
    )
    return await imports.get(uow, import_id, principal.user_id)


@router.get("/imports")
async def list_imports(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 20
) -> Page[schemas.Import]:
    """One's imports, newest first; their reports come without the bad rows."""
    return await imports.list_imports(uow, principal.user_id, cursor=cursor, limit=limit)


@router.get("/imports/{import_id}", responses=problems(ImportNotFound))
async def get_import(import_id: str, principal: Reader, uow: ReadUnit) -> schemas.Import:
    """An import with the reports of the files that are done."""
    return await imports.get(uow, import_id, principal.user_id)


@router.post("/demo", status_code=status.HTTP_202_ACCEPTED, responses=problems(IdempotencyKeyReused))
async def create_demo(
    principal: Writer, uow: WriteUnit, context: ContextDep, idempotency_key: IdempotencyKey = None
) -> Job:
    """Make (or make again) the simulated demo market, as a job."""
    job_id = await once(
        uow, principal, idempotency_key, "create_demo", None, lambda: service.create_demo(uow, context, principal)
    )
    return await jobs.get(uow, job_id, principal.user_id)


@router.delete("/demo", status_code=status.HTTP_204_NO_CONTENT)
async def delete_demo(principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Remove the demo market's bars and instruments."""
    await service.delete_demo(uow, context, principal)


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise BadUpload("the form was cut off; send the file again") from None
