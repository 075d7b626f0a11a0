"""A new user with the tour: from a template to a bug that is found at a breakpoint, versions, a run, and an archive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(420), pytest.mark.xdist_group("e2e")]

SECRET = "correct horse battery staple"
WRONG = """import backtrader as bt


class Averages(bt.Strategy):
    params = (("period", 5),)

    def __init__(self):
        self.average = bt.ind.SMA(period=self.p.period)

    def next(self):
        gap = self.average[0] - self.average[0]
        if gap > 0 and not self.position:
            self.buy(size=100)
        elif gap < 0 and self.position:
            self.close()
"""
RIGHT = WRONG.replace("gap = self.average[0]", "gap = self.data.close[0]")
BUG = 12


def test_a_new_user_goes_from_a_template_to_an_archive_with_the_tour(
    browser: Browser, product: Stack, tmp_path: Path
) -> None:
    with walking(browser, product, "ide", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.see_the_dashboard(walk)
        walk.button(t("tour", "start")).click()
        see_step(walk, "dashboard", 1)
        walk.button(t("tour", "next")).click()
        see_step(walk, "create", 2)
        walk.shot("tour-create")
        make_from_template(walk)
        see_step(walk, "complete", 3)

        complete_a_name(walk)
        journey.write_code(walk, WRONG)
        page.keyboard.press("Control+s")
        expect(page.get_by_text(t("strategies", "saved", number=2), exact=True)).to_be_visible()
        walk.button(t("tour", "next")).click()
        see_step(walk, "debug", 4)

        journey.fill_the_form(walk, [journey.STOCK])
        look_for_the_bug(walk)
        fix_it(walk)
        walk.button(t("tour", "next")).click()
        see_step(walk, "quick", 5)
        run_quickly(walk)
        walk.button(t("tour", "skip")).click()

        compare_and_restore(walk)
        page.keyboard.press("Alt+Enter")
        expect(walk.button(t("backtests", "openReport"))).to_be_visible(timeout=60_000)
        walk.shot("ran")
        export_and_bring_back(walk, tmp_path / "strategies.zip")


def see_step(walk: Walk, key: str, at: int) -> None:
    """Wait until the tour speaks of a step; it says which one it is."""
    expect(walk.page.locator(".ant-tour-title")).to_have_text(walk.t("tour", f"{key}.title"))
    expect(walk.page.get_by_text(walk.t("tour", "step", at=at, count=9), exact=True)).to_be_visible()


def make_from_template(walk: Walk) -> None:
    t, page = walk.t, walk.page
    walk.button(t("strategies", "new")).first.click()
    dialog = page.get_by_role("dialog", name=t("strategies", "new"))
    dialog.get_by_label(t("strategies", "name"), exact=True).fill(walk.strategy)
    dialog.get_by_role("radio").first.check(force=True)
    expect(dialog.locator(".view-lines")).to_be_visible()
    dialog.get_by_role("button", name=t("strategies", "create"), exact=True).click()
    expect(page.get_by_role("heading", name=walk.strategy)).to_be_visible()


def complete_a_name(walk: Walk) -> None:
    """Type a part of a name where no kernel runs, and take what is offered."""
    page = walk.page
    journey.write_code(walk, "import backtrader as bt\n\n\nclass Mine(bt.Strategy):\n    def next(self):\n        ")
    page.keyboard.press("Control+End")
    page.keyboard.type("self.sel")
    offered = page.locator(".suggest-widget .monaco-list-row").filter(has_text=re.compile(r"^sell"))
    expect(offered.first).to_be_visible()
    walk.shot("completion")
    page.keyboard.press("Enter")
    expect(journey.editor(walk)).to_contain_text("self.sell")


def look_for_the_bug(walk: Walk) -> None:
    """Stop inside `next`, look at the bar and the variables, step; the gap is always zero."""
    t, page = walk.t, walk.page

    def d(key: str, **values: str | int) -> str:
        return t("notebooks/debug", key, **values)

    journey.gutter(walk, BUG)
    page.get_by_role("button", name=d("title"), exact=True).click()
    panel = page.locator(".debug")
    panel.get_by_role("button", name=d("start")).click()
    status = panel.get_by_role("status")
    expect(status).to_contain_text(d("reason.breakpoint"), timeout=60_000)
    expect(panel.locator(".debug-bar")).to_contain_text(journey.STOCK)
    expect(variable(panel, "gap")).to_contain_text("0.0")
    walk.shot("stopped")
    page.keyboard.press("F10")
    expect(status).to_contain_text(d("reason.step"))
    panel.get_by_role("button", name=d("stop")).click()
    expect(status).to_contain_text(d("ended.aborted"))
    journey.gutter(walk, BUG)


def variable(panel: Locator, name: str) -> Locator:
    return panel.locator(".debug-row").filter(has=panel.page.get_by_text(name, exact=True)).first


def fix_it(walk: Walk) -> None:
    journey.write_code(walk, RIGHT)
    walk.page.keyboard.press("Control+s")
    expect(walk.page.get_by_text(walk.t("strategies", "saved", number=3), exact=True)).to_be_visible()


def run_quickly(walk: Walk) -> None:
    """Run the code as it stands: figures, a curve, fills."""
    t, page = walk.t, walk.page
    page.keyboard.press("Control+Shift+Enter")
    report = page.get_by_role("region", name=t("backtests/mini", "report"))
    expect(report.get_by_role("application").first).to_be_visible(timeout=60_000)
    expect(report.locator("summary").filter(has_text=re.compile(r"[1-9]\d* 笔"))).to_be_visible()
    walk.shot("quick")


def compare_and_restore(walk: Walk) -> None:
    """See side by side what the fix changed; bring the wrong version back, and the right one again."""
    t, page = walk.t, walk.page
    for number, saved in ((2, 4), (3, 5)):
        walk.button(t("strategies", "versions")).click()
        drawer = page.get_by_role("dialog")
        drawer.get_by_role("button", name=re.compile(rf"^v{number}\b")).click()
        expect(drawer.locator(".monaco-diff-editor")).to_be_visible()
        walk.shot(f"diff-{number}")
        drawer.get_by_role("button", name=t("strategies", "restoreVersion")).click()
        page.keyboard.press("Escape")
        expect(page.get_by_text(t("strategies", "saved", number=saved), exact=True)).to_be_visible()
        expect(drawer).to_be_hidden()
    expect(journey.editor(walk)).to_contain_text("gap = self.data.close[0]")


def export_and_bring_back(walk: Walk, file: Path) -> None:
    """Export with a password, refuse a wrong one, import beside what is there."""
    t, page = walk.t, walk.page
    walk.open("strategies")
    page.get_by_role("button", name=t("strategies", "export"), exact=True).click()
    dialog = page.get_by_role("dialog", name=t("strategies", "exportTitle"))
    dialog.get_by_label(t("strategies", "password"), exact=True).fill(SECRET)
    dialog.get_by_label(t("strategies", "passwordAgain")).fill(SECRET)
    walk.shot("export")
    with page.expect_download() as download:
        dialog.get_by_role("button", name=re.compile("^" + t("strategies", "export"))).click()
    download.value.save_as(file)
    assert b"gap = self.data" not in file.read_bytes()
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name=t("strategies", "import"), exact=True).click()
    dialog = page.get_by_role("dialog", name=t("strategies", "importTitle"))
    dialog.locator("input[type=file]").set_input_files(file)
    password = dialog.get_by_label(t("strategies", "password"), exact=True)
    go = dialog.get_by_role("button", name=re.compile(t("strategies", "openArchive")))
    with walk.expecting(422, "/archives"):
        password.fill("not this one")
        go.click()
        expect(dialog.get_by_role("alert")).to_be_visible()
    password.fill(SECRET)
    go.click()
    what = dialog.get_by_label(f"{t('strategies', 'archiveDo')} {walk.strategy}", exact=True)
    expect(what).to_be_visible()
    what.click()
    page.locator(".ant-select-item-option").filter(has_text=t("strategies", "choice.keep_both")).last.click()
    walk.shot("import")
    dialog.get_by_role("button", name=t("strategies", "importCount", count=1)).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("row").filter(has_text=walk.strategy)).to_have_count(2)
