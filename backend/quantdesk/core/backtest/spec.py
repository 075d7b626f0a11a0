"""What a backtest is asked to do."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from quantdesk.core.calendar.iso_date import IsoDate

ParamValue = bool | int | float | str

Adjustment = Literal["none", "qfq", "hfq"]
Money = Annotated[Decimal, Field(max_digits=20, decimal_places=4)]
Rate = Annotated[Decimal, Field(ge=0, le=Decimal("0.1"), max_digits=9, decimal_places=8)]


class Slippage(BaseModel):
    """How much worse than the reference price a fill is; never outside the bar, never beyond a price limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["percent", "ticks", "impact"] = "percent"
    value: Annotated[Decimal, Field(ge=0, le=100)] = Decimal("0.0001")
    """percent: a fraction of the price (0.001 is 0.1 %). ticks: a number of price ticks.
    impact: the fraction of the price that trading a whole bar's volume would move it by; a fill of q shares in a
    bar of volume V moves it by value x sqrt(q / V) (square-root law of market impact)."""

    @model_validator(mode="after")
    def _percent_is_a_fraction(self) -> Slippage:
        if self.kind == "percent" and self.value > Decimal("0.1"):
            raise ValueError("slippage of kind percent is a fraction of the price, at most 0.1 (10 %)")
        if self.kind == "impact" and self.value > 1:
            raise ValueError("slippage of kind impact is a fraction of the price, at most 1 (100 %)")
        return self


class Costs(BaseModel):
    """Trading costs. Defaults: a common broker rate, and the duties of the day from the rulebook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    commission_rate: Rate = Decimal("0.00025")
    """Of turnover, both sides."""
    commission_min: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)] = Decimal("5")
    """Yuan per order."""
    stamp_duty_rate: Rate | None = None
    """Of turnover, sells only. None: what the rulebook says for the day and the instrument, buys included."""
    transfer_fee_rate: Rate | None = None
    """Of turnover, both sides. None: what the rulebook says for the day and the instrument."""
    slippage: Slippage = Slippage()


class Rules(BaseModel):
    """Which of the exchange's rules hold in this run. All of them, unless one is switched off for a comparison."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price_limits: bool = True
    """A locked board cannot be bought (limit up) or sold (limit down); orders beyond the limits are refused."""
    settlement: bool = True
    """Shares bought today are sold tomorrow at the earliest (T+1), where the rulebook says so."""
    volume_share: Annotated[Decimal, Field(gt=0, le=1, max_digits=6, decimal_places=4)] | None = Decimal("0.1")
    """Largest share of a bar's volume that orders may take. None: no bound."""
    rights_issues: Literal["take", "skip"] = "skip"
    """Pay for the new shares of a rights issue, as far as cash goes, or let the right lapse."""
    dividend_tax: bool = True
    """Tax cash dividends and bonus shares by the holding period, when the shares are sold."""


class BacktestSpec(BaseModel):
    """One backtest, complete: with the strategy's code and the stored bars it determines the result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    symbols: Annotated[list[str], Field(min_length=1, max_length=1000)]
    """Canonical symbols, e.g. 600519.SH. The first is the strategy's data0."""
    start: IsoDate
    end: IsoDate
    cash: Annotated[Decimal, Field(gt=0, le=Decimal("1e12"), decimal_places=2)] = Decimal("1000000")
    """Yuan."""
    benchmark: str | None = None
    """Symbol of an index or a stock, or None."""
    strategy_class: Annotated[str, Field(max_length=100)] | None = None
    """Class to run when the file defines several; None takes the only one, or the last that no other extends."""
    params: dict[str, ParamValue] = Field(default_factory=dict, max_length=100)
    """Overrides of the strategy's own parameters."""
    adjustment: Adjustment = "qfq"
    """The prices a strategy sees. Event and vectorised strategies are filled at raw prices, with corporate actions,
    whatever they see: qfq is then as of the current day, so that nothing comes from the future. Backtrader knows
    one price a bar: it sees and trades this one, qfq as of `end`."""
    interval: Literal["1d"] = "1d"
    costs: Costs = Costs()
    fill: Literal["next_open", "same_close", "next_average"] = "next_open"
    """When a market order is filled: at the next bar's open; at the close of the bar it was decided on, which is
    optimistic; at the next bar's average price (amount / volume)."""
    rules: Rules = Rules()
    whole_lots: bool = True
    """Round buy orders down to the board's lot; below one lot the order is a rejection."""

    @field_validator("symbols")
    @classmethod
    def _no_duplicates(cls, symbols: list[str]) -> list[str]:
        seen: set[str] = set()
        for symbol in symbols:
            if symbol in seen:
                raise ValueError(f"symbol {symbol} is listed twice; list it once")
            seen.add(symbol)
        return symbols

    @model_validator(mode="after")
    def _dates_in_order(self) -> BacktestSpec:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be after start {self.start}")
        return self
