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
from quantdesk.ports.bar_store import BarStore, Coverage

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
    of_the_day = [(rows[symbol], item) for symbol, item in chosen.items() if item.last == day]
    stocks = [(row, item) for row, item in of_the_day if row.kind == "stock"]
    traded = sorted(
        ((change, row, item) for row, item in stocks if (change := _change(item)) is not None),
        key=lambda entry: (entry[0], entry[1].symbol),
    )
    indices = sorted(
        ((row, item) for row, item in of_the_day if row.kind == "index"),
        key=lambda entry: (entry[0].symbol not in _MAIN_INDICES, entry[0].symbol),
    )
    return MarketOverview(
        date=day,
        simulated=not real,
        indices=[to_detail(row, item) for row, item in indices[:6]],
        gainers=[to_detail(row, item) for change, row, item in reversed(traded[-MOVERS:]) if change > 0],
        losers=[to_detail(row, item) for change, row, item in traded[:MOVERS] if change < 0],
        advancing=sum(change > 0 for change, _, _ in traded),
        declining=sum(change < 0 for change, _, _ in traded),
        unchanged=sum(change == 0 for change, _, _ in traded),
        suspended=sum(item.latest.suspended for _, item in stocks),
        stored_symbols=len(stored),
    )


def _change(item: Coverage) -> float | None:
    """Give the day's change of what was traded on it."""
    return None if item.latest.suspended else item.latest.change


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
