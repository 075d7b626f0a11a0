"""The built product and a browser; both are stopped at the end, and nothing of them stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.stack.stack_support import Stack, running_stack

from quantdesk.api.static import frontend_folder

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
    """Skip, or fail where everything must be there, when something is missing."""
    if there:
        return
    reason = f"{what} is missing"
    if os.environ.get("QD_REQUIRE_SERVICES") == "1" or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def chromium() -> str | None:
    """Give where Debian's Chromium is; Playwright's own download is not used."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    need("chromium (apt install chromium fonts-wqy-zenhei)", path is not None)
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
