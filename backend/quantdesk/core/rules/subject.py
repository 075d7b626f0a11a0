"""What the rules see in an instrument: exchange, board, share class, category of a fund, product, pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from quantdesk.core.instruments.symbol import Board, Kind, classify, is_simulated, product_of, split
from quantdesk.core.rules.rows import (
    DutyClass,
    Exchange,
    FundCategory,
    Segment,
    SettlementClass,
    TickGroup,
)


@dataclass(frozen=True, slots=True)
class Subject:
    symbol: str
    exchange: str
    """Whose rules hold, e.g. SH, SHFE, BINANCE; a simulated stock follows those of its board."""
    kind: Kind
    board: Board | None
    b_share: bool
    fund: FundCategory | None
    """None for all but funds."""
    product: str | None = None
    """Of a future, e.g. rb; None for all else."""
    pair: str | None = None
    """Of a coin, e.g. BTC-USDT; None for all else."""

    @property
    def product_key(self) -> str | None:
        """E.g. rb.SHFE."""
        return None if self.product is None else f"{self.product}.{self.exchange}"

    @property
    def continuous(self) -> bool:
        """True for a spliced main contract (rb.SHFE): a future without month."""
        return self.product is not None and self.symbol == self.product_key

    @property
    def segment(self) -> Segment | None:
        """None for an index, which is quoted, not traded, and for futures and coins."""
        if self.fund is not None:
            return "growth_fund" if self.fund == "growth" else "fund"
        return self.board

    @property
    def tick_group(self) -> TickGroup | None:
        if self.kind in ("future", "crypto"):
            return None
        if self.kind == "index":
            return "index"
        if self.fund is not None:
            return "fund"
        if self.b_share:
            return "b_sh" if self.exchange == "SH" else "b_sz"
        return "a"

    @property
    def duty_class(self) -> DutyClass:
        if self.fund is not None:
            return "fund"
        return "b" if self.b_share else "a"

    @property
    def settlement_class(self) -> SettlementClass:
        if self.kind == "future" or self.kind == "crypto":
            return self.kind
        if self.fund is not None:
            return self.fund
        return "b" if self.b_share else "a"

    @property
    def fee_group(self) -> str:
        return f"{self.duty_class}.{self.exchange}"

    @property
    def session_group(self) -> str:
        if self.product_key is not None:
            return self.product_key
        if self.pair is not None:
            return self.exchange
        return f"{self.exchange}.{self.segment}"


def subject_of(symbol: str, prefixes: dict[str, FundCategory], kind: str | None = None) -> Subject:
    """Read a canonical symbol. `kind` overrules what the code says. Raise SymbolError."""
    code, exchange = split(symbol)
    guessed, board = classify(symbol)
    if guessed in ("future", "crypto"):
        return Subject(
            symbol=symbol,
            exchange=exchange,
            kind=guessed,
            board=None,
            b_share=False,
            fund=None,
            product=product_of(symbol),
            pair=code if guessed == "crypto" else None,
        )
    actual = cast(Kind, kind) if kind in ("stock", "index", "etf", "fund") else guessed
    fund = _fund_category(code, exchange, prefixes) if actual in ("etf", "fund") else None
    return Subject(
        symbol=symbol,
        exchange=_simulated_exchange(code) if is_simulated(symbol) else exchange,
        kind=actual,
        board=board if actual == "stock" else None,
        b_share=actual == "stock" and (exchange, code[:3]) in (("SH", "900"), ("SZ", "200")),
        fund=fund,
    )


def _fund_category(code: str, exchange: str, prefixes: dict[str, FundCategory]) -> FundCategory:
    found = (prefixes.get(f"{code[:n]}.{exchange}") for n in range(len(code), 0, -1))
    return next((category for category in found if category is not None), "unknown")


def _simulated_exchange(code: str) -> Exchange:
    if code[0] == "6":
        return "SH"
    return "SZ" if code[0] in "03" else "BJ"
