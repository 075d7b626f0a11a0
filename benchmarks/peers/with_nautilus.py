"""nautilus_trader. Its market orders are filled at the close of the bar they were sent on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.backtest_child import report
from benchmarks.backtest_market import CASH, FAST, FEE, SLOW, dates, load, quantity


def version() -> str:
    import nautilus_trader

    return str(nautilus_trader.__version__)


def prepare(path: Path) -> Callable[[], float]:
    import pandas as pd
    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig, RiskEngineConfig
    from nautilus_trader.indicators import SimpleMovingAverage
    from nautilus_trader.model.currencies import CNY
    from nautilus_trader.model.data import BarType
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Money, Price, Quantity
    from nautilus_trader.persistence.wranglers import BarDataWrangler
    from nautilus_trader.trading.strategy import Strategy

    venue = Venue("SSE")
    instrument = Equity(
        instrument_id=InstrumentId(Symbol("600001"), venue),
        raw_symbol=Symbol("600001"),
        currency=CNY,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal(str(FEE)),
        taker_fee=Decimal(str(FEE)),
    )
    kind = BarType.from_str(f"{instrument.id}-1-DAY-LAST-EXTERNAL")

    class Averages(Strategy):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
            self.held = 0

        def on_start(self) -> None:
            self.register_indicator_for_bars(kind, self.fast)
            self.register_indicator_for_bars(kind, self.slow)
            self.subscribe_bars(kind)

        def on_bar(self, bar: Any) -> None:
            if not self.slow.initialized:
                return
            if self.fast.value > self.slow.value:
                if not self.held:
                    cash = self.portfolio.account(venue).balance_total(CNY).as_double()
                    self.send(OrderSide.BUY, quantity(cash, bar.close.as_double()))
            elif self.held:
                self.send(OrderSide.SELL, -self.held)

        def send(self, side: Any, shares: int) -> None:
            self.held += shares
            self.submit_order(self.order_factory.market(instrument.id, side, Quantity.from_int(abs(shares))))

    columns = load(path)
    frame = pd.DataFrame({name: values[:, 0] for name, values in columns.items()})
    frame.index = pd.DatetimeIndex(dates(len(frame)).astype("datetime64[ns]"), tz="UTC", name="timestamp")
    bars = BarDataWrangler(kind, instrument).process(frame)
    last = float(frame["close"].iloc[-1])

    def work() -> float:
        engine = BacktestEngine(
            BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), risk_engine=RiskEngineConfig(bypass=True))
        )
        engine.add_venue(venue, OmsType.NETTING, AccountType.CASH, [Money(CASH, CNY)], base_currency=CNY)
        engine.add_instrument(instrument)
        engine.add_data(bars)
        strategy = Averages()
        engine.add_strategy(strategy)
        engine.run()
        cash = engine.portfolio.account(venue).balance_total(CNY).as_double()
        engine.dispose()
        return float(cash + strategy.held * last)

    return work


if __name__ == "__main__":
    report(version, prepare)
