"""Why prices differ: a stock's raw and adjusted prices side by side, with its ex-right days, on made-up bars."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

# Made up: 1.00 in cash a share on the second day (known), one bonus share for one on the fourth (not known).
BARS = """date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST
2020-01-02,sh.600000,10,10,10,10,10,1000,10000,1,0
2020-01-03,sh.600000,9.9,9.9,9.9,9.9,9,1000,9900,1,0
2020-01-06,sh.600000,10.8,10.8,10.8,10.8,9.9,1000,10800,1,0
2020-01-07,sh.600000,5.9,5.9,5.9,5.9,5.4,1000,5900,1,0
2020-01-08,sh.600000,6,6,6,6,5.9,1000,6000,1,0
"""
ACTIONS = "code,ex_date,cash\n600000.SH,2020-01-03,1\n"


def test_a_reader_learns_why_adjusted_prices_differ(browser: Browser, product: Stack, tmp_path: Path) -> None:
    with walking(browser, product, "adjustment", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        for name, text, rows in (("bars", BARS, 5), ("actions", ACTIONS, 1)):
            file = tmp_path / f"{name}.csv"
            file.write_text(text)
            journey.import_a_file(walk, file, rows)
        walk.go("/market/600000.SH")
        walk.button(t("market", "whyAdjusted")).click()
        drawer = page.get_by_role("dialog")
        expect(drawer.get_by_role("application")).to_be_visible()

        events = drawer.get_by_role("table", name=t("market/adjustment", "events"))
        expect(events.get_by_role("row").nth(1)).to_contain_text("10派10：与昨收分毫不差")
        expect(events.get_by_role("row").nth(2)).to_contain_text(t("market/adjustment", "verdict.unknown"))
        # 6.00 / (10 / (10 / 9 x 2)) - 1, whichever the basis.
        prices = drawer.get_by_role("table", name=t("market/adjustment", "prices"))
        for basis in ("qfq", "hfq"):
            header = page.get_by_role("rowheader", name=t("market/adjustment", basis), exact=True)
            expect(prices.get_by_role("row").filter(has=header)).to_contain_text("+33.33%")
        walk.shot("whole", height=1200)

        as_of = drawer.get_by_label(t("market/adjustment", "asOf"))
        as_of.fill("2020-01-05")  # a Sunday
        as_of.press("Enter")
        expect(drawer.get_by_text(t("market/adjustment", "anchored", date="2020-01-03"))).to_be_visible()
        expect(drawer).to_contain_text("以 2020-01-03 为准，2020-01-02 是 9.00；以 2020-01-08 为准，是 4.50")
        start = drawer.get_by_label(t("market/adjustment", "from"), exact=True)
        start.fill("2020-01-07")
        start.press("Enter")
        expect(drawer.get_by_text(t("market/adjustment", "noEvents"))).to_be_visible()

        drawer.get_by_role("button", name=t("ui", "export")).click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=t("ui", "exportCsv")).click()
        assert download.value.suggested_filename == "600000.SH-adjustment.csv"
        lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert [line.split(",")[:2] for line in lines] == [["date", "raw"], ["2020-01-07", "5.9"], ["2020-01-08", "6"]]
