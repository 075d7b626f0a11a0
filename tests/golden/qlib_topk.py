"""Run qlib's own TopkDropout backtest on the seeded market and print its daily equity as JSON.

Needs pyqlib (the dependency group `peers`), so it is a program of its own:

    PYTHON_WITH_QLIB tests/golden/qlib_topk.py > tests/golden/qlib_topk.json

Only qlib's storage of prices, in 32 bits, is bypassed: strategy, exchange, executor and account are its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))
import topk_market as given

warnings.filterwarnings("ignore")


def main() -> None:
    import qlib
    from qlib.backtest import backtest
    from qlib.backtest.exchange import Exchange
    from qlib.constant import REG_US
    from qlib.contrib.strategy import TopkDropoutStrategy

    market = given.market()
    days = pd.DatetimeIndex(market.dates)

    class Quotes(Exchange):
        """qlib's exchange with the prices handed in, as float64; no close where the stock is suspended."""

        def get_quote_from_qlib(self) -> None:
            index = pd.MultiIndex.from_product([market.symbols, days], names=["instrument", "datetime"])
            columns = {
                f"${name}": np.where(market.suspended, np.nan, getattr(market, name)).T.ravel()
                for name in ("open", "close")
            }
            self.quote_df = pd.DataFrame({**columns, "$change": 0.0, "$factor": 1.0, "$volume": 1e12}, index=index)
            self.trade_w_adj_price = False
            self._update_limit(self.limit_threshold)

    with tempfile.TemporaryDirectory() as folder:
        calendars = Path(folder) / "calendars"
        calendars.mkdir()
        for name in ("day.txt", "day_future.txt"):
            (calendars / name).write_text("\n".join(str(day.date()) for day in days) + "\n")
        # The region without price limits; it changes nothing else that is not given below.
        qlib.init(provider_uri=folder, region=REG_US, logging_level=40)
        scores = pd.DataFrame(market.scores, index=days, columns=market.symbols).stack(future_stack=True)
        scores.index.names = ["datetime", "instrument"]
        first, last = days[1], days[-2]
        equity = {}
        for price in ("open", "close"):
            exchange = Quotes(
                start_time=first,
                end_time=last,
                codes=market.symbols,
                deal_price=price,
                limit_threshold=None,
                open_cost=given.OPEN_COST,
                close_cost=given.CLOSE_COST,
                min_cost=given.MIN_COST,
                trade_unit=None,
            )
            strategy = TopkDropoutStrategy(
                topk=given.TOPK, n_drop=given.N_DROP, signal=scores.dropna(), risk_degree=given.RISK_DEGREE
            )
            executor = {
                "class": "SimulatorExecutor",
                "module_path": "qlib.backtest.executor",
                "kwargs": {"time_per_step": "day", "generate_portfolio_metrics": True},
            }
            found, _ = backtest(
                first,
                last,
                strategy,
                executor,
                benchmark=pd.Series(0.0, index=days),
                account=given.CASH,
                exchange_kwargs={"exchange": exchange},
            )
            report = found["1day"][0]
            equity[price] = [round(value, 4) for value in report["account"]]
    json.dump(
        {
            "made_by": f"pyqlib {qlib.__version__}: TopkDropoutStrategy, Exchange, SimulatorExecutor",
            "market_sha256": market.digest,
            "first": str(first.date()),
            "last": str(last.date()),
            "equity": equity,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
