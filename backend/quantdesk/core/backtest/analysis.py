"""What a report says beyond its metrics: where the money came from, what it cost, how much it could carry."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


CostKind = Literal["commission", "stamp_duty", "transfer_fee", "slippage", "dividend_tax"]
Regime = Literal["bull", "bear", "range", "unknown"]


class CostItem(_Part):
    """One kind of cost. Slippage is already in the fill prices, the others are charged on top."""

    kind: CostKind
    yuan: Decimal
    of_cash: float
    """Fraction of the starting cash."""
    of_turnover: float | None
    """Fraction of what was bought and sold; None without fills."""


class CostRow(_Part):
    year: int | None
    """None: the whole run."""
    turnover: Decimal
    """Yuan bought and sold, both sides."""
    total: Decimal
    """Sum of the items, slippage included."""
    items: list[CostItem]
    """All five kinds, in the order of CostKind."""


class CostBreakdown(_Part):
    total: CostRow
    years: list[CostRow]
    """Years with a fill, oldest first; they add up to `total`."""


class CapacityPoint(_Part):
    volume_share: float
    """Fraction of a bar's volume: 0.01, 0.05, 0.1."""
    equity: float
    """Yuan: with this equity 5 % of the fills would have taken more than `volume_share` of their bar's volume."""


class Capacity(_Part):
    """How much money the strategy could run with, by the volume of the bars it traded in.

    A fill is here what was bought and sold of one symbol on one day. A fill's share is its quantity over the bar's
    volume (its turnover over the bar's turnover where the run trades adjusted prices). Quantities are taken to grow
    with equity: at equity E a fill that took the share s when equity was e would take s * E / e.
    """

    fills: int
    """Symbol-days with a fill and a known volume."""
    unknown: int
    """Symbol-days with a fill whose bar has no volume; left out."""
    median_share: float
    p95_share: float
    max_share: float
    points: list[CapacityPoint]
    equity: list[float]
    """Yuan, a geometric grid: columns of equal length with the two below."""
    p95_shares: list[float]
    """Share of volume that 95 % of the fills stay within, at each equity."""
    unfilled: list[float]
    """Fraction of the turnover that the run's volume bound (10 % where it has none) would have cut, at each equity."""


class Rolling(_Part):
    """Figures over a moving window of daily returns that ends on each day. None where undefined."""

    window: Literal[63, 126, 252]
    """Trading days: a quarter, half a year, a year."""
    sharpe: list[float | None]
    volatility: list[float | None]
    """Annualised."""
    beta: list[float | None] | None
    """None without a benchmark. All columns are as long as `series.date`."""


class Contribution(_Part):
    """What one symbol earned in all: sells - buys - costs + dividends and other actions + value still held."""

    symbol: str
    profit: Decimal
    """Yuan, net of all costs and taxes."""
    share: float
    """profit / starting cash: these add up to the total return."""
    costs: Decimal
    """Commission, stamp duty, transfer fee and dividend tax; in `profit` already."""
    fills: int


class GroupContribution(_Part):
    group: str
    """A board (main, chinext, star, bse, index, etf, fund, other) or the name of an industry; `unknown` where none."""
    symbols: int
    """Traded ones."""
    profit: Decimal
    share: float
    costs: Decimal
    fills: int


class BrinsonRow(_Part):
    """Brinson-Fachler effects of one group, in fractions of the starting equity, linked over time (Carino 1999)."""

    group: str
    portfolio_weight: float
    """Mean weight over the days; cash is the group `cash`."""
    benchmark_weight: float
    portfolio_return: float
    """Compounded return of what was held in this group."""
    benchmark_return: float
    allocation: float
    """Of holding more or less of the group: (wp - wb) * (rb - RB)."""
    selection: float
    """Of holding other members of the group: wb * (rp - rb)."""
    interaction: float
    """Of both together: (wp - wb) * (rp - rb)."""


class Brinson(_Part):
    """Brinson-Fachler attribution of daily returns against the equal-weighted universe of the run.

    Portfolio returns are of the holdings at the last close, so what trading within a day earns, and all costs, are in
    `trading`. portfolio_return - benchmark_return = sum of all effects + trading.
    """

    benchmark: Literal["equal_weight"]
    """The symbols of the run that have a bar, at equal weights every day."""
    portfolio_return: float
    benchmark_return: float
    trading: float
    rows: list[BrinsonRow]


class Attribution(_Part):
    symbols: list[Contribution]
    """Traded symbols, largest profit first."""
    boards: list[GroupContribution]
    industries: list[GroupContribution] | None
    """None when no industry is known."""
    industries_as_of: dt.date | None = None
    """The day of which the industries are; they are taken for those of the whole run. None: not told."""
    unattributed: Decimal
    """Yuan: total profit less the sum of the symbols; rounding of the final value, zero or a few fen."""
    total: Decimal
    """Final equity - starting cash = sum of the symbols (of the boards, of the industries) + unattributed."""
    boards_brinson: Brinson | None
    """None when the universe has fewer than two symbols."""
    industries_brinson: Brinson | None


class RegimeRow(_Part):
    regime: Regime
    days: int
    """Trading days that are in this regime."""
    total_return: float
    """Compounded daily returns of these days."""
    annual_return: float | None
    sharpe: float | None
    max_drawdown: float
    """Deepest within one spell of the regime."""
    benchmark_return: float | None
    """Of the index the regimes are read from, compounded over the same days."""


class Spell(_Part):
    regime: Regime
    start: dt.date
    end: dt.date


class Regimes(_Part):
    """Bull, bear and range by the 200-day average of the index.

    bull: the close is above its 200-day average and the average is higher than 20 days before; bear: below, and
    lower; range: neither; unknown: fewer than 220 closes so far. A day's regime uses closes up to that day.
    """

    index: Literal["benchmark", "equal_weight"]
    """The run's benchmark, or without one its symbols at equal weights."""
    rows: list[RegimeRow]
    """Regimes that occur, in the order bull, bear, range, unknown; their days add up to the run's."""
    spells: list[Spell]
    """Unbroken stretches, oldest first, covering every day of the series."""


class YearRow(_Part):
    year: int
    days: int
    total_return: float
    """Last equity of the year / last equity before it (the starting cash for the first) - 1."""
    benchmark_return: float | None
    volatility: float | None
    sharpe: float | None
    max_drawdown: float
    """Within the year, from the value before its first day on."""


class MonthRow(_Part):
    year: int
    month: int
    total_return: float
    benchmark_return: float | None


class DayRow(_Part):
    date: dt.date
    total_return: float
    benchmark_return: float | None


class Holdings(_Part):
    """How much was invested, and in how few symbols. Shares of equity at each close."""

    mean_exposure: float
    """Mean over days of position value / equity."""
    max_exposure: float
    days_invested: float
    """Fraction of the days with a position."""
    mean_positions: float
    """Mean number of symbols held, over the days with a position."""
    max_positions: int
    largest_weight: float
    """Largest value of one symbol / equity on any day."""
    largest_symbol: str | None
    largest_date: dt.date | None
    mean_top_weight: float
    """Mean over the days with a position of the largest holding / value of all positions."""
    mean_herfindahl: float
    """Mean over the days with a position of the sum of squared shares of the position value: 1 is one symbol."""
    exposure: list[float]
    """A column as long as `series.date`."""
    positions: list[int]
    """A column as long as `series.date`."""


class Analysis(_Part):
    costs: CostBreakdown
    capacity: Capacity | None
    """None without a fill on a bar with volume."""
    rolling: list[Rolling]
    """Windows of 63, 126 and 252 days that the run is long enough for."""
    attribution: Attribution
    regimes: Regimes
    years: list[YearRow]
    months: list[MonthRow]
    best_days: list[DayRow]
    """At most 5, best first."""
    worst_days: list[DayRow]
    """At most 5, worst first."""
    holdings: Holdings
