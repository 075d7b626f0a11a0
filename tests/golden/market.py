"""A market of a few days written out, a script of orders, and what every way into the simulator makes of it.

A row of prices is "open high low close" or one price for all four, then optional words: v5000 (volume), a400000
(turnover), p9.80 (previous close of the exchange), S (suspended), ST. "-" is a day without a bar. Days are weekdays.
Orders are decided at the close of the step they stand under.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from quantdesk.core.backtest.backtrader_engine import run_strategy as run_backtrader
from quantdesk.core.backtest.decode import Decoder
from quantdesk.core.backtest.event_desk import SimulatedDesk
from quantdesk.core.backtest.event_engine import run_on
from quantdesk.core.backtest.exchange import money
from quantdesk.core.backtest.result import CorporateActionRecord, Fill, Rejection
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import Stage, set_stage
from quantdesk.core.bars.frame import Bars
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.action_rows import Listing
from quantdesk.core.execution.derivative_rates import step_of
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.sdk import Strategy

ALL = ("simulator", "event", "backtrader")
NATIVE = ("simulator", "event")
_KINDS = {"market": c.MARKET, "open": c.AT_OPEN, "close": c.AT_CLOSE}


def bars(symbol: str, start: str | Sequence[str], *rows: str) -> Bars:
    """Write out bars of consecutive weekdays from `start` on, or of the days given."""
    days, columns = [], []
    dates: Any = start
    if isinstance(start, str):
        dates = np.busday_offset(start, np.arange(len(rows)), roll="forward")
    for day, row in zip(np.array(dates, dtype="datetime64[D]"), rows, strict=True):
        if row == "-":
            continue
        words = row.split()
        prices = [float(word) for word in words if word[0].isdigit()]
        told = {word[0]: float(word[1:]) for word in words if word[0] in "vap"}
        if len(prices) == 1:
            prices *= 4
        suspended = "S" in words
        volume = told.get("v", 0.0 if suspended else 1_000_000.0)
        before = columns[-1][3] if columns else prices[0]
        columns.append(
            (*prices, volume, told.get("a", np.nan), told.get("p", before), float(suspended), float("ST" in words))
        )
        days.append(day)
    table = np.array(columns).T
    return Bars(symbol, "1d", np.array(days), *table[:7], table[7] > 0, table[8] > 0)


@dataclass(frozen=True)
class Instruction:
    """What is decided at a close."""

    kind: str
    quantity: float = 0
    symbol: str | None = None
    limit: float | None = None
    stop: float | None = None
    at: str = "market"
    good_till: str = "day"
    weights: Mapping[str, float] = field(default_factory=dict)


def buy(quantity: float, symbol: str | None = None, **how: Any) -> Instruction:
    return Instruction("buy", quantity, symbol, **how)


def sell(quantity: float, symbol: str | None = None, **how: Any) -> Instruction:
    return Instruction("sell", quantity, symbol, **how)


def target(quantity: float, symbol: str | None = None) -> Instruction:
    return Instruction("target", quantity, symbol)


def weights(wished: Mapping[str, float]) -> Instruction:
    return Instruction("weights", weights=wished)


def cancel(order: int) -> Instruction:
    """Cancel the script's order of this number, from 1 on."""
    return Instruction("cancel", order)


Script = Mapping[int, Sequence[Instruction]]


@dataclass
class Run:
    """What came of it, a line a record, in the order of time."""

    fills: list[str]
    """"1: buy 100 @10.00 fees 5.00 0.00 0.01": step, price, commission, duty, transfer fee; tax on dividends behind."""
    refusals: list[str]
    """"1: sell t_plus_1 100 -> 0 [settle.a]": wanted, allowed; "at" the limit that counted; the rulebook's row."""
    actions: list[str]
    """"2: dividend 0 shares 100.00": shares and cash that it brought."""
    cash: list[str]
    equity: list[str]
    orders: list[str] = field(default_factory=list)
    """Status and filled quantity of each order; not told by Backtrader's way."""


def play(
    market: Bars | Sequence[Bars],
    script: Script,
    *,
    cash: float = 1_000_000,
    actions: Mapping[str, Sequence[CorporateAction]] | None = None,
    listings: Mapping[str, Listing] | None = None,
    ways: Sequence[str] = ALL,
    costs: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Run:
    """Run a script through the ways in; assert that they agree, and give what they say."""
    shown = [market] if isinstance(market, Bars) else list(market)
    spec = BacktestSpec.model_validate(
        {
            "symbols": [bar.symbol for bar in shown],
            "start": min(bar.time[0] for bar in shown).item(),
            "end": max(bar.time[-1] for bar in shown).item(),
            "cash": cash,
            "adjustment": "none",
            "costs": {"slippage": {"value": "0"}, **(costs or {})},
            **changes,
        }
    )
    by_symbol = {bar.symbol: bar for bar in shown}
    found: Run | None = None
    for way in ways:
        if way == "backtrader":
            assert not listings
            run = _by_backtrader(spec, by_symbol, script, actions)
        else:
            stage = set_stage(spec, by_symbol, actions=actions, listings=listings)
            run = _written(stage, (_directly if way == "simulator" else _by_events)(stage, script))
        if found is None:
            found = run
        else:
            assert run.fills == found.fills, way
            assert run.refusals == found.refusals, way
            assert run.actions == found.actions, way
            assert run.cash == found.cash, way
            assert run.equity == found.equity, way
            assert way == "backtrader" or run.orders == found.orders, way
    assert found is not None
    return found


def _directly(stage: Stage, script: Script) -> Simulator:
    simulator = Simulator(stage.exchange.market, money(stage.spec.cash))
    symbols = {symbol: number for number, symbol in enumerate(stage.exchange.symbols)}
    sent: list[int] = []
    for step in range(len(stage.days)):
        simulator.advance(step)
        for each in script.get(step, ()):
            number = symbols[each.symbol or stage.exchange.symbols[0]]
            if each.kind == "weights":
                wished = np.full(len(symbols), np.nan)
                for symbol, weight in each.weights.items():
                    wished[symbols[symbol]] = weight
                simulator.order_to_weights(wished)
            elif each.kind == "cancel":
                simulator.cancel(sent[int(each.quantity) - 1])
            elif each.kind == "target":
                sent.append(simulator.order_to(number, _quantity(stage, number, each.quantity)))
            else:
                kind = _KINDS[each.at]
                if each.limit is not None or each.stop is not None:
                    kind = c.LIMIT if each.stop is None else c.STOP if each.limit is None else c.STOP_LIMIT
                scale = int(stage.exchange.market.instrument[number, c.I_SCALE])
                sent.append(
                    simulator.submit(
                        number,
                        c.BUY if each.kind == "buy" else c.SELL,
                        kind,
                        _quantity(stage, number, each.quantity),
                        round((each.limit or 0) * scale),
                        round((each.stop or 0) * scale),
                        c.DAY if each.good_till == "day" else c.UNTIL_CANCELLED,
                    )
                )
        simulator.decided()
    return simulator


def _quantity(stage: Stage, number: int, quantity: float) -> int:
    instrument = stage.exchange.market.instrument[number]
    return int(quantity / step_of(instrument)) if isinstance(quantity, Decimal) else int(quantity)


def _by_events(stage: Stage, script: Script) -> Simulator:
    class Scripted(Strategy):
        def on_start(self) -> None:
            self.done = 0
            self.sent: list[Any] = []

        def on_day(self) -> None:
            for each in script.get(self.done, ()):
                symbol = each.symbol or stage.exchange.symbols[0]
                quantity = float(each.quantity) if isinstance(each.quantity, Decimal) else each.quantity
                if each.kind == "weights":
                    held = {s: np.nan for s in self.symbols if self.position(s)}
                    assert not set(held) - set(each.weights), "the event engine sells what has no weight"
                    self.order_target_weights(each.weights)
                elif each.kind == "cancel":
                    self.cancel(self.sent[int(each.quantity) - 1])
                elif each.kind == "target":
                    self.sent.append(self.order_target(symbol, quantity))
                else:
                    send = self.buy if each.kind == "buy" else self.sell
                    how = {"limit": each.limit, "stop": each.stop, "at": each.at, "good_till": each.good_till}
                    self.sent.append(send(symbol, quantity, **how))
            self.done += 1

    desk = SimulatedDesk(stage)
    run_on(desk, Scripted, stage.spec)
    return desk.simulator


_BACKTRADER = """
import backtrader as bt

SCRIPT = {script!r}
STEPS = {steps!r}

class Scripted(bt.Strategy):
    def __init__(self):
        self.sent = []

    def prenext(self):
        self.next()

    def next(self):
        step = STEPS[self.datetime.date().isoformat()]
        for kind, quantity, symbol, limit, stop, at, gtc in SCRIPT.get(step, ()):
            data = self.getdatabyname(symbol)
            if kind == "cancel":
                self.cancel(self.sent[quantity - 1])
                continue
            if kind == "target":
                self.sent.append(self.order_target_size(data, quantity))
                continue
            order = bt.Order
            kinds = {{(False, False): order.Close if at == "close" else order.Market, (True, False): order.Limit,
                     (False, True): order.Stop, (True, True): order.StopLimit}}
            exectype = kinds[limit is not None, stop is not None]
            price, beyond = (limit, None) if stop is None else (stop, limit)
            send = self.buy if kind == "buy" else self.sell
            self.sent.append(send(data, quantity, exectype=exectype, price=price, plimit=beyond))
"""


def _by_backtrader(
    spec: BacktestSpec,
    market: Mapping[str, Bars],
    script: Script,
    actions: Mapping[str, Sequence[CorporateAction]] | None,
) -> Run:
    days = np.unique(np.concatenate([bar.time for bar in market.values()])).astype("datetime64[D]")
    lines = {
        step: [(i.kind, i.quantity, i.symbol or spec.symbols[0], i.limit, i.stop, i.at, True) for i in instructions]
        for step, instructions in script.items()
    }
    steps = {str(day): step for step, day in enumerate(days)}
    result = run_backtrader(spec, _BACKTRADER.format(script=lines, steps=steps), market, actions=actions)
    step_by_day = {day.item(): step for step, day in enumerate(days)}
    return _lines(
        step_by_day, len(market) > 1, result.fills, result.rejections, result.actions, result.series.cash,
        result.series.equity,
    )  # fmt: skip


def _written(stage: Stage, simulator: Simulator) -> Run:
    decoder = Decoder(stage.exchange, simulator.state)
    state, steps = simulator.state, len(stage.days)
    run = _lines(
        {day: step for step, day in enumerate(stage.days)},
        len(stage.bars) > 1,
        decoder.fills(),
        decoder.rejections(),
        decoder.actions(),
        [value / c.UNIT for value in state.cash[:steps].tolist()],
        [value / c.UNIT for value in state.equity[:steps].tolist()],
    )
    run.orders = [f"{order.status} {order.filled}" for order in decoder.orders()]
    return run


def _lines(
    steps: Mapping[Any, int],
    named: bool,
    fills: Sequence[Fill],
    refusals: Sequence[Rejection],
    actions: Sequence[CorporateActionRecord],
    cash: Sequence[float],
    equity: Sequence[float],
) -> Run:
    def start(record: Any) -> str:
        return f"{steps[record.date]}: " + (f"{record.symbol.partition('.')[0]} " if named else "")

    return Run(
        fills=[
            f"{start(f)}{f.side} {f.quantity} @{_price(f.price)} fees {f.commission} {f.stamp_duty} {f.transfer_fee}"
            + (f" tax {f.dividend_tax}" if f.dividend_tax else "")
            for f in fills
        ],
        refusals=[
            f"{start(r)}{r.side} {r.rule} {r.allowed + r.quantity} -> {r.allowed}"
            + (f" at {_price(r.limit)}" if r.limit is not None else "")
            + (f" [{r.rulebook}]" if r.rulebook else "")
            for r in refusals
        ],
        actions=[f"{start(a)}{a.kind} {a.quantity} shares {a.cash}" for a in actions],
        cash=[f"{value:.2f}" for value in cash],
        equity=[f"{value:.2f}" for value in equity],
    )


def _price(price: Decimal) -> str:
    text = f"{price:.6f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"
