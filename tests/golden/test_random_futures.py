"""Random futures trading: cash is the start, less the fees, plus what prices moved, to the last unit."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.backtest.decode import Decoder
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.backtest.stage import set_stage
from quantdesk.core.execution import layout as c
from quantdesk.core.execution.simulator import Simulator
from quantdesk.core.rules.book import rulebook
from tests.golden.market import bars

STEPS = 25


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 100_000), cash=st.sampled_from([60_000, 400_000]))
def test_profit_less_fees_is_the_account(seed: int, cash: int) -> None:
    random = np.random.default_rng(seed)
    market = [_walk(random, "rb2405.SHFE", 4_000, 1), _walk(random, "IF2403.CFFEX", 1_500, 0.2)]
    symbols = [bar.symbol for bar in market]
    spec = BacktestSpec.model_validate(
        {"symbols": symbols, "start": "2024-01-02", "end": "2024-12-31", "cash": cash, "rules": {"volume_share": None}}
    )
    stage = set_stage(spec, {bar.symbol: bar for bar in market})
    simulator = Simulator(stage.exchange.market, cash * c.UNIT)
    for step in range(STEPS):
        simulator.advance(step)
        for number in range(2):
            if random.random() < 0.5:
                side = c.BUY if random.random() < 0.5 else c.SELL
                simulator.submit(number, side, int(random.choice([c.MARKET, c.AT_CLOSE])), int(random.integers(1, 8)))
    fills = Decoder(stage.exchange, simulator.state).fills()

    assert fills
    book = rulebook()
    multiplier = {symbol: book.contract(book.subject(symbol)).multiplier for symbol in symbols}
    held, paid = dict.fromkeys(symbols, 0), Decimal(cash)
    opened_today: dict[str, int] = {}
    for step, day in enumerate(stage.days):
        opened_today = dict.fromkeys(symbols, 0)
        for fill in fills:
            if fill.date != day:
                continue
            symbol, change = fill.symbol, fill.quantity if fill.side == "buy" else -fill.quantity
            closing = min(fill.quantity, abs(held[symbol])) if held[symbol] * change < 0 else 0
            opening = fill.quantity - closing
            of_today = max(closing - (abs(held[symbol]) - opened_today[symbol]), 0)
            fees = book.futures_fees(book.subject(symbol), day)
            each = fill.price * multiplier[symbol]
            due = sum(
                (each * count * rate).quantize(Decimal("0.01"), "ROUND_HALF_UP")
                for count, rate in (
                    (opening, fees.open), (closing - of_today, fees.close), (of_today, fees.close_today),
                )
            )  # fmt: skip
            assert fill.commission == due
            opened_today[symbol] += opening - of_today
            held[symbol] += change
            assert fill.position == held[symbol]
            # Only what moves money: bought low, sold high, in units of the contract.
            paid -= each * change + due
        value = sum(Decimal(repr(float(bar.close[step]))) * multiplier[bar.symbol] * held[bar.symbol] for bar in market)
        assert int((paid + value) * c.UNIT) == simulator.state.equity[step] == simulator.state.cash[step]


def _walk(random: np.random.Generator, symbol: str, start: float, tick: float):  # type: ignore[no-untyped-def]
    rows, last = [], start
    for _ in range(STEPS):
        prices = [round(round(last * (1 + random.normal(0, 0.012)) / tick) * tick, 1) for _ in range(4)]
        rows.append(f"{prices[0]} {max(prices)} {min(prices)} {prices[3]}")
        last = prices[3]
    return bars(symbol, "2024-01-02", *rows)
