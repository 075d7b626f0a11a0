"""The shapes of the rows on futures and coins, as they stand in data/futures_*.toml and data/crypto.toml."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from quantdesk.core.rules.rows import Rate, Row, RuleText

Positive = Annotated[Decimal, Field(gt=0)]
NotNegative = Annotated[Decimal, Field(ge=0)]


class FuturesRow(Row):
    """A row that holds for whole products, all their months and the spliced main contract."""

    products: Annotated[list[str], Field(min_length=1)]
    """Product and exchange, e.g. rb.SHFE."""

    def keys(self) -> Iterator[str]:
        yield from self.products


class ContractRow(FuturesRow):
    """What one contract is. One lot is one contract."""

    name: RuleText
    multiplier: Annotated[int, Field(ge=1)]
    """Value of one contract = quote x multiplier, in yuan."""
    unit: str
    """Key of a quote unit."""
    tick: Positive
    last_day: str
    """Key of a last trading day."""


class MarginRow(FuturesRow):
    rate: Rate
    """The exchange's least margin, a fraction of the contract's value at the settlement price."""


class FuturesLimitRow(FuturesRow):
    rate: Rate
    """Fraction of the previous settlement price."""
    least: bool = False
    """True: what the contract says; by notice the exchange sets more, so that prices may lie beyond it."""


class FuturesFeeRow(FuturesRow):
    """The exchange's fee of one contract and side, without the broker's share."""

    basis: Literal["turnover", "contract"]
    """turnover: a fraction of price x multiplier x contracts. contract: yuan a contract."""
    open: NotNegative
    close: NotNegative
    """Of a position opened on an earlier trading day."""
    close_today: NotNegative
    """Of a position opened on the same trading day."""


class CryptoPairRow(Row):
    pairs: Annotated[list[str], Field(min_length=1)]
    """Pair and exchange, e.g. BTC-USDT.BINANCE; *.BINANCE for every pair of it that has no row."""
    tick: Positive
    """Price step in the quote currency."""
    step: Positive
    """Quantity step in the base currency."""
    minimum_quantity: Positive
    minimum_notional: NotNegative
    """The least price x quantity of an order, in the quote currency; 0: only the quantity is bounded."""

    def keys(self) -> Iterator[str]:
        yield from self.pairs


class CryptoFeeRow(Row):
    exchanges: list[str]
    maker: Rate
    """Fraction of the turnover of an order that rested in the book."""
    taker: Rate

    def keys(self) -> Iterator[str]:
        yield from self.exchanges
