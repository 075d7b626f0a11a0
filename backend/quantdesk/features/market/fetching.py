"""Fetching an instrument's bars from the online sources, as a job."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel

from quantdesk.core.bars.frame import Bars
from quantdesk.core.bars.known import aligned, keep_known, same_bars
from quantdesk.core.instruments.symbol import is_simulated, kind_of
from quantdesk.core.refresh.plan import first_to_fetch
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import Job
from quantdesk.features.market import service
from quantdesk.features.market.errors import NotFetchable, SourcesOffline
from quantdesk.features.sources import service as sources
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.idempotency import once
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, WriteReceipt
from quantdesk.ports.data_source import InstrumentInfo, Request, bars_dataset, bars_of
from quantdesk.ports.errors import SourceError

FetchInterval = Literal["1m", "5m", "15m", "30m", "60m", "1d"]
"""What sources are asked for; weeks and months are made of days."""


class _Body(BaseModel):
    symbol: str
    interval: FetchInterval


async def submit(
    uow: UnitOfWork,
    context: Context,
    principal: Principal,
    symbol: str,
    idempotency_key: str | None,
    interval: FetchInterval = "1d",
) -> Job:
    """Queue the fetch. Raise SourcesOffline, NotFetchable."""
    if not context.sources:
        raise SourcesOffline
    if is_simulated(symbol):
        raise NotFetchable(f"{symbol} is simulated; make the demo market again instead", symbol=symbol)
    dataset = bars_dataset(symbol, interval)
    if dataset is None or not sources.chain(context, dataset):
        raise NotFetchable(
            f"no source that is set up has {interval} bars of a {kind_of(symbol)}; import a file", symbol=symbol
        )
    bars = "日线" if interval == "1d" else f"{interval.removesuffix('m')} 分钟线"

    async def create() -> str:
        job = await jobs.create(
            uow,
            context,
            owner_id=principal.user_id,
            kind="fetch",
            title=f"获取 {symbol} {bars}",
            queue="data",
            payload={"symbol": symbol, "interval": interval},
        )
        return job.id

    job_id = await once(uow, principal, idempotency_key, "fetch_stock", _Body(symbol=symbol, interval=interval), create)
    return await jobs.get(uow, job_id, principal.user_id)


async def fetch(
    context: Context,
    symbol: str,
    on_log: Callable[[str], None],
    *,
    end: dt.date | None = None,
    interval: FetchInterval = "1d",
) -> tuple[str, WriteReceipt]:
    """Fetch and store the bars that are missing, from the first source that can; give its name and what changed.

    `end` is the last day that is wanted; default: today. Raise the first source's SourceError when none can: what is
    stored stays as it is.
    """
    stored = await asyncio.to_thread(context.bars.coverage, symbol, interval)
    start = first_to_fetch(stored.last if stored else None)
    dataset = bars_dataset(symbol, interval)
    if dataset is None:
        raise SourceError("sources", "unsupported", f"no source has bars of {symbol}")
    request = Request(dataset, symbol, interval, start, end or clock.today())
    found = await sources.asked(context, request, on_log)
    infos = await _describe(context, symbol)
    bars = bars_of(found.table)
    if dataset == "stock_daily":
        bars = await asyncio.to_thread(sources.with_preclose, context, bars, on_log)
    receipt = await asyncio.to_thread(_store, context.bars, bars, found)
    async with context.database.unit() as uow:
        await service.register(uow, infos, found.source)
    return found.source, receipt


def _store(store: BarStore, bars: Bars, found: sources.Found) -> WriteReceipt:
    """Merge the bars; what is known of their days and the source does not say stays known."""
    days = bars.time.astype("datetime64[D]")
    stored = store.read(bars.symbol, bars.interval, days[0].item(), days[-1].item()) if len(bars) else None
    if stored is not None and len(stored):
        old = aligned(stored, bars)
        bars = keep_known(bars, old, same_bars(old, bars), stated=())
    return store.merge([bars], source=found.source, now=clock.utcnow(), parser=found.parser)


async def _describe(context: Context, symbol: str) -> list[InstrumentInfo]:
    """Give what a source knows of the instrument: all instruments at once when this one has no name yet."""
    async with context.database.unit(write=False) as uow:
        known = await service.known(uow, [symbol])
    nameless = InstrumentInfo(symbol, "", kind_of(symbol), None, None, None)
    if kind_of(symbol) != "stock" or (symbol in known and known[symbol].name != known[symbol].code):
        return [nameless]
    for source in sources.chain(context, "instruments").values():
        try:
            return [nameless, *await asyncio.to_thread(source.instruments)]  # of one symbol the last counts
        except SourceError:
            continue  # the bars matter more than the name
    return [nameless]
