"""What the language refuses: each by its name, with the place and what to do."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions import ExpressionError, evaluate, parse
from quantdesk.core.expressions.errors import (
    LookAhead,
    SyntaxRefused,
    TooLarge,
    UnknownField,
    UnknownFunction,
    WrongArguments,
)
from quantdesk.core.expressions.parser import MAX_DEPTH, MAX_NODES, MAX_WINDOW

FIELDS = ("open", "high", "low", "close", "volume")


def refused(text: str, kind: type[ExpressionError], words: str, label: bool = False) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, fields=FIELDS, label=label)
    assert type(caught.value) is kind, caught.value
    assert words in str(caught.value), caught.value
    return caught.value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os').system('true')", "_ is not of the language"),
        ("import os", "import stands alone"),
        ("$close.values", ". is not of the language"),
        ("$close.__class__.__bases__", "Attributes are not"),
        ("Mean($close, 5).real", "Attributes are not"),
        ("(5).real*$close", "Attributes are not"),
        ("1.real*$close", "A number cannot be read"),
        ("$__class__", "A field is $ and a name"),
        ("$close['a']", "Use round brackets"),
        ("[$close]", "Use round brackets"),
        ("{$close}", "Use round brackets"),
        ("'$close'", "Text in quotes"),
        ('ChangeInstrument("SH000300", $close)', "Text in quotes"),
        ("lambda: $close", ": is not of the language"),
        ("$close; $open", "; is not of the language"),
        ("$close\\n", "\\ is not of the language"),
        ("$close @ $open", "@ is not of the language"),
        ("$close ^ 2", "Write ** for a power"),
        ("$close := 3", ": is not of the language"),
        ("Mean($close, N=5)", "Compare with =="),
        ("!($close>1)", "Write Not(x)"),
        ("$$roewa_q", "Point-in-time fields"),
        ("$close\0", "U+0000 is not of the language"),
        ("$close and $open", "Write & or And(x, y)"),
        ("not $close", "Write Not(x)"),
        ("close", "A field is written $close"),
        ("Mean", "Write Mean(x, N)"),
        ("0x10*$close", "A number cannot be read"),
        ("1_000*$close", "A number cannot be read"),
        ("1e*$close", "A number cannot be read"),
        ("5days*$close", "A number cannot be read"),
        ("$close+", "ends too early"),
        ("$close+*$open", "* is not expected here"),
        ("$close $open", "$open is not expected here"),
        ("($close", "closing bracket is missing"),
        ("Mean($close, 5", "closing bracket is missing after Mean"),
        ("$close)", ") is not expected here"),
        ("Mean($close,,5)", ", is not expected here"),
        ("Mean($close,5,)", ") is not expected here"),
        ("()", ") is not expected here"),
        ("", "empty"),
        ("  \n ", "empty"),
        ("1<$close<2", "Comparisons do not chain"),
        ("$close>$open>1", "Comparisons do not chain"),
        ("$сlose", "A field is $ and a name"),
        ("$clоse", "CYRILLIC SMALL LETTER O"),
        ("Ｍean($close,5)", "FULLWIDTH LATIN CAPITAL LETTER M (it is not M)"),
        ("Mean（$close,5)", "FULLWIDTH LEFT PARENTHESIS (it is not ()"),
        ("Mean($close，5)", "FULLWIDTH COMMA (it is not ,)"),
        ("$close*٣", "ARABIC-INDIC DIGIT THREE"),
        ("$close−$open", "MINUS SIGN"),
        ("$close\u200b", "ZERO WIDTH SPACE"),
        ("$收盘", "A field is $ and a name"),
    ],
)
def test_what_is_not_of_the_language(text: str, words: str):
    error = refused(text, SyntaxRefused, words)
    assert error.code == "expression_syntax"
    assert error.excerpt.isascii() or "…" in error.excerpt


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Meen($close, 5)", "Did you mean Mean?"),
        ("mean($close, 5)", "Did you mean Mean?"),
        ("csrank($close)", "Did you mean CSRank?"),
        ("eval($close)", "There is no function eval"),
        ("exec($close)", "There is no function exec"),
        ("open($close)", "There is no function open"),
        ("Mask($close, 5)", "Another symbol's series"),
        ("P($close)", "Point-in-time"),
        ("TResample($close, 5)", "one interval"),
        ("Xyzzy($close)", "See the list of functions"),
    ],
)
def test_functions_that_are_not_there(text: str, words: str):
    refused(text, UnknownFunction, words)


def test_fields_that_are_not_there():
    assert refused("$open+$clsoe", UnknownField, "Did you mean $close?").position == 6
    refused("$xyzzy", UnknownField, "There are $close, $high")
    panel = Panel(("A",), np.arange(2).astype("datetime64[D]"), {"close": np.ones((1, 2))})
    with pytest.raises(UnknownField, match=r"There is no field \$open at character 8"):
        evaluate(parse("$close+$open"), panel)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mean($close)", "Mean takes 2 arguments, not 1 at character 1, near `Mean($close)`. Write Mean(x, N)."),
        ("Abs($close, 1)", "Abs takes 1 argument, not 2"),
        ("Abs()", "Abs takes 1 argument, not 0"),
        ("If($close>1, 2)", "Write If(x, y, z)"),
        ("Mean($close, 2.5)", "takes whole days, not 2.5"),
        ("Mean($close, 5.0)", "takes whole days"),
        ("Std($close, 0.5)", "Mean and EMA take a share"),
        ("Mean($close, $volume)", "needs a number that is the same every day"),
        ("Quantile($close, 5, 1.5)", "a share from 0 to 1, not 1.5"),
        ("Quantile($close, 5, $open)", "in the place of q"),
        ("CSWinsorize($close, 0.6)", "a share from 0 to 0.5"),
        ("Skew($close, 2)", "Skew needs 3 days or more"),
        ("Kurt($close, 3)", "Kurt needs 4 days or more"),
        ("Mean(5, 5)", "Mean of numbers alone"),
        ("Abs(5)", "Abs of numbers alone"),
        ("Greater(1, 2)*$close", "Greater of numbers alone"),
        ("Corr($close, 5, 10)", "Corr of a number"),
        ("If(1, $close, $open)", "If of a number"),
        ("And($close, $open)", "And takes conditions"),
        ("$close & 1", "And takes conditions"),
        ("$close>1 & $open>1", "in brackets: ($close>1) & ($open>1)"),
        ("Not($close)", "Not takes conditions"),
        ("($close>1)-($open>1)", "A condition cannot be subtracted"),
        ("-($close>1)", "A condition cannot be subtracted"),
        ("1+1", "uses no field"),
        ("5", "uses no field"),
        ("$close/(1-1)+1/0", "Div of these numbers has no value"),
        ("$close+5%0", "Mod of these numbers has no value"),
        ("$close*(-8)**0.5", "Power of these numbers has no value"),
        ("1>2", "Gt of numbers alone"),
    ],
)
def test_arguments_that_do_not_fit(text: str, words: str):
    refused(text, WrongArguments, words)


@pytest.mark.parametrize(
    "text",
    [
        "Ref($close, -1)",
        "Ref($close, 2-3)/$close",
        "Delta($close, -5)",
        "Mean(Ref($close, -2), 5)",
        "Ref(Ref($close, -1), 1)",
        "Ref($close, -0.5)",
        "Mean($close, -5)",
        "EMA($close, -0.5)",
        "Corr($close, $open, -3)",
        "CSRank(Ref($close, -1))",
    ],
)
def test_looking_ahead_is_refused(text: str):
    refused(text, LookAhead, "reads days still to come")


def test_a_shift_that_changes_from_day_to_day_is_refused():
    refused("Ref($close, $volume)", LookAhead, "the same every day")
    refused("Ref($close, Mean($close, 5))", LookAhead, "the same every day", label=True)


def test_only_a_label_may_look_ahead_and_only_by_a_shift():
    assert parse("Ref($close, -2)/Ref($close, -1) - 1", label=True).future == 2
    refused("Mean($close, -5)", LookAhead, "A window holds days of the past", label=True)
    refused("Ref($close, -1.5)", WrongArguments, "takes whole days", label=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$a" + "+$a" * 2_000, "characters"),
        ("+".join(["$a"] * (MAX_NODES // 2 + 1)), "parts"),
        ("(" * (MAX_DEPTH + 1) + "$close" + ")" * (MAX_DEPTH + 1), "levels"),
        ("(" * 1_990 + "$close" + ")" * 1_990, "levels"),
        ("(" * 10_000, "characters"),
        ("-" * 3_900 + "$a", "levels"),
        ("~" * 3_999, "levels"),
        ("Abs(" * 900, "levels"),
        ("2**" * 1_300 + "$a", "levels"),
        (f"Mean($close, {MAX_WINDOW + 1})", "A window of 5001 days"),
        ("Ref($close, 999999999)", "A window of"),
        ("Mean($close, 1e300)", "A window of"),
        ("EMA($close, 1e9)", "A window of"),
        ("$close*99999999999999999999", "Write it as"),
        ("+".join(f"Mad($close+{at}, 0)" for at in range(5)), "too many days"),
        ("EMA(EMA(EMA(EMA(Mad($close, 100), 0), 0), 0), 0)", "too many days"),
        ("$close*(9007199254740992*10)", "A whole number over"),
        ("$close*2**2**2**2**2**2", "no value"),
        ("$close*1e999", "too large"),
        ("$close*(1e300*1e300)", "too large"),
        ("$close*" + "9" * 3_900, "too large"),
    ],
)
def test_what_is_too_large(text: str, words: str):
    with pytest.raises((TooLarge, WrongArguments)) as caught:
        parse(text.replace("$a", "$close") if len(text) < 3_000 else text)
    assert words in str(caught.value)


def test_ten_thousand_brackets_do_not_reach_pythons_stack():
    depth = sys.getrecursionlimit()
    for text in ("(" * 10_000 + "$close" + ")" * 10_000, "(" * 1_990 + "$close" + ")" * 1_990):
        with pytest.raises(TooLarge):
            parse(text)
    assert sys.getrecursionlimit() == depth


def test_the_deepest_expression_allowed_is_read_and_computed():
    calls, every_sign = "$close", "$close>0"
    for _ in range(MAX_DEPTH):
        calls = f"Abs({calls})"
    for _ in range(MAX_DEPTH // 2):
        every_sign = f"($close>0)|($close>0)&($close>1+2*({every_sign}))"
    panel = Panel(("A",), np.arange(2).astype("datetime64[D]"), {"close": -np.ones((1, 2))})
    assert (evaluate(parse(calls), panel) == 1).all()
    assert evaluate(parse(every_sign), panel).shape == (1, 2)


def test_a_long_sum_is_computed_without_pythons_stack():
    panel = Panel(("A",), np.arange(3).astype("datetime64[D]"), {"close": np.ones((1, 3))})
    assert (evaluate(parse("+".join(["$close"] * 500)), panel) == 500).all()


def test_division_by_columns_of_zero_is_bounded():
    fields = {"close": np.array([[1.0, -1.0, 0.0, np.nan]]), "volume": np.zeros((1, 4))}
    panel = Panel(("A",), np.arange(4).astype("datetime64[D]"), fields)
    np.testing.assert_array_equal(evaluate(parse("$close/$volume"), panel), [[np.inf, -np.inf, np.nan, np.nan]])
    np.testing.assert_array_equal(evaluate(parse("Mean($close/$volume, 3)"), panel), [[np.nan] * 4])
    np.testing.assert_array_equal(evaluate(parse("$close%$volume"), panel), [[np.nan] * 4])
    np.testing.assert_array_equal(evaluate(parse("($close>0)%($volume>0)"), panel), [[np.nan] * 4])
    np.testing.assert_array_equal(evaluate(parse("($volume==0)/($volume>0)"), panel), [[np.inf] * 4])
    np.testing.assert_array_equal(evaluate(parse("Log($volume)"), panel), [[-np.inf] * 4])
    np.testing.assert_array_equal(evaluate(parse("Corr($close, $volume, 3)"), panel), [[np.nan] * 4])
    np.testing.assert_array_equal(evaluate(parse("(2*($close>0))**-1"), panel), [[0.5, np.inf, np.inf, np.inf]])
