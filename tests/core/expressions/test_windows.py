"""Every function over a window against its definition, written down anew for each day from the window's values."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.expressions import evaluate, parse
from tests.core.expressions.panels import panel_of, random_panel

Window = np.ndarray
Definition = Callable[[Window], float]


def over_known(least: int, definition: Definition) -> Definition:
    """Leave out what is missing or infinite; NaN with fewer than `least` values."""

    def computed(window: Window) -> float:
        known = window[np.isfinite(window)]
        return definition(known) if len(known) >= least else math.nan

    return computed


def skewness(known: Window) -> float:
    n, off = len(known), known - known.mean()
    if (known == known[0]).all():
        return 0.0
    return math.sqrt(n * (n - 1)) / (n - 2) * (off**3).mean() / (off**2).mean() ** 1.5


def kurtosis(known: Window) -> float:
    n, off = len(known), known - known.mean()
    if (known == known[0]).all():
        return -3.0
    fourth = (off**4).mean() / (off**2).mean() ** 2
    return ((n * n - 1) * fourth - 3 * (n - 1) ** 2) / ((n - 2) * (n - 3))


def place_of(best: Callable[[Window], int]) -> Definition:
    def computed(window: Window) -> float:
        missing = ~np.isfinite(window)
        if missing.all():
            return math.nan
        return float((missing.argmax() if missing.any() else best(window)) + 1)

    return computed


def rank(window: Window) -> float:
    known, last = window[np.isfinite(window)], window[-1]
    if not np.isfinite(last):
        return math.nan
    return float(((known < last).sum() + ((known == last).sum() + 1) / 2) / len(known))


def line(window: Window) -> tuple[float, float, float]:
    """Give slope, r² and the last day's residual of the least squares line."""
    known = np.isfinite(window)
    if known.sum() < 2 or np.isinf(window).any():
        return math.nan, math.nan, math.nan
    x, y = np.arange(len(window))[known] - len(window) + 1.0, window[known]
    x_off, y_off = x - x.mean(), y - y.mean()
    flat = (y == y[0]).all()
    slope = 0.0 if flat else (x_off * y_off).sum() / (x_off**2).sum()
    r2 = math.nan if flat else (x_off * y_off).sum() ** 2 / ((x_off**2).sum() * (y_off**2).sum())
    return slope, r2, (window[-1] - y.mean()) + slope * x.mean()


def weighted(window: Window) -> float:
    weights = np.arange(1, len(window) + 1) / (len(window) * (len(window) + 1) / 2)
    return float((weights * window)[np.isfinite(window)].mean())


DEFINITIONS: dict[str, Definition] = {
    "Mean": over_known(1, np.mean),
    "Sum": over_known(1, np.sum),
    "Count": lambda window: float((~np.isnan(window)).sum()),
    "Std": over_known(2, lambda known: known.std(ddof=1)),
    "Var": over_known(2, lambda known: known.var(ddof=1)),
    "Skew": over_known(3, skewness),
    "Kurt": over_known(4, kurtosis),
    "Max": over_known(1, np.max),
    "Min": over_known(1, np.min),
    "IdxMax": place_of(np.argmax),
    "IdxMin": place_of(np.argmin),
    "Med": over_known(1, np.median),
    "Mad": over_known(1, lambda known: np.abs(known - known.mean()).mean()),
    "Rank": rank,
    "Slope": lambda window: line(window)[0],
    "Rsquare": lambda window: line(window)[1],
    "Resi": lambda window: line(window)[2],
    "WMA": lambda window: weighted(window) if np.isfinite(window).any() else math.nan,
}


def expected(values: np.ndarray, days: int, definition: Definition, spans: list[tuple[int, int]]) -> np.ndarray:
    out = np.full(values.shape, np.nan)
    for row, (first, stop) in enumerate(spans):
        for day in range(first, stop):
            start = max(first, day - days + 1) if days else first
            out[row, day] = definition(values[row, start : day + 1])
    return out


SPANS = [(0, 70), (0, 70), (25, 70), (0, 50), (67, 70), (0, 70)]
"""Of random_panel."""


@pytest.mark.parametrize("days", [0, 1, 2, 5, 20, 500])
@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize("field", ["close", "volume"])
def test_a_window_gives_what_its_definition_says(name: str, days: int, field: str):
    days = days and max(days, {"Skew": 3, "Kurt": 4}.get(name, 1))
    panel = random_panel(seed=5)
    found = evaluate(parse(f"{name}(${field}, {days})"), panel, precision="double")
    wanted = expected(panel.fields[field], days, DEFINITIONS[name], SPANS)
    if name == "Rsquare" and days:
        wanted[expected(panel.fields[field], days, DEFINITIONS["Std"], SPANS) <= 2e-5] = np.nan
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9 * np.nanmax(panel.fields[field]))


@pytest.mark.parametrize("days", [0, 2, 5, 20])
@pytest.mark.parametrize("name", ["Cov", "Corr"])
def test_two_series_count_on_the_days_that_both_have(name: str, days: int):
    panel = random_panel(seed=6)
    left, right = panel.fields["close"], panel.fields["volume"].copy()
    right[:, 10:60:9] = np.nan
    found = evaluate(parse(f"{name}($close, $volume, {days})"), panel_of(close=left, volume=right), precision="double")
    wanted = np.full(left.shape, np.nan)
    for row, (first, stop) in enumerate(SPANS):
        for day in range(first, stop):
            window = slice(max(first, day - days + 1) if days else first, day + 1)
            x, y = left[row, window], right[row, window]
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() > 1:
                covariance = np.cov(x[both], y[both])
                changing = np.ptp(x[both]) > 0 and np.ptp(y[both]) > 0
                scale = 1.0 if name == "Cov" else math.sqrt(covariance[0, 0] * covariance[1, 1])
                wanted[row, day] = covariance[0, 1] / scale if changing else 0.0 if name == "Cov" else math.nan
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("days", [1, 4, 15])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.77, 1.0])
def test_a_quantile_lies_between_its_neighbours(days: int, share: float):
    panel = random_panel(seed=7)
    found = evaluate(parse(f"Quantile($close, {days}, {share})"), panel, precision="double")
    wanted = expected(panel.fields["close"], days, over_known(1, lambda known: np.quantile(known, share)), SPANS)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("span", [1, 3, 12.5, 0.3])
def test_an_exponential_mean_weights_missing_days_too(span: float):
    values = random_panel(seed=8).fields["close"]
    alpha = span if span < 1 else 2 / (span + 1)
    found = evaluate(parse(f"EMA($close, {span})"), panel_of(close=values), precision="double")
    for row in (0, 1, 5):
        for day in range(values.shape[1]):
            past = values[row, : day + 1]
            weights = (1 - alpha) ** np.arange(day, -1, -1.0)
            known = np.isfinite(past)
            mean = (weights * past)[known].sum() / weights[known].sum() if weights[known].sum() > 0 else past[known][-1]
            assert found[row, day] == pytest.approx(mean, rel=1e-9)


def test_a_fading_mean_is_an_exponential_one():
    panel = random_panel(seed=9)
    np.testing.assert_array_equal(
        evaluate(parse("Mean($close, 0.25)"), panel), evaluate(parse("EMA($close, 0.25)"), panel)
    )


def test_infinite_values_are_missing_in_a_window_and_break_a_line():
    close = np.array([[1.0, 2.0, np.inf, 4.0, 5.0, 7.0, 8.0]])
    panel = panel_of(close=close)
    assert evaluate(parse("Mean($close, 3)"), panel)[0].tolist() == [1.0, 1.5, 1.5, 3.0, 4.5, 16 / 3, 20 / 3]
    assert evaluate(parse("Count($close, 3)"), panel)[0].tolist() == [1, 2, 3, 3, 3, 3, 3]
    np.testing.assert_allclose(evaluate(parse("Slope($close, 2)"), panel)[0], [np.nan, 1, np.nan, np.nan, 1, 2, 1])
    np.testing.assert_allclose(evaluate(parse("IdxMax($close, 3)"), panel)[0], [1, 2, 3, 2, 1, 3, 3])


def test_shifts_count_days_and_not_values():
    close = np.array([[np.nan, 1.0, np.nan, 3.0, 4.0, np.nan]])
    panel = panel_of(close=close)
    nan = np.nan

    def given_by(text: str, label: bool = False) -> list[float]:
        return evaluate(parse(text, label=label), panel)[0].tolist()

    np.testing.assert_array_equal(given_by("Ref($close, 1)"), [nan, nan, 1, nan, 3, nan])
    np.testing.assert_array_equal(given_by("Delta($close, 2)"), [nan, nan, nan, 2, nan, nan])
    np.testing.assert_array_equal(given_by("Ref($close, 0)"), [nan, 1, 1, 1, 1, nan])
    np.testing.assert_array_equal(given_by("Delta($close, 0)"), [nan, 0, nan, 2, 3, nan])
    np.testing.assert_array_equal(given_by("Ref($close, 50)"), [nan] * 6)
    np.testing.assert_array_equal(given_by("Ref($close, -1)", label=True), [nan, nan, 3, 4, nan, nan])
    np.testing.assert_array_equal(given_by("Ref($close>0, -2)", label=True), [nan, 1, 1, nan, nan, nan])
    np.testing.assert_array_equal(given_by("Ref($close, -50)", label=True), [nan] * 6)


VALUES = st.sampled_from([0.0, 1.0, 1.0, 2.5, -3.0, math.nan, math.inf, 1e-3]) | st.floats(-1e4, 1e4, width=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=40), st.integers(0, 9), st.sampled_from(sorted(DEFINITIONS)))
def test_any_values_over_any_window(values: list[float], days: int, name: str):
    days = days if days == 0 else max(days, {"Skew": 3, "Kurt": 4}.get(name, 1))
    given_values = np.array([values])
    known = ~np.isnan(given_values[0])
    if not known.any():
        return
    spans = [(int(known.argmax()), len(values) - int(known[::-1].argmax()))]
    found = evaluate(parse(f"{name}($close, {days})"), panel_of(close=given_values), precision="double")
    wanted = expected(given_values, days, DEFINITIONS[name], spans)
    deviation = expected(given_values, days, DEFINITIONS["Std"], spans)
    if name in ("Rsquare", "Skew", "Kurt"):
        wanted[(deviation <= 1e-4) & (deviation > 0)] = found[(deviation <= 1e-4) & (deviation > 0)] = np.nan
        wanted[(deviation == 0) & (name == "Rsquare")] = np.nan
    finite = given_values[np.isfinite(given_values)]
    scale = max(np.abs(finite).max(initial=0.0), 1.0) ** (2 if name == "Var" else 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9 * scale)


def test_what_has_left_the_window_leaves_nothing_behind():
    values = np.ones((1, 400)) + np.arange(400) % 7 * 1e-3
    values[0, 100] = 1e9
    panel, plain = panel_of(close=values), panel_of(close=np.where(values > 1e6, 1.0, values))
    for name in ("Mean", "Sum", "Std", "Var", "Skew", "Kurt", "Slope", "Rsquare", "Resi", "WMA"):
        text = parse(f"{name}($close, 20)")
        found, wanted = (evaluate(text, one, precision="double")[0, 125:] for one in (panel, plain))
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-12, err_msg=name)
    text = parse("Corr($close, Ref($close, 3), 20)")
    found, wanted = (evaluate(text, one, precision="double")[0, 130:] for one in (panel, plain))
    np.testing.assert_allclose(found, wanted, rtol=1e-8)
