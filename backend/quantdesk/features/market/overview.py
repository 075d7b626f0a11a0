"""The market on its last stored day."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter

from quantdesk.features.market.instruments import instrument_cache
from quantdesk.features.market.schemas import InstrumentDetail, MarketOverview
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.features.market.views import to_detail
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore

MOVERS = 10
_MAIN_INDICES = ("000001.SH", "000300.SH", "399001.SZ", "399006.SZ", "000688.SH")


async def market_overview(uow: UnitOfWork, context: Context) -> MarketOverview:
    """Summarise the last day of the real market, or of the demo market while there is no real one.

    That day is the one most instruments' bars end on.
    """
    cache = await instrument_cache(uow.session, context.database)
    return await asyncio.to_thread(_overview, context.bars, cache.rows)


def _overview(store: BarStore, rows: dict[str, InstrumentRow]) -> MarketOverview:
    stored = store.list_coverage("1d")
    covered = {item.symbol: item for item in stored if item.symbol in rows}
    real = {symbol: item for symbol, item in covered.items() if not rows[symbol].simulated}
    chosen = real or covered
    if not chosen:
        return _empty(len(stored))
    day: dt.date = Counter(item.last for item in chosen.values()).most_common(1)[0][0]
    details = [to_detail(store, rows[symbol], item) for symbol, item in chosen.items() if item.last == day]
    stocks = [item for item in details if item.kind == "stock"]
    traded = [item for item in stocks if not item.suspended and item.change is not None]
    ranked = sorted(traded, key=lambda item: item.change or 0.0)
    indices = sorted(
        (item for item in details if item.kind == "index"),
        key=lambda item: (item.symbol not in _MAIN_INDICES, item.symbol),
    )
    return MarketOverview(
        date=day,
        simulated=not real,
        indices=indices[:6],
        gainers=[item for item in reversed(ranked[-MOVERS:]) if (item.change or 0) > 0],
        losers=[item for item in ranked[:MOVERS] if (item.change or 0) < 0],
        advancing=sum((item.change or 0) > 0 for item in traded),
        declining=sum((item.change or 0) < 0 for item in traded),
        unchanged=sum(item.change == 0 for item in traded),
        suspended=sum(bool(item.suspended) for item in stocks),
        stored_symbols=len(stored),
    )


def _empty(stored: int) -> MarketOverview:
    nothing: list[InstrumentDetail] = []
    return MarketOverview(
        date=None,
        simulated=False,
        indices=nothing,
        gainers=nothing,
        losers=nothing,
        advancing=0,
        declining=0,
        unchanged=0,
        suspended=0,
        stored_symbols=stored,
    )
