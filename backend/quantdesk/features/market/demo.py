"""The simulated demo market in the store."""

from __future__ import annotations

import asyncio

from quantdesk.features.market import boards, service
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.bar_store import WriteReceipt
from quantdesk.ports.data_source import WholeMarketSource

SOURCE = "demo"


async def install(context: Context, source: WholeMarketSource) -> WriteReceipt:
    """Store the source's instruments, bars, boards and corporate actions; the same market twice changes nothing."""
    infos = await asyncio.to_thread(source.instruments)
    dates = [info.list_date for info in infos if info.list_date]
    today = clock.today()

    def write() -> WriteReceipt:
        batch = [source.daily_bars(info.symbol, min(dates), today) for info in infos]
        return context.bars.merge(batch, source=SOURCE, now=clock.utcnow())

    receipt = await asyncio.to_thread(write)
    await boards.store_demo(context, source.boards())
    async with context.database.unit() as uow:
        await service.register(uow, infos, SOURCE)
        await service.store_actions(uow, source.corporate_actions(), SOURCE)
    return receipt
