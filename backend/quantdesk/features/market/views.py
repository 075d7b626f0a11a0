"""Rows and stored bars as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from quantdesk.core.rules.book import price_tick
from quantdesk.features.market.schemas import Instrument, InstrumentDetail, StoredInterval
from quantdesk.features.market.tables import InstrumentRow
from quantdesk.ports.bar_store import Coverage


def to_detail(row: InstrumentRow, coverage: Coverage | None, minutes: Sequence[Coverage] = ()) -> InstrumentDetail:
    """Join a row with what is stored of it and the figures of its last daily bar."""
    stored = [
        StoredInterval(interval=one.interval, first=one.first, last=one.last, rows=one.rows, updated_at=one.updated_at)
        for one in minutes
    ]
    base = to_instrument(row, coverage is not None)
    if coverage is None:
        return InstrumentDetail(
            **base.model_dump(),
            last_date=None,
            last_close=None,
            change=None,
            suspended=None,
            is_st=None,
            bars=0,
            first_date=None,
            source=None,
            updated_at=None,
            minutes=stored,
        )
    return InstrumentDetail(
        **base.model_dump(),
        last_date=coverage.last,
        last_close=coverage.latest.close,
        change=coverage.latest.change,
        suspended=coverage.latest.suspended,
        is_st=coverage.latest.is_st,
        bars=coverage.rows,
        first_date=coverage.first,
        source=coverage.source,
        updated_at=coverage.updated_at,
        minutes=stored,
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
