"""Contracts, margins, limits, fees and sessions of futures on the days they changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quantdesk.core.instruments.symbol import _PRODUCTS, UnknownCodeError
from quantdesk.core.rules.book import price_tick, rulebook
from quantdesk.core.rules.describe import describe
from quantdesk.core.rules.limits import limit_prices, limit_ticks
from quantdesk.core.rules.subject import Subject

BOOK = rulebook()
DAY = dt.date(2024, 5, 6)


def subject(symbol: str) -> Subject:
    return BOOK.subject(symbol)


def night(symbol: str, day: dt.date) -> str | None:
    session = BOOK.sessions(subject(symbol), day)
    assert session is not None
    ends = [f"{phase.end:%H:%M}" for phase in session.phases if phase.kind == "night"]
    return ends[0] if ends else None


def test_a_month_and_the_spliced_main_contract_follow_their_product() -> None:
    month, main = subject("rb2410.SHFE"), subject("rb.SHFE")
    assert (month.kind, month.product, month.exchange, month.continuous) == ("future", "rb", "SHFE", False)
    assert main.continuous
    contract = BOOK.contract(month, DAY)
    assert contract is not None
    assert contract == BOOK.contract(main, DAY)
    assert (contract.multiplier, contract.tick, contract.last_day) == (10, Decimal(1), "day_15")
    assert "主力连续" in describe(BOOK, main, DAY)[0].zh
    assert "主力连续" not in describe(BOOK, month, DAY)[0].zh


@pytest.mark.parametrize(
    ("symbol", "multiplier", "tick"),
    [
        ("IF2406.CFFEX", 300, "0.2"), ("IC2406.CFFEX", 200, "0.2"), ("T2406.CFFEX", 10000, "0.005"),
        ("TL2406.CFFEX", 10000, "0.01"), ("au2406.SHFE", 1000, "0.02"), ("cu2406.SHFE", 5, "10"),
        ("sc2406.INE", 1000, "0.1"), ("i2409.DCE", 100, "0.5"), ("lh2409.DCE", 16, "5"), ("TA2409.CZCE", 5, "2"),
        ("si2409.GFEX", 5, "5"), ("ec2408.INE", 50, "0.1"),
    ],
)  # fmt: skip
def test_multipliers_and_ticks(symbol: str, multiplier: int, tick: str) -> None:
    contract = BOOK.contract(subject(symbol), DAY)
    assert contract is not None
    assert (contract.multiplier, contract.tick) == (multiplier, Decimal(tick))
    assert price_tick(symbol) == Decimal(tick)
    lot = BOOK.lot(subject(symbol), DAY)
    assert lot is not None
    assert (lot.minimum, lot.step, lot.id) == (1, 1, contract.id)


@pytest.mark.parametrize(
    ("day", "close_today"),
    [
        ("2015-09-06", "0.000115"), ("2015-09-07", "0.0023"), ("2017-02-16", "0.0023"), ("2017-02-17", "0.00092"),
        ("2017-09-18", "0.00069"), ("2018-12-02", "0.00069"), ("2018-12-03", "0.00046"), ("2019-04-22", "0.000345"),
        ("2023-10-22", "0.000345"), ("2023-10-23", "0.00023"),
    ],
)  # fmt: skip
def test_closing_stock_index_futures_the_same_day_got_cheaper_step_by_step(day: str, close_today: str) -> None:
    for symbol in ("IF2406.CFFEX", "IC.CFFEX"):
        fees = BOOK.futures_fees(subject(symbol), dt.date.fromisoformat(day))
        assert fees is not None
        assert (fees.basis, fees.open, fees.close) == ("turnover", Decimal("0.000023"), Decimal("0.000023"))
        assert fees.close_today == Decimal(close_today)


@pytest.mark.parametrize(
    ("day", "csi300", "csi500"),
    [
        ("2015-09-07", "0.40", "0.40"), ("2017-02-17", "0.20", "0.30"), ("2017-09-18", "0.15", "0.30"),
        ("2018-12-03", "0.10", "0.15"), ("2019-04-22", "0.10", "0.12"),
    ],
)  # fmt: skip
def test_margins_of_stock_index_futures(day: str, csi300: str, csi500: str) -> None:
    found = [BOOK.margin(subject(symbol), dt.date.fromisoformat(day)) for symbol in ("IF.CFFEX", "IC.CFFEX")]
    assert [row and row.rate for row in found] == [Decimal(csi300), Decimal(csi500)]


def test_fees_by_contract_and_bonds() -> None:
    bond = BOOK.futures_fees(subject("T2406.CFFEX"), DAY)
    assert bond is not None
    assert (bond.basis, bond.open, bond.close_today) == ("contract", Decimal(3), Decimal(0))
    costs = BOOK.costs(subject("rb2410.SHFE"), DAY, "sell")
    assert [costs.stamp_duty, costs.transfer_fee, costs.commission_cap] == [Decimal(0), Decimal(0), None]
    assert [row.id for row in costs.rows] == ["ffee.shfe.rb"]


def test_a_certain_limit_is_given_and_the_contracts_least_limit_only_told() -> None:
    rule = BOOK.limits(subject("IF2406.CFFEX"), DAY)
    assert rule is not None
    assert (rule.up, rule.down, rule.base) == (Decimal("0.10"), Decimal("0.10"), "settlement")
    rebar = subject("rb2410.SHFE")
    assert BOOK.limits(rebar, DAY) is None
    least = BOOK.futures_limit(rebar, DAY)
    assert least is not None
    assert (least.rate, least.least) == (Decimal("0.03"), True)
    assert "可上调" in describe(BOOK, rebar, DAY)[1].zh


def test_limits_of_futures_are_rounded_towards_the_settlement_price() -> None:
    rule = BOOK.limits(subject("IF2406.CFFEX"), DAY)
    assert rule is not None
    # 3567.7 x 1.1 = 3924.47 and x 0.9 = 3210.93: the tick of 0.2 within.
    assert limit_prices(Decimal("3567.7"), rule, Decimal("0.2")) == (Decimal("3924.4"), Decimal("3211.0"))
    assert limit_ticks(17839, rule) == (19622, 16056)  # 19622.9 and 16055.1


@pytest.mark.parametrize(
    ("symbol", "day", "end"),
    [
        ("au2406.SHFE", "2013-07-05", None), ("au2406.SHFE", "2013-07-08", "02:30"), ("rb.SHFE", "2015-06-01", "01:00"),
        ("rb.SHFE", "2016-05-03", "01:00"), ("rb.SHFE", "2016-05-04", "23:00"), ("rb.SHFE", "2020-02-03", None),
        ("rb.SHFE", "2020-05-06", None), ("rb.SHFE", "2020-05-07", "23:00"), ("m.DCE", "2015-05-08", "02:30"),
        ("m.DCE", "2015-05-11", "23:30"), ("m.DCE", "2019-04-01", "23:00"), ("TA.CZCE", "2019-12-11", "23:30"),
        ("TA.CZCE", "2019-12-12", "23:00"), ("cu2406.SHFE", "2024-05-06", "01:00"), ("jd.DCE", "2024-05-06", None),
        ("IF.CFFEX", "2024-05-06", None), ("si2409.GFEX", "2024-05-06", None), ("sc2409.INE", "2024-05-06", "02:30"),
    ],
)  # fmt: skip
def test_night_sessions_and_their_suspension(symbol: str, day: str, end: str | None) -> None:
    assert night(symbol, dt.date.fromisoformat(day)) == end


def test_stock_index_futures_opened_with_the_shares_from_2016() -> None:
    for day, opens, closes in ((dt.date(2015, 12, 31), "09:15", "15:15"), (dt.date(2016, 1, 4), "09:30", "15:00")):
        session = BOOK.sessions(subject("IF.CFFEX"), day)
        assert session is not None
        assert (f"{session.phases[1].start:%H:%M}", f"{session.phases[-1].end:%H:%M}") == (opens, closes)


def test_nothing_holds_before_the_listing() -> None:
    found, day = subject("IM.CFFEX"), dt.date(2022, 7, 21)
    asked = (BOOK.contract, BOOK.margin, BOOK.futures_fees, BOOK.limits, BOOK.tick, BOOK.lot, BOOK.settlement)
    assert [ask(found, day) for ask in asked] == [None] * len(asked)
    assert BOOK.sessions(found, day) is None
    assert BOOK.costs(found, day, "buy").stamp_duty is None
    assert describe(BOOK, found, day) == []
    with pytest.raises(UnknownCodeError, match="no product zz"):
        subject("zz2406.SHFE")


def test_the_known_products_are_those_with_a_contract() -> None:
    with_contract = {product for row in BOOK.tables.contract for product in row.products}
    assert {
        f"{product}.{exchange}" for exchange, known in _PRODUCTS.items() for product in known.split()
    } == with_contract


def test_every_product_has_every_rule_on_every_day_of_its_contract() -> None:
    for row in BOOK.tables.contract:
        for product in row.products:
            found = subject(product)
            for day in (row.since, dt.date(2026, 1, 5)):
                statements = describe(BOOK, found, day)
                topics = [statement.topic for statement in statements]
                assert topics == ["contract", "limit", "margin", "fee", "settlement", "session"], (product, day)
                assert len({statement.id for statement in statements}) == 6


def test_no_share_rule_reaches_a_future_or_a_coin() -> None:
    for symbol in ("rb2410.SHFE", "BTC-USDT.BINANCE"):
        found = subject(symbol)
        asked = (BOOK.rounding, BOOK.stamp_duty, BOOK.transfer_fee, BOOK.commission, BOOK.handling)
        assert [ask(found, DAY) for ask in asked] == [None] * len(asked)
    share = subject("600519.SH")
    assert [ask(share, DAY) for ask in (BOOK.contract, BOOK.crypto_pair, BOOK.margin, BOOK.crypto_fees)] == [None] * 4
