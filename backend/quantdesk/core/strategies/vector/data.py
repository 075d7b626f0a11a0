"""The market as a vectorised strategy sees it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from quantdesk.core.backtest.stage import Stage
from quantdesk.core.bars.frame import BoolArray, FloatArray, TimeArray
from quantdesk.core.execution import layout as c


class Prices:
    """Columns of [steps, symbols], float64, oldest first, NaN where a symbol has no bar. They cannot be written to."""

    def __init__(self, stage: Stage, adjusted: bool) -> None:
        self._stage = stage
        self._adjusted = adjusted

    @cached_property
    def open(self) -> FloatArray:
        return self._price("open")

    @cached_property
    def high(self) -> FloatArray:
        return self._price("high")

    @cached_property
    def low(self) -> FloatArray:
        return self._price("low")

    @cached_property
    def close(self) -> FloatArray:
        return self._price("close")

    @cached_property
    def preclose(self) -> FloatArray:
        """The exchange's ex-right previous close: close / preclose is the day's return."""
        return self._price("preclose")

    def _price(self, name: str) -> FloatArray:
        raw: FloatArray = getattr(self._stage.exchange.market, name)
        factor = self._stage.factor if self._adjusted else None
        # A factor that is one cell, seen everywhere, is 1: there is nothing to adjust.
        return _locked(raw.view() if factor is None or factor.strides == (0, 0) else raw * factor)


class MarketData(Prices):
    """All that a strategy may look at. Prices are raw for adjustment `none`, else backward-adjusted (hfq).

    A forward-adjusted (qfq) price is as of one day, and each row of a matrix would need another one; backward-adjusted
    prices have the same returns, and no later day changes them. `raw` has the prices that were traded.
    """

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, adjusted=stage.spec.adjustment != "none")

    @cached_property
    def raw(self) -> Prices:
        return Prices(self._stage, adjusted=False)

    @cached_property
    def volume(self) -> FloatArray:
        """Shares (contracts of futures)."""
        return _locked(self._stage.exchange.market.volume.view())

    @cached_property
    def amount(self) -> FloatArray:
        """Turnover in yuan, NaN where the source does not give it."""
        return _locked(self._stage.amount.view())

    @property
    def dates(self) -> TimeArray:
        """[steps], datetime64[D]."""
        return self._stage.dates

    @property
    def symbols(self) -> list[str]:
        return list(self._stage.exchange.symbols)

    @cached_property
    def tradable(self) -> BoolArray:
        """[steps, symbols]: the symbol has a bar and is not suspended."""
        return _locked(self._stage.exchange.market.state == c.TRADES)

    @property
    def benchmark(self) -> FloatArray | None:
        """Closes of the benchmark, scaled to the starting cash, [steps]; None without one."""
        return None if self._stage.benchmark is None else _locked(self._stage.benchmark.view())

    @property
    def shape(self) -> tuple[int, int]:
        """Steps, symbols."""
        steps, symbols = self._stage.exchange.market.close.shape
        return steps, symbols


def _locked(values: NDArray[Any]) -> NDArray[Any]:
    values.flags.writeable = False
    return values
