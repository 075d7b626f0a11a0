"""Which engine a strategy's source asks for."""

from __future__ import annotations

import pytest

from quantdesk.core.backtest.run import engine_of

BACKTRADER = "import backtrader as bt\nclass A(bt.Strategy): pass\n"
EVENT = "from quantdesk.sdk import Strategy\nclass B(Strategy): pass\n"
VECTOR = "import quantdesk.sdk as qd\nclass C(qd.VectorStrategy): pass\n"


@pytest.mark.parametrize(
    ("source", "engine"),
    [
        (BACKTRADER, "backtrader"),
        ("import backtrader\nclass A(backtrader.strategy.Strategy): pass", "backtrader"),
        ("from backtrader import *\nclass A(Strategy): pass", "backtrader"),
        ("from backtrader import SignalStrategy as Base\nclass A(Base): pass", "backtrader"),
        (EVENT, "event"),
        ("from quantdesk import sdk\nclass A(sdk.Strategy): pass", "event"),
        ("from quantdesk.sdk import *\nclass A(VectorStrategy): pass", "vector"),
        (VECTOR, "vector"),
        ("import quantdesk.sdk\nclass A(quantdesk.sdk.VectorStrategy): pass", "vector"),
        (EVENT + "class D(B): pass", "event"),
        (EVENT + BACKTRADER, "backtrader"),
        (BACKTRADER + EVENT, "event"),
        (BACKTRADER + EVENT + "class D(A): pass", "backtrader"),
        ("class A(Strategy): pass", None),
        ("class A(f(x)): pass", None),
        ("x = 1", None),
        ("class A(", None),
        ("x = '\0'", None),
        (f"class A({'f(' * 500}{')' * 500}): pass", None),
    ],
)
def test_the_engine_is_that_of_the_class_that_runs(source: str, engine: str | None):
    assert engine_of(source) == engine


def test_a_named_class_decides():
    assert engine_of(BACKTRADER + EVENT + VECTOR, "A") == "backtrader"
    assert engine_of(BACKTRADER + EVENT + VECTOR, "B") == "event"
    assert engine_of(BACKTRADER + EVENT + VECTOR, "Z") is None
