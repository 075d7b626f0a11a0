"""A table of what users get wrong, and what they are told."""

from __future__ import annotations

import datetime as dt

import pytest

from quantdesk.core.backtest.backtrader_engine import run_strategy
from quantdesk.core.backtest.code_errors import StrategyError
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from tests.fakes.made_bars import bars_of

SPEC = BacktestSpec(symbols=["600519.SH"], start=dt.date(2020, 1, 1), end=dt.date(2020, 12, 31))


def error_of(source: str, **changes: object) -> CodeError:
    with pytest.raises(StrategyError) as caught:
        run_strategy(SPEC.model_copy(update=changes), source, {"600519.SH": bars_of("600519.SH", [10.0] * 8)})
    return caught.value.error


def strategy(next_body: str = "pass", init_body: str = "pass") -> str:
    """Lines: 1 import, 2 class, 3 def __init__, 4 its body, 5 def next, 6 its body."""
    return (
        "import backtrader as bt\n"
        "class S(bt.Strategy):\n"
        "    def __init__(self):\n"
        f"        {init_body}\n"
        "    def next(self):\n"
        f"        {next_body}\n"
    )


@pytest.mark.parametrize(
    ("source", "type_", "line", "source_line", "hint"),
    [
        (strategy("x = 1 / 0"), "ZeroDivisionError", 6, "x = 1 / 0", "Division by zero"),
        (strategy("self.data.close[-99999]"), "IndexError", 6, "self.data.close[-99999]", "not enough bars"),
        (strategy("[1, 2][5]"), "IndexError", 6, "[1, 2][5]", "not enough bars"),
        (strategy(init_body="self.m = bt.indicators.SMMMA()"), "AttributeError", 4, None, "has no SMMMA"),
        (strategy(init_body="self.m = self.p.fast"), "AttributeError", 4, "self.m = self.p.fast", "declare it"),
        (strategy("self.missing"), "AttributeError", 6, "self.missing", "missing"),
        (strategy(init_body="bt.ind.SMA(perod=3)"), "TypeError", 4, "bt.ind.SMA(perod=3)", "perod"),
        (strategy("undefined_name"), "NameError", 6, "undefined_name", "undefined_name is not defined"),
        (strategy("import not_there"), "ModuleNotFoundError", 6, "import not_there", "not_there is not installed"),
        (strategy("import sys; sys.exit(3)"), "SystemExit", 6, "import sys; sys.exit(3)", "cannot call sys.exit"),
        (strategy("self.next()"), "RecursionError", 6, "self.next()", "calls itself"),
        (strategy("raise KeyboardInterrupt"), "KeyboardInterrupt", 6, "raise KeyboardInterrupt", None),
        (strategy("raise MemoryError"), "MemoryError", 6, "raise MemoryError", "Out of memory"),
        (strategy("self.buy(size=float('nan'))"), "ValueError", 6, "self.buy(size=float('nan'))", "no value"),
        (strategy("if True print(1)"), "SyntaxError", 6, "if True print(1)", "Syntax error"),
        ("x = (\n", "SyntaxError", 1, "x = (", "Syntax error"),
        ("class S:\nx = 1\n", "IndentationError", 2, "x = 1", "indentation"),
        ("if True:\n\tx = 1\n        y = 2\n", "TabError", 3, "y = 2", "mixes tabs"),
        ("x = 1，\n", "SyntaxError", 1, "x = 1，", "Chinese punctuation"),
        ("import backtrader as bt\n", "NoStrategyError", None, None, "extends bt.Strategy"),
        ("\nclass S(bt.Strategy): pass\n", "NameError", 2, "class S(bt.Strategy): pass", "import backtrader"),
        ("1 / 0\n", "ZeroDivisionError", 1, "1 / 0", "Division by zero"),
        ("import backtrader as bt\nclass S(bt.Strategy):\n    params = 5\n", "TypeError", 2, None, None),
    ],
)  # fmt: skip
def test_errors_name_the_users_own_line(
    source: str, type_: str, line: int | None, source_line: str | None, hint: str | None
):
    error = error_of(source)
    assert (error.type, error.line) == (type_, line)
    if source_line is not None:
        assert error.source_line == source_line
    if hint is not None:
        assert hint in (error.hint_en or "")
        assert error.hint_zh


def test_the_traceback_holds_only_the_users_frames_oldest_first():
    source = strategy("self.helper()") + "    def helper(self):\n        return {}['key']\n"
    error = error_of(source)
    assert error.traceback == [
        "line 6, in next: self.helper()",
        "line 8, in helper: return {}['key']",
        "KeyError: 'key'",
    ]


def test_deep_recursion_keeps_a_short_traceback():
    error = error_of(strategy("self.next()"))
    assert len(error.traceback) <= 25
    assert any("frames" in frame for frame in error.traceback)


def test_an_exception_that_cannot_be_shown_is_still_reported():
    source = strategy("raise Odd()") + "class Odd(Exception):\n    def __str__(self): raise ValueError\n"
    assert error_of(source).type == "Odd"


def test_numpys_memory_error_is_a_memory_error():
    error = error_of("import numpy\n" + strategy("numpy.ones(10**18)"))
    assert (error.type, error.line) == ("MemoryError", 7)


def test_null_bytes_are_a_syntax_error_not_a_crash():
    assert error_of("x = 1\0\n").type in ("SyntaxError", "ValueError")


def test_of_several_classes_the_last_that_no_other_extends_runs():
    source = (
        "import backtrader as bt\n"
        "class Base(bt.Strategy):\n    def next(self): self.who()\n"
        "class A(Base):\n    def who(self): raise ValueError('A')\n"
        "class B(Base):\n    def who(self): raise ValueError('B')\n"
    )
    assert error_of(source).message == "B"
    assert error_of(source, strategy_class="A").message == "A"
    missing = error_of(source, strategy_class="C")
    assert (missing.type, missing.message) == (
        "NoStrategyError",
        "there is no strategy class C; the file defines Base, A, B",
    )


def test_a_main_guard_is_skipped():
    source = strategy() + "if __name__ == '__main__':\n    1 / 0\n"
    run_strategy(SPEC, source, {"600519.SH": bars_of("600519.SH", [10.0] * 8)})


def test_self_log_prints_with_the_date(capsys: pytest.CaptureFixture[str]):
    source = strategy("self.log('hello')")
    run_strategy(SPEC, source, {"600519.SH": bars_of("600519.SH", [10.0] * 2)})
    assert capsys.readouterr().out == "2020-01-01 hello\n2020-01-02 hello\n"


def test_a_log_method_of_the_users_own_is_kept(capsys: pytest.CaptureFixture[str]):
    source = strategy("self.log('hello')") + "    def log(self, text): print('mine', text)\n"
    run_strategy(SPEC, source, {"600519.SH": bars_of("600519.SH", [10.0])})
    assert capsys.readouterr().out == "mine hello\n"
