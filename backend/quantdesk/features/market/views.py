"""Rows and stored bars as the API shows them."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.instruments.symbol import price_tick
from quantdesk.features.market.schemas import Instrument, InstrumentDetail
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.ports.bar_store import BarStore, Coverage


def to_detail(store: BarStore, row: InstrumentRow, coverage: Coverage | None) -> InstrumentDetail:
    """Join a row with its last stored bar. Blocking."""
    base = to_instrument(row, coverage is not None)
    bars = None
    if coverage is not None:
        # Ten days hold the last two bars, over any holiday; suspended days are rows too.
        bars = store.read(row.symbol, "1d", coverage.last - dt.timedelta(days=20))
    if coverage is None or bars is None or len(bars) == 0:
        empty = dict.fromkeys(
            ("last_date", "last_close", "change", "suspended", "is_st", "first_date", "source", "updated_at")
        )
        return InstrumentDetail(**base.model_dump(), **empty, bars=0)
    previous = float(bars.preclose[-1])
    if previous != previous and len(bars) > 1:  # unknown: NaN
        previous = float(bars.close[-2])
    close = float(bars.close[-1])
    return InstrumentDetail(
        **base.model_dump(),
        last_date=coverage.last,
        last_close=close,
        change=close / previous - 1 if previous > 0 else None,
        suspended=bool(bars.suspended[-1]),
        is_st=bool(bars.is_st[-1]),
        bars=coverage.rows,
        first_date=coverage.first,
        source=coverage.source,
        updated_at=coverage.updated_at,
    )


def to_instrument(row: InstrumentRow, stored: bool) -> Instrument:
    return Instrument(
        symbol=row.symbol,
        code=row.code,
        name=row.name,
        pinyin=row.pinyin,
        kind=row.kind,  # one of the schema's words, written by service.register
        board=row.board,
        list_date=row.list_date,
        delist_date=row.delist_date,
        simulated=row.simulated,
        price_tick=float(price_tick(row.symbol, row.kind)),
        stored=stored,
    )
