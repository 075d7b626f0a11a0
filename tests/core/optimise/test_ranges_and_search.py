"""Ranges of parameters and the points that a search tries."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from quantdesk.core.backtest.code_errors import ParameterError
from quantdesk.core.optimise.ranges import (
    ChoiceRange,
    FloatRange,
    IntRange,
    Range,
    Ranges,
    default_range,
    fit_ranges,
    size,
    values_of,
)
from quantdesk.core.optimise.search import MAX_TRIALS, Search, count, grid_points, random_points
from quantdesk.core.optimise.tpe import Told, ask
from quantdesk.core.strategies.parameters import read_outline

READ: TypeAdapter[Range] = TypeAdapter(Range)
CODE = """import backtrader as bt
class A(bt.Strategy):
    params = (
        ("fast", 10),      # [2, 120]
        ("open", 30),      # [5, ]
        ("stop", 0.08),    # [0, 0.5]
        ("free", 0.1),
        ("kind", "sma"),   # {sma, ema}
        ("name", "x"),
        ("flag", True),
        ("made", 3 * 7),
    )
"""
PARAMETERS = {parameter.name: parameter for parameter in read_outline(CODE).parameters_of()}
SPACE: Ranges = {
    "a": IntRange(low=2, high=9, step=3),
    "b": FloatRange(low=0.1, high=0.5, step=0.1),
    "c": ChoiceRange(values=["x", True, 1]),
}


def test_steps_reach_the_values_a_person_writes() -> None:
    assert values_of(IntRange(low=2, high=9, step=3)) == [2, 5, 8]
    assert values_of(FloatRange(low=0.1, high=0.5, step=0.1)) == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert values_of(FloatRange(low=0.0, high=1.0, step=0.3)) == [0.0, 0.3, 0.6, 0.9]
    assert values_of(FloatRange(low=0.0, high=1.0)) is None
    assert values_of(FloatRange(low=2.0, high=2.0)) == [2.0]


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"kind": "int", "low": 5, "high": 2}, "swap them"),
        ({"kind": "int", "low": 0, "high": 10**9}, "larger step"),
        ({"kind": "float", "low": 0.5, "high": 0.1}, "swap them"),
        ({"kind": "float", "low": 0, "high": 1, "log": True}, "above 0"),
        ({"kind": "float", "low": 0.1, "high": 1, "log": True, "step": 0.1}, "no step"),
        ({"kind": "float", "low": 0, "high": 1, "step": 1e-300}, "larger step"),
        ({"kind": "float", "low": 0, "high": math.inf}, "finite"),
        ({"kind": "choice", "values": []}, "at least 1"),
        ({"kind": "choice", "values": ["a", "a"]}, "listed twice"),
        ({"kind": "step", "low": 1}, "tag"),
    ],
)
def test_a_range_that_makes_no_sense_says_what_to_do(given_: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        READ.validate_python(given_)


def test_one_true_and_a_text_are_three_choices() -> None:
    assert values_of(ChoiceRange(values=[1, True, "1"])) == [1, True, "1"]


def test_declared_parameters_give_ranges_of_about_twenty_values() -> None:
    fast = default_range(PARAMETERS["fast"])
    assert fast == IntRange(low=2, high=120, step=6)
    assert default_range(PARAMETERS["open"]) == IntRange(low=5, high=60, step=3)
    assert default_range(PARAMETERS["stop"]) == FloatRange(low=0, high=0.5, step=0.05)
    assert default_range(PARAMETERS["free"]) == FloatRange(low=0.05, high=0.2, step=0.01)
    assert default_range(PARAMETERS["kind"]) == ChoiceRange(values=["sma", "ema"])
    assert default_range(PARAMETERS["flag"]) == ChoiceRange(values=[False, True])


def test_ranges_are_fitted_to_the_strategys_parameters() -> None:
    fitted = fit_ranges(
        list(PARAMETERS.values()), {"stop": IntRange(low=0, high=0), "kind": ChoiceRange(values=["ema"]), "flag": None}
    )
    assert fitted["stop"] == FloatRange(low=0, high=0, step=1)
    assert list(fitted) == ["stop", "kind", "flag"]


def test_all_misfits_are_named_at_once() -> None:
    wanted: dict[str, Range | None] = {
        "none": IntRange(low=1, high=2),
        "fast": IntRange(low=1, high=9),
        "open": FloatRange(low=6, high=9),
        "kind": ChoiceRange(values=["sma", "wma"]),
        "name": None,
        "made": None,
        "flag": IntRange(low=0, high=1),
    }
    with pytest.raises(ParameterError) as caught:
        fit_ranges(list(PARAMETERS.values()), wanted)
    problems = caught.value.problems
    assert set(problems) == set(wanted)
    assert "below the minimum 2" in problems["fast"]
    assert "whole number" in problems["open"]
    assert "sma, ema" in problems["kind"]
    assert "as a choice" in problems["name"]


def test_a_grid_is_the_product_of_its_ranges_the_last_one_fastest() -> None:
    points = grid_points(SPACE)
    product = itertools.product([2, 5, 8], [0.1, 0.2, 0.3, 0.4, 0.5], ["x", True, 1])
    assert [tuple(point.values()) for point in points] == list(product)
    assert count(SPACE, Search(kind="grid")) == size(SPACE) == 45


def test_a_grid_without_end_or_too_large_is_refused_with_its_size() -> None:
    with pytest.raises(ValueError, match="a grid needs a step for b"):
        count({"a": IntRange(low=1, high=2), "b": FloatRange(low=0, high=1)}, Search(kind="grid"))
    with pytest.raises(ValueError, match=r"100 \(a\) x 51 \(b\) = 5,100 combinations, more than 5,000"):
        count({"a": IntRange(low=1, high=100), "b": IntRange(low=0, high=50)}, Search(kind="grid"))
    assert MAX_TRIALS == 5000


def test_trials_belong_to_random_and_tpe_alone() -> None:
    with pytest.raises(ValidationError, match="leave trials out"):
        Search(kind="grid", trials=5)
    with pytest.raises(ValidationError, match="how many trials the tpe search"):
        Search(kind="tpe")
    assert count(SPACE, Search(kind="random", trials=1000)) == 45
    assert count({"b": FloatRange(low=0, high=1)}, Search(kind="random", trials=1000)) == 1000


@given(st.integers(1, 60), st.integers(0, 2**31 - 1))
def test_random_points_lie_in_the_ranges_are_distinct_and_the_same_for_one_seed(trials: int, seed: int) -> None:
    points = random_points(SPACE, trials, seed)
    assert points == random_points(SPACE, trials, seed)
    assert len(points) == min(trials, 45)
    allowed = {(name, type(value), value) for name, range_ in SPACE.items() for value in values_of(range_) or []}
    assert all((name, type(value), value) in allowed for point in points for name, value in point.items())
    assert len({tuple((type(v), v) for v in point.values()) for point in points}) == len(points)


def test_random_points_are_even_over_the_logarithm_where_asked() -> None:
    space: Ranges = {"rate": FloatRange(low=1e-4, high=1.0, log=True)}
    logs = [math.log10(float(point["rate"])) for point in random_points(space, 2000, 1)]
    assert all(-4 <= value <= 0 for value in logs)
    thirds = [sum(low <= value < low + 1 for value in logs) for low in (-4, -3, -2, -1)]
    assert all(440 < third < 560 for third in thirds), thirds


def test_tpe_comes_closer_to_the_best_point_than_chance() -> None:
    space: Ranges = {"x": IntRange(low=0, high=200), "y": FloatRange(low=-1.0, high=1.0)}

    def objective(point: dict[str, Any]) -> float:
        return float(-abs(point["x"] - 137) / 100 - abs(point["y"] - 0.25))

    told: list[Told] = []
    while len(told) < 80:
        told += [Told(point, objective(point)) for point in ask(space, told, 8, 5)]
    late = [trial.objective or 0.0 for trial in told[40:]]
    by_chance = [objective(point) for point in random_points(space, 40, 5)]
    assert sum(late) / 40 > sum(by_chance) / 40 + 0.3


def test_tpe_gives_the_same_points_for_the_same_trials_and_never_one_twice() -> None:
    space: Ranges = {"x": IntRange(low=0, high=5), "k": ChoiceRange(values=["a", "b", True])}
    told: list[Told] = []
    for _ in range(4):
        points = ask(space, told, 5, 7)
        assert points == ask(space, told, 5, 7)
        told += [Told(point, None if point["k"] == "b" else float(point["x"])) for point in points]
    identities = [tuple((type(value), value) for value in trial.params.values()) for trial in told]
    assert len(set(identities)) == len(told) == 18, "three choices of six are all there are"
    assert ask(space, told, 5, 7) == []
