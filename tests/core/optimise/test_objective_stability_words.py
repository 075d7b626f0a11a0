"""Objectives, the stability of the best point, and what is said of the figures."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from quantdesk.core.backtest.result import Metrics
from quantdesk.core.metrics.report import metrics_of
from quantdesk.core.optimise import words
from quantdesk.core.optimise.objective import Objective, figures_of, score
from quantdesk.core.optimise.ranges import ChoiceRange, FloatRange, IntRange, Ranges
from quantdesk.core.optimise.search import grid_points, random_points
from quantdesk.core.optimise.stability import NEAREST, stability


def metrics(**changes: Any) -> Metrics:
    return Metrics(
        **{
            **dict.fromkeys(Metrics.model_fields, None),
            "total_return": 0.1, "max_drawdown": -0.2, "round_trips": 3, "exposure": 0.5,
            "total_costs": Decimal(0), "final_equity": Decimal(1), "days": 100, **changes,
        }
    )  # fmt: skip


def test_a_run_without_enough_round_trips_has_no_objective() -> None:
    objective = Objective(metric="sharpe", min_round_trips=3)
    assert score(objective, metrics(sharpe=1.5)) == 1.5
    assert score(objective, metrics(sharpe=1.5, round_trips=2)) is None
    assert score(objective, metrics(sharpe=None)) is None
    assert score(Objective(metric="max_drawdown", min_round_trips=0), metrics(round_trips=0)) == -0.2


def test_figures_of_returns_are_those_of_the_report() -> None:
    returns = np.random.default_rng(1).normal(0.001, 0.01, 300)
    benchmark = np.random.default_rng(2).normal(0.0005, 0.01, 300)
    equity = np.concatenate([[100.0], 100 * np.cumprod(1 + returns)])
    report = metrics_of(
        dates=[dt.date(2020, 1, 1) + dt.timedelta(days=at) for at in range(301)],
        equity=equity,
        cash=equity,
        benchmark=np.concatenate([[50.0], 50 * np.cumprod(1 + benchmark)]),
        starting_cash=100.0,
        fills=[],
        trips=[],
    )
    found = figures_of(returns, benchmark)
    for name in ("sharpe", "sortino", "total_return", "max_drawdown", "information_ratio"):
        assert found[name] == pytest.approx(getattr(report, name)), name
    # 300 returns make 300 days here; the report counts the first day's equity, too.
    assert found["annual_return"] == pytest.approx((1 + report.total_return) ** (252 / 300) - 1)
    assert found["calmar"] == pytest.approx((found["annual_return"] or 0) / -report.max_drawdown)
    assert set(figures_of(np.zeros(0)).values()) == {None}


GRID: Ranges = {"x": IntRange(low=0, high=4), "y": IntRange(low=0, high=4)}


def test_the_neighbours_of_a_grid_point_are_one_step_away() -> None:
    points = grid_points(GRID)
    hill = [10.0 - (point["x"] - 2) ** 2 / 2 - (point["y"] - 2) ** 2 / 2 for point in points]  # type: ignore[operator]
    found = stability(GRID, points, hill)
    assert found is not None
    assert points[found.best] == {"x": 2, "y": 2}
    assert len(found.neighbours) == 8
    assert found.mean == pytest.approx((4 * 9.5 + 4 * 9.0) / 8)
    assert (found.worst, found.verdict) == (9.0, "plateau")


def test_a_lonely_point_is_a_peak_and_missing_neighbours_count_as_nothing() -> None:
    points = grid_points(GRID)
    lonely: list[float | None] = [0.1] * 25
    lonely[12] = 2.0
    found = stability(GRID, points, lonely)
    assert found is not None
    assert found.verdict == "peak"
    assert found.ratio == pytest.approx(0.05)
    lonely = [None] * 25
    lonely[12] = 2.0
    found = stability(GRID, points, lonely)
    assert found is not None
    assert (found.verdict, found.mean, len(found.neighbours)) == ("peak", 0.0, 8)


def test_a_choice_parts_points_and_a_corner_has_fewer_neighbours() -> None:
    space: Ranges = {"x": IntRange(low=0, high=3), "k": ChoiceRange(values=["a", "b"])}
    points = grid_points(space)
    found = stability(space, points, [float(point["x"]) + (point["k"] == "b") for point in points])
    assert found is not None
    assert points[found.best] == {"x": 3, "k": "b"}
    assert {points[at]["k"] for at in found.neighbours} == {"b"}


def test_scattered_points_are_compared_with_the_nearest() -> None:
    space: Ranges = {"x": FloatRange(low=0.001, high=10, log=True), "y": FloatRange(low=0, high=1)}
    points = random_points(space, 200, 3)
    found = stability(space, points, [5 - abs(math.log10(float(point["x"]))) - float(point["y"]) for point in points])
    assert found is not None
    assert len(found.neighbours) == NEAREST
    assert found.verdict == "plateau"


def test_a_best_that_is_not_above_zero_has_no_verdict() -> None:
    points = grid_points(GRID)
    found = stability(GRID, points, [-1.0] * 25)
    assert found is not None
    assert (found.verdict, found.ratio) == ("unknown", None)
    assert stability(GRID, points, [None] * 25) is None


def test_the_sentence_of_the_deflated_ratio_gives_tries_luck_and_verdict() -> None:
    said = words.about_deflated(1.6, 1.4, 0.71, 200, 200.0)
    assert said.en == (
        "With 200 tries, the best Sharpe ratio of pure luck would be about 1.40; this one is 1.60, and the probability "
        "that its true value is above zero is 71.0%. That does not rule out luck: it is below 95 %."
    )
    assert "试了 200 次，纯靠运气的最好夏普比率约为 1.40；这里是 1.60" in said.zh
    alike = words.about_deflated(1.6, 1.0, 0.97, 200, 20.0)
    assert "amount to about 20 independent" in alike.en
    assert "约相当于 20 次独立尝试" in alike.zh
    assert "Luck alone hardly explains it" in alike.en
    assert "most likely luck" in words.about_deflated(0.2, 1.0, 0.2, 9, 9).en
    assert "earned nothing" in words.about_deflated(-1.5, 0.0, 0.02, 1, 1).en


def test_the_sentences_of_overfitting_stability_and_walk_forward_draw_the_conclusion() -> None:
    assert "overfitted" in words.about_overfitting(0.62, 0.4, -0.3).en
    assert "the lower out of sample" in words.about_overfitting(0.62, 0.4, -0.3).en
    assert "mostly stays good" in words.about_overfitting(0.05, 0.1, 0.3).en
    assert "plateau" in words.about_stability("plateau", 8, 0.93).en
    assert "peak" in words.about_stability("peak", 8, 0.1).en
    assert "cannot be said" in words.about_stability("unknown", 0, None).en
    assert "robust" in words.about_walk_forward(5, 0.6, 0.12).en
    assert "no efficiency" in words.about_walk_forward(5, None, -0.12).en
    assert "do not trade" in words.about_walk_forward(5, 0.87, -0.3).en


def test_a_cost_is_told_in_the_unit_a_person_would_use() -> None:
    assert "about 12 s with 2 at once" in words.about_cost(200, 12.3, 2, True).en
    assert "1,000 backtests, about 10 min" in words.about_cost(1000, 600, 2, False).en
    assert "several times off" in words.about_cost(1000, 600, 2, False).en
    assert "2.0 小时" in words.about_cost(1, 7200, 1, True).zh
