"""Parameters read from source without running it, and overrides checked against them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.backtest.code_errors import ParameterError, StrategyError
from quantdesk.core.strategies.parameters import (
    MAX_SOURCE_BYTES,
    Parameter,
    parse_params,
    read_outline,
    validate_params,
)

SOURCE = '''
import backtrader as bt

class Mine(bt.Strategy):
    """Buys low."""
    params = (
        ("fast", 10),  # 快线周期 [2, 120]
        ("stop", 0.08),  # 止损比例 [0, ]
        ("kind", "sma"),  # 均线类型 {sma, ema}
        ("lots", 1),  # {1, 2, 5}
        ("loud", True),  # 打印
        ("floor", -5),
        ("dates", [1, 2]),
        ("later", None),
    )
'''


def parameters(source: str = SOURCE) -> dict[str, Parameter]:
    return {p.name: p for p in read_outline(source).parameters_of()}


def test_types_defaults_help_ranges_and_choices():
    found = parameters()
    assert {name: (p.type, p.default) for name, p in found.items()} == {
        "fast": ("int", 10),
        "stop": ("float", 0.08),
        "kind": ("str", "sma"),
        "lots": ("int", 1),
        "loud": ("bool", True),
        "floor": ("int", -5),
        "dates": ("other", None),
        "later": ("other", None),
    }
    fast, stop = found["fast"], found["stop"]
    assert (fast.help, fast.minimum, fast.maximum, fast.line) == ("快线周期", 2, 120, 7)
    assert (stop.help, stop.minimum, stop.maximum) == ("止损比例", 0, None)
    assert (found["kind"].help, found["kind"].choices) == ("均线类型", ["sma", "ema"])
    assert (found["lots"].help, found["lots"].choices) == (None, [1, 2, 5])
    assert found["loud"].help == "打印"


@pytest.mark.parametrize(
    "declaration",
    [
        "params = dict(fast=10, slow=30)",
        'params = {"fast": 10, "slow": 30}',
        'params = [("fast", 10), ["slow", 30]]',
        'params: tuple = (("fast", 10), ("slow", 30))',
        'params = (\n        ("fast", 10),\n\n        # a note\n        ("slow", 30))',
    ],
)
def test_every_spelling_of_params_is_read(declaration: str):
    source = f"from backtrader import Strategy\nclass S(Strategy):\n    {declaration}\n"
    assert {name: p.default for name, p in parameters(source).items()} == {"fast": 10, "slow": 30}


def test_comment_on_the_line_of_a_keyword_belongs_to_it():
    source = (
        "class S(bt.Strategy):\n    params = dict(\n        fast=10,  # 快线 [1, 5]\n        slow=30,  # 慢线\n    )\n"
    )
    assert [(p.help, p.maximum) for p in parameters(source).values()] == [("快线", 5), ("慢线", None)]


def test_base_classes_of_the_file_hand_their_parameters_down():
    source = (
        "class A(bt.Strategy):\n    params = (('x', 1), ('y', 2))\n"
        "class B(A):\n    params = (('y', 3), ('z', 4))\n"
        "class Other:\n    params = (('q', 1),)\n"
    )
    outline = read_outline(source)
    assert [cls.name for cls in outline.classes] == ["A", "B"]
    assert outline.selected == "B"
    assert {p.name: p.default for p in outline.parameters_of()} == {"x": 1, "y": 3, "z": 4}
    assert {p.name: p.default for p in outline.parameters_of("A")} == {"x": 1, "y": 2}


def test_a_file_without_a_strategy_has_no_classes():
    outline = read_outline("x = 1\n")
    assert (outline.classes, outline.selected, outline.parameters_of()) == ([], None, [])


def test_reading_never_runs_the_code(tmp_path):
    marker = tmp_path / "ran"
    read_outline(
        f"open({str(marker)!r}, 'w')\nclass S(bt.Strategy):\n    params = (('x', open({str(marker)!r}, 'w')),)\n"
    )
    assert not marker.exists()


@pytest.mark.parametrize(
    ("source", "type_", "line"),
    [
        ("x = 1\nif x\n", "SyntaxError", 2),
        ("x = '\n", "SyntaxError", 1),
        ("x = 1\n  y = 2\n", "IndentationError", 2),
        ("x" * (MAX_SOURCE_BYTES + 1), "SourceTooLarge", None),
        ("(" * 100_000, "SyntaxError", 1),
    ],
)
def test_a_source_that_cannot_be_read_says_where(source: str, type_: str, line: int | None):
    with pytest.raises(StrategyError) as caught:
        read_outline(source)
    assert (caught.value.error.type, caught.value.error.line) == (type_, line)


@pytest.mark.parametrize(
    "bomb",
    [
        "-" * 200_000 + "1",
        "1" + "+1" * 200_000,
        "x" + ".a" * 200_000,
        "a" + "[0]" * 100_000,
        "not " * 100_000 + "x",
        "x = 1\0",
        "\ud800",
    ],
)
def test_bombs_end_in_an_error_or_are_read_and_never_crash(bomb: str):
    with contextlib.suppress(StrategyError):
        read_outline(bomb)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str):
    with contextlib.suppress(StrategyError):
        read_outline(text)


def test_overrides_take_the_declared_types():
    assert validate_params(list(parameters().values()), {"fast": 12.0, "stop": 1, "loud": False, "kind": "ema"}) == {
        "fast": 12,
        "stop": 1.0,
        "loud": False,
        "kind": "ema",
    }


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("fast", 1, "below the minimum 2"),
        ("fast", 121, "above the maximum 120"),
        ("fast", 2.5, "must be of type int"),
        ("fast", True, "must be of type int"),
        ("fast", "12", "must be of type int"),
        ("fast", float("inf"), "must be of type int"),
        ("stop", float("nan"), "finite"),
        ("kind", "wma", "must be one of sma, ema"),
        ("lots", 3, "must be one of 1, 2, 5"),
        ("loud", 1, "must be of type bool"),
        ("dates", 1, "computed in the code"),
        ("fats", 1, "no such parameter; it has fast, stop"),
    ],
)
def test_a_wrong_override_names_the_parameter_and_what_is_allowed(name: str, value: object, problem: str):
    with pytest.raises(ParameterError) as caught:
        validate_params(list(parameters().values()), {name: value})
    assert list(caught.value.problems) == [name]
    assert problem in caught.value.problems[name]
    assert str(caught.value).startswith(f"{name}: ")


def test_all_wrong_overrides_are_named_at_once():
    with pytest.raises(ParameterError) as caught:
        validate_params(list(parameters().values()), {"fast": 0, "loud": "x", "stop": 0.1})
    assert set(caught.value.problems) == {"fast", "loud"}


def test_texts_of_the_command_line_are_read_by_type():
    found = list(parameters().values())
    texts = {"fast": "12", "stop": "0.1", "loud": "no", "kind": "ema", "lots": "5"}
    assert parse_params(found, texts) == {"fast": 12, "stop": 0.1, "loud": False, "kind": "ema", "lots": 5}
    with pytest.raises(ParameterError, match="fast: 'ten' must be of type int"):
        parse_params(found, {"fast": "ten"})


NATIVE = """
import quantdesk.sdk as q
from quantdesk.sdk import Strategy, param

class Base(Strategy):
    fast: int = param(10, min=2, max=120, help="快线周期")
    stop: float = param(1, max=2.5)
    kind: str = param("sma", choices=["sma", "ema"])
    slow = 30
    share: float = 1
    loud = True
    LIMIT = 5
    _own = 6
    when = [1, 2]
    made: int = param(len("abc"))

    def on_bar(self, bar):
        later = 7

class Child(Base):
    slow = q.param(40, min=20)
"""


def test_parameters_of_event_and_vector_strategies_stand_in_the_class_body():
    outline = read_outline(NATIVE)
    assert outline.selected == "Child"
    found = {p.name: p for p in outline.parameters_of()}
    assert {name: (p.type, p.default) for name, p in found.items()} == {
        "fast": ("int", 10),
        "stop": ("float", 1.0),
        "kind": ("str", "sma"),
        "slow": ("int", 40),
        "share": ("float", 1.0),
        "loud": ("bool", True),
        "made": ("other", None),
    }
    fast = found["fast"]
    assert (fast.minimum, fast.maximum, fast.help, fast.line) == (2, 120, "快线周期", 6)
    assert (found["stop"].minimum, found["stop"].maximum, found["kind"].choices) == (None, 2.5, ["sma", "ema"])
    assert (found["slow"].minimum, found["slow"].maximum) == (20, None)


def test_class_attributes_of_backtrader_strategies_are_no_parameters():
    source = "import backtrader as bt\nclass S(bt.Strategy):\n    fast = 10\n    params = (('x', 1),)\n"
    assert list(parameters(source)) == ["x"]
