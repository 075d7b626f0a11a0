"""A person looks at the market of a day, opens an industry, watches stocks, orders them and undoes a deletion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
OVERVIEW, WATCH = "market/overview", "market/watchlists"
FIRST, SECOND = "600001.DEMO", "600003.DEMO"


def test_a_person_reads_the_market_and_keeps_a_watchlist(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "market", "zh") as walk:
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        _read_a_day(walk)
        _open_an_industry(walk)
        for symbol in (FIRST, SECOND):
            _star(walk, symbol)
        _put_in_order(walk)
        _delete_and_undo(walk)


def _read_a_day(walk: Walk) -> None:
    t, page = walk.t, walk.page
    walk.open("market")
    expect(page.get_by_role("heading", name=t(OVERVIEW, "title"), exact=True)).to_be_visible()
    expect(page.locator(".page-extra").get_by_text(t(OVERVIEW, "simulated"), exact=True)).to_be_visible()
    day = page.get_by_label(t(OVERVIEW, "day"), exact=True)
    expect(day).to_have_value("2025-12-31")
    page.get_by_role("button", name=t(OVERVIEW, "previous")).click()
    expect(day).to_have_value("2025-12-30")
    expect(page).to_have_url(re.compile("date=2025-12-30"))
    page.get_by_role("button", name=t(OVERVIEW, "next")).click()
    expect(day).to_have_value("2025-12-31")
    walk.shot("overview", height=1900)


def _open_an_industry(walk: Walk) -> None:
    t, page = walk.t, walk.page
    heat = page.get_by_role("region", name=t(OVERVIEW, "heat"))
    expect(heat.get_by_role("application")).to_be_visible()
    boards = heat.get_by_role("table", name=t(OVERVIEW, "board"))
    expect(boards.get_by_role("row")).to_have_count(13)
    boards.get_by_role("row").filter(has_text="银行").click()
    expect(heat.get_by_role("table", name="银行").get_by_role("row").nth(1)).to_contain_text("模拟")
    walk.shot("industry")
    heat.get_by_role("button", name=re.compile(t(OVERVIEW, "back"))).click()
    expect(boards).to_be_visible()


def _star(walk: Walk, symbol: str) -> None:
    t, page = walk.t, walk.page
    walk.go(f"/market/{symbol}")
    star = page.locator(".page-actions").get_by_role("button", name=re.compile(t(WATCH, "star")))
    star.click()
    own = page.get_by_role("checkbox", name=t(WATCH, "defaultName"))
    expect(own).to_be_checked()
    walk.shot(f"star-{symbol}")
    page.keyboard.press("Escape")


def _put_in_order(walk: Walk) -> None:
    t, page = walk.t, walk.page
    page.get_by_role("link", name=t(OVERVIEW, "watchlists")).click()
    table = page.get_by_role("table", name=t(WATCH, "defaultName"))
    rows = table.get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text(FIRST)
    rows.nth(1).focus()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.keyboard.press("Alt+ArrowDown")
    expect(rows.nth(1)).to_contain_text(SECOND)
    page.reload()
    expect(rows.nth(1)).to_contain_text(SECOND)
    walk.shot("watchlist")
    rows.nth(2).drag_to(rows.nth(1))
    expect(rows.nth(1)).to_contain_text(FIRST)


def _delete_and_undo(walk: Walk) -> None:
    t, page = walk.t, walk.page
    page.get_by_role("button", name=t(WATCH, "groupMenu")).click()
    page.get_by_role("menuitem", name=t(WATCH, "delete")).click()
    expect(page.get_by_text(t(WATCH, "emptyTitle")).first).to_be_visible()
    walk.button(t("ui", "undo")).click()
    rows = page.get_by_role("table", name=t(WATCH, "defaultName")).get_by_role("row")
    expect(rows).to_have_count(3)
