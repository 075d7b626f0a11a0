"""What must hold of every expression: no later day, no other symbol and no earlier history changes a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions import OPERATORS, evaluate, evaluate_set, parse
from quantdesk.core.expressions.alpha158 import alpha158
from quantdesk.core.expressions.alpha360 import alpha360
from quantdesk.core.expressions.operators import Operator
from tests.core.expressions.panels import cut, days_from, panel_of, random_panel
from tests.core.expressions.trees import series

SEEDS = st.integers(0, 5)


@settings(max_examples=150, deadline=None)
@given(series(depth=3), SEEDS, st.integers(1, 69))
def test_cutting_off_the_future_changes_nothing(text: str, seed: int, days: int):
    panel = random_panel(seed)
    expression = parse(text)
    np.testing.assert_array_equal(
        evaluate(expression, cut(panel, slice(0, days))), evaluate(expression, panel)[:, :days]
    )


def calls(operator: Operator) -> list[str]:
    """Give calls of a function, of a series and of a condition, with a window, with none and with all of the past."""
    found = []
    for window in (0, 1, 4, 30):
        shown = {"series": "$close", "operand": "$volume", "condition": "($close>$open)", "share": "0.3"}
        shown |= {"window": str(max(window, operator.least) if window else 0), "shift": str(window)}
        found.append(f"{operator.name}({', '.join(shown[argument] for argument in operator.arguments)})")
        if operator.group == "window":
            found.append(found[-1].replace("$close", "($close>Ref($close, 1))", 1))
    return found


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_no_function_sees_a_later_day(operator: Operator):
    panel = random_panel(seed=11, days=60)
    for text in calls(operator):
        whole = evaluate(parse(text), panel)
        for days in (1, 5, 29, 59):
            np.testing.assert_array_equal(evaluate(parse(text), cut(panel, slice(0, days))), whole[:, :days], text)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_changing_the_future_changes_no_function(operator: Operator):
    panel = random_panel(seed=12, days=60)
    other = {name: values.copy() for name, values in panel.fields.items()}
    for values in other.values():
        values[:, 31:] = np.where(np.isnan(values[:, 31:]), np.nan, 1e6 * (1 + values[:, 31:]))
    changed = Panel(panel.symbols, panel.time, other)
    for text in calls(operator):
        np.testing.assert_array_equal(
            evaluate(parse(text), changed)[:, :31], evaluate(parse(text), panel)[:, :31], text
        )


def test_no_alpha_sees_a_later_day():
    panel = random_panel(seed=13)
    panel.fields["vwap"] = panel.fields["close"]
    expressions = {name: parse(text) for name, text in (alpha158() | alpha360()).items()}
    whole, part = evaluate_set(expressions, panel), evaluate_set(expressions, cut(panel, slice(0, 41)))
    for name in expressions:
        np.testing.assert_array_equal(part[name], whole[name][:, :41], name)


@settings(max_examples=60, deadline=None)
@given(series(depth=3, ahead=True), SEEDS)
def test_a_label_sees_as_many_later_days_as_it_says(text: str, seed: int):
    panel = random_panel(seed)
    expression = parse(text, label=True)
    sure = 50 - expression.future
    if "%" in text or sure <= 0:
        return
    # Days after a symbol's last have no value; let all go on to the end, so that only what is looked at ends.
    panel = cut(panel, slice(None), slice(0, 3))
    np.testing.assert_array_equal(
        evaluate(expression, cut(panel, slice(0, 50)))[:, :sure], evaluate(expression, panel)[:, :sure]
    )


@settings(max_examples=80, deadline=None)
@given(series(depth=3), SEEDS, st.integers(1, 30))
def test_days_before_a_symbol_is_listed_change_nothing(text: str, seed: int, days: int):
    panel = random_panel(seed)
    fields = {
        name: np.concatenate([np.full((len(values), days), np.nan), values], axis=1)
        for name, values in panel.fields.items()
    }
    later = Panel(panel.symbols, days_from(days + 70), fields)
    found = evaluate(parse(text), later)
    assert np.isnan(found[:, :days]).all()
    np.testing.assert_array_equal(found[:, days:], evaluate(parse(text), panel))


@settings(max_examples=60, deadline=None)
@given(series(depth=3), SEEDS)
def test_values_are_given_from_the_first_day_to_the_last_alone(text: str, seed: int):
    found = evaluate(parse(text), random_panel(seed))
    assert np.isnan(found[2, :25]).all()
    assert np.isnan(found[3, 50:]).all()
    assert np.isnan(found[4, :67]).all()


@settings(max_examples=60, deadline=None)
@given(series(depth=3, cross=False), SEEDS)
def test_other_symbols_change_nothing_but_cross_sections(text: str, seed: int):
    panel = random_panel(seed)
    np.testing.assert_array_equal(
        evaluate(parse(text), cut(panel, slice(None), slice(1, 4))), evaluate(parse(text), panel)[1:4]
    )


@settings(max_examples=40, deadline=None)
@given(series(depth=3, cross=False), SEEDS)
def test_the_order_of_the_symbols_does_not_count(text: str, seed: int):
    panel = random_panel(seed)
    fields = {name: np.ascontiguousarray(values[::-1]) for name, values in panel.fields.items()}
    backwards = Panel(panel.symbols[::-1], panel.time, fields)
    for crossed in (f"CSRank({text})", f"CSWinsorize({text}, 0.1)"):
        np.testing.assert_array_equal(evaluate(parse(crossed), backwards)[::-1], evaluate(parse(crossed), panel))


@settings(max_examples=60, deadline=None)
@given(series(depth=2), series(depth=2), SEEDS)
def test_a_set_gives_what_its_parts_give(left: str, right: str, seed: int):
    panel = random_panel(seed)
    texts = {"left": left, "right": right, "both": f"({left})-({right})*2"}
    expressions = {name: parse(text) for name, text in texts.items()}
    found = evaluate_set(expressions, panel)
    for name, expression in expressions.items():
        np.testing.assert_array_equal(found[name], evaluate(expression, panel))


@settings(max_examples=60, deadline=None)
@given(series(depth=3), SEEDS)
def test_the_normal_form_has_the_same_values(text: str, seed: int):
    panel = random_panel(seed)
    np.testing.assert_array_equal(evaluate(parse(str(parse(text))), panel), evaluate(parse(text), panel))


def test_many_symbols_are_computed_as_few():
    panel = random_panel(seed=21, symbols=40, days=4_000)  # more than is worked on at a time
    for text in ("Mean($close, 20)/Std($volume, 5)", "CSRank(Corr($close, $volume, 10))-CSMean(Ref($close, 3))"):
        whole = evaluate(parse(text), panel)
        if "CS" not in text:
            np.testing.assert_array_equal(evaluate(parse(text), cut(panel, slice(None), slice(17, 19))), whole[17:19])
        np.testing.assert_array_equal(evaluate(parse(text), cut(panel, slice(0, 999))), whole[:, :999])


def test_panels_of_nothing_give_nothing():
    nothing = panel_of(close=np.empty((0, 5)))
    assert evaluate(parse("CSRank(Mean($close, 5))"), nothing).shape == (0, 5)
    no_days = panel_of(close=np.empty((3, 0)))
    assert evaluate(parse("CSRank(Ref(Mean($close, 5), 0))"), no_days).shape == (3, 0)
    unknown = panel_of(close=np.full((2, 4), np.nan))
    assert np.isnan(evaluate(parse("Count($close, 3)+If($close>1, 1, 2)"), unknown)).all()
