"""What a vectorised strategy extends."""

from __future__ import annotations

from quantdesk.core.strategies.vector.data import MarketData
from quantdesk.core.strategies.vector.decisions import Decision


class VectorStrategy:
    """Decide for all days at once. Row t of what `run` gives may use rows 0 to t of the data alone.

    Each row is decided at the close of its day. Orders from it are filled as the backtest's `fill` says, by default
    at the next open, under all rules of the exchange. Parameters are declared with `param` and read from `self`.
    """

    def run(self, data: MarketData) -> Decision:
        """Give Weights, Signals or TopkDropout."""
        raise NotImplementedError(f"{type(self).__name__} has no run(self, data)")
