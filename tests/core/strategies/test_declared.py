"""Parameters of a class of quantdesk.sdk as it runs: the same as read from its source, checked, and set."""

from __future__ import annotations

import pytest

from quantdesk.core.backtest.code_errors import ParameterError
from quantdesk.core.backtest.native_source import load_class
from quantdesk.core.strategies.declared import declared_parameters, param, set_params
from quantdesk.core.strategies.parameters import read_outline
from quantdesk.sdk import Strategy

SOURCE = """
from quantdesk.sdk import Strategy, param

class Base(Strategy):
    fast: int = param(10, min=2, max=120, help="快线周期")
    stop: float = param(1, max=2.5)
    slow = 30
    LIMIT = 5

class Child(Base):
    kind: str = param("sma", choices=["sma", "ema"])
    share: float = 1
    warmup = 3
"""


def test_the_class_declares_what_its_source_shows():
    cls = load_class(SOURCE, None, Strategy)
    shown = [p.model_copy(update={"line": 0}) for p in read_outline(SOURCE).parameters_of()]
    assert declared_parameters(cls, Strategy) == shown


def test_values_are_set_with_the_declared_types_and_defaults():
    strategy = load_class(SOURCE, "Child", Strategy).__new__(load_class(SOURCE, "Child", Strategy))
    set_params(strategy, Strategy, {"fast": 12.0, "kind": "ema"})
    assert (strategy.fast, strategy.stop, strategy.slow, strategy.kind, strategy.share) == (12, 1.0, 30, "ema", 1.0)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"fast": 1}, "fast: 1 is below the minimum 2"),
        ({"kind": "wma"}, "kind: 'wma' must be one of sma, ema"),
        ({"LIMIT": 6}, "LIMIT: the strategy has no such parameter; it has fast, stop, slow, kind, share, warmup"),
        ({"slow": "x"}, "slow: 'x' must be of type int"),
    ],
)
def test_wrong_values_are_refused(overrides: dict, said: str):
    with pytest.raises(ParameterError) as caught:
        set_params(load_class(SOURCE, "Child", Strategy)(), Strategy, overrides)
    assert said in str(caught.value)


def test_a_default_outside_of_its_range_or_without_a_type_is_refused_where_it_stands():
    with pytest.raises((ParameterError, RuntimeError)) as caught:
        type("S", (Strategy,), {"fast": param(1, min=2)})
    assert "the default 1 is below the minimum 2" in str(caught.value.__cause__ or caught.value)
    with pytest.raises(TypeError, match="not list"):
        param([1, 2])  # type: ignore[arg-type]
