"""Routes of strategies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from quantdesk.features.strategies import archives, drafts, linting, notebooks, purging, schemas, searching, service
from quantdesk.features.strategies.errors import (
    ArchiveNotFound,
    ArchiveTooLarge,
    BadArchive,
    BadNotebook,
    CodeAndTemplate,
    CodeDoesNotParse,
    CodeTooTangled,
    DraftConflict,
    FilesRefused,
    HostileArchive,
    LinterBusy,
    LinterMissing,
    NotebookNotPython,
    NotebookTooLarge,
    NothingToExport,
    NothingToUpdate,
    NotInTrash,
    OldNotebook,
    StrategyNotFound,
    TemplateNotFound,
    TooMuchToExport,
    VersionConflict,
    VersionNotFound,
    WrongPassword,
)
from quantdesk.kit import clock
from quantdesk.kit.crypto import Tampered
from quantdesk.kit.data_keys import KeyUnavailable
from quantdesk.kit.errors import BadRequest
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

router = APIRouter(prefix="/strategies", tags=["strategies"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "strategies:read"))]
Writer = Annotated[Principal, Depends(require("trader", "strategies:write"))]
SEALED = (Tampered, KeyUnavailable)
"""What a route that reads code may answer besides."""
LINTER = (CodeTooTangled, LinterBusy, LinterMissing)
ARCHIVE = (ArchiveNotFound, BadArchive, HostileArchive, WrongPassword)
NOTEBOOK = "application/x-ipynb+json"
NOTEBOOK_UPLOAD = notebooks.MAX_FILE + 64 * 1024
"""Bytes of a notebook and the form around it."""
NOTEBOOK_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": NOTEBOOK}},
                }
            }
        },
    }
}
VersionNumber = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("")
async def list_strategies(
    principal: Reader,
    uow: ReadUnit,
    q: Annotated[str, Query(max_length=80)] = "",
    deleted: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Strategy]:
    """One's strategies, last changed first; with `deleted`, those in the trash."""
    return await service.list_strategies(uow, principal.user_id, query=q, deleted=deleted, cursor=cursor, limit=limit)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(TemplateNotFound, CodeAndTemplate, FilesRefused, IdempotencyKeyReused),
)
async def create_strategy(
    body: schemas.StrategyCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    idempotency_key: IdempotencyKey = None,
) -> schemas.StrategyDetail:
    strategy_id = await once(
        uow,
        principal,
        idempotency_key,
        "create_strategy",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get_detail(uow, context, strategy_id, principal.user_id)


@router.get("/templates")
async def list_templates(principal: Reader) -> schemas.TemplateList:
    return service.list_templates()


@router.post("/inspect")
async def inspect_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeInspection:
    """Read the parameters and the syntax errors of a source without running it."""
    return await asyncio.to_thread(service.inspect, body.code)


@router.post("/lint", responses=problems(*LINTER))
async def lint_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeLint:
    """Say what is wrong with a source, by ruff: at most 500 findings, in the order of the lines."""
    return await linting.lint(body.code)


@router.post("/fix", responses=problems(*LINTER))
async def fix_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeFormatted:
    """Apply all of ruff's safe fixes to a source; with a syntax error it stays as it is."""
    return await linting.fix(body.code)


@router.post("/format", responses=problems(CodeDoesNotParse, *LINTER))
async def format_code(body: schemas.CodeInspect, principal: Reader) -> schemas.CodeFormatted:
    """Lay a source out anew, by ruff; what it does stays the same."""
    return await linting.format(body.code)


@router.post(
    "/exports",
    response_class=Response,
    responses={
        **problems(StrategyNotFound, NothingToExport, TooMuchToExport, *SEALED),
        200: {
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            "description": "",
        },
    },
)
async def export_strategies(
    body: schemas.ArchiveCreate, principal: Reader, uow: ReadUnit, context: ContextDep
) -> Response:
    """Download strategies with all their versions as a ZIP encrypted by AES-256."""
    path = await archives.export(uow, context, principal, body.ids, body.password.get_secret_value())
    name = f"quantdesk-strategies-{clock.today():%Y%m%d}.zip"
    done = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type="application/zip", filename=name, background=done)


@router.post(
    "/archives",
    status_code=status.HTTP_201_CREATED,
    responses=problems(ArchiveTooLarge),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_archive(request: Request, principal: Writer, context: ContextDep) -> schemas.Archive:
    """Send an exported ZIP; nothing is imported yet, and it is deleted after a day."""
    return await archives.receive(context, principal, _body(request))


@router.post("/archives/{archive_id}/preview", responses=problems(*ARCHIVE))
async def preview_archive(
    archive_id: str, body: schemas.ArchiveOpen, principal: Writer, uow: ReadUnit, context: ContextDep
) -> schemas.ArchivePreview:
    """Open it by its password and say what importing would do."""
    path = archives.path_of(context, principal.user_id, archive_id)
    return await archives.preview(uow, context, principal.user_id, path, body.password.get_secret_value())


@router.post("/archives/{archive_id}/import", responses=problems(*ARCHIVE, KeyUnavailable))
async def import_archive(
    archive_id: str, body: schemas.ArchiveImport, principal: Writer, context: ContextDep
) -> schemas.ArchiveImported:
    """Import it and delete the upload. Cut off, it can be sent again: what is here already is left as it is."""
    path = archives.path_of(context, principal.user_id, archive_id)
    items = await archives.import_(context, principal, path, body.password.get_secret_value(), body.choices)
    path.unlink(missing_ok=True)
    return schemas.ArchiveImported(items=items)


@router.post(
    "/import-ipynb",
    status_code=status.HTTP_201_CREATED,
    responses=problems(NotebookTooLarge, BadNotebook, OldNotebook, NotebookNotPython, IdempotencyKeyReused),
    openapi_extra=NOTEBOOK_FORM,
)
async def import_ipynb(
    request: Request,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    name: Annotated[schemas.StrategyName | None, Query(description="Without it, the file's name.")] = None,
    idempotency_key: IdempotencyKey = None,
) -> schemas.StrategyDetail:
    """Make a strategy of a Jupyter notebook of at most 10 MB: its cells become `# %%` cells, outputs are left out."""
    file_name, data = await _notebook_file(request)
    body = await asyncio.to_thread(notebooks.to_strategy, data, file_name, name)
    strategy_id = await once(
        uow,
        principal,
        idempotency_key,
        "import_ipynb",
        body,
        lambda: service.create(uow, context, principal, body),
    )
    return await service.get_detail(uow, context, strategy_id, principal.user_id)


@router.get("/search", responses=problems(KeyUnavailable))
async def search_strategies(
    principal: Reader,
    uow: ReadUnit,
    context: ContextDep,
    q: Annotated[str, Query(min_length=1, max_length=200, description="A text as it stands in a line.")],
    case: Annotated[bool, Query(description="Mind upper and lower case.")] = False,
    word: Annotated[bool, Query(description="Only as a whole word.")] = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> schemas.CodeMatches:
    """Lines of the newest versions of one's strategies in which a text is. An answer takes about two seconds at most;
    go on by its cursor for the rest."""
    return await searching.search(uow, context, principal.user_id, q, case=case, word=word, cursor=cursor, limit=limit)


@router.get("/{strategy_id}", responses=problems(StrategyNotFound, *SEALED))
async def get_strategy(
    strategy_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.StrategyDetail:
    return await service.get_detail(uow, context, strategy_id, principal.user_id)


@router.get(
    "/{strategy_id}/ipynb",
    response_class=Response,
    responses={
        **problems(StrategyNotFound, *SEALED),
        200: {"content": {NOTEBOOK: {"schema": {"type": "object"}}}, "description": "nbformat 4"},
    },
)
async def export_ipynb(strategy_id: str, principal: Reader, uow: ReadUnit, context: ContextDep) -> Response:
    """Download the newest version as a Jupyter notebook without outputs: a cell for each `# %%` cell."""
    name, data = await notebooks.export(uow, context, strategy_id, principal.user_id)
    file = f"attachment; filename*=UTF-8''{quote(name, safe='')}.ipynb"
    return Response(data, media_type=NOTEBOOK, headers={"Content-Disposition": file})


@router.patch("/{strategy_id}", responses=problems(StrategyNotFound, NothingToUpdate))
async def update_strategy(
    strategy_id: str, body: schemas.StrategyUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Strategy:
    return await service.update(uow, principal, strategy_id, body)


@router.delete("/{strategy_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(StrategyNotFound))
async def delete_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> None:
    """Move it to the trash; `restore` brings it back."""
    await service.delete(uow, principal, strategy_id)


@router.post("/{strategy_id}/restore", responses=problems(StrategyNotFound))
async def restore_strategy(strategy_id: str, principal: Writer, uow: WriteUnit) -> schemas.Strategy:
    return await service.restore(uow, principal, strategy_id)


@router.post(
    "/{strategy_id}/purge",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(StrategyNotFound, NotInTrash),
)
async def purge_strategy(strategy_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Delete a strategy in the trash for good, with all its versions. Its backtests stay."""
    await purging.delete_now(uow, context, principal, strategy_id)


@router.get("/{strategy_id}/draft", responses=problems(StrategyNotFound, *SEALED))
async def get_draft(
    strategy_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.DraftText | None:
    """What was typed since the last save."""
    return await drafts.get(uow, context, strategy_id, principal.user_id)


@router.put("/{strategy_id}/draft", responses=problems(StrategyNotFound, DraftConflict, KeyUnavailable))
async def put_draft(
    strategy_id: str, body: schemas.DraftPut, principal: Writer, uow: WriteUnit, context: ContextDep
) -> schemas.Draft:
    """Keep what was typed; a save drops it."""
    return await drafts.put(uow, context, strategy_id, principal.user_id, body)


@router.delete("/{strategy_id}/draft", status_code=status.HTTP_204_NO_CONTENT, responses=problems(StrategyNotFound))
async def delete_draft(strategy_id: str, principal: Writer, uow: WriteUnit, context: ContextDep) -> None:
    """Forget what was typed."""
    await drafts.discard(uow, context, strategy_id, principal.user_id)


@router.get("/{strategy_id}/versions", responses=problems(StrategyNotFound))
async def list_versions(
    strategy_id: str,
    principal: Reader,
    uow: ReadUnit,
    q: Annotated[str, Query(max_length=80)] = "",
    labelled: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[schemas.Version]:
    """Versions, newest first; `q` looks in message, label, author and number."""
    return await service.list_versions(
        uow, strategy_id, principal.user_id, query=q, labelled=labelled, cursor=cursor, limit=limit
    )


@router.post(
    "/{strategy_id}/versions",
    status_code=status.HTTP_201_CREATED,
    responses={
        **problems(StrategyNotFound, FilesRefused, VersionConflict, *SEALED),
        200: {
            "model": schemas.VersionDetail,
            "description": "All files are those of the newest version already; nothing was saved.",
        },
    },
)
async def save_version(
    strategy_id: str,
    body: schemas.VersionCreate,
    principal: Writer,
    uow: WriteUnit,
    context: ContextDep,
    response: Response,
) -> schemas.VersionDetail:
    """Save the code, with the files beside it, as a new version."""
    version, new = await service.save(uow, context, principal, strategy_id, body)
    if not new:
        response.status_code = status.HTTP_200_OK
    return version


@router.get("/{strategy_id}/versions/{number}", responses=problems(StrategyNotFound, VersionNotFound, *SEALED))
async def get_version(
    strategy_id: str, number: VersionNumber, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.VersionDetail:
    return await service.get_version(uow, context, strategy_id, principal.user_id, number)


@router.patch("/{strategy_id}/versions/{number}", responses=problems(StrategyNotFound, VersionNotFound))
async def label_version(
    strategy_id: str, number: VersionNumber, body: schemas.VersionUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Version:
    """Give a version a name, or take its name away."""
    return await service.label(uow, principal, strategy_id, number, body)


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise BadRequest("the upload was cut off; send it again") from None


class _InMemory(MultiPartParser):
    spool_max_size = NOTEBOOK_UPLOAD + 1
    """The code of a strategy is never written to a disk unencrypted, in /tmp neither."""


async def _notebook_file(request: Request) -> tuple[str, bytes]:
    """Take the form's file: its name and what is in it. Raise NotebookTooLarge, BadNotebook."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise BadNotebook("send the file as multipart/form-data, in a part named `file`")
    try:
        form = await _InMemory(request.headers, _bounded(_body(request)), max_files=1, max_fields=0).parse()
    except MultiPartException as error:
        raise BadNotebook(f"the form does not read: {error.message}") from None
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise BadNotebook("the form has no part named `file` with a file in it", field="file")
    data = await file.read()
    await file.close()
    return file.filename or "", data


async def _bounded(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in body:
        size += len(piece)
        if size > NOTEBOOK_UPLOAD:
            raise notebooks.too_large()
        yield piece
