"""What the parser reads, and how it writes it down again."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.expressions import OPERATORS, ExpressionError, parse
from quantdesk.core.expressions.alpha158 import alpha158
from quantdesk.core.expressions.alpha360 import alpha360
from quantdesk.core.expressions.parser import MAX_WINDOW
from tests.core.expressions.trees import numbers, series


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("$close", "$close"),
        (" ( ( $CLOSE ) ) ", "$close"),
        ("$close + $open * 2", "$close+$open*2"),
        ("($close + $open) * 2", "($close+$open)*2"),
        ("$a-($b-$c)-$d", "$a-($b-$c)-$d"),
        ("Add($close, Mul($open, 2))", "$close+$open*2"),
        ("$a**$b**$c", "$a**$b**$c"),
        ("($a**$b)**$c", "($a**$b)**$c"),
        ("-$a**2", "-$a**2"),
        ("(-$a)**2", "(-$a)**2"),
        ("$a**-$b", "$a**-$b"),
        ("2*-$a", "2*-$a"),
        ("--$a", "--$a"),
        ("+$a", "$a"),
        ("~($a>1)", "Not($a>1)"),
        ("($a>1) & ($b<2) | ($c==3)", "($a>1)&($b<2)|($c==3)"),
        ("Or(Gt($a, 1), And($b < 2, $c != 3))", "($a>1)|($b<2)&($c!=3)"),
        ("$a % 2 > 1 - 3", "$a%2>-2"),
        ("Ref($close,1)/$close-1", "Ref($close,1)/$close-1"),
        ("Mean($close, 2*5)", "Mean($close,10)"),
        ("$a*1e-12+.5+5.+1E3", "$a*1e-12+0.5+5.0+1000.0"),
        ("$a*(1/3)", "$a*0.3333333333333333"),
        ("$a-2**10", "$a-1024"),
        ("$a*2**-1", "$a*0.5"),
        ("1-3+$a", "-2+$a"),
        ("If($a > $b, 1, $c)", "If($a>$b,1,$c)"),
    ],
)
def test_an_expression_has_one_normal_form(text: str, normal: str):
    assert str(parse(text)) == normal
    assert parse(normal) == parse(text)


def test_signs_bind_as_in_python():
    assert parse("$a+$b*$c") == parse("$a+($b*$c)")
    assert parse("$a-$b-$c") == parse("($a-$b)-$c")
    assert parse("$a+$b>$c*2") == parse("($a+$b)>($c*2)")
    assert parse("-$a*$b") == parse("(-$a)*$b")
    assert parse("($a>1)|($b>1)&($c>1)") == parse("($a>1)|(($b>1)&($c>1))")


@settings(deadline=None)
@given(series(depth=4))
def test_what_is_written_down_reads_as_the_same(text: str):
    found = parse(text, label=True)
    again = parse(str(found), label=True)
    assert again == found
    assert str(again) == str(found)
    assert again.key == found.key


@settings(deadline=None)
@given(numbers())
def test_numbers_come_back_as_they_were(value: float):
    found = parse(f"$a*{value!r}")
    assert parse(str(found)) == found
    assert float(str(found).removeprefix("$a*")) == value


@settings(deadline=None)
@given(
    st.text(alphabet="$abcloseMnRef0123456789.+-*/%<>=!&|~(), \t_eE'\"[]{}^@:;\\", max_size=60) | st.text(max_size=60)
)
def test_no_text_does_more_than_be_refused(text: str):
    found = refused = None
    try:
        found = parse(text)
    except ExpressionError as error:
        refused = error
    if found is not None:
        assert parse(str(found)) == found
    else:
        assert refused is not None
        assert refused.advice
        assert refused.position is None or 0 <= refused.position <= len(text)


def test_it_knows_what_it_reads_and_how_far():
    found = parse("Mean(Ref($close, 5), 20) / EMA($Open, 12) + $close")
    assert found.fields == ("close", "open")
    assert found.history is None
    assert parse("Mean(Ref($close, 5), 20)/$open").history == 24
    assert parse("Mean($close, 0)").history is None
    assert parse("Ref($close, 0)").history is None
    assert parse("CSRank(Delta($close, 10))").history == 10
    assert parse("$close").history == 0
    label = parse("Mean(Ref($close, -5), 3)/$close-1", label=True)
    assert (label.future, label.history, label.label) == (5, 2, True)
    assert parse("Ref($close, 5)", label=True).future == 0


def test_keys_tell_contents_apart_and_not_spellings():
    assert parse("Div($close, $open)").key == parse(" $close / $open ").key
    assert parse("$close/$open").key != parse("$open/$close").key


def test_conditions_are_known_as_such():
    for text in ("$a>$b", "Not($a>$b)", "($a>1)+($b>1)", "If($a, $b>1, $c>1)", "Greater($a>1, $b>1)", "Abs($a>1)"):
        assert parse(text).logical, text
    for text in ("$a", "($a>1)*1", "Mean($a>1, 5)", "Ref($a>1, 1)", "If($a>1, $b, $c>1)", "Sign($a>1)"):
        assert not parse(text).logical, text


def test_an_expression_can_be_pickled_however_long():
    long = parse("+".join(["$close"] * 400))
    assert pickle.loads(pickle.dumps(long)) == long  # noqa: S301
    label = parse("Ref($close, -2)", label=True)
    assert pickle.loads(pickle.dumps(label)) == label  # noqa: S301


def test_all_alphas_are_read():
    for text in (alpha158() | alpha360()).values():
        assert parse(text, fields=("open", "high", "low", "close", "vwap", "volume")).future == 0


def test_every_function_says_how_it_is_called():
    assert OPERATORS["Quantile"].signature == "Quantile(x, N, q)"
    assert OPERATORS["If"].signature == "If(x, y, z)"
    assert OPERATORS["Corr"].signature == "Corr(x, y, N)"
    assert parse(f"Mean($close, {MAX_WINDOW})").history == MAX_WINDOW - 1


def test_the_page_on_expressions_names_every_function():
    page = (Path(__file__).parents[3] / "docs/concepts/expressions.md").read_text()
    assert not [name for name in OPERATORS if not re.search(rf"\b{name}\b", page)]
