"""A strategy that is stopped inside `next`: its bar and variables, steps, a condition, a reload, and on to the end."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e import journey
from tests.e2e.texts import Language
from tests.e2e.walking import walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(420), pytest.mark.xdist_group("e2e")]

DAYS = 60
START = dt.date(2024, 1, 2)
CODE = """import backtrader as bt


class Averages(bt.Strategy):
    params = (("period", 5),)

    def __init__(self):
        self.average = bt.ind.SMA(period=self.p.period)

    def next(self):
        close = self.data.close[0]
        gap = close - self.average[0]
        if gap > 0 and not self.position:
            self.buy(size=100)
        elif gap < 0 and self.position:
            self.close()
"""


def bars(file: Path) -> int:
    """Write prices that rise for ten days and fall for ten; give how many days there are."""
    days = [day for n in range(DAYS) if (day := START + dt.timedelta(days=n)).weekday() < 5]
    rows = ["date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST"]
    before = 10.0
    for n, day in enumerate(days):
        price = round(before + (0.2 if n // 10 % 2 == 0 else -0.2), 2)
        rows.append(f"{day},sh.600000,{price},{price},{price},{price},{before},1000000,{price * 1e6:.0f},1,0")
        before = price
    file.write_text("\n".join(rows) + "\n")
    return len(days)


def variable(panel: Locator, name: str) -> Locator:
    return panel.locator(".debug-row").filter(has=panel.page.get_by_text(name, exact=True)).first


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_strategy_is_stopped_looked_at_and_stepped_through(
    browser: Browser, product: Stack, tmp_path: Path, language: Language
) -> None:
    with walking(browser, product, f"debugger-{language}", language) as walk:
        page = walk.page

        def d(key: str, **values: str | int) -> str:
            return walk.t("notebooks/debug", key, **values)

        journey.set_up(walk)
        file = tmp_path / "bars.csv"
        journey.import_a_file(walk, file, bars(file))
        journey.make_a_strategy(walk)
        journey.write_code(walk, CODE)
        journey.fill_the_form(walk, ["600000.SH"])

        journey.gutter(walk, 11)
        expect(page.locator(".bp-plain.bp-on")).to_have_count(1)
        page.get_by_role("button", name=d("title"), exact=True).click()
        panel = page.locator(".debug")
        for name, day in (("from", START), ("to", START + dt.timedelta(days=DAYS))):
            field = panel.get_by_label(d(name), exact=True)
            field.fill(day.isoformat())
            field.press("Enter")
        start = panel.get_by_role("button", name=d("start"))
        expect(start).to_be_enabled()
        walk.shot("ready")
        start.click()
        status = panel.get_by_role("status")
        expect(status).to_contain_text(d("reason.breakpoint"), timeout=60_000)
        expect(page.locator(".debug-line")).to_be_visible()
        bar = panel.locator(".debug-bar")
        expect(bar).to_contain_text("600000.SH")
        first = bar.locator("time").inner_text()
        assert dt.date.fromisoformat(first[:10]) >= START

        page.keyboard.press("F10")
        expect(status).to_contain_text(d("reason.step"))
        expect(variable(panel, "close")).to_contain_text("1")
        expect(page.locator(".debug-value").filter(has_text="close = ").first).to_be_visible()
        panel.get_by_role("button", name=d("expand", name="self"), exact=True).click()
        watch = panel.get_by_role("textbox", name=d("watchAdd"))
        watch.fill("round(close * 0 + 42)")
        watch.press("Enter")
        expect(variable(panel, "round(close * 0 + 42)")).to_contain_text("42")
        expect(bar.get_by_role("application")).to_be_visible()
        walk.shot("stopped")

        journey.gutter(walk, 11)  # away with it, and a condition instead
        expect(page.locator(".bp-plain")).to_have_count(0)
        journey.gutter(walk, 13, "right")
        form = page.get_by_role("form", name=d("breakpointAt", path="strategy.py", line=13))
        form.get_by_label(d("condition")).fill("gap < -0.1")
        walk.shot("condition")
        form.get_by_role("button", name=re.compile(d("ok"))).click()
        expect(page.locator(".bp-condition.bp-on")).to_have_count(1)
        page.keyboard.press("F5")
        expect(status).to_contain_text(d("reason.breakpoint"))
        expect(variable(panel, "gap")).to_contain_text("-0.")
        second = bar.locator("time").inner_text()
        assert second > first

        page.reload()
        expect(status).to_contain_text(d("reason.breakpoint"))
        expect(bar.locator("time")).to_have_text(second)
        expect(page.locator(".debug-line")).to_be_visible()
        expect(variable(panel, "round(close * 0 + 42)")).to_contain_text("42")
        walk.shot("after-a-reload")

        panel.get_by_role("checkbox", name=re.compile("strategy.py .*13")).click()
        expect(page.locator(".bp-off")).to_have_count(1)
        panel.get_by_role("button", name=d("continue")).click()
        expect(status).to_contain_text(d("ended.ok"), timeout=60_000)
        expect(page.locator(".debug-line")).to_have_count(0)
        walk.shot("ended")
