"""Cells beside the editor: run, read, interrupt, lose the line and the API, and miss nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

BARS = """date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST
2020-01-02,sh.600000,10,10,10,10,10,1000,10000,1,0
2020-01-03,sh.600000,11,11,11,11,10,1000,11000,1,0
"""
CELLS = """# %% load
from quantdesk.sdk import market
frame = market.bars("600000.SH")
frame[["close"]]
# %% count
import time
for number in range(60):
    print("tick", number, flush=True)
    time.sleep(0.1)
# %% wrong
def f():
    return 1 / 0
f()
"""


def run_cell(walk: Walk, line: int) -> None:
    page = walk.page
    # No click: where the editor is scrolled, its first line is out of sight, and an output may be there instead.
    page.locator(".ide-editor .native-edit-context, .ide-editor textarea.inputarea").first.focus()
    page.keyboard.press("Control+Home")
    for _ in range(line - 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")


RICH = """# %% [markdown]
# # Mean $x$
# %% plain
x = 20
x + 1
# %% figure
import plotly.graph_objects as go
go.Figure(go.Candlestick(open=[1, 2], high=[3, 4], low=[0, 1], close=[2, 3])).update_layout(height=200).show()
# %% chart
from IPython.display import display
option = {"xAxis": {"data": ["a", "b"]}, "yAxis": {}, "series": [{"type": "bar", "data": [1, 2]}]}
display({"application/vnd.quantdesk.chart+json": option}, raw=True)
"""


def see_outputs_below_their_cells(walk: Walk) -> None:
    """Run all by one key; Markdown, a value, plotly and a chart are where they belong; an edit makes a cell stale."""
    t, page = walk.t, walk.page
    journey.write_code(walk, RICH)
    page.keyboard.press("Control+Home")
    expect(page.get_by_role("region", name=t("notebooks", "prose")).locator(".katex")).to_be_visible()
    page.keyboard.press("Control+Alt+Enter")
    outputs = page.locator(".cell-output")
    expect(outputs.filter(has_text="21")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Control+ArrowDown")
    expect(outputs.locator(".main-svg").first).to_be_visible(timeout=60_000)
    walk.shot("cells")
    margin = page.locator(".code-editor-host .margin").first.bounding_box()
    assert margin is not None
    page.mouse.move(margin["x"] + 10, margin["y"] + 100)
    for _ in range(30):
        page.mouse.wheel(0, 200)
    expect(outputs.locator(".chart-canvas canvas").first).to_be_visible()
    walk.shot("chart")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.type("y = 1\n")
    plain = page.get_by_role("toolbar", name=t("notebooks", "cellNamed", title="plain"))
    expect(plain).to_contain_text(t("notebooks", "status.stale"))
    plain.get_by_role("button", name=t("notebooks", "runCell")).click()
    expect(plain).to_contain_text(t("notebooks", "status.ok"))
    page.keyboard.press("F1")
    keys = page.get_by_role("dialog", name=t("notebooks", "keysTitle"))
    expect(keys).to_contain_text("F10")
    page.keyboard.press("F1")
    expect(keys).to_be_hidden()
    page.get_by_role("button", name=t("notebooks", "outputsBelow"), exact=True).click()
    expect(outputs).to_have_count(0)


def test_cells_run_beside_the_editor_and_a_broken_line_loses_nothing(
    browser: Browser, product: Stack, tmp_path: Path
) -> None:
    with walking(browser, product, "notebook", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        file = tmp_path / "bars.csv"
        file.write_text(BARS)
        journey.import_a_file(walk, file, 2)
        journey.make_a_strategy(walk)
        journey.write_code(walk, CELLS)
        walk.button(t("notebooks", "open")).click()

        run_cell(walk, 2)
        window = page.get_by_role("region", name=t("notebooks", "title"))
        table = window.get_by_role("table", name=t("notebooks", "table"))
        expect(table).to_contain_text("11")
        expect(window.get_by_text(t("notebooks", "rows", rows=2, columns=1))).to_be_visible()
        walk.shot("table")

        run_cell(walk, 6)
        expect(window.get_by_text("tick 5")).to_be_visible()
        faults = list(walk.faults)
        page.context.set_offline(True)
        product.kill("api")
        page.context.set_offline(False)
        expect(window.get_by_text("tick 59")).to_be_visible(timeout=40_000)
        ticks = [line for line in window.locator(".out-text").all_inner_texts() if "tick" in line]
        assert "".join(ticks).split() == [word for number in range(60) for word in ("tick", str(number))]

        walk.faults[:] = faults  # what failed meanwhile was meant to

        run_cell(walk, 11)
        error = window.get_by_role("alert").last
        expect(error).to_contain_text("ZeroDivisionError")
        error.get_by_role("button", name=t("notebooks", "line", line=12)).click()
        walk.shot("error")

        prompt = window.get_by_label(t("notebooks", "inputLabel"))
        prompt.fill("len(frame) * 21")
        prompt.press("Enter")
        expect(window.get_by_text("42", exact=True)).to_be_visible()
        prompt.fill("while True: pass")
        prompt.press("Enter")
        expect(window.get_by_text(t("notebooks", "busy"), exact=True).first).to_be_visible()
        walk.button(t("notebooks", "interrupt")).click()
        expect(window.get_by_role("alert").last).to_contain_text("KeyboardInterrupt")

        window.get_by_text(t("notebooks", "variables"), exact=True).click()
        expect(window.get_by_role("table", name=t("notebooks", "variables"))).to_contain_text("DataFrame")
        walk.shot("variables")

        page.reload()
        expect(page.get_by_role("region", name=t("notebooks", "title")).get_by_text("tick 59")).to_be_visible()
        page.get_by_role("button", name=t("notebooks", "close"), exact=True).click()
        see_outputs_below_their_cells(walk)
