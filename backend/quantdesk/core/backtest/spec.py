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
    """How much worse than the reference price a fill is: a share of the price, or a number of price ticks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["percent", "ticks"] = "percent"
    value: Annotated[Decimal, Field(ge=0, le=100)] = Decimal("0.0001")
    """percent: a fraction of the price (0.001 is 0.1 %). ticks: a number of price ticks."""

    @model_validator(mode="after")
    def _percent_is_a_fraction(self) -> Slippage:
        if self.kind == "percent" and self.value > Decimal("0.1"):
            raise ValueError("slippage of kind percent is a fraction of the price, at most 0.1 (10 %)")
        return self


class Costs(BaseModel):
    """Trading costs. Defaults: a common broker rate, and the A-share duties in force since 2023-08-28."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    commission_rate: Rate = Decimal("0.00025")
    """Of turnover, both sides."""
    commission_min: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)] = Decimal("5")
    """Yuan per order."""
    stamp_duty_rate: Rate = Decimal("0.0005")
    """Of turnover, sells only (0.1 % until 2023-08-27, 0.05 % since; Ministry of Finance notice 2023 No. 39)."""
    transfer_fee_rate: Rate = Decimal("0.00001")
    """Of turnover, both sides (0.001 % since 2022-04-29, ChinaClear)."""
    slippage: Slippage = Slippage()


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
    """qfq is taken as of `end`, so that prices near the end are the real ones."""
    interval: Literal["1d"] = "1d"
    costs: Costs = Costs()
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
