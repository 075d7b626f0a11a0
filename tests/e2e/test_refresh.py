"""A person sees what a refresh would fetch, runs it, sees one dataset fail, and switches the schedule on.

All answers are made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.api.static import frontend_folder
from quantdesk.core.refresh.days import over_at
from quantdesk.kit.clock import today
from tests.e2e import journey
from tests.e2e.conftest import need
from tests.e2e.walking import Walk, walking
from tests.stack.refresh_source import SYMBOLS, bar_server, environment, market_bars
from tests.stack.stack_support import Stack, running_stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
REFRESH, SOURCES = "data/refresh", "data/sources"
STOCKS = SYMBOLS[:12]
ITEMS = 1 + 9 + len(STOCKS) + 10 + len(STOCKS)
"""The calendar, nine indices, the stocks' bars, ten days of suspensions, the stocks' dividends."""


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Stack]:
    """The product with stocks that lack ten days, and a source whose answers on dividends are web pages."""
    need("the built page (make page)", (frontend_folder() / "index.html").exists())
    home, day = tmp_path / "home", today()
    home.mkdir(mode=0o700)
    batch = [market_bars(symbol, day) for symbol in STOCKS]
    ParquetBarStore(home / "bars").merge(
        [bars.take(slice(0, -10)) for bars in batch], source="loopback", now=over_at(batch[0].time[-11].item())
    )
    with (
        bar_server(day, seconds=0.5, broken=("dividends",)) as (url, _),
        running_stack(home, "--no-first-run", **environment(tmp_path / "patch", url)) as stack,
    ):
        yield stack


def test_a_person_plans_and_runs_a_refresh_and_sees_what_failed(browser: Browser, behind: Stack) -> None:
    # The dashboard's market asks for a day of which no share is stored yet.
    with walking(browser, behind, "refresh", "zh") as walk, walk.expecting(404, "/market/day"):
        journey.set_up(walk)
        walk.open("data")
        walk.tab(walk.t(REFRESH, "tab")).click()
        _see_the_plan(walk)
        _run_it(walk)
        _see_what_failed(walk)
        _switch_the_schedule_on(walk)


def _see_the_plan(walk: Walk) -> None:
    t = walk.t
    expect(walk.page.get_by_text(t(REFRESH, "calendarGuess"))).to_be_visible()
    walk.button(t(REFRESH, "runNow")).click()
    plan = walk.page.get_by_role("table", name=t(REFRESH, "plan"))
    bars = plan.get_by_role("row").filter(has_text=t(SOURCES, "dataset.stock_daily"))
    expect(bars).to_contain_text(f"{len(STOCKS)} / {len(STOCKS)}")
    expect(walk.page.get_by_role("dialog")).to_contain_text(t(SOURCES, "dataset.valuation"))  # no source has it
    walk.shot("plan")
    walk.choose(t(REFRESH, "scope"), t(REFRESH, "scope.indices"))
    expect(bars).to_have_count(0)
    expect(plan.get_by_role("row").filter(has_text=t(SOURCES, "dataset.index_daily"))).to_contain_text("9 / 9")
    walk.choose(t(REFRESH, "scope"), t(REFRESH, "scope.everything"))
    expect(bars).to_be_visible()


def _run_it(walk: Walk) -> None:
    t = walk.t
    walk.button(t(REFRESH, "run")).click()
    running = walk.page.get_by_role("region", name=t(REFRESH, "running"))
    rows = running.get_by_role("table", name=t(REFRESH, "datasets")).get_by_role("row")
    stocks = rows.filter(has_text=t(SOURCES, "dataset.stock_daily"))
    expect(stocks).to_contain_text(re.compile(r"60\d{4}\.SH"), timeout=90_000)  # it is being fetched
    expect(rows.filter(has_text=t(SOURCES, "dataset.calendar"))).to_contain_text("1 / 1")
    expect(rows.filter(has_text=t(SOURCES, "dataset.dividends"))).to_contain_text(t(REFRESH, "waiting"))
    walk.shot("running")
    expect(running).to_have_count(0, timeout=90_000)


def _see_what_failed(walk: Walk) -> None:
    t = walk.t
    history = walk.page.get_by_role("table", name=t(REFRESH, "history"))
    done = ITEMS - len(STOCKS)
    expect(history.get_by_role("row").nth(1)).to_contain_text(str(done))
    history.get_by_role("row").nth(1).press("Enter")
    drawer = walk.page.get_by_role("dialog")
    datasets = drawer.get_by_role("table", name=t(REFRESH, "datasets")).get_by_role("row")
    failed = datasets.filter(has_text=t(SOURCES, "dataset.dividends"))
    expect(failed).to_contain_text(f"{len(STOCKS)} / {len(STOCKS)}")
    expect(failed).to_contain_text(t(SOURCES, "kind.page"))
    items = drawer.get_by_role("table", name=t(REFRESH, "items")).get_by_role("row")
    expect(items.filter(has_text=STOCKS[0])).to_contain_text(t(SOURCES, "kind.page"))
    walk.shot("failed")
    drawer.get_by_role("button", name="Close").or_(drawer.locator(".ant-drawer-close")).first.click()


def _switch_the_schedule_on(walk: Walk) -> None:
    t = walk.t
    schedule = walk.page.get_by_role("region", name=t(REFRESH, "schedule"))
    schedule.get_by_role("switch").click()
    expect(schedule.get_by_role("switch")).to_be_checked()
    next_one = re.compile(t(REFRESH, "scheduleNext", at=r"\d{4}-\d\d-\d\d"))
    expect(schedule.get_by_text(next_one)).to_have_count(2)
    walk.shot("scheduled")
