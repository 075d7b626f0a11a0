"""The built product and a browser; both are stopped at the end, and nothing of them stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from quantdesk.api.static import frontend_folder
from tests.stack.stack_support import Stack, running_stack

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def need(what: str, there: bool) -> None:
    """Skip when something is missing."""
    if not there:
        pytest.skip(f"{what} is missing")


def chromium() -> str | None:
    """Give where Debian's Chromium is; Playwright's own download is not used."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium for one test: Playwright keeps an event loop running, under which no other test could start its own."""
    path = chromium()
    need("chromium (apt install chromium fonts-wqy-zenhei)", path is not None)
    expect.set_options(timeout=20_000)  # a shared machine may be busy
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Stack]:
    """`quantdesk up` as a newcomer starts it, but for the network."""
    need("the built page (make page)", (frontend_folder() / "index.html").exists())
    with running_stack(tmp_path / "home", "--no-first-run") as stack:
        yield stack
