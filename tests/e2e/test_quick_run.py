"""A quick run in the dock: unsaved code, its figures, what an edit changes, an error that leads to its line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

HOLD = """from quantdesk.sdk import Strategy, param


class Hold(Strategy):
    share: float = param(0.5, min=0.1, max=1)

    def on_bar(self, bar):
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, self.share)
"""
WRONG = HOLD.replace("if not", "1 / 0\n        if not")


def test_an_edit_is_run_unsaved_and_an_error_leads_to_its_line(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "quick-run", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        journey.make_a_strategy(walk)
        journey.fill_the_form(walk, [journey.STOCK])
        journey.write_code(walk, HOLD)
        page.keyboard.press("Control+Shift+Enter")
        report = page.get_by_role("region", name=t("backtests/mini", "report"))
        figures = report.locator("dl")
        expect(figures).to_contain_text(re.compile(r"[+−]\d+\.\d\d%"), timeout=60_000)
        expect(report.locator("summary").filter(has_text=re.compile(r"^成交 \d+ 笔"))).to_be_visible()
        expect(page.get_by_text(t("strategies", "unsaved"), exact=True).first).to_be_visible()
        walk.shot("report")

        journey.write_code(walk, HOLD.replace("0.5,", "0.9,"))
        page.keyboard.press("Control+Shift+Enter")
        expect(figures.get_by_text(re.compile("[▲▼] ")).first).to_be_visible(timeout=60_000)
        walk.shot("changed")

        journey.write_code(walk, WRONG)
        page.keyboard.press("Control+Shift+Enter")
        expect(report).to_contain_text("ZeroDivisionError", timeout=60_000)
        report.get_by_role("button", name=t("backtests", "goToLine", line=8)).click()
        walk.shot("error")

        page.get_by_role("button", name=t("strategies/components/help", "help"), exact=True).click()
        page.get_by_role("searchbox", name=t("strategies/components/help", "search")).fill("order_target_percent")
        expect(page.get_by_text("调到占总权益的比例：0.95 是 95 %。").first).to_be_visible()
        walk.shot("help")
