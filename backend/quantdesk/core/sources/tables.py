"""The rows that a data source gives besides bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from quantdesk.core.bars.frame import Bars, FloatArray, TimeArray
from quantdesk.core.instruments.actions import CorporateAction


@dataclass(frozen=True, slots=True, eq=False)
class FuturesBars:
    """Bars of a futures contract, with what only futures have; all arrays as long as the bars."""

    bars: Bars
    open_interest: FloatArray
    """Contracts held at the bar's end (持仓量)."""
    settle: FloatArray
    """The day's settlement price; NaN in bars shorter than a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Backward adjustment factors (后复权因子) of one instrument: factor × raw close is continuous."""

    symbol: str
    days: TimeArray
    """datetime64[D], strictly increasing: the days from which each factor holds."""
    factors: FloatArray
    """All above 0."""


@dataclass(frozen=True, slots=True)
class NameRecord:
    """A name that an instrument has or had."""

    symbol: str
    name: str
    order: int
    """0 for the oldest name that the source knows."""
    since: dt.date | None
    """The first day of the name; None where the source does not tell."""

    @property
    def is_st(self) -> bool:
        """Whether the name carries the risk warning (风险警示): ST, *ST, SST, S*ST."""
        return self.name.upper().startswith(("ST", "*ST", "SST", "S*ST"))


@dataclass(frozen=True, slots=True)
class Suspension:
    """A halt in trading (停牌)."""

    symbol: str
    start: dt.date
    """The first day without trading, or with a halt in it."""
    end: dt.date | None
    """The last day; None while it lasts or where the source does not tell."""
    resumes: dt.date | None
    """The day on which trading is said to go on."""
    reason: str


@dataclass(frozen=True, slots=True)
class Dividend:
    """A plan to pay a dividend, from its first announcement on; amounts are a share."""

    symbol: str
    report_date: dt.date
    """The end of the period that it is paid for."""
    progress: str
    """The source's own word, e.g. 预案, 股东大会决议通过, 实施分配."""
    cash: Decimal
    bonus: Decimal
    conversion: Decimal
    announced: dt.date | None
    record_date: dt.date | None
    ex_date: dt.date | None
    """None until it is set."""

    def action(self) -> CorporateAction | None:
        """Give the corporate action that the plan has become; None before its ex-date is set, or if it pays nothing."""
        if self.ex_date is None or not (self.cash or self.bonus or self.conversion):
            return None
        announced = self.announced if self.announced and self.announced <= self.ex_date else None
        return CorporateAction(
            self.symbol,
            self.ex_date,
            cash=self.cash,
            bonus=self.bonus,
            conversion=self.conversion,
            announced=announced,
            record_date=self.record_date,
        )
