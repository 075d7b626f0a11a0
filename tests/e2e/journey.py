"""The steps that both walks share, each in the language of the walk."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, expect

from quantdesk.bootstrap import make_demo_source
from quantdesk.core.instruments.pinyin import initials
from tests.e2e.walking import Walk
from tests.stack.stack_support import PASSWORD

STOCK = "600001.DEMO"
SLOW = """import time

import backtrader as bt


class Slow(bt.Strategy):
    def next(self):
        time.sleep(0.02)
"""
WRONG = """import backtrader as bt


class Wrong(bt.Strategy):
    def next(self):
        if len(self) == 30:
            1 / 0
"""


def set_up(walk: Walk) -> None:
    """Open the one-time link, have a weak password refused, choose a good one."""
    t = walk.t
    walk.go(f"/setup#token={walk.stack.setup_token()}")
    if t.language == "en":  # the page speaks Chinese first
        walk.button("Switch to English").click()
    walk.page.get_by_label(t("auth", "username")).fill("admin")
    walk.shot("setup")
    password = walk.page.get_by_label(t("auth", "password"), exact=True)
    again = walk.page.get_by_label(t("auth", "confirm"))
    with walk.expecting(422, "/auth/setup"):
        password.fill("password123")
        again.fill("password123")
        walk.button(t("auth", "setupButton")).click()
        expect(walk.page.get_by_role("alert").or_(walk.page.locator(".form-error"))).to_be_visible()
        walk.shot("weak-password")
    password.fill(PASSWORD)
    again.fill(PASSWORD)
    walk.button(t("auth", "setupButton")).click()
    expect(walk.page.get_by_role("heading", name=t("dashboard", "title"), exact=True)).to_be_visible()


def see_the_dashboard(walk: Walk) -> None:
    """Wait until the first run has made its demo market and report, and the page shows them by itself."""
    t = walk.t
    expect(walk.page.get_by_text(t("dashboard", "gainers"))).to_be_visible(timeout=90_000)
    expect(walk.page.get_by_text(t("dashboard", "jobsEmpty"))).to_be_visible(timeout=90_000)
    latest = walk.page.get_by_role("region", name=t("dashboard", "backtests"))
    expect(latest.get_by_text(t("dashboard", "maxDrawdown"))).to_be_visible(timeout=30_000)
    walk.shot("dashboard")


def find_a_stock(walk: Walk) -> None:
    """Search it by its pinyin initials, and look at its K-line by week, adjusted, with an indicator."""
    t = walk.t
    name, initials = _some_stock()
    walk.page.keyboard.press("Control+k")
    walk.page.get_by_role("combobox", name=t("shell", "searchHint")).fill(initials)
    found = walk.page.get_by_role("option").filter(has_text=name).first
    expect(found).to_be_visible()
    walk.shot("search")
    found.click()
    expect(walk.page.get_by_role("heading", name=re.compile(re.escape(name)))).to_be_visible()
    chart = walk.page.get_by_role("application").first
    expect(chart).to_be_visible()
    walk.shot("stock-day")
    walk.choose(t("market", "interval"), t("market/intraday", "view.1w"))
    for group, choice in (("adjust", "adjust.qfq"), ("range", "range.all")):
        walk.choose(t("market", group), t("market", choice))
    macd = walk.button("MACD")
    if macd.get_attribute("aria-pressed") != "true":
        macd.click()
    expect(macd).to_have_attribute("aria-pressed", "true")
    expect(walk.page.get_by_text(re.compile("DIF"))).to_be_visible()
    walk.shot("stock-week-qfq-macd")


def make_a_strategy(walk: Walk) -> None:
    """Make one from a template, type into the editor, save it as a version."""
    t, name = walk.t, walk.strategy
    walk.open("strategies")
    # Empty until the first run has made its demo strategies.
    empty = walk.page.get_by_text(t("strategies", "emptyTitle"))
    expect(walk.page.get_by_role("row").nth(1).or_(empty)).to_be_visible()
    walk.shot("strategies")
    walk.button(t("strategies", "new")).first.click()
    dialog = walk.page.get_by_role("dialog")
    dialog.get_by_label(t("strategies", "name"), exact=True).fill(name)
    dialog.get_by_role("radio").first.check(force=True)
    expect(dialog.locator(".view-lines")).to_be_visible()
    walk.shot("new-strategy")
    dialog.get_by_role("button", name=t("strategies", "create"), exact=True).click()
    expect(walk.page.get_by_role("heading", name=name)).to_be_visible()
    lines = editor(walk)
    lines.click()
    walk.page.keyboard.press("Control+Home")
    walk.page.keyboard.type("# edited in the browser\n")
    expect(walk.page.get_by_text(t("strategies", "unsaved"), exact=True).first).to_be_visible()
    walk.page.keyboard.press("Control+s")
    expect(walk.page.get_by_text(t("strategies", "saved", number=2), exact=True)).to_be_visible()


def editor(walk: Walk) -> Locator:
    lines = walk.page.locator(".ide-editor .view-lines")
    expect(lines).to_be_visible()
    return lines


def write_code(walk: Walk, code: str) -> None:
    """Paste the code into the editor: typed, the editor would indent it once more."""
    editor(walk).click()
    walk.page.keyboard.press("Control+a")
    walk.page.evaluate("code => navigator.clipboard.writeText(code)", code)
    walk.page.keyboard.press("Control+v")


def gutter(walk: Walk, line: int, button: Literal["left", "right"] = "left") -> None:
    """Click left of a line's number."""
    number = walk.page.locator(".ide-editor .line-numbers").filter(has_text=re.compile(rf"^{line}$"))
    box = number.bounding_box()
    assert box is not None
    walk.page.mouse.click(box["x"] - 6, box["y"] + box["height"] / 2, button=button)


def fill_the_form(walk: Walk, symbols: list[str], fast: int | None = None) -> None:
    t = walk.t
    box = walk.page.get_by_role("combobox", name=t("backtests", "symbols"))
    if symbols:  # instead of what a first run is filled with
        box.click()
        box.press("Backspace")
        box.press("Backspace")
    for symbol in symbols:
        box.click()
        box.fill(symbol)
        walk.page.get_by_role("option", name=re.compile(symbol)).or_(
            walk.page.locator(".ant-select-item-option").filter(has_text=symbol)
        ).last.click()
    walk.page.keyboard.press("Escape")
    if fast is not None:
        walk.page.get_by_label("fast", exact=True).first.fill(str(fast))  # a slider follows


def run(walk: Walk) -> None:
    walk.button(walk.t("backtests", "run")).click()


def run_to_a_report(walk: Walk) -> None:
    """Run it, watch it live, open its report."""
    t = walk.t
    fill_the_form(walk, [STOCK, "000001.DEMO"], fast=12)
    walk.shot("form")
    run(walk)
    expect(walk.page.get_by_role("region", name=t("backtests", "running"))).to_be_visible()
    walk.shot("running")
    report = walk.button(t("backtests", "openReport"))
    expect(report).to_be_visible(timeout=60_000)
    walk.shot("ran")
    report.click()
    read_the_report(walk)


def read_the_report(walk: Walk) -> None:
    t = walk.t
    expect(walk.page.get_by_role("heading", name=t("backtests", "monthly"))).to_be_visible()
    walk.shot("report", height=1800)
    walk.tab(t("backtests/report", "section.trades")).click()
    walk.tab(t("backtests", "fills")).click()
    walk.shot("report-fills")
    walk.tab(t("backtests", "roundTrips")).click()
    walk.page.get_by_role("table", name=t("backtests", "roundTrips")).get_by_role("row").nth(1).click()
    expect(walk.page.get_by_role("application").last).to_be_visible()
    walk.shot("report-trades")


def look_at_the_jobs(walk: Walk) -> None:
    walk.open("jobs")
    expect(walk.page.get_by_role("row").nth(2)).to_be_visible()
    walk.shot("jobs")


def look_at_the_backtests(walk: Walk) -> None:
    walk.open("backtests")
    expect(walk.page.get_by_role("row").filter(has_text=walk.strategy)).to_be_visible()
    walk.shot("backtests")


def compare_versions(walk: Walk) -> None:
    """See in the history what the second version changed."""
    t = walk.t
    walk.button(t("strategies", "versions")).click()
    drawer = walk.page.get_by_role("dialog")
    expect(drawer.get_by_text("v1", exact=True)).to_be_visible()
    walk.shot("versions")
    walk.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def see_an_error_at_its_line(walk: Walk) -> None:
    """Run a strategy that fails: its line is named and marked in the editor."""
    t = walk.t
    walk.open("strategies")
    walk.page.get_by_role("row").filter(has_text=walk.strategy).first.click()
    write_code(walk, WRONG)
    fill_the_form(walk, [])
    run(walk)
    problem = walk.page.get_by_role("alert").filter(has_text="ZeroDivisionError")
    expect(problem).to_be_visible(timeout=30_000)
    expect(problem).to_contain_text(t("backtests", "codeErrorTitle", line=7))
    expect(problem).to_contain_text("1 / 0")
    expect(walk.page.locator(".ide-editor .squiggly-error")).to_be_visible()
    walk.shot("error-at-its-line")


def cancel_a_long_run(walk: Walk) -> None:
    """Start a run of minutes, see it move, cancel it: it has ended within a second."""
    t = walk.t
    write_code(walk, SLOW)
    walk.page.get_by_text(t("strategies", "settings"), exact=True).click()
    run(walk)
    panel = walk.page.get_by_role("region", name=t("backtests", "running"))
    expect(panel.get_by_role("application")).to_be_visible(timeout=30_000)
    walk.shot("long-run")
    walk.page.reload()
    expect(panel.get_by_role("application")).to_be_visible(timeout=30_000)
    with walk.page.expect_request("**/cancel") as asked:
        panel.get_by_role("button", name=re.compile(t("jobs", "cancel"))).click()
    expect(panel.get_by_text(t("backtests", "cancelledTitle"))).to_be_visible()
    began = dt.datetime.fromtimestamp(asked.value.timing["startTime"] / 1000, dt.UTC)
    ended = walk.ended_at(asked.value.url.split("/")[-2])
    assert ended - began < dt.timedelta(seconds=1)
    walk.shot("cancelled")


def import_a_file(walk: Walk, file: Path, accepted: int, rejected: int = 0) -> None:
    """Import a file through the page: see what it is taken for, start, read the report."""
    t = walk.t
    walk.open("data")
    walk.tab(t("data", "importTab")).click()
    walk.page.locator("input[type=file]").set_input_files(file)
    expect(walk.page.get_by_text(t("data", "ready"), exact=True)).to_be_visible()
    walk.shot(f"import-{file.stem}")
    walk.button(t("data", "start", count=1)).click()
    report = walk.page.get_by_role("dialog")
    expect(report.get_by_text(t("data", "accepted", count=f"{accepted:,}"))).to_be_visible(timeout=60_000)
    expect(report.get_by_text(t("data", "rejected", count=f"{rejected:,}"))).to_be_visible()
    walk.shot(f"imported-{file.stem}")
    walk.page.keyboard.press("Escape")
    expect(report).to_be_hidden()


def look_at_the_data(walk: Walk) -> None:
    walk.open("data")
    expect(walk.page.get_by_role("row").nth(2)).to_be_visible()
    walk.shot("data")


def use_the_system_page(walk: Walk) -> None:
    """Make an API key, which is shown once; look at sessions, audit log and status."""
    t = walk.t
    walk.open("system")
    walk.button(t("system", "newKey")).click()
    dialog = walk.page.get_by_role("dialog")
    dialog.get_by_label(t("system", "keyName")).fill("nightly")
    walk.shot("api-key-form")
    dialog.get_by_role("button", name=t("system", "create"), exact=True).click()
    expect(walk.page.get_by_text(t("system", "keyOnce"))).to_be_visible()
    expect(walk.page.get_by_role("dialog").get_by_text(re.compile("^qd_"))).to_be_visible()
    walk.shot("api-key")
    walk.button(t("system", "done")).click()
    expect(walk.page.get_by_text("nightly")).to_be_visible()
    expect(walk.page.get_by_text(t("system", "thisSession"), exact=True)).to_be_visible()
    walk.shot("security")
    for name in ("users", "audit", "status", "preferences"):
        walk.tab(t("system", f"tab.{name}")).click()
        if name == "audit":
            expect(walk.page.get_by_text(t("system", "action.api_key.created"))).to_be_visible()
        if name == "status":
            expect(walk.page.get_by_text(t("system", "check.workers"))).to_be_visible()
        walk.shot(name)


def sign_out_and_in(walk: Walk) -> None:
    t = walk.t
    walk.button(t("shell", "account")).click()
    walk.page.get_by_role("menuitem", name=t("shell", "signOut")).click()
    expect(walk.page.get_by_text(t("auth", "endedOut"))).to_be_visible()
    walk.shot("sign-in")
    walk.page.get_by_label(t("auth", "username")).fill("admin")
    walk.page.get_by_label(t("auth", "password"), exact=True).fill(PASSWORD)
    walk.button(t("auth", "signIn")).click()
    expect(walk.page.get_by_role("navigation", name=t("shell", "nav"))).to_be_visible()
    place = walk.page.url
    walk.page.reload()
    expect(walk.page.get_by_role("navigation", name=t("shell", "nav"))).to_be_visible()
    assert walk.page.url == place


def _some_stock() -> tuple[str, str]:
    """Give the name of a demo stock and its pinyin initials."""
    name = next(info.name for info in make_demo_source().instruments() if info.symbol == STOCK)
    return name, initials(name)
