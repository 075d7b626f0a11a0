"""From the address to a page one can type into, on a processor slowed down four times."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, sync_playwright

from benchmarks.rows import Row, Unavailable, median
from benchmarks.stack import PASSWORD, USER, started, wait_for_demo

LOADS = 7
SLOWDOWN = 4
AIM_MS = 2000.0


def run() -> list[Row]:
    """Each load has an empty cache and a profile of its own; the figure is the browser's own clock."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise Unavailable("Chromium is not installed; install your system's package chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with started(page=True) as stack, sync_playwright() as playwright:
        with stack.sign_in() as client:
            wait_for_demo(client)
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        first = [load(browser, stack.url, "input[name=username]") for _ in range(LOADS)]
        signed_in = [dashboard(browser, stack.url) for _ in range(LOADS)]
        browser.close()
    return [
        Row(f"first usable page, {SLOWDOWN}x CPU slowdown, median of {LOADS}", median(first), "ms", AIM_MS),
        Row("the same, slowest", max(first), "ms"),
        Row(f"reload when signed in, {SLOWDOWN}x CPU slowdown, median of {LOADS}", median(signed_in), "ms", AIM_MS),
    ]


def load(browser: Browser, url: str, usable: str) -> float:
    """Give the milliseconds from the navigation until the selector is there and painted."""
    context = browser.new_context()
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(MARK.replace("SELECTOR", usable))
    page.goto(url, wait_until="commit")
    took = float(page.wait_for_function("() => window.__usable").json_value())
    context.close()
    return took


def dashboard(browser: Browser, url: str) -> float:
    """Sign in at full speed, then give the milliseconds that a reload takes until the page's heading is painted."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.fill("input[name=username]", USER)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("main h1")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(MARK.replace("SELECTOR", "main h1"))
    page.reload(wait_until="commit")
    took = float(page.wait_for_function("() => window.__usable").json_value())
    context.close()
    return took


MARK = """
(() => {
  const look = () => {
    const found = document.querySelector("SELECTOR");
    if (found && found.getClientRects().length > 0) {
      // The second frame begins once the first, which holds it, is painted.
      requestAnimationFrame(() => requestAnimationFrame(() => { window.__usable = performance.now(); }));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})();
"""
