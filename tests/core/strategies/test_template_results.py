"""What the gallery shows of a template is what the template does on the demo market; nothing is made up."""

from __future__ import annotations

import pytest

from quantdesk.adapters.data_source.demo import DemoMarket, generate
from quantdesk.core.strategies.catalog import Template, templates
from scripts.template_results import END, START, result_of

KINDS = {
    "double_moving_average",
    "bollinger",
    "rsi_reversal",
    "macd",
    "turtle",
    "dual_thrust",
    "grid",
    "multi_factor",
    "etf_rotation",
    "pairs",
    "predicted_move",
    "topk_dropout",
}


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return generate()


def test_there_are_the_twelve_kinds_that_were_promised() -> None:
    assert {one.id for one in templates()} >= KINDS


@pytest.mark.parametrize("template", templates(), ids=lambda one: one.id)
def test_each_has_a_result_of_its_present_source(template: Template) -> None:
    found = template.result
    assert found is not None, "the template was changed; run: python -m scripts.template_results"
    assert (found.start, found.end, len(found.symbols)) == (START, END, template.symbols)
    assert found.fills >= 10
    assert len(found.equity) == len(found.benchmark) == 80
    assert found.equity[0] == found.benchmark[0] == 1
    assert found.equity[-1] == pytest.approx(1 + found.total_return, abs=1e-3)
    assert -1 < found.max_drawdown <= 0
    assert -0.6 < found.total_return < 5


@pytest.mark.parametrize("template", templates(), ids=lambda one: one.id)
def test_the_template_still_does_what_is_shown(template: Template, market: DemoMarket) -> None:
    made = result_of(template, market)
    shown = template.result
    assert shown is not None
    assert made.fills == shown.fills
    assert made.total_return == pytest.approx(shown.total_return, rel=1e-6)
    assert made.equity == pytest.approx(shown.equity, abs=2e-4)
