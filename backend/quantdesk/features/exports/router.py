"""Routes of exports."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response, status
from fastapi.responses import StreamingResponse

from quantdesk.features.exports import schemas, service
from quantdesk.features.exports.errors import (
    BadExport,
    ExportDiskFull,
    ExportGone,
    ExportNotFound,
    ExportNotReady,
    ExportRunning,
    ExportTooLarge,
    NothingToExport,
    RangeNotSatisfiable,
)
from quantdesk.features.market.errors import BadSymbol, BarsNotStored
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    IdempotencyKey,
    Limit,
    ReadUnit,
    WriteUnit,
    etag_matches,
    problems,
    require,
)
from quantdesk.kit.idempotency import IdempotencyKeyReused, once
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/data/exports", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "data:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
_REFUSED = (BadExport, BadSymbol, BarsNotStored)
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}


@router.post("/estimate", responses=problems(*_REFUSED))
async def estimate_export(
    body: schemas.ExportCreate, principal: Writer, uow: ReadUnit, context: ContextDep
) -> schemas.ExportEstimate:
    """How many rows and about how many bytes an export would have; nothing is written."""
    return await service.estimate(uow, context, body)


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(*_REFUSED, NothingToExport, ExportTooLarge, ExportDiskFull, IdempotencyKeyReused),
)
async def create_export(
    body: schemas.ExportCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.Export:
    """Export stored bars as a job; when it has succeeded, `file` says what to download."""
    export_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_export",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get(uow, export_id, principal.user_id)


@router.get("")
async def list_exports(
    principal: Reader, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 20
) -> Page[schemas.Export]:
    """One's exports, newest first."""
    return await service.list_exports(uow, principal.user_id, cursor=cursor, limit=limit)


@router.get("/{export_id}", responses=problems(ExportNotFound))
async def get_export(export_id: str, principal: Reader, uow: ReadUnit) -> schemas.Export:
    return await service.get(uow, export_id, principal.user_id)


@router.delete(
    "/{export_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(ExportNotFound, ExportRunning)
)
async def delete_export(export_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Delete a finished export with its file."""
    await service.delete(uow, context, export_id, principal.user_id)


@router.get(
    "/{export_id}/file",
    response_class=Response,
    responses={
        **problems(ExportNotFound, ExportNotReady, ExportGone, RangeNotSatisfiable),
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        206: {"description": "The bytes asked for by `Range`"},
        304: {"description": "Not changed"},
    },
)
async def download_export(
    export_id: str,
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
    range_: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """The file. A download that was cut off goes on with `Range: bytes=N-`."""
    found = await service.download(uow, context, export_id, principal.user_id)
    size = found.file.size
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes"}
    if etag_matches(if_none_match, found.etag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    whole = range(size)
    asked = asked_range(range_, size) if if_range in (None, found.etag) else whole
    if asked is None:
        raise RangeNotSatisfiable(size)
    headers["Content-Length"] = str(len(asked))
    headers["Content-Disposition"] = f'attachment; filename="{found.file.name}"'
    headers["Content-Encoding"] = "identity"  # compressed on the way, its length would be unknown and ranges wrong
    partial = asked != whole
    if partial:
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{size}"
    return StreamingResponse(
        service.stream(context, found.key, asked.start, len(asked)),
        status_code=status.HTTP_206_PARTIAL_CONTENT if partial else status.HTTP_200_OK,
        media_type=_TYPES.get(found.file.name.rpartition(".")[2], "application/octet-stream"),
        headers=headers,
    )


def asked_range(text: str | None, size: int) -> range | None:
    """Give the bytes that a Range header asks for, all where there is none or one of another kind (RFC 9110, 14.2).

    None: it asks for no byte that there is.
    """
    match = None if text is None else _RANGE.fullmatch(text.strip())
    if match is None or match[0] == "bytes=-":
        return range(size)
    first, last = match[1], match[2]
    if first and last and int(first) > int(last):
        return range(size)  # not a valid range, so that the header counts as none
    if not first:
        found = range(max(0, size - int(last)), size)
    else:
        found = range(int(first), min(int(last) + 1, size) if last else size)
    return found if len(found) else None
