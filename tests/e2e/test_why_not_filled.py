"""A refused order on the K-line: the candle is clicked, and the reason is read with its rule and source."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

GREEDY = """from quantdesk.sdk import Strategy


class Greedy(Strategy):
    def on_bar(self, bar):
        if self.position(bar.symbol):
            self.order_target(bar.symbol, 0)
        else:
            self.buy(bar.symbol, 10_000_000)
            self.sell(bar.symbol, 100)
"""
"""Wants more than the cash pays, and sells on the day of the buy."""
DAYS_IN = 12
"""A refusal with enough bars before it for its candle to stand in the middle of the chart."""


def test_a_click_on_the_candle_of_a_refused_order_tells_why_it_was_refused(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "why", "zh") as walk:
        t = walk.t
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        journey.make_a_strategy(walk)
        journey.write_code(walk, GREEDY)
        journey.fill_the_form(walk, [journey.STOCK])
        fill_at_the_close(walk)
        journey.run(walk)
        report = walk.button(t("backtests", "openReport"))
        expect(report).to_be_visible(timeout=60_000)
        report.click()

        expect(walk.page.get_by_text(t("backtests/report", "badge.same_close")).first).to_be_visible()
        walk.tab(t("backtests/report", "section.trades")).click()
        walk.tab(t("backtests", "rejections")).click()
        walk.shot("rejections")
        panel = walk.page.get_by_role("region", name=t("backtests/report", "why"))
        click_the_candle_of_a_rejection(walk, panel, t("backtests/report", "rule.t_plus_1"))

        expect(panel).to_contain_text("今天最多可卖 0 股")
        expect(panel).to_contain_text("关于 A 股实行 T+1 交收的通知")
        expect(panel.get_by_text(t("backtests/report", "number.bought_today"))).to_be_visible()
        expect(panel).to_contain_text(t("backtests/report", "next"))
        expect(panel).to_contain_text("没有成交")
        # The buy of the same day was cut to what the cash paid.
        expect(panel.get_by_text(t("backtests/report", "number.cash"))).to_be_visible()
        walk.shot("why", height=1600)


def fill_at_the_close(walk: Walk) -> None:
    """Choose the optimistic fill, and read what the form says of it."""
    t = walk.t
    walk.page.get_by_text(t("backtests", "expert"), exact=True).or_(
        walk.page.locator("summary").filter(has_text=t("backtests", "expert"))
    ).last.click()
    walk.page.get_by_role("combobox", name=t("backtests", "fill"), exact=True).click()
    walk.page.locator(".ant-select-item-option").filter(has_text=t("backtests", "fill.same_close")).click()
    expect(walk.page.get_by_text(t("backtests", "fillHelp.same_close"))).to_be_visible()
    walk.shot("form", height=1800)


def click_the_candle_of_a_rejection(walk: Walk, panel: Locator, rule: str) -> None:
    """Jump to a rejection's candle from the table, close what that explains, and click the candle itself."""
    t = walk.t
    walk.page.get_by_role("group", name=t("backtests/report", "rulesFilter")).get_by_role(
        "button", name=re.compile(re.escape(rule))
    ).click()
    row = walk.page.get_by_role("table", name=t("backtests", "rejections")).get_by_role("row").nth(DAYS_IN)
    day = row.get_by_role("cell").first.inner_text()
    row.click()
    expect(panel).to_contain_text(day)
    panel.get_by_role("button", name=t("backtests/report", "closePanel")).click()
    expect(panel).to_contain_text(t("backtests/report", "whyHint"))
    chart = walk.page.get_by_role("application", name=re.compile(journey.STOCK))
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    # The chart was zoomed to ten bars on either side: the candle is in the middle, between the margins of 8 and 64.
    chart.click(position={"x": 8 + (box["width"] - 8 - 64) / 2, "y": 120})
    expect(panel).to_contain_text(day)
