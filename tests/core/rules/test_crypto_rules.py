"""Steps, minima and fees of pairs of coins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quantdesk.core.rules.book import price_tick, rulebook
from quantdesk.core.rules.describe import describe

BOOK = rulebook()
DAY = dt.date(2024, 5, 6)


@pytest.mark.parametrize(
    ("symbol", "tick", "step", "quantity", "notional"),
    [
        ("BTC-USDT.BINANCE", "0.01", "0.00001", "0.00001", "5"),
        ("ETH-USDT.BINANCE", "0.01", "0.0001", "0.0001", "5"),
        ("DOGE-USDT.BINANCE", "0.00001", "1", "1", "5"),
        ("BTC-USDT.OKX", "0.1", "0.00000001", "0.00001", "0"),
        ("SOL-USDT.OKX", "0.01", "0.000001", "0.001", "0"),
    ],
)
def test_steps_and_minima(symbol: str, tick: str, step: str, quantity: str, notional: str) -> None:
    pair = BOOK.crypto_pair(BOOK.subject(symbol), DAY)
    assert pair is not None
    found = (pair.tick, pair.step, pair.minimum_quantity, pair.minimum_notional)
    assert found == tuple(Decimal(text) for text in (tick, step, quantity, notional))
    assert price_tick(symbol) == Decimal(tick)


def test_a_pair_without_a_row_gets_the_exchanges_default_and_it_is_uncertain() -> None:
    pair = BOOK.crypto_pair(BOOK.subject("PEPE-USDT.BINANCE"), DAY)
    assert pair is not None
    assert (pair.id, pair.uncertain) == ("pair.BINANCE.default", True)


def test_a_day_before_the_pairs_own_row_falls_to_the_default() -> None:
    early = BOOK.crypto_pair(BOOK.subject("SOL-USDT.BINANCE"), dt.date(2018, 1, 1))
    assert early is not None
    assert early.id == "pair.BINANCE.default"
    assert BOOK.crypto_pair(BOOK.subject("BTC-USDT.BINANCE"), dt.date(2016, 1, 1)) is None
    assert describe(BOOK, BOOK.subject("BTC-USDT.BINANCE"), dt.date(2016, 1, 1)) == []


def test_fees_hours_and_no_limit() -> None:
    bitcoin = BOOK.subject("BTC-USDT.OKX")
    fees = BOOK.crypto_fees(bitcoin, DAY)
    assert fees is not None
    assert (fees.maker, fees.taker) == (Decimal("0.0008"), Decimal("0.001"))
    limit = BOOK.limits(bitcoin, DAY)
    assert limit is not None
    assert limit.unlimited
    settlement = BOOK.settlement(bitcoin, DAY)
    assert settlement is not None
    assert settlement.days == 0
    session = BOOK.sessions(bitcoin, DAY)
    assert session is not None
    assert [(phase.start, phase.end) for phase in session.phases] == [(dt.time(0), dt.time(0))]
    assert BOOK.lot(bitcoin, DAY) is None


def test_the_words_carry_the_numbers() -> None:
    told = describe(BOOK, BOOK.subject("BTC-USDT.BINANCE"), DAY)
    assert [statement.topic for statement in told] == ["pair", "fee", "settlement", "session"]
    assert told[0].zh.startswith("BTC-USDT 现货：价格步长 0.01 USDT，数量步长 0.00001 BTC")
    assert told[1].en == "A regular user pays 0.1% as maker, 0.1% as taker"
