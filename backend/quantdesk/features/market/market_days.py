"""The answers of a market day's routes, kept while nothing that goes into them changes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock

from pydantic import BaseModel

from quantdesk.core.rules.book import rulebook
from quantdesk.features.market import boards as market_boards
from quantdesk.features.market.day import Market, find_market, market_day
from quantdesk.features.market.day_schemas import BoardChoice, MarketName
from quantdesk.features.market.errors import MarketDayNotStored
from quantdesk.features.market.heat import heat_map
from quantdesk.features.market.instruments import InstrumentCache, instrument_cache
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork

_KEPT = 12
_NOTHING = '"nothing"'
_answers: OrderedDict[str, str] = OrderedDict()
_lock = Lock()

Answer = tuple[str, Callable[[], str]]
"""An ETag, and what gives the JSON text; it blocks."""


async def day_answer(uow: UnitOfWork, context: Context, name: MarketName | None, day: dt.date | None) -> Answer:
    """Give a day of the market; null before anything is stored, which is no error. Raise MarketDayNotStored."""
    try:
        cache, market = await _market(uow, context, name, day)
    except MarketDayNotStored:
        if (name, day) != (None, None):
            raise
        return _NOTHING, lambda: "null"
    pool, told = await market_boards.limit_up_pool(uow, context, market.wanted.year)
    boards = await market_boards.boards(uow, context, market.name, "industry")
    industries = {member.symbol: member.name for member in boards.members}
    etag = _etag("day", market, cache, boards.key, told)
    return etag, lambda: _kept(etag, lambda: market_day(context.bars, market, pool, industries))


async def heat_answer(
    uow: UnitOfWork,
    context: Context,
    name: MarketName | None,
    day: dt.date | None,
    kind: BoardChoice,
    board: str | None,
) -> Answer:
    """Give the boards of a day, or one of them. Raise MarketDayNotStored; what gives the text raises BoardNotFound."""
    cache, market = await _market(uow, context, name, day)
    boards = await market_boards.boards(uow, context, market.name, kind)
    etag = _etag("heat", market, cache, boards.key, kind, repr(board))
    return etag, lambda: _kept(etag, lambda: heat_map(context.bars, market, boards, kind, board))


async def _market(
    uow: UnitOfWork, context: Context, name: MarketName | None, day: dt.date | None
) -> tuple[InstrumentCache, Market]:
    cache = await instrument_cache(uow.session, context.database)
    return cache, await asyncio.to_thread(find_market, context.bars, cache.rows, name, day)


def _etag(what: str, market: Market, cache: InstrumentCache, *more: str) -> str:
    text = "\n".join((what, market.content, repr(market.names), repr(cache.fingerprint), rulebook().version, *more))
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def _kept(etag: str, make: Callable[[], BaseModel]) -> str:
    """Give the answer of this ETag, made once."""
    with _lock:
        if etag in _answers:
            _answers.move_to_end(etag)
            return _answers[etag]
    text = make().model_dump_json()
    with _lock:
        _answers[etag] = text
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return text
