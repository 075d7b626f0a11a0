"""The rulebook: which rule held for an instrument on a day."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Literal, TypeVar

from quantdesk.core.rules import derivative_rows as derivatives
from quantdesk.core.rules import loader, rows
from quantdesk.core.rules.limits import PriceLimitRule
from quantdesk.core.rules.lots import Lot
from quantdesk.core.rules.subject import Subject, subject_of

_Row = TypeVar("_Row", bound=rows.Row)


@dataclass(frozen=True, slots=True)
class TradeCosts:
    """The rates of one side of a trade, fractions of the turnover. None: the rulebook does not know."""

    stamp_duty: Decimal | None
    transfer_fee: Decimal | None
    transfer_basis: Literal["turnover", "face_value"]
    """Face value: one yuan a share."""
    commission_cap: Decimal | None
    commission_minimum: Decimal | None
    rows: tuple[rows.Row, ...]
    """Where they stand."""


class Rulebook:
    """Answers from dated rows; every answer carries the row it comes from. None: no row holds that day."""

    def __init__(self, tables: loader.RuleTables) -> None:
        self.tables = tables
        self._limit = loader.by_key(tables.limit)
        self._first_days = loader.by_key(tables.first_days)
        self._event = loader.by_key(tables.event)
        self._rounding = loader.by_key(tables.rounding)
        self._tick = loader.by_key(tables.tick)
        self._lot = loader.by_key(tables.lot)
        self._settlement = loader.by_key(tables.settlement)
        self._stamp_duty = loader.by_key(tables.stamp_duty)
        self._transfer_fee = loader.by_key(tables.transfer_fee)
        self._commission = loader.by_key(tables.commission)
        self._handling = loader.by_key(tables.handling)
        self._session = loader.by_key(tables.session)
        self._dividend_tax = loader.by_key(tables.dividend_tax)
        self._contract = loader.by_key(tables.contract)
        self._margin = loader.by_key(tables.margin)
        self._futures_limit = loader.by_key(tables.futures_limit)
        self._futures_fee = loader.by_key(tables.futures_fee)
        self._crypto_pair = loader.by_key(tables.crypto_pair)
        self._crypto_fee = loader.by_key(tables.crypto_fee)
        self._derivative_session = loader.by_key([*tables.futures_session, *tables.crypto_session])

    @property
    def version(self) -> str:
        """Number and digest of the rules, e.g. 1-0f3a…; results carry it."""
        return f"{self.tables.version}-{self.tables.digest}"

    def subject(self, symbol: str, kind: str | None = None) -> Subject:
        """Read a canonical symbol. Raise SymbolError."""
        return subject_of(symbol, self.tables.fund_prefixes, kind)

    def source(self, row: rows.Row) -> rows.RuleSource:
        return self.tables.sources[row.source]

    def limits(
        self,
        subject: Subject,
        day: dt.date,
        *,
        is_st: bool = False,
        list_date: dt.date | None = None,
        trading_day: int | None = None,
        event: rows.Event | None = None,
    ) -> PriceLimitRule | None:
        """Give the price limit of a day; `unlimited` where there is none, None for an index or an unknown era.

        None too for a future of which only the contract's least limit is known (see `futures_limit`): the limit of
        the day was that or, by notice, more.

        `trading_day` counts from 1 on `list_date`. Without it the weekdays since then are counted, so that
        holidays shorten the first days. Without `list_date` the instrument is taken for one listed long ago.
        """
        if subject.product is not None:
            bound = self.futures_limit(subject, day)
            return None if bound is None or bound.least else PriceLimitRule(bound, bound.rate, bound.rate, "settlement")
        if subject.pair is not None:
            pair = self.crypto_pair(subject, day)
            return None if pair is None else PriceLimitRule(pair, None, None, "preclose")
        segment = subject.segment
        if segment is None or (list_date is not None and day < list_date):
            return None
        if event is not None:
            special = _at(self._event, f"{event}.{segment}", day)
            if special is not None:
                return PriceLimitRule(special, None, None, "preclose")
        if list_date is not None:
            first = _at(self._first_days, segment, list_date)
            number = trading_day if trading_day is not None else weekdays(list_date, day)
            if first is not None and number <= first.days:
                return PriceLimitRule(first, first.up, first.down, "preclose" if first.up is None else "issue_price")
        row = _at(self._limit, rows.limit_key(segment, is_st), day)
        return None if row is None else PriceLimitRule(row, row.rate, row.rate, "preclose")

    def rounding(self, subject: Subject, day: dt.date) -> rows.RoundingRow | None:
        return _at(self._rounding, subject.segment, day)

    def tick(self, subject: Subject, day: dt.date | None = None) -> rows.TickRow | None:
        """Give the price step of a day; without a day the newest. Of futures and coins: read from their own row."""
        own = self.contract(subject, day) or self.crypto_pair(subject, day)
        if own is not None:
            return rows.TickRow(**_common(own), groups=[], size=own.tick)
        return _at(self._tick, subject.tick_group, day)

    def lot(self, subject: Subject, day: dt.date | None = None) -> rows.LotRow | None:
        """Give the lot of a day; without a day the newest. One contract of futures; None for coins (`crypto_pair`)."""
        contract = self.contract(subject, day)
        if contract is not None:
            return rows.LotRow(**_common(contract), segments=[], minimum=1, step=1)
        return _at(self._lot, subject.segment, day)

    def settlement(self, subject: Subject, day: dt.date) -> rows.SettlementRow | None:
        traded = subject.segment is not None or self.contract(subject, day) or self.crypto_pair(subject, day)
        return _at(self._settlement, subject.settlement_class, day) if traded else None

    def contract(self, subject: Subject, day: dt.date | None = None) -> derivatives.ContractRow | None:
        """Give what a contract is; without a day the newest. None for all but futures, and before the listing.

        A spliced main contract (rb.SHFE) and every month (rb2410.SHFE) follow their product.
        """
        return _at(self._contract, subject.product_key, day)

    def margin(self, subject: Subject, day: dt.date) -> derivatives.MarginRow | None:
        """Give the exchange's least margin; brokers ask for more."""
        return self._of_product(self._margin, subject, day)

    def futures_limit(self, subject: Subject, day: dt.date) -> derivatives.FuturesLimitRow | None:
        """Give the limit on the previous settlement price; where `least`, the exchange may have set more by notice."""
        return self._of_product(self._futures_limit, subject, day)

    def futures_fees(self, subject: Subject, day: dt.date) -> derivatives.FuturesFeeRow | None:
        """Give the exchange's fees to open, to close, and to close what was opened the same day."""
        return self._of_product(self._futures_fee, subject, day)

    def crypto_pair(self, subject: Subject, day: dt.date | None = None) -> derivatives.CryptoPairRow | None:
        """Give steps and minima of a pair, or the exchange's default row (uncertain). None for all but coins."""
        if subject.pair is None:
            return None
        own = _at(self._crypto_pair, f"{subject.pair}.{subject.exchange}", day)
        return own or _at(self._crypto_pair, f"*.{subject.exchange}", day)

    def crypto_fees(self, subject: Subject, day: dt.date) -> derivatives.CryptoFeeRow | None:
        """Give a regular user's maker and taker fee."""
        return None if subject.pair is None else _at(self._crypto_fee, subject.exchange, day)

    def _of_product(self, table: dict[str, list[_Row]], subject: Subject, day: dt.date) -> _Row | None:
        return None if self.contract(subject, day) is None else _at(table, subject.product_key, day)

    def stamp_duty(self, subject: Subject, day: dt.date) -> rows.StampDutyRow | None:
        return _at(self._stamp_duty, subject.duty_class, day) if subject.segment is not None else None

    def transfer_fee(self, subject: Subject, day: dt.date) -> rows.TransferFeeRow | None:
        return _at(self._transfer_fee, subject.fee_group, day)

    def commission(self, subject: Subject, day: dt.date) -> rows.CommissionRow | None:
        return _at(self._commission, subject.tick_group, day)

    def handling(self, subject: Subject, day: dt.date) -> rows.HandlingRow | None:
        """Give the exchange's handling fee on shares; it is part of the commission."""
        return _at(self._handling, subject.exchange, day) if subject.duty_class == "a" and subject.board else None

    def costs(self, subject: Subject, day: dt.date, side: Literal["buy", "sell"]) -> TradeCosts:
        """Give the rates a trade of that day and side is charged.

        Futures and coins know neither duty nor transfer fee; their fees stand in the row given (`futures_fees`,
        `crypto_fees`), for they depend on more than the side.
        """
        if subject.product is not None or subject.pair is not None:
            fees = self.futures_fees(subject, day) or self.crypto_fees(subject, day)
            none = None if fees is None else Decimal(0)
            return TradeCosts(none, none, "turnover", None, None, () if fees is None else (fees,))
        duty = self.stamp_duty(subject, day)
        transfer = self.transfer_fee(subject, day)
        commission = self.commission(subject, day)
        return TradeCosts(
            stamp_duty=None if duty is None else (duty.buy if side == "buy" else duty.sell),
            transfer_fee=None if transfer is None else transfer.rate,
            transfer_basis="turnover" if transfer is None else transfer.basis,
            commission_cap=None if commission is None else commission.cap,
            commission_minimum=None if commission is None else commission.minimum,
            rows=tuple(row for row in (duty, transfer, commission) if row is not None),
        )

    def sessions(self, subject: Subject, day: dt.date) -> rows.SessionRow | None:
        """Give the phases of a trading day, Beijing time; of coins UTC. A night session belongs to the day after."""
        if subject.product is not None or subject.pair is not None:
            traded = self.contract(subject, day) or self.crypto_pair(subject, day)
            return _at(self._derivative_session, subject.session_group, day) if traded else None
        return _at(self._session, subject.session_group, day)

    def dividend_tax(self, day: dt.date) -> rows.DividendTaxRow | None:
        """Give the brackets for dividends with this record day."""
        return _at(self._dividend_tax, "dividend_tax", day)

    def dividend_tax_rate(self, day: dt.date, bought: dt.date, sold: dt.date) -> Decimal | None:
        """Give the tax on a dividend with record day `day`, a fraction, for shares held from `bought` to `sold`.

        They are held until the day before `sold`, and months are calendar months: bought on 24 May and sold
        by 24 June is within one month. Raise ValueError when sold before bought.
        """
        if sold < bought:
            raise ValueError(f"sold {sold} is before bought {bought}")
        row = self.dividend_tax(day)
        if row is None:
            return None
        return next(b.rate for b in row.brackets if b.months is None or sold <= _months_later(bought, b.months))


@cache
def rulebook() -> Rulebook:
    """Give the rulebook that comes with the package. Raise RuleDataError."""
    return Rulebook(loader.load(loader.packaged()))


@lru_cache(maxsize=16_384)
def price_tick(symbol: str, kind: str | None = None) -> Decimal:
    """Give today's price step in the quote's currency. Raise SymbolError.

    An index is quoted, not traded; its step is the one it is shown with.
    """
    book = rulebook()
    row = book.tick(book.subject(symbol, kind))
    if row is None:
        raise loader.RuleDataError(f"tick: no row holds for {symbol}; add one to units.toml")
    return row.size


@cache
def lot_size(board: str | None) -> Lot:
    """Give today's lot of a board; None stands for funds."""
    table = loader.by_key(rulebook().tables.lot)
    return table[board or "fund"][-1].lot


def weekdays(first: dt.date, last: dt.date) -> int:
    """Give the number of Mondays to Fridays from first to last, both included."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first.weekday() + n) % 7 < 5 for n in range(rest))


def _common(row: rows.Row) -> dict[str, Any]:
    """Give what all rows have in common, to read one row as one of another table."""
    return {name: getattr(row, name) for name in rows.Row.model_fields}


def _at(table: dict[str, list[_Row]], key: str | None, day: dt.date | None) -> _Row | None:
    if key is None or key not in table:
        return None
    if day is None:
        return table[key][-1]
    return next((row for row in table[key] if row.holds(day)), None)


def _months_later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
