"""Round trips from fills, figures worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quantdesk.core.backtest.result import CorporateActionRecord, Fill
from quantdesk.core.metrics.round_trips import average_holding_days, profit_factor, round_trips, win_rate

DAYS = [dt.date(2020, 1, d) for d in (2, 3, 6, 7, 8)]


def fill(symbol: str, side: str, day: int, quantity: int, price: str, fee: str = "5.00") -> Fill:
    return Fill(
        order_id=1,
        symbol=symbol,
        side=side,
        date=DAYS[day],
        quantity=quantity,
        price=Decimal(price),
        amount=Decimal(price) * quantity,
        commission=Decimal(fee),
        stamp_duty=Decimal(0),
        transfer_fee=Decimal(0),
        position=0,
    )


def test_entry_in_two_fills_and_exit_in_two_is_one_trip():
    fills = [
        fill("600519.SH", "buy", 0, 100, "10"),
        fill("600519.SH", "buy", 1, 300, "12"),
        fill("600519.SH", "sell", 2, 200, "13"),
        fill("600519.SH", "sell", 3, 200, "11"),
    ]
    (trip,) = round_trips(fills, DAYS, {})
    assert trip.profit == Decimal("180.00")  # 4800 - 4600 - 20
    assert trip.return_pct == pytest.approx(180 / 4600)
    assert (trip.entry_price, trip.exit_price) == (Decimal("11.500000"), Decimal("12.000000"))
    assert (trip.quantity, trip.holding_days, trip.costs) == (400, 3, Decimal("20.00"))


def test_flat_between_means_two_trips_and_the_last_one_may_stay_open():
    fills = [
        fill("600519.SH", "buy", 0, 100, "10"),
        fill("600519.SH", "sell", 1, 100, "9"),
        fill("600519.SH", "buy", 2, 200, "8"),
        fill("600519.SH", "sell", 3, 100, "9"),
    ]
    closed, still_open = round_trips(fills, DAYS, {"600519.SH": Decimal("10")})
    assert (closed.profit, closed.exit_date) == (Decimal("-110.00"), DAYS[1])
    assert still_open.exit_date is None
    assert still_open.profit == Decimal("290.00")  # 900 + 100 x 10 - 1600 - 10
    assert still_open.exit_price == Decimal("9.500000")
    assert still_open.holding_days == 2


def test_rates_count_closed_trips_only():
    fills = [
        fill("A", "buy", 0, 100, "10"),
        fill("B", "buy", 0, 100, "10"),
        fill("C", "buy", 0, 100, "10"),
        fill("A", "sell", 1, 100, "12"),
        fill("B", "sell", 3, 100, "9"),
    ]
    trips = round_trips(fills, DAYS, {"C": Decimal("1")})
    assert win_rate(trips) == 0.5
    assert profit_factor(trips) == pytest.approx(190 / 110)
    assert average_holding_days(trips) == 2.0
    assert [trip.symbol for trip in trips] == ["A", "B", "C"]


def test_without_closed_trips_there_are_no_rates():
    assert win_rate([]) is None
    assert profit_factor([]) is None
    assert average_holding_days([]) is None


def test_a_margin_call_announces_and_the_fill_that_closes_the_position_ends_the_trip():
    fills = [
        fill("rb2405.SHFE", "buy", 0, 4, "4000"),
        fill("rb2405.SHFE", "sell", 2, 4, "3880"),
    ]
    call = CorporateActionRecord(
        symbol="rb2405.SHFE", date=DAYS[1], kind="margin_call", quantity=0, cash=Decimal("0.00"), position=4,
        message_zh="", message_en="",
    )  # fmt: skip
    [trip] = round_trips(fills, DAYS, {}, [call])
    assert (trip.exit_date, trip.exit_price) == (DAYS[2], Decimal("3880.000000"))
    assert trip.profit == Decimal("-490.00")
