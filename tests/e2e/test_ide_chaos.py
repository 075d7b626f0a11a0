"""The line is cut while somebody types, the API dies while they save, the kernel is killed: nothing typed is lost."""

from __future__ import annotations

import re

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import journey
from tests.e2e.walking import Walk, walking
from tests.stack.stack_support import Stack, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.stack, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e")]

CUT_MS = 30_000
TICKING = """import time
for number in range(120):
    print("tick", number, flush=True)
    time.sleep(0.3)
"""
KEYS = "abcdefghij" * 6


def type_comment(walk: Walk, text: str) -> str:
    """Type a comment as the first line, key by key; give the line."""
    walk.page.locator(".ide-editor .view-line").first.click()
    walk.page.keyboard.press("Control+Home")
    line = f"# {text}"
    walk.page.keyboard.type(line, delay=15)
    walk.page.keyboard.press("Escape")  # what the editor offers is not wanted
    walk.page.keyboard.press("Enter")
    return line


def text_in_editor(walk: Walk) -> str:
    journey.editor(walk).click()
    walk.page.keyboard.press("Control+a")
    walk.page.keyboard.press("Control+c")
    return str(walk.page.evaluate("navigator.clipboard.readText()"))


def forget_browser_drafts(walk: Walk) -> None:
    """Reload as another computer: what is seen then came from the server."""
    walk.page.evaluate("""
        for (const key of Object.keys(localStorage))
            if (key.startsWith("quantdesk.draft")) localStorage.removeItem(key);
    """)


def test_a_line_that_is_cut_for_half_a_minute_loses_no_key_no_output_and_no_version(
    browser: Browser, product: Stack
) -> None:
    with walking(browser, product, "ide-cut", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.make_a_strategy(walk)
        page.get_by_role("button", name=t("notebooks", "open")).click()
        window = page.get_by_role("region", name=t("notebooks", "title"))
        prompt = window.get_by_label(t("notebooks", "inputLabel"))
        prompt.fill(TICKING)
        prompt.press("Enter")
        expect(window.get_by_text("tick 3")).to_be_visible()

        faults = list(walk.faults)
        page.context.set_offline(True)
        typed = [type_comment(walk, f"offline {number} {KEYS}") for number in range(3)]
        page.keyboard.press("Control+s")
        expect(page.get_by_text(t("strategies", "saveQueued"))).to_be_visible()
        typed.append(type_comment(walk, f"after the save {KEYS}"))
        page.wait_for_timeout(CUT_MS)
        page.context.set_offline(False)

        # The save that waited is made by itself, with what was typed since.
        expect(page.get_by_text(t("strategies", "saved", number=3), exact=True)).to_be_visible(timeout=40_000)
        expect(window.get_by_text("tick 119")).to_be_visible(timeout=60_000)
        ticks = [line for line in window.locator(".out-text").all_inner_texts() if "tick" in line]
        assert "".join(ticks).split() == [word for number in range(120) for word in ("tick", str(number))]
        walk.faults[:] = faults  # what failed meanwhile was meant to

        forget_browser_drafts(walk)
        page.reload()
        expect(page.get_by_text(t("strategies", "saved", number=3), exact=True)).to_be_visible()
        lines = text_in_editor(walk).splitlines()
        assert [line for line in lines if line in typed] == typed[::-1]


def test_an_api_that_dies_while_somebody_types_and_saves_loses_nothing(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "ide-restart", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.make_a_strategy(walk)
        faults = list(walk.faults)
        typed = [type_comment(walk, f"before {KEYS}")]
        product.kill("api")
        typed += [type_comment(walk, f"while away {number} {KEYS}") for number in range(2)]
        page.keyboard.press("Control+s")
        # Saved at once, or as soon as there is an API again.
        expect(page.get_by_text(t("strategies", "saved", number=3), exact=True)).to_be_visible(timeout=40_000)
        walk.faults[:] = faults
        forget_browser_drafts(walk)
        page.reload()
        expect(page.get_by_text(t("strategies", "saved", number=3), exact=True)).to_be_visible()
        lines = text_in_editor(walk).splitlines()
        assert [line for line in lines if line in typed] == typed[::-1]


def test_what_was_typed_and_never_saved_is_there_on_another_computer(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "ide-draft", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.make_a_strategy(walk)
        typed = type_comment(walk, f"never saved {KEYS}")
        expect(page.get_by_text(t("strategies", "draft.kept"))).to_be_visible()
        page.on("dialog", lambda dialog: dialog.accept())  # leaving with unsaved changes
        forget_browser_drafts(walk)
        page.reload()
        page.get_by_role("button", name=t("strategies", "draftTake")).click()
        assert typed in text_in_editor(walk).splitlines()


def test_a_kernel_that_is_killed_is_told_in_words_and_its_outputs_stay(browser: Browser, product: Stack) -> None:
    with walking(browser, product, "ide-kernel", "zh") as walk:
        t, page = walk.t, walk.page
        journey.set_up(walk)
        journey.make_a_strategy(walk)
        page.get_by_role("button", name=t("notebooks", "open")).click()
        window = page.get_by_role("region", name=t("notebooks", "title"))
        prompt = window.get_by_label(t("notebooks", "inputLabel"))
        prompt.fill(TICKING)
        prompt.press("Enter")
        expect(window.get_by_text("tick 3")).to_be_visible()
        kernel = wait_for(lambda: next((one for one in product.children() if is_kernel(one)), None), "the kernel")
        kernel.kill()
        expect(window.get_by_text(t("notebooks", "dead"), exact=True)).to_be_visible()
        expect(window.get_by_role("alert").first).to_contain_text(re.compile(r"\S"))
        expect(window.get_by_text("tick 3")).to_be_visible()
        walk.shot("killed")
        prompt.fill("6 * 7")
        prompt.press("Enter")
        expect(window.get_by_text("42", exact=True)).to_be_visible()
        expect(window.get_by_text(t("notebooks", "idle"), exact=True)).to_be_visible()


def is_kernel(process: psutil.Process) -> bool:
    try:
        return "quantdesk.sandbox.kernel" in process.cmdline()
    except psutil.Error:
        return False
