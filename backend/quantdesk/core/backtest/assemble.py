"""From a run's records to the result of the report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from quantdesk.core.backtest.assumptions import Waiting, assumptions_of
from quantdesk.core.backtest.prepare import Prepared, align
from quantdesk.core.backtest.recorder import FillRecord, OrderRecord, Recorder, RejectionRecord
from quantdesk.core.backtest.rejections import words
from quantdesk.core.backtest.result import BacktestResult, Fill, Order, Rejection, Series
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import TimeArray
from quantdesk.core.metrics.drawdown import drawdown_series
from quantdesk.core.metrics.report import metrics_of
from quantdesk.core.metrics.round_trips import round_trips

_PRICE = Decimal("0.000001")
_EPOCH_ORDINAL = 719163


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, before it is written up."""

    spec: BacktestSpec
    prepared: Prepared
    recorder: Recorder
    waiting: Waiting | None
    code_sha256: str
    versions: dict[str, str]


def assemble(run: Run) -> BacktestResult:
    """Write up a run: daily series on the trading calendar, records, metrics, assumptions."""
    prepared, recorder = run.prepared, run.recorder
    starting_cash = float(run.spec.cash)
    recorded = _days(recorder.days)
    equity = align(prepared.calendar, recorded, np.array(recorder.equity), starting_cash)
    cash = align(prepared.calendar, recorded, np.array(recorder.cash), starting_cash)
    dates = prepared.days
    fills = [_fill(record) for record in recorder.fills]
    last_closes = {bars.symbol: _price(float(bars.close[-1])) for bars in prepared.feeds}
    trips = round_trips(fills, dates, last_closes)
    benchmark = prepared.benchmark
    return BacktestResult(
        spec=run.spec,
        metrics=metrics_of(
            dates=dates,
            equity=equity,
            cash=cash,
            benchmark=benchmark,
            starting_cash=starting_cash,
            fills=fills,
            trips=trips,
        ),
        series=Series(
            date=dates,
            equity=equity.tolist(),
            cash=cash.tolist(),
            benchmark=None if benchmark is None else [None if v != v else v for v in benchmark.tolist()],
            drawdown=drawdown_series(equity).tolist(),
        ),
        orders=[_order(record) for record in recorder.orders],
        fills=fills,
        rejections=[_rejection(record) for record in recorder.rejections],
        round_trips=trips,
        assumptions=assumptions_of(run.spec, prepared, recorder, run.waiting),
        code_sha256=run.code_sha256,
        data_sha256=prepared.sha256,
        versions=run.versions,
    )


def _days(ordinals: list[int]) -> TimeArray:
    return (np.array(ordinals, dtype=np.int64) - _EPOCH_ORDINAL).astype("datetime64[D]")


def _price(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(_PRICE, ROUND_HALF_UP)


def _date(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)


def _order(record: OrderRecord) -> Order:
    return Order(
        id=record.id,
        symbol=record.symbol,
        side=record.side,
        type=record.type,
        quantity=record.quantity,
        filled=record.filled,
        price=None if record.price is None else _price(record.price),
        average_price=_price(record.amount / record.filled) if record.filled else None,
        status=record.status,
        created=_date(record.created),
        closed=None if record.changed is None else _date(record.changed),
    )


def _fill(record: FillRecord) -> Fill:
    return Fill(
        order_id=record.order_id,
        symbol=record.symbol,
        side=record.side,
        date=_date(record.day),
        quantity=record.quantity,
        price=_price(record.price),
        amount=record.amount,
        commission=record.fees.commission,
        stamp_duty=record.fees.stamp_duty,
        transfer_fee=record.fees.transfer_fee,
        position=record.position,
    )


def _rejection(record: RejectionRecord) -> Rejection:
    text = words(record)
    return Rejection(
        order_id=record.order_id,
        symbol=record.symbol,
        side=record.side,
        date=_date(record.day),
        quantity=record.quantity,
        rule=record.rule,
        numbers=record.numbers,
        message_zh=text.zh,
        message_en=text.en,
    )
