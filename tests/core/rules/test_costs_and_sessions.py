"""Stamp duty, transfer fee, commission, sessions, settlement and dividend tax around the days they changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import pytest

from quantdesk.core.rules.book import Rulebook, TradeCosts, rulebook


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook()


def costs(symbol: str, day: str, side: Literal["buy", "sell"] = "sell") -> TradeCosts:
    book = rulebook()
    return book.costs(book.subject(symbol), dt.date.fromisoformat(day), side)


@pytest.mark.parametrize(
    ("symbol", "day", "buy", "sell"),
    [
        ("600601.SH", "1997-05-11", "0.003", "0.003"), ("600601.SH", "1997-05-12", "0.005", "0.005"),
        ("600601.SH", "1998-06-12", "0.004", "0.004"), ("900901.SH", "1999-05-31", "0.004", "0.004"),
        ("900901.SH", "1999-06-01", "0.003", "0.003"), ("600601.SH", "2001-11-15", "0.004", "0.004"),
        ("600601.SH", "2001-11-16", "0.002", "0.002"), ("600601.SH", "2005-01-24", "0.001", "0.001"),
        ("600601.SH", "2007-05-29", "0.001", "0.001"), ("600601.SH", "2007-05-30", "0.003", "0.003"),
        ("600601.SH", "2008-04-24", "0.001", "0.001"), ("600601.SH", "2008-09-18", "0.001", "0.001"),
        ("600601.SH", "2008-09-19", "0", "0.001"), ("600601.SH", "2023-08-25", "0", "0.001"),
        ("600601.SH", "2023-08-28", "0", "0.0005"), ("430047.BJ", "2023-08-28", "0", "0.0005"),
        ("510300.SH", "2023-08-28", "0", "0"),
    ],
)  # fmt: skip
def test_stamp_duty(symbol: str, day: str, buy: str, sell: str) -> None:
    assert costs(symbol, day, "buy").stamp_duty == Decimal(buy)
    assert costs(symbol, day, "sell").stamp_duty == Decimal(sell)


@pytest.mark.parametrize(
    ("symbol", "day", "rate", "basis"),
    [
        ("600601.SH", "2012-05-31", "0.001", "face_value"), ("600601.SH", "2012-06-01", "0.00075", "face_value"),
        ("600601.SH", "2012-09-01", "0.0006", "face_value"), ("600601.SH", "2015-07-31", "0.0006", "face_value"),
        ("600601.SH", "2015-08-01", "0.00002", "turnover"), ("600601.SH", "2022-04-28", "0.00002", "turnover"),
        ("600601.SH", "2022-04-29", "0.00001", "turnover"), ("000001.SZ", "2015-07-31", "0", "turnover"),
        ("000001.SZ", "2015-08-01", "0.00002", "turnover"), ("430047.BJ", "2022-04-28", "0.000025", "turnover"),
        ("430047.BJ", "2022-04-29", "0.00001", "turnover"), ("510300.SH", "2022-04-29", "0", "turnover"),
    ],
)  # fmt: skip
def test_transfer_fee(symbol: str, day: str, rate: str, basis: str) -> None:
    for side in ("buy", "sell"):
        found = costs(symbol, day, side)  # type: ignore[arg-type]
        assert (found.transfer_fee, found.transfer_basis) == (Decimal(rate), basis)


def test_what_the_book_does_not_know_is_none_and_never_zero() -> None:
    b_share, early = costs("900901.SH", "2024-01-02"), costs("600601.SH", "1991-01-02")
    assert b_share.transfer_fee is None
    assert (early.stamp_duty, early.transfer_fee, early.commission_cap) == (None, None, None)


def test_commission() -> None:
    found = costs("600601.SH", "2024-01-02")
    assert (found.commission_cap, found.commission_minimum) == (Decimal("0.003"), Decimal(5))
    assert [row.id for row in found.rows] == ["duty.2023", "transfer.2022", "commission.a"]


@pytest.mark.parametrize(
    ("symbol", "day", "last"),
    [
        ("600601.SH", "2018-08-17", "13:00 15:00 continuous"), ("600601.SH", "2018-08-20", "14:57 15:00 close_call"),
        ("000001.SZ", "2006-07-03", "14:57 15:00 close_call"), ("300001.SZ", "2020-08-21", "14:57 15:00 close_call"),
        ("300001.SZ", "2020-08-24", "15:05 15:30 after_hours"), ("688001.SH", "2019-07-22", "15:05 15:30 after_hours"),
        ("430047.BJ", "2021-11-15", "14:57 15:00 close_call"), ("510300.SH", "2018-08-20", "13:00 15:00 continuous"),
        ("159915.SZ", "2024-01-02", "14:57 15:00 close_call"),
    ],
)  # fmt: skip
def test_how_the_trading_day_ends(book: Rulebook, symbol: str, day: str, last: str) -> None:
    row = book.sessions(book.subject(symbol), dt.date.fromisoformat(day))
    assert row is not None
    phase = row.phases[-1]
    assert f"{phase.start:%H:%M} {phase.end:%H:%M} {phase.kind}" == last
    assert row.phases[0].no_cancel_from == dt.time(9, 20)


@pytest.mark.parametrize(
    ("symbol", "day", "days", "uncertain"),
    [
        ("600601.SH", "2024-01-02", 1, False), ("900901.SH", "2001-11-30", 0, True),
        ("900901.SH", "2001-12-03", 1, False), ("510300.SH", "2024-01-02", 1, False),
        ("511880.SH", "2024-01-02", 0, True), ("518880.SH", "2024-01-02", 0, True),
        ("513100.SH", "2015-01-16", 1, False), ("513100.SH", "2015-01-19", 0, True),
        ("510900.SH", "2024-01-02", 0, True), ("159985.SZ", "2024-01-02", 0, True),
        ("159920.SZ", "2024-01-02", 0, True), ("588000.SH", "2024-01-02", 1, False),
        ("159999.SZ", "2024-01-02", 1, True),
    ],
)  # fmt: skip
def test_when_bought_shares_may_be_sold(book: Rulebook, symbol: str, day: str, days: int, uncertain: bool) -> None:
    row = book.settlement(book.subject(symbol), dt.date.fromisoformat(day))
    assert row is not None
    assert (row.days, row.uncertain) == (days, uncertain)


@pytest.mark.parametrize(
    ("record", "bought", "sold", "rate"),
    [
        ("2012-12-31", "2012-12-28", "2013-01-04", "0.10"),  # one rate before the holding period counted
        ("2013-05-30", "2013-05-24", "2013-06-24", "0.20"), ("2013-05-30", "2013-05-24", "2013-06-25", "0.10"),
        ("2013-05-30", "2013-05-24", "2014-05-24", "0.10"), ("2013-05-30", "2013-05-24", "2014-05-26", "0.05"),
        ("2015-09-07", "2014-01-02", "2015-09-09", "0.05"), ("2015-09-08", "2014-01-02", "2015-09-09", "0"),
        ("2020-02-03", "2020-01-31", "2020-02-29", "0.20"), ("2020-02-03", "2020-01-31", "2020-03-02", "0.10"),
    ],
)  # fmt: skip
def test_dividend_tax(book: Rulebook, record: str, bought: str, sold: str, rate: str) -> None:
    days = [dt.date.fromisoformat(text) for text in (record, bought, sold)]
    assert book.dividend_tax_rate(*days) == Decimal(rate)


def test_dividend_tax_outside_of_what_is_known(book: Rulebook) -> None:
    assert book.dividend_tax_rate(dt.date(2004, 6, 1), dt.date(2004, 1, 2), dt.date(2005, 1, 4)) is None
    with pytest.raises(ValueError, match="sold 2020-01-02 is before bought 2020-01-03"):
        book.dividend_tax_rate(dt.date(2020, 1, 3), dt.date(2020, 1, 3), dt.date(2020, 1, 2))
