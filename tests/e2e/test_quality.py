"""A person imports a file with a fault, has the data checked, sees the fault, takes the bar out and puts it back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from quantdesk.features.quality.calendars import exchange_calendar
from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]
SYMBOL = "600519.SH"
ROWS, WRONG, MISSING = 60, 30, 45
QUALITY = "data/quality"


def test_a_person_finds_a_wrong_bar_quarantines_it_and_puts_it_back(
    browser: Browser, product: Stack, tmp_path: Path
) -> None:
    path, days = faulty_file(tmp_path)
    wrong = str(days[WRONG])
    with walking(browser, product, "quality", "zh") as walk:
        journey.set_up(walk)
        walk.open("data")
        walk.tab(walk.t(QUALITY, "tab")).click()
        expect(walk.page.get_by_text(walk.t(QUALITY, "emptyTitle"))).to_be_visible()
        walk.shot("not-checked")
        journey.import_a_file(walk, path, accepted=ROWS - 1)
        _check(walk)
        drawer = _open_the_symbol(walk, wrong)
        _quarantine_and_undo(walk, drawer, wrong)
        _quarantine_and_restore(walk, drawer, wrong)
        _see_the_coverage(walk)


def faulty_file(folder: Path) -> tuple[Path, list[dt.date]]:
    """Write two months of a stock with a close beyond its limits on one day, and without another day."""
    calendar = exchange_calendar()
    assert calendar is not None
    days = calendar.between(dt.date(2024, 1, 2), dt.date(2024, 6, 30)).tolist()[:ROWS]
    lines, preclose = ["date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST"], 1700.0
    for row, day in enumerate(days):
        close = round(preclose * (1.003 if row % 2 else 0.998), 2)
        high, low = max(preclose, close), min(preclose, close)
        shown = round(preclose * 1.35, 2) if row == WRONG else close
        if row != MISSING:
            figures = (preclose, max(high, shown), low, shown, preclose)
            prices = ",".join(f"{figure:.2f}" for figure in figures)
            volume = 2_500_000 + 1_000 * row
            lines.append(f"{day},sh.600519,{prices},{volume},{volume * (high + low) / 2:.2f},1,0")
        preclose = close
    path = folder / "600519.csv"
    path.write_text("\n".join(lines) + "\n")
    return path, days


def _check(walk: Walk) -> None:
    t = walk.t
    walk.open("data")
    walk.tab(t(QUALITY, "tab")).click()
    walk.button(t(QUALITY, "check")).click()
    kinds = walk.page.get_by_role("region", name=t(QUALITY, "kinds"))
    expect(kinds.get_by_text("超出涨跌停")).to_be_visible(timeout=60_000)
    expect(walk.page.get_by_role("table", name=t(QUALITY, "datasets"))).to_contain_text(t(QUALITY, "dataset.stock"))
    walk.shot("checked")
    kinds.get_by_role("button").filter(has_text="超出涨跌停").click()
    expect(walk.page.get_by_role("table", name=t(QUALITY, "symbols"))).to_contain_text(SYMBOL)


def _open_the_symbol(walk: Walk, wrong: str) -> Locator:
    t = walk.t
    walk.page.get_by_role("table", name=t(QUALITY, "symbols")).get_by_role("row").filter(has_text=SYMBOL).press("Enter")
    drawer = walk.page.get_by_role("dialog")
    finding = drawer.get_by_role("table", name=t(QUALITY, "findings")).get_by_role("row").filter(has_text="超出涨跌停")
    expect(finding).to_contain_text(wrong)
    finding.click()
    expect(drawer.get_by_role("row", name=wrong).last).to_have_attribute("aria-current", "true")
    walk.shot("finding")
    return drawer


def _quarantine_and_undo(walk: Walk, drawer: Locator, wrong: str) -> None:
    t = walk.t
    drawer.get_by_role("button", name=t(QUALITY, "quarantine")).click()
    expect(walk.page.get_by_text(t(QUALITY, "quarantined", symbol=SYMBOL, date=wrong))).to_be_visible()
    findings = drawer.get_by_role("table", name=t(QUALITY, "findings"))
    expect(findings.get_by_role("row").filter(has_text="超出涨跌停")).to_have_count(0)
    walk.button(t("ui", "undo")).click()
    expect(findings.get_by_role("row").filter(has_text="超出涨跌停")).to_have_count(1)


def _quarantine_and_restore(walk: Walk, drawer: Locator, wrong: str) -> None:
    t = walk.t
    findings = drawer.get_by_role("table", name=t(QUALITY, "findings"))
    findings.get_by_role("row").filter(has_text="超出涨跌停").click()
    drawer.get_by_role("button", name=t(QUALITY, "quarantine")).click()
    kept = drawer.get_by_role("region", name=t(QUALITY, "inQuarantine"))
    expect(kept).to_contain_text(wrong)
    walk.shot("in-quarantine")
    kept.get_by_role("button", name=t(QUALITY, "restore")).click()
    expect(kept).to_have_count(0)
    expect(findings.get_by_role("row").filter(has_text="超出涨跌停")).to_have_count(1)
    walk.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def _see_the_coverage(walk: Walk) -> None:
    t = walk.t
    walk.tab(t(QUALITY, "mapTab")).click()
    months = walk.page.get_by_role("tabpanel", name=t(QUALITY, "mapTab"))
    months.get_by_placeholder(t(QUALITY, "search")).fill(SYMBOL)
    chart = walk.page.get_by_role("figure", name=t(QUALITY, "mapTitle"))
    canvas = chart.locator("canvas").first
    expect(canvas).to_be_visible()
    walk.shot("coverage", height=1100)
    expect(canvas).to_have_css("height", "100px")  # one symbol is left
    box = canvas.bounding_box()
    assert box is not None
    # The only row, near its right end: March has every day, but any cell opens the symbol's gaps.
    walk.page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + 8 + 10)
    gaps = walk.page.get_by_role("region", name=t(QUALITY, "gaps", symbol=SYMBOL))
    expect(gaps).to_contain_text(t(QUALITY, "gapsSummary", first="2024-01-02", last="2024-03-29", due=60, have=59)[:10])
    expect(gaps.get_by_role("listitem")).to_have_count(1)
    walk.shot("gaps")
