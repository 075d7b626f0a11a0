"""Last figures of watched symbols, from the stored bars. Blocking; call it in a thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.instruments.symbol import board_of, is_simulated, kind_of, split
from quantdesk.features.market.schemas import Instrument
from quantdesk.features.watchlists.schemas import CLOSES, Figure, Watched, WatchQuote, WatchQuotes
from quantdesk.ports.bar_store import BarStore, Coverage

_SPAN = dt.timedelta(days=110)
"""Calendar days that hold 60 trading days and one, whatever the holidays."""


def quotes_of(bars: BarStore, watched: Sequence[Watched], known: Mapping[str, Instrument]) -> WatchQuotes:
    """Give the figures of each symbol on its last stored day, in the order given."""
    stored = {item.symbol: coverage for item in watched if (coverage := bars.coverage(item.symbol, "1d")) is not None}
    newest = max((coverage.last for coverage in stored.values()), default=None)
    closes: dict[str, FloatArray] = {}
    amounts: dict[str, FloatArray] = {}
    if newest is not None:
        recent = [symbol for symbol, coverage in stored.items() if coverage.last > newest - _SPAN]
        panel = bars.read_panel(recent, ["close", "amount"], newest - _SPAN, newest, adjustment="qfq", suspended="keep")
        closes = dict(zip(recent, panel["close"], strict=True))
        amounts = dict(zip(recent, panel["amount"], strict=True))
    return WatchQuotes(
        date=newest,
        updated_at=max((coverage.updated_at for coverage in stored.values()), default=None),
        items=[
            _quote(
                item, known.get(item.symbol), stored.get(item.symbol), closes.get(item.symbol), amounts.get(item.symbol)
            )
            for item in watched
        ],
    )


def _quote(
    item: Watched,
    instrument: Instrument | None,
    coverage: Coverage | None,
    closes: FloatArray | None,
    amounts: FloatArray | None,
) -> WatchQuote:
    kind = kind_of(item.symbol) if instrument is None else instrument.kind
    traded = np.empty(0) if closes is None else closes[np.isfinite(closes)]
    paid = np.empty(0) if amounts is None or closes is None else amounts[np.isfinite(closes)]
    latest = None if coverage is None else coverage.latest
    return WatchQuote(
        symbol=item.symbol,
        name=split(item.symbol)[0] if instrument is None else instrument.name,
        kind=kind,
        board=board_of(item.symbol, kind),
        simulated=is_simulated(item.symbol),
        note=item.note,
        date=None if coverage is None else coverage.last,
        suspended=latest is not None and latest.suspended,
        last=None if latest is None else latest.close,
        change=None if latest is None or latest.suspended else latest.change,
        amount=_figure(paid[-1]) if len(paid) else None,
        change_5=_over(traded, 5),
        change_20=_over(traded, 20),
        closes=np.round(traded[-CLOSES:], 4).tolist(),
        updated_at=None if coverage is None else coverage.updated_at,
    )


def _over(closes: FloatArray, days: int) -> Figure:
    if len(closes) <= days or closes[-1 - days] <= 0:
        return None
    return _figure(closes[-1] / closes[-1 - days] - 1)


def _figure(value: float) -> Figure:
    return float(value) if np.isfinite(value) else None
