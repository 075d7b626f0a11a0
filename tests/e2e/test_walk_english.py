"""The core of the journey in English, on a browser set to that language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_a_person_reads_it_all_in_english(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "en", "en") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        journey.find_a_stock(walk)
        journey.make_a_strategy(walk)
        journey.compare_versions(walk)
        journey.run_to_a_report(walk)
        journey.look_at_the_backtests(walk)
        journey.see_an_error_at_its_line(walk)
        journey.look_at_the_jobs(walk)
        journey.look_at_the_data(walk)
        journey.use_the_system_page(walk)
        labels_are_english(walk)
        journey.sign_out_and_in(walk)


def labels_are_english(walk: Walk) -> None:
    """No button, tab, column or heading of the pages is left in Chinese; names of stocks and strategies may be."""
    left: dict[str, list[str]] = {}
    for domain in ("dashboard", "market", "strategies", "backtests", "jobs", "data", "system"):
        walk.open(domain)
        expect(walk.page.locator("main")).to_be_visible()
        for role in ("button", "tab", "columnheader", "radio"):
            for text in walk.page.get_by_role(role).all_inner_texts():  # type: ignore[arg-type]  # a literal
                if CHINESE.search(text) and text != "中文":
                    left.setdefault(domain, []).append(text)
    assert left == {}
