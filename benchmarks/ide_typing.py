"""Typing into a strategy of 2,000 lines in the browser: from the key to the frame that shows it.

Beside it, in the same browser: the same text in a bare textarea, which does nothing but take the key.
"""

from __future__ import annotations

import json
import os
import shutil

from playwright.sync_api import Page, sync_playwright

from benchmarks.rows import Peer, Row, Unavailable, median, percentile
from benchmarks.stack import PASSWORD, USER, started

LINES, KEYS, PAUSE_MS = 2_000, 300, 60
TEXT = "        value = self.data.close[0] + moving_average * 2  # typed\n"
METHOD = """    def step_{n}(self):
        fast = self.data.close[0] * {n}
        if fast > 10:
            self.buy(size=100)

"""
FRAME_MS = 50.0
"""What people do not feel: a key is on the screen within three frames."""


def run() -> list[Row]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise Unavailable("Chromium is not installed; install your system's package chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with started(page=True) as stack, sync_playwright() as playwright:
        with stack.sign_in() as client:
            made = client.post("/strategies", json={"name": "long", "code": long_strategy()})
            strategy = made.raise_for_status().json()["id"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(stack.url)
        page.fill("input[name=username]", USER)
        page.fill("input[type=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".rail")  # the sign-in has a heading, too
        page.goto(f"{stack.url}/strategies/{strategy}")
        page.wait_for_selector(".ide-editor .view-lines", timeout=20_000)
        page.locator(".ide-editor .view-line").nth(5).click()
        shown, longest = typed(page)
        page.set_content("<textarea style='width: 90vw; height: 90vh' autofocus></textarea>")
        page.locator("textarea").fill(long_strategy())
        bare, _ = typed(page)
        browser.close()
    peer = Peer("bare textarea, same text", median(bare))
    return [
        Row(f"key to frame in {LINES:,} lines, p50", median(shown), "ms", FRAME_MS, peer=peer),
        Row("the same, p99", percentile(shown, 0.99), "ms", 2 * FRAME_MS),
        Row(
            "longest task while typing",
            longest,
            "ms",
            100.0,
            note=f"{KEYS} keys; 0: none over 50 ms",
        ),
    ]


def long_strategy() -> str:
    """Give a Backtrader strategy with so many lines that all of the page's help has something to do."""
    head = "import backtrader as bt\n\n\nclass Long(bt.Strategy):\n    params = (('fast', 5), ('slow', 20))\n\n"
    steps = "".join(METHOD.format(n=n) for n in range(LINES // 5))
    return f"{head}{steps}    def next(self):\n        self.step_1()\n"


def typed(page: Page) -> tuple[list[float], float]:
    """Type; give the milliseconds from each key to its frame, and those of the longest task (0 when none was long)."""
    page.evaluate(WATCH)
    for key in (TEXT * (KEYS // len(TEXT) + 1))[:KEYS]:
        page.keyboard.press("Enter" if key == "\n" else key)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(1_000)
    found = json.loads(page.evaluate("JSON.stringify(window.__typing)"))
    assert len(found["shown"]) >= KEYS, "keys were lost"
    return found["shown"], max(found["tasks"], default=0.0)


WATCH = """
() => {
  const found = (window.__typing = { shown: [], tasks: [] });
  window.addEventListener("keydown", ({ timeStamp }) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();  // its message comes once the frame is painted
      channel.port1.onmessage = () => found.shown.push(performance.now() - timeStamp);
      channel.port2.postMessage(0);
    });
  }, { capture: true });
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => found.tasks.push(duration)))
    .observe({ type: "longtask" });
}
"""
