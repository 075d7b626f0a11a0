"""Watchlists: groups of symbols in an order of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from quantdesk.features.market import service as market
from quantdesk.features.strategies.errors import NothingToUpdate
from quantdesk.features.watchlists import reading, repository
from quantdesk.features.watchlists.errors import (
    NothingUnderstood,
    TooManyWatchlists,
    WatchlistFull,
    WatchlistNameTaken,
    WatchlistNotFound,
)
from quantdesk.features.watchlists.quotes import quotes_of
from quantdesk.features.watchlists.schemas import (
    MAX_LISTS,
    MAX_SYMBOLS,
    ImportResult,
    ImportText,
    Membership,
    Watched,
    WatchedSymbols,
    Watchlist,
    WatchlistCreate,
    WatchlistDetail,
    Watchlists,
    WatchlistUpdate,
    WatchPut,
    WatchQuotes,
)
from quantdesk.features.watchlists.tables import WatchedRow, WatchlistRow
from quantdesk.kit import clock, trash
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

Row = TypeVar("Row", WatchlistRow, WatchedRow)


async def symbols_of(uow: UnitOfWork, owner_id: str) -> list[str]:
    """Give the symbols of one's watchlists, each once, in order."""
    return await repository.symbols_of(uow.session, owner_id)


async def watched_symbols(uow: UnitOfWork, owner_id: str) -> WatchedSymbols:
    """Give what `symbols_of` gives, for the page's stars."""
    return WatchedSymbols(symbols=await symbols_of(uow, owner_id))


async def membership(uow: UnitOfWork, owner_id: str, text: str) -> Membership:
    """Say which of one's watchlists have a symbol. Raise BadSymbol."""
    symbol = market.canonical(text)
    return Membership(symbol=symbol, watchlist_ids=await repository.lists_with(uow.session, owner_id, symbol))


async def list_watchlists(uow: UnitOfWork, owner_id: str) -> Watchlists:
    """Give one's watchlists in their order."""
    rows = await repository.lists(uow.session, owner_id)
    sizes = await repository.sizes(uow.session, [row.id for row in rows])
    return Watchlists(items=[_watchlist(row, sizes.get(row.id, 0)) for row in rows])


async def create(uow: UnitOfWork, principal: Principal, body: WatchlistCreate) -> str:
    """Make an empty watchlist, the last one; give its id. Raise WatchlistNameTaken, TooManyWatchlists."""
    rows = await repository.lists(uow.session, principal.user_id, for_update=True)
    name = body.name.strip()
    _check_name(rows, name)
    _check_room(rows)
    now = clock.utcnow()
    row = WatchlistRow(
        id=new_id(),
        owner_id=principal.user_id,
        name=name,
        position=_next(rows),
        created_at=now,
        updated_at=now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.id


async def get(uow: UnitOfWork, watchlist_id: str, owner_id: str) -> WatchlistDetail:
    """Give a watchlist with its symbols. Raise WatchlistNotFound."""
    row = await _get(uow, watchlist_id, owner_id)
    watched = await repository.watched(uow.session, watchlist_id)
    return WatchlistDetail(
        **_watchlist(row, len(watched)).model_dump(),
        items=[_watched(item) for item in watched],
    )


async def update(uow: UnitOfWork, principal: Principal, watchlist_id: str, body: WatchlistUpdate) -> Watchlist:
    """Rename or move a watchlist. Raise WatchlistNotFound, NothingToUpdate, WatchlistNameTaken."""
    if body.name is None and body.position is None:
        raise NothingToUpdate("give `name` or `position`")
    rows = await repository.lists(uow.session, principal.user_id, for_update=True)
    row = next((row for row in rows if row.id == watchlist_id), None)
    if row is None:
        raise _not_found(watchlist_id)
    if body.name is not None:
        name = body.name.strip()
        _check_name([other for other in rows if other is not row], name)
        row.name = name
    if body.position is not None:
        _put_at(rows, row, body.position)
    row.updated_at = clock.utcnow()
    sizes = await repository.sizes(uow.session, [row.id])
    return _watchlist(row, sizes.get(row.id, 0))


async def delete(uow: UnitOfWork, principal: Principal, watchlist_id: str) -> None:
    """Move it to the trash. Raise WatchlistNotFound."""
    trash.put(uow, principal, "watchlist", await _get(uow, watchlist_id, principal.user_id))


async def restore(uow: UnitOfWork, principal: Principal, watchlist_id: str) -> WatchlistDetail:
    """Bring it back to its place. Raise WatchlistNotFound, WatchlistNameTaken, TooManyWatchlists."""
    rows = await repository.lists(uow.session, principal.user_id, for_update=True)
    row = await repository.get(uow.session, watchlist_id, principal.user_id, deleted=True, for_update=True)
    if row is None:
        raise _not_found(watchlist_id)
    if row.deleted_at is not None:
        _check_name(rows, row.name)
        _check_room(rows)
        trash.take_back(uow, principal, "watchlist", row)
        await uow.session.flush()
    return await get(uow, watchlist_id, principal.user_id)


async def put(uow: UnitOfWork, principal: Principal, watchlist_id: str, text: str, body: WatchPut) -> Watched:
    """Add a symbol, move it, or note something of it. Raise WatchlistNotFound, BadSymbol, WatchlistFull."""
    symbol = market.canonical(text)
    row = await _get(uow, watchlist_id, principal.user_id, for_update=True)
    watched = await repository.watched(uow.session, watchlist_id)
    item = next((item for item in watched if item.symbol == symbol), None)
    if item is None:
        _check_size(row, len(watched) + 1)
        item = _new(row, symbol, _next(watched))
        uow.session.add(item)
        watched.append(item)
    if body.note is not None:
        item.note = body.note.strip()
    if body.position is not None:
        _put_at(watched, item, body.position)
    row.updated_at = clock.utcnow()
    return _watched(item)


async def remove(uow: UnitOfWork, principal: Principal, watchlist_id: str, text: str) -> None:
    """Take a symbol out; nothing happens where it is not in. Raise WatchlistNotFound, BadSymbol."""
    symbol = market.canonical(text)
    row = await _get(uow, watchlist_id, principal.user_id, for_update=True)
    await repository.remove(uow.session, watchlist_id, symbol)
    row.updated_at = clock.utcnow()


async def import_text(
    uow: UnitOfWork, context: Context, principal: Principal, watchlist_id: str, body: ImportText
) -> ImportResult:
    """Add the symbols of a text. Raise WatchlistNotFound, NothingUnderstood, WatchlistFull."""
    names = await market.all_names(uow, context)
    found = await asyncio.to_thread(reading.read, body.text, names)
    if not found.symbols:
        raise NothingUnderstood(
            "no code or name in the text is understood; write codes such as 600519, sh600519 or 600519.SH",
            field="text",
            not_understood=found.unknown,
        )
    row = await _get(uow, watchlist_id, principal.user_id, for_update=True)
    watched = await repository.watched(uow.session, watchlist_id)
    present = {item.symbol for item in watched}
    added = [symbol for symbol in found.symbols if symbol not in present]
    _check_size(row, len(watched) + len(added))
    first = _next(watched)
    uow.session.add_all(_new(row, symbol, first + at) for at, symbol in enumerate(added))
    row.updated_at = clock.utcnow()
    return ImportResult(
        added=added,
        present=[symbol for symbol in found.symbols if symbol in present],
        not_understood=found.unknown,
    )


async def export_text(uow: UnitOfWork, watchlist_id: str, owner_id: str) -> str:
    """Give the symbols with their names, one a line; `import_text` reads it again. Raise WatchlistNotFound."""
    detail = await get(uow, watchlist_id, owner_id)
    names = await market.names(uow, [item.symbol for item in detail.items])
    return "".join(f"{item.symbol}\t{names.get(item.symbol, '')}".rstrip() + "\n" for item in detail.items)


async def quotes(uow: UnitOfWork, context: Context, watchlist_id: str, owner_id: str) -> WatchQuotes:
    """Give the figures of a watchlist's symbols on their last stored day. Raise WatchlistNotFound."""
    await _get(uow, watchlist_id, owner_id)
    watched = [_watched(item) for item in await repository.watched(uow.session, watchlist_id)]
    known = await market.known(uow, [item.symbol for item in watched])
    return await asyncio.to_thread(quotes_of, context.bars, watched, known)


async def _get(uow: UnitOfWork, watchlist_id: str, owner_id: str, *, for_update: bool = False) -> WatchlistRow:
    row = await repository.get(uow.session, watchlist_id, owner_id, for_update=for_update)
    if row is None:
        raise _not_found(watchlist_id)
    return row


def _not_found(watchlist_id: str) -> WatchlistNotFound:
    return WatchlistNotFound(f"there is no watchlist {watchlist_id}", field="watchlist_id")


def _check_name(others: Sequence[WatchlistRow], name: str) -> None:
    if any(other.name == name for other in others):
        raise WatchlistNameTaken(f"you have a watchlist {name} already; choose another name", field="name")


def _check_room(rows: Sequence[WatchlistRow]) -> None:
    if len(rows) >= MAX_LISTS:
        raise TooManyWatchlists(f"you have {len(rows)} watchlists, the most there may be; delete one first")


def _check_size(row: WatchlistRow, size: int) -> None:
    if size > MAX_SYMBOLS:
        raise WatchlistFull(f"{row.name} would have {size:,} symbols; a watchlist holds {MAX_SYMBOLS:,} at most")


def _next(rows: Sequence[Row]) -> int:
    return max((row.position for row in rows), default=-1) + 1


def _put_at(rows: Sequence[Row], row: Row, position: int) -> None:
    """Number the rows anew with this one at the position."""
    others = [other for other in rows if other is not row]
    others.insert(position, row)
    for at, other in enumerate(others):
        other.position = at


def _new(row: WatchlistRow, symbol: str, position: int) -> WatchedRow:
    return WatchedRow(watchlist_id=row.id, symbol=symbol, position=position, note="", added_at=clock.utcnow())


def _watchlist(row: WatchlistRow, symbols: int) -> Watchlist:
    return Watchlist(id=row.id, name=row.name, symbols=symbols, created_at=row.created_at, updated_at=row.updated_at)


def _watched(item: WatchedRow) -> Watched:
    return Watched(symbol=item.symbol, note=item.note, added_at=item.added_at)
