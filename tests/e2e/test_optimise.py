"""A person optimises a strategy: the heat map fills, the figures say how far to believe it, and the best run opens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from quantdesk.core.strategies.catalog import template
from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
GRID = {"fast": (2, 20, 1), "slow": (20, 80, 4)}
CELLS = 19 * 16
SLOWER = template("double_moving_average").source.replace(
    "    def on_start(self):\n", "    def on_start(self):\n        __import__('time').sleep(0.1)\n"
)
"""Each run takes long enough that the map is seen to fill."""


def test_a_person_optimises_a_strategy_and_opens_the_best_run(browser: Browser, product: Stack, tmp_path: Path) -> None:
    with walking(browser, product, "optimise", "zh") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        _fill_the_form(walk)
        _see_the_heat_map_fill(walk)
        _read_how_far_to_believe_it(walk)
        _open_the_best_run(walk)
        _find_it_in_the_list(walk)


def _fill_the_form(walk: Walk) -> None:
    t = walk.t
    walk.open("strategies")
    walk.page.get_by_role("row").get_by_role("link", name="双均线").click()
    journey.write_code(walk, SLOWER)
    walk.page.keyboard.press("Control+s")
    expect(walk.page.get_by_text(t("strategies", "saved", number=2), exact=True)).to_be_visible()
    walk.page.locator(".page-actions").get_by_role("link").filter(has_text=t("optimisations", "optimise")).click()
    for name, figures in GRID.items():
        row = walk.page.get_by_role("group", name=name, exact=True)
        for field, figure in zip(("low", "high", "step"), figures, strict=True):
            row.get_by_label(t("optimisations", field), exact=True).fill(str(figure))
    expect(walk.page.locator(".cost")).to_contain_text(f"{CELLS} 次回测")
    walk.shot("optimise-form", height=1500)
    slow = walk.page.get_by_role("group", name="slow", exact=True)
    end = slow.get_by_label(t("optimisations", "high"), exact=True)
    end.fill("10")  # a range that ends before it begins is told beside its field
    expect(slow.get_by_role("alert")).to_have_text(t("optimisations", "faultOrder"))
    end.fill(str(GRID["slow"][1]))
    expect(slow.get_by_role("alert")).to_have_count(0)
    walk.button(t("optimisations", "start")).click()


def _see_the_heat_map_fill(walk: Walk) -> None:
    """All cells are there from the start; each that ends gets its figure, until none is left."""
    t = walk.t
    walk.page.wait_for_url(re.compile(r"/backtests/optimisations/(?!new)"))
    legend = walk.page.locator(".legend-line")
    waiting = re.compile(t("optimisations", "heatmapWaiting", count=r"\d+"))
    expect(legend).to_contain_text(waiting, timeout=60_000)
    walk.shot("optimise-running")
    walk.page.reload()  # what runs survives it
    expect(legend).to_be_visible()
    expect(legend).not_to_contain_text(waiting, timeout=120_000)
    expect(walk.page.get_by_role("table", name=t("optimisations", "trialsTable"))).to_have_attribute(
        "aria-rowcount", str(CELLS + 1)
    )


def _read_how_far_to_believe_it(walk: Walk) -> None:
    t = walk.t
    luck = walk.page.get_by_role("region", name=t("optimisations", "luck"))
    for answer in ("deflated", "stability", "pbo"):
        expect(luck.get_by_role("heading", name=t("optimisations", answer), exact=True)).to_be_visible(timeout=60_000)
    walk.shot("optimised", height=2700)


def _open_the_best_run(walk: Walk) -> None:
    t = walk.t
    card = walk.page.get_by_role("complementary", name=t("optimisations", "trialCard"))
    best = card.locator(".trial-objective strong").inner_text()
    walk.button(t("optimisations", "openBest")).click()
    expect(walk.page.get_by_role("heading", name=t("backtests", "monthly"))).to_be_visible(timeout=90_000)
    # The report has the very figure for which the trial was chosen.
    expect(walk.page.locator(".metric-card").filter(has_text="夏普比率").first).to_contain_text(best)
    walk.shot("best-run")


def _find_it_in_the_list(walk: Walk) -> None:
    t = walk.t
    walk.open("backtests")
    walk.page.get_by_role("navigation", name=t("optimisations", "lists")).get_by_role(
        "link", name=t("optimisations", "tabOptimisations")
    ).click()
    expect(walk.page.get_by_role("row").nth(1)).to_contain_text(t("optimisations", "search.grid"))
    walk.shot("optimisations")
