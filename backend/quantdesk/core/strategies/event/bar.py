"""A symbol's current bar, as a strategy sees it."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.strategies.event.columns import Columns


class Cursor:
    """Where on_bar is: the row of its bar, and the first row of its symbol. No row outside of on_bar."""

    __slots__ = ("at", "start")

    def __init__(self) -> None:
        self.at: int | None = None
        self.start = 0


class Bar:
    """The newest bar of one symbol. There is one object a symbol: keep its values, not the bar, to remember them.

    Prices are as the backtest's adjustment shows them: raw with `none` and, on the day itself, with `qfq`.
    """

    __slots__ = ("_at", "_columns", "_start", "symbol")

    def __init__(self, columns: Columns, symbol: int) -> None:
        self.symbol = columns.symbols[symbol]
        self._columns = columns
        self._start = columns.first[symbol]
        self._at = self._start

    @property
    def open(self) -> float:
        return self._columns.open[self._at]  # type: ignore[no-any-return]

    @property
    def high(self) -> float:
        return self._columns.high[self._at]  # type: ignore[no-any-return]

    @property
    def low(self) -> float:
        return self._columns.low[self._at]  # type: ignore[no-any-return]

    @property
    def close(self) -> float:
        return self._columns.close[self._at]  # type: ignore[no-any-return]

    @property
    def traded_close(self) -> float:
        """The close as it was traded, whatever the adjustment: what average prices and limits compare with."""
        return self.close / self.factor if self._columns.seen_hfq else self.close

    @property
    def price(self) -> float:
        """The last price: the close. The name that exchange-style strategies expect of a quote."""
        return self._columns.close[self._at]  # type: ignore[no-any-return]

    @property
    def preclose(self) -> float:
        """The exchange's previous close, ex right; NaN where unknown."""
        return self._columns.preclose[self._at]  # type: ignore[no-any-return]

    @property
    def volume(self) -> float:
        """Shares, contracts or coin steps."""
        return self._columns.volume[self._at]  # type: ignore[no-any-return]

    @property
    def amount(self) -> float:
        """Turnover in currency; NaN where unknown."""
        return self._columns.amount[self._at]  # type: ignore[no-any-return]

    @property
    def date(self) -> dt.date:
        return self._columns.days[self._columns.step_of[self._at]]

    @property
    def number(self) -> int:
        """How many bars the symbol has had, this one included."""
        return self._at - self._start + 1

    @property
    def factor(self) -> float:
        """Backward-adjusting factor of the day: with adjustment hfq, price / factor is the traded price."""
        factor = self._columns.factor
        return 1.0 if factor is None else float(factor[self._at])

    def __repr__(self) -> str:
        return f"Bar({self.symbol} {self.date} close={self.close:g})"
