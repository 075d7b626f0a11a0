"""A person at the page: what is seen is photographed, and anything that goes wrong behind it is a fault."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, ViewportSize

from tests.e2e.texts import Language, Texts
from tests.stack.stack_support import Stack

SHOTS = Path(__file__).resolve().parents[2] / "artifacts" / "screenshots"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}
_FAILED_LOAD = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Walk:
    """One tab of one person."""

    def __init__(self, stack: Stack, context: BrowserContext, name: str, language: Language) -> None:
        self.stack = stack
        self.t = Texts(language)
        self.url = f"http://127.0.0.1:{stack.port}"
        self.page: Page = context.new_page()
        self.strategy = {"zh": "我的双均线", "en": "My averages"}[language]
        self.faults: list[str] = []
        self._expected: list[tuple[int, str]] = []
        self._folder = SHOTS / name
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._count = 0
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error in the page: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)
        self.page.set_default_timeout(20_000)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def button(self, name: str) -> Locator:
        """Find a button by its words; its icon has a name of its own before them."""
        return self.page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(name)}(\s|$)"))

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=re.compile(rf"^{re.escape(name)}( [\d,]+)?$"))

    def open(self, domain: str) -> None:
        """Open a domain's page by the rail."""
        rail = self.page.get_by_role("navigation", name=self.t("shell", "nav"))
        rail.get_by_role("link", name=self.t("shell", f"nav.{domain}"), exact=True).click()

    def choose(self, group: str, option: str) -> None:
        """Choose in a segmented control or a radio group; the input itself is not seen, its label is."""
        self.page.get_by_label(group, exact=True).get_by_text(option, exact=True).click()

    def shot(self, name: str, *, height: int | None = None) -> None:
        """Photograph the page in light and dark on a desktop, and in light on a tablet; longer pages with a height."""
        self._count += 1
        stem = f"{self._count:02}-{name}"
        for kind, scheme, size in (("dark", "dark", DESKTOP), ("tablet", "light", TABLET), ("light", "light", DESKTOP)):
            self.page.set_viewport_size({"width": size["width"], "height": height or size["height"]})
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self._settle()
            self.page.screenshot(path=self._folder / f"{stem}-{kind}.png", animations="disabled")
        self.page.set_viewport_size(DESKTOP)

    @contextmanager
    def expecting(self, status: int, path: str) -> Iterator[None]:
        """Allow that status of that path (a part of it) in the body."""
        self._expected.append((status, path))
        yield
        self._settle()
        self._expected.pop()

    def ended_at(self, job_id: str) -> dt.datetime:
        """Give when a job ended, as the database has it."""
        with closing(sqlite3.connect(self.stack.home / "quantdesk.db")) as database:
            (ended,) = database.execute("SELECT finished_at FROM jobs WHERE id = ?", [job_id]).fetchone()
        return dt.datetime.fromisoformat(ended).replace(tzinfo=dt.UTC)

    def check(self) -> None:
        assert not self.faults, "\n".join(self.faults)

    def _settle(self) -> None:
        # Two frames: what a change of size or theme set off is drawn.
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _allowed(self, status: int, url: str) -> bool:
        return any(status == expected and path in url for expected, path in self._expected)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        load = _FAILED_LOAD.match(message.text)
        if load and self._allowed(int(load[1]), message.location["url"]):
            return
        self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself stops what it no longer needs
            self.faults.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not self._allowed(response.status, response.url):
            self.faults.append(f"{response.request.method} {response.url}: {response.status}")


@contextmanager
def walking(browser: Browser, stack: Stack, name: str, language: Language) -> Iterator[Walk]:
    """Open a fresh browser profile; check at the end that nothing went wrong."""
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-US"}[language],
        timezone_id="Asia/Shanghai",
        viewport=DESKTOP,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    walk = Walk(stack, context, name, language)
    try:
        yield walk
        walk.check()
    except Exception:
        walk.page.screenshot(path=SHOTS / name / "failure.png")
        for fault in walk.faults:
            print(fault)
        raise
    finally:
        context.close()
