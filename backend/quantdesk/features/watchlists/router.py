"""Routes of watchlists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status
from fastapi.responses import PlainTextResponse

from quantdesk.features.market.errors import BadSymbol
from quantdesk.features.strategies.errors import NothingToUpdate
from quantdesk.features.watchlists import schemas, service
from quantdesk.features.watchlists.errors import (
    NothingUnderstood,
    TooManyWatchlists,
    WatchlistFull,
    WatchlistNameTaken,
    WatchlistNotFound,
)
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, IdempotencyKey, ReadUnit, WriteUnit, problems, require
from quantdesk.kit.idempotency import IdempotencyKeyReused, once
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/watchlists", tags=["market"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]
Writer = Annotated[Principal, Depends(require("trader", "data:write"))]
SPELLING = "Any common spelling: 600519.SH, sh600519, 600519 …"
Symbol = Annotated[str, Path(max_length=40, description=SPELLING)]


@router.get("")
async def list_watchlists(principal: Reader, uow: ReadUnit) -> schemas.Watchlists:
    """One's watchlists in their order, at most 100."""
    return await service.list_watchlists(uow, principal.user_id)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(WatchlistNameTaken, TooManyWatchlists, IdempotencyKeyReused),
)
async def create_watchlist(
    body: schemas.WatchlistCreate, principal: Writer, uow: WriteUnit, idempotency_key: IdempotencyKey = None
) -> schemas.WatchlistDetail:
    watchlist_id = await once(
        uow, principal, idempotency_key, "create_watchlist", body, lambda: service.create(uow, principal, body)
    )
    return await service.get(uow, watchlist_id, principal.user_id)


@router.get("/symbols")
async def list_watched_symbols(principal: Reader, uow: ReadUnit) -> schemas.WatchedSymbols:
    """The symbols of all of one's watchlists."""
    return await service.watched_symbols(uow, principal.user_id)


@router.get("/membership", responses=problems(BadSymbol))
async def find_watchlists(
    principal: Reader, uow: ReadUnit, symbol: Annotated[str, Query(max_length=40, description=SPELLING)]
) -> schemas.Membership:
    """The watchlists that have a symbol."""
    return await service.membership(uow, principal.user_id, symbol)


@router.get("/{watchlist_id}", responses=problems(WatchlistNotFound))
async def get_watchlist(watchlist_id: str, principal: Reader, uow: ReadUnit) -> schemas.WatchlistDetail:
    return await service.get(uow, watchlist_id, principal.user_id)


@router.patch("/{watchlist_id}", responses=problems(WatchlistNotFound, NothingToUpdate, WatchlistNameTaken))
async def update_watchlist(
    watchlist_id: str, body: schemas.WatchlistUpdate, principal: Writer, uow: WriteUnit
) -> schemas.Watchlist:
    """Rename or move a watchlist."""
    return await service.update(uow, principal, watchlist_id, body)


@router.delete("/{watchlist_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(WatchlistNotFound))
async def delete_watchlist(watchlist_id: str, principal: Writer, uow: WriteUnit) -> None:
    """Move it to the trash; `restore` brings it back."""
    await service.delete(uow, principal, watchlist_id)


@router.post("/{watchlist_id}/restore", responses=problems(WatchlistNotFound, WatchlistNameTaken, TooManyWatchlists))
async def restore_watchlist(watchlist_id: str, principal: Writer, uow: WriteUnit) -> schemas.WatchlistDetail:
    return await service.restore(uow, principal, watchlist_id)


@router.get("/{watchlist_id}/quotes", responses=problems(WatchlistNotFound))
async def get_watchlist_quotes(
    watchlist_id: str, principal: Reader, uow: ReadUnit, context: ContextDep
) -> schemas.WatchQuotes:
    """The symbols with the figures of their last stored day and 60 closes each."""
    return await service.quotes(uow, context, watchlist_id, principal.user_id)


@router.put("/{watchlist_id}/symbols/{symbol}", responses=problems(WatchlistNotFound, BadSymbol, WatchlistFull))
async def put_watched_symbol(
    watchlist_id: str, symbol: Symbol, body: schemas.WatchPut, principal: Writer, uow: WriteUnit
) -> schemas.Watched:
    """Add a symbol, move it, or note something of it."""
    return await service.put(uow, principal, watchlist_id, symbol, body)


@router.delete(
    "/{watchlist_id}/symbols/{symbol}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(WatchlistNotFound, BadSymbol),
)
async def delete_watched_symbol(watchlist_id: str, symbol: Symbol, principal: Writer, uow: WriteUnit) -> None:
    """Take a symbol out; nothing happens where it is not in."""
    await service.remove(uow, principal, watchlist_id, symbol)


@router.post("/{watchlist_id}/import", responses=problems(WatchlistNotFound, NothingUnderstood, WatchlistFull))
async def import_watchlist(
    watchlist_id: str, body: schemas.ImportText, principal: Writer, uow: WriteUnit, context: ContextDep
) -> schemas.ImportResult:
    """Add the codes and names of a text; the same text twice adds them once."""
    return await service.import_text(uow, context, principal, watchlist_id, body)


@router.get(
    "/{watchlist_id}/export",
    response_class=Response,
    responses={
        **problems(WatchlistNotFound),
        200: {"description": "Symbol and name, one a line", "content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def export_watchlist(watchlist_id: str, principal: Reader, uow: ReadUnit) -> Response:
    """The symbols with their names as text, which `import` reads again."""
    return PlainTextResponse(await service.export_text(uow, watchlist_id, principal.user_id))
