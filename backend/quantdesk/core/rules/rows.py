"""The shapes of the rulebook's rows, as they stand in data/*.toml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.rules.lots import Lot

Segment = Literal["main", "chinext", "star", "bse", "fund", "growth_fund"]
"""What price limits and lots go by: the boards, funds, and funds on a STAR or ChiNext index."""
Exchange = Literal["SH", "SZ", "BJ"]
TickGroup = Literal["a", "b_sh", "b_sz", "fund", "index"]
FundCategory = Literal["equity", "growth", "bond_or_money", "gold", "commodity", "cross_border", "unknown"]
SettlementClass = Literal["a", "b", "future", "crypto"] | FundCategory
DutyClass = Literal["a", "b", "fund"]
Event = Literal["relisting", "delisting_period"]
Rate = Annotated[Decimal, Field(ge=0, lt=1)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleText(Frozen):
    zh: str
    en: str


class RuleSource(Frozen):
    """The document a rule stands in."""

    zh: str
    en: str
    date: dt.date | None = None
    """Of the document, or of the day it came into force; None where neither is known."""


class Row(Frozen):
    """What all rows have in common."""

    id: str
    """Stable, e.g. limit.main.10; rejections and reports cite it."""
    since: dt.date
    until: dt.date | None = None
    """The last day it held; None while it holds."""
    source: str
    """Key of a RuleSource."""
    uncertain: bool = False
    note: RuleText | None = None

    def keys(self) -> Iterator[str]:
        """Give what the row is looked up by; rows of one key follow each other without overlap or gap."""
        raise NotImplementedError

    def holds(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class LimitRow(Row):
    segments: list[Segment]
    st: list[bool]
    rate: Rate | None = None
    """Fraction of the previous close; None: no limit."""

    def keys(self) -> Iterator[str]:
        yield from (limit_key(segment, st) for segment in self.segments for st in self.st)


class FirstDaysRow(Row):
    """The regime of the first trading days; `since` and `until` are days of listing."""

    segments: list[Segment]
    days: Annotated[int, Field(ge=1)]
    up: Rate | None = None
    down: Rate | None = None
    """Fractions of the issue price; None: no limit."""

    def keys(self) -> Iterator[str]:
        yield from self.segments


class EventRow(Row):
    event: Event
    segments: list[Segment]

    def keys(self) -> Iterator[str]:
        yield from (f"{self.event}.{segment}" for segment in self.segments)


class RoundingRow(Row):
    segments: list[Segment]

    def keys(self) -> Iterator[str]:
        yield from self.segments


class TickRow(Row):
    groups: list[TickGroup]
    size: Decimal

    def keys(self) -> Iterator[str]:
        yield from self.groups


class LotRow(Row):
    segments: list[Segment]
    minimum: Annotated[int, Field(ge=1)]
    step: Annotated[int, Field(ge=1)]
    max_limit: int | None = None
    max_market: int | None = None
    """The most shares of one limit or market order; None where unknown."""

    def keys(self) -> Iterator[str]:
        yield from self.segments

    @property
    def lot(self) -> Lot:
        return Lot(self.minimum, self.step)


class SettlementRow(Row):
    classes: list[SettlementClass]
    days: Annotated[int, Field(ge=0)]
    """Trading days after the buy until the shares may be sold. Cash of a sell may buy at once."""

    def keys(self) -> Iterator[str]:
        yield from self.classes


class FundCodes(Frozen):
    category: FundCategory
    codes: list[str]
    """Prefix of the code, a dot and the exchange: 511.SH."""


class StampDutyRow(Row):
    classes: list[DutyClass]
    buy: Rate
    sell: Rate

    def keys(self) -> Iterator[str]:
        yield from self.classes


class TransferFeeRow(Row):
    groups: list[str]
    """Class and exchange, e.g. a.SH."""
    rate: Rate
    basis: Literal["turnover", "face_value"]

    def keys(self) -> Iterator[str]:
        yield from self.groups


class CommissionRow(Row):
    groups: list[TickGroup]
    cap: Rate
    minimum: Decimal
    """Of an order, in `currency`; custom, not law."""
    currency: Literal["CNY", "USD", "HKD"]

    def keys(self) -> Iterator[str]:
        yield from self.groups


class HandlingRow(Row):
    exchanges: list[Exchange]
    rate: Rate

    def keys(self) -> Iterator[str]:
        yield from self.exchanges


class Phase(Frozen):
    kind: Literal["open_call", "continuous", "close_call", "after_hours", "night"]
    """night: continuous trading in the evening before; it belongs to the trading day that follows."""
    start: dt.time
    end: dt.time
    """Not after `start`: on the next calendar day."""
    no_cancel_from: dt.time | None = None


class SessionRow(Row):
    groups: list[str]
    """Exchange and segment, e.g. SH.main; product and exchange of a future, e.g. rb.SHFE; a coin exchange."""
    phases: list[Phase]

    def keys(self) -> Iterator[str]:
        yield from self.groups


class Bracket(Frozen):
    months: int | None = None
    """Held for at most so many months; None: longer than all the others."""
    rate: Rate


class DividendTaxRow(Row):
    brackets: list[Bracket]

    def keys(self) -> Iterator[str]:
        yield "dividend_tax"


def limit_key(segment: Segment, is_st: bool) -> str:
    return f"{segment}.st" if is_st else segment
