"""Where a stored bar comes from. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from quantdesk.features.market.schemas import BarProvenance, BarVersionItem
from quantdesk.ports.bar_store import BarStore, BarVersion


def provenance(store: BarStore, symbol: str, interval: Literal["1d"], date: dt.date) -> BarProvenance:
    """Give all versions of a day's bar, newest first."""
    versions = store.provenance(symbol, interval, date)
    return BarProvenance(symbol=symbol, interval=interval, date=date, versions=[_item(one) for one in versions])


def _item(version: BarVersion) -> BarVersionItem:
    bar, write = version.bar, version.write
    return BarVersionItem(
        open=_number(bar.open[0]),
        high=_number(bar.high[0]),
        low=_number(bar.low[0]),
        close=_number(bar.close[0]),
        volume=_number(bar.volume[0]),
        amount=_number(bar.amount[0]),
        preclose=_number(bar.preclose[0]),
        suspended=bool(bar.suspended[0]),
        is_st=bool(bar.is_st[0]),
        source=write.source,
        parser=write.parser,
        as_of=write.as_of,
        fetched_at=write.fetched_at,
        since=version.since,
        until=version.until,
        deleted=version.deleted,
    )


def _number(value: float) -> float | None:
    """Give a stored figure as JSON has it; None where the source did not say."""
    return float(value) if value == value else None
