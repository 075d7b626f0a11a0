"""The online sources as one: asked in order, compared, watched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import numpy as np

from quantdesk.core.bars.frame import Bars
from quantdesk.core.sources.preclose import ex_right_preclose
from quantdesk.core.sources.tables import Factors
from quantdesk.features.sources import history
from quantdesk.features.sources.asking import CrossCheck as CrossCheck
from quantdesk.features.sources.asking import Found as Found
from quantdesk.features.sources.asking import Log as Log
from quantdesk.features.sources.asking import ask as ask
from quantdesk.features.sources.asking import asked as asked
from quantdesk.features.sources.asking import chain as chain
from quantdesk.features.sources.asking import cross_check as cross_check
from quantdesk.features.sources.checking import cross_check_one as cross_check_one
from quantdesk.features.sources.checking import cross_check_sample as cross_check_sample
from quantdesk.features.sources.checking import list_checks as list_checks
from quantdesk.features.sources.checking import list_differences as list_differences
from quantdesk.features.sources.checking import open_differences as open_differences
from quantdesk.features.sources.errors import SourceNotFound
from quantdesk.features.sources.history import list_events as list_events
from quantdesk.features.sources.history import purge as purge
from quantdesk.features.sources.schemas import (
    DatasetChain,
    OffReason,
    SourceHealth,
    SourcesOverview,
    SourceStanding,
    SourceTest,
)
from quantdesk.features.sources.trying import small_request, try_request
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import HostHealth, Request
from quantdesk.ports.datasets import Dataset, SourceName
from quantdesk.ports.errors import SourceError

_MISSING: dict[SourceName, OffReason] = {
    "tushare": "token_missing",
    "tdx": "folder_missing",
}


def with_preclose(context: Context, bars: Bars, on_log: Log = lambda _: None) -> Bars:
    """Give daily bars of a share with the exchange's previous closes, where their source did not give them; blocking.

    They are computed from the factors of the first source that has any; without one they stay unknown.
    """
    if not len(bars) or np.isfinite(bars.preclose).any():
        return bars
    try:
        factors = ask(context, Request("factors", bars.symbol), on_log).table
    except SourceError as error:
        on_log(f"no ex-right factors of {bars.symbol}, previous closes stay unknown: {error}")
        return bars
    assert isinstance(factors, Factors)  # noqa: S101 - the dataset's table
    return replace(bars, preclose=ex_right_preclose(bars, factors))


def health(context: Context) -> list[SourceHealth]:
    """Give how each source's hosts have been, in the order of preference; blocking."""
    return [
        SourceHealth(source=name, datasets=sorted(source.datasets), hosts=source.health())
        for name, source in context.sources.items()
    ]


def overview(context: Context) -> SourcesOverview:
    """Give all sources that there are, those that are off too, and who is asked for what; blocking."""
    settings = context.settings.sources
    chains = [
        DatasetChain(dataset=dataset, sources=list(found), chosen=bool(settings.order.get(dataset)))
        for dataset in get_args(Dataset)
        if (found := chain(context, dataset))
    ]
    used = {name for one in chains for name in one.sources}
    return SourcesOverview(
        online=settings.online,
        sources=[_standing(context, name, used) for name in _by_preference(context)],
        chains=chains,
        requests_per_day=settings.requests_per_day,
        seconds_between=settings.seconds_between,
        cross_check_share=settings.cross_check_share,
    )


async def try_source(context: Context, name: str) -> SourceTest:
    """Ask a source for something small, within its limits; what comes of it is a part of its history.

    Raise SourceNotFound.
    """
    source = context.sources.get(name)
    request = await asyncio.to_thread(small_request, source, clock.today()) if source else None
    if source is None or request is None:
        raise SourceNotFound(f"no source {name!r} is set up; there are {', '.join(context.sources) or 'none'}")
    told, error = await asyncio.to_thread(try_request, source, request)
    await history.note(context, request, None if error else name, [error] if error else [])
    return told


def _by_preference(context: Context) -> list[SourceName]:
    names: tuple[SourceName, ...] = get_args(SourceName)
    order = list(context.sources)
    first: Callable[[str], int] = lambda name: order.index(name) if name in order else len(order)  # noqa: E731
    return sorted(names, key=first)


def _standing(context: Context, name: SourceName, used: set[str]) -> SourceStanding:
    source = context.sources.get(name)
    if source is None:
        off = _MISSING.get(name, "offline") if context.settings.sources.online or name == "tdx" else "offline"
        return SourceStanding(source=name, state="off", off=off, datasets=[], hosts=[])
    hosts = source.health()
    return SourceStanding(
        source=name,
        state="off" if name not in used else "resting" if _rests(hosts) else "ready",
        off=None if name in used else "not_in_order",
        datasets=sorted(source.datasets),
        hosts=hosts,
    )


def _rests(hosts: list[HostHealth]) -> bool:
    return bool(hosts) and all(host.state == "open" or host.requests_today >= host.ceiling for host in hosts)
