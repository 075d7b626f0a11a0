"""Steps and fees of coins against answers recorded from Binance and OKX, and against real bars."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from quantdesk.core.rules.book import rulebook

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
BOOK = rulebook()

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not here"),
]


def recorded(path: str) -> Any:
    return json.loads((SHARED / "http" / path).read_text())


def test_binance_steps_and_least_order_of_october_2021() -> None:
    answer = recorded("binance/py_http_spot_market_exchange_info.json")
    day = dt.datetime.fromtimestamp(answer["serverTime"] / 1000, dt.UTC).date()
    assert day == dt.date(2021, 10, 22)
    seen = 0
    for item in answer["symbols"]:
        pair = BOOK.crypto_pair(BOOK.subject(f"{item['baseAsset']}-{item['quoteAsset']}.BINANCE"), day)
        assert pair is not None
        filters = {entry["filterType"]: entry for entry in item["filters"]}
        assert pair.tick == Decimal(filters["PRICE_FILTER"]["tickSize"])
        assert pair.step == Decimal(filters["LOT_SIZE"]["stepSize"])
        assert pair.minimum_quantity == Decimal(filters["LOT_SIZE"]["minQty"])
        assert pair.minimum_notional == Decimal(filters["MIN_NOTIONAL"]["minNotional"])
        seen += 1
    assert seen == 2


def test_okx_steps() -> None:
    seen = set()
    for item in recorded("okx/http_get_instruments_margin.json")["data"]:
        pair = BOOK.crypto_pair(BOOK.subject(f"{item['instId']}.OKX"), dt.date(2024, 12, 15))
        assert pair is not None
        assert (pair.tick, pair.step) == (Decimal(item["tickSz"]), Decimal(item["lotSz"])), pair.id
        assert pair.minimum_quantity == Decimal(item["minSz"])
        seen.add(item["instId"])
    assert seen == {"BTC-USDT", "ETH-USDT", "OKB-USDT", "SOL-USDT"}


def test_fees_of_a_regular_user() -> None:
    day = dt.date(2024, 1, 2)
    for item in recorded("binance/py_http_wallet_trading_fees.json"):
        fees = BOOK.crypto_fees(BOOK.subject(f"{item['symbol'][:3]}-USDT.BINANCE"), day)
        assert fees is not None
        assert (fees.maker, fees.taker) == (Decimal(item["makerCommission"]), Decimal(item["takerCommission"]))
    (level,) = recorded("okx/http_get_trade_fee_response.json")["data"]
    fees = BOOK.crypto_fees(BOOK.subject("BTC-USDT.OKX"), day)
    assert fees is not None
    # OKX writes what a user pays with a minus.
    assert (fees.maker, fees.taker) == (-Decimal(level["maker"]), -Decimal(level["taker"]))


def test_every_hour_of_bitcoin_is_on_the_tick() -> None:
    bars = pd.read_parquet(SHARED / "crypto" / "BTC_USDT-1h.parquet")
    pair = BOOK.crypto_pair(BOOK.subject("BTC-USDT.BINANCE"))
    assert pair is not None
    for name in ("open", "high", "low", "close"):
        steps = bars[name].to_numpy() / float(pair.tick)
        assert np.abs(steps - np.rint(steps)).max() < 1e-4, name
    assert len(bars) > 58_000
