"""Instruments: what is known of them, and how they are found and registered."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable

from quantdesk.core.bars.minutes import MINUTES
from quantdesk.core.instruments.pinyin import initials
from quantdesk.core.instruments.search import InstrumentIndex
from quantdesk.core.instruments.symbol import (
    SymbolError,
    board_of,
    is_simulated,
    kind_of,
    normalise,
    split,
)
from quantdesk.features.market import boards, repository
from quantdesk.features.market.corporate_actions import actions_of as actions_of
from quantdesk.features.market.corporate_actions import store_actions as store_actions
from quantdesk.features.market.errors import BadSymbol, UnknownSymbol
from quantdesk.features.market.fundamentals.actions import store_dividends as store_dividends
from quantdesk.features.market.instruments import instrument_cache
from quantdesk.features.market.schemas import Instrument, InstrumentDetail, InstrumentKind
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.features.market.views import to_detail, to_instrument
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, Coverage
from quantdesk.ports.data_source import InstrumentInfo


def canonical(text: str) -> str:
    """Give the canonical symbol of any common spelling. Raise BadSymbol."""
    try:
        return normalise(text)
    except SymbolError as error:
        raise BadSymbol(str(error), field="symbol") from error


async def search(
    uow: UnitOfWork,
    context: Context,
    query: str,
    *,
    kinds: list[InstrumentKind] | None = None,
    stored: bool | None = None,
    limit: int = 20,
) -> list[Instrument]:
    """Give the instruments that match, best first; for a blank query those with bars, by code."""
    cache = await instrument_cache(uow.session, context.database)
    return await asyncio.to_thread(_search, cache.rows, cache.index, context.bars, query, kinds, stored, limit)


def _search(
    rows: dict[str, InstrumentRow],
    index: InstrumentIndex,
    bars: BarStore,
    query: str,
    kinds: list[InstrumentKind] | None,
    stored: bool | None,
    limit: int,
) -> list[Instrument]:
    if query.strip():
        narrowed = kinds is not None or stored is not None
        hits = [hit.symbol for hit in index.search(query, len(rows) if narrowed else limit)]
    else:
        have = {item.symbol for item in bars.list_coverage("1d")} & rows.keys()
        hits = sorted(have, key=lambda symbol: (is_simulated(symbol), symbol))
    found: list[Instrument] = []
    for symbol in hits:
        row = rows[symbol]
        if kinds is not None and row.kind not in kinds:
            continue
        has_bars = bars.coverage(symbol, "1d") is not None
        if stored in (None, has_bars):
            found.append(to_instrument(row, has_bars))
            if len(found) == limit:
                break
    return found


async def get_detail(uow: UnitOfWork, context: Context, symbol: str) -> InstrumentDetail:
    """Give an instrument with the last stored day's figures. Raise BadSymbol, UnknownSymbol."""
    symbol = canonical(symbol)
    row = await repository.get(uow.session, symbol)
    if row is None:
        raise UnknownSymbol(f"{symbol} is not known here; import a file that has it, or fetch it", symbol=symbol)
    coverage, minutes = await asyncio.to_thread(_covered, context.bars, symbol)
    return to_detail(row, coverage, minutes)


def _covered(bars: BarStore, symbol: str) -> tuple[Coverage | None, list[Coverage]]:
    """Give what is stored of daily bars, and of those within the day."""
    within = [found for interval in MINUTES if (found := bars.coverage(symbol, interval)) is not None]
    return bars.coverage(symbol, "1d"), within


async def names(uow: UnitOfWork, symbols: Iterable[str]) -> dict[str, str]:
    """Give the names of those that are known."""
    return {symbol: row.name for symbol, row in (await repository.get_many(uow.session, symbols)).items()}


async def all_names(uow: UnitOfWork, context: Context) -> dict[str, str]:
    """Give the name of every instrument that is known, by symbol."""
    cache = await instrument_cache(uow.session, context.database)
    return {symbol: row.name for symbol, row in cache.rows.items()}


async def known(uow: UnitOfWork, symbols: Iterable[str]) -> dict[str, Instrument]:
    """Give those that are known, by symbol. `stored` is not looked up and says False."""
    return {s: to_instrument(row, False) for s, row in (await repository.get_many(uow.session, symbols)).items()}


async def industries_of(
    uow: UnitOfWork, context: Context, symbols: Iterable[str]
) -> tuple[dict[str, str], dt.date | None]:
    """Give the industry's name of each of the symbols, as it was last asked for, and when that was.

    The demo market's industries never change and have no day.
    """
    wanted = set(symbols)
    real = await boards.boards(uow, context, "cn", "industry")
    members = list(real.members)
    if any(is_simulated(symbol) for symbol in wanted):
        members += (await boards.boards(uow, context, "demo", "industry")).members
    found = {member.symbol: member.name for member in members if member.symbol in wanted}
    told = real.as_of is not None and any(not is_simulated(symbol) for symbol in found)
    return found, real.as_of.date() if told and real.as_of is not None else None


async def register(uow: UnitOfWork, infos: Iterable[InstrumentInfo], source: str) -> int:
    """Insert or complete instruments; give the number of rows that changed.

    What a source does not know (no name, no dates) never overwrites what is known.
    """
    by_symbol = {info.symbol: info for info in sorted(infos, key=lambda info: info.symbol)}
    now = clock.utcnow()
    changed = await repository.insert_missing(uow.session, [_new_row(symbol, source, now) for symbol in by_symbol])
    rows = await repository.get_many(uow.session, by_symbol, for_update=True)
    for symbol, info in by_symbol.items():
        row = rows[symbol]
        wanted = {
            "name": info.name or row.name,
            "pinyin": initials(info.name) if info.name else row.pinyin,
            "kind": info.kind or row.kind,
            "board": info.board or board_of(symbol, info.kind),
            "list_date": info.list_date or row.list_date,
            "delist_date": info.delist_date or row.delist_date,
        }
        if any(getattr(row, field) != value for field, value in wanted.items()):
            for field, value in wanted.items():
                setattr(row, field, value)
            changed.add(symbol)
            row.source, row.updated_at = source, now
    return len(changed)


async def remove_demo(uow: UnitOfWork, context: Context) -> int:
    """Remove the demo market; give the number of bars removed."""
    # The bars first: when the transaction fails, names without bars are left, and removing again puts that right.
    stored = await asyncio.to_thread(context.bars.list_coverage, "1d")
    symbols = [item.symbol for item in stored if is_simulated(item.symbol)]
    removed = await asyncio.to_thread(context.bars.delete, symbols, "1d")
    await boards.remove_demo(context)
    await repository.delete_simulated(uow.session)
    return removed


def _new_row(symbol: str, source: str, now: dt.datetime) -> dict[str, object]:
    """Give the columns of an instrument of which only the symbol is known."""
    code, exchange = split(symbol)
    kind = kind_of(symbol)
    return {
        "symbol": symbol,
        "code": code,
        "exchange": exchange,
        "name": code,
        "pinyin": "",
        "kind": kind,
        "board": board_of(symbol, kind),
        "list_date": None,
        "delist_date": None,
        "simulated": is_simulated(symbol),
        "source": source,
        "updated_at": now,
    }
