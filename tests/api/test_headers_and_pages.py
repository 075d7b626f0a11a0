"""Request ids, security headers, compression, and the built pages."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from quantdesk.api.app import create_app
from quantdesk.kit.context import Context
from tests.support.app import client_of

INDEX = "<!doctype html><title>QuantDesk</title>"
SCRIPT = "console.log('quantdesk');" * 100


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built frontend, beside a file that nobody may read."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "big-3c4d.js").write_text(SCRIPT)
    (folder / "assets" / "big-3c4d.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "app-1a2b.js.map").write_text("{}")
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    (tmp_path / "secret.txt").write_text("top secret")
    (folder / "link.txt").symlink_to(tmp_path / "absent")
    return folder


@pytest.fixture
async def pages(context: Context, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(context.settings, context, dist)) as client:
        yield client


async def test_every_answer_has_a_request_id_and_a_sane_one_is_kept(pages: httpx.AsyncClient) -> None:
    given = await pages.get("/health", headers={"X-Request-ID": "trace-1234.abc"})
    assert given.headers["x-request-id"] == "trace-1234.abc"
    for bad in ("short", "x" * 65, "with space in it", 'quote"quote"', "<script>alert"):
        made = (await pages.get("/health", headers={"X-Request-ID": bad})).headers["x-request-id"]
        assert made != bad
        assert len(made) == 26


async def test_a_request_is_logged_with_its_operation_and_without_its_query(pages: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await pages.get("/api/v1/auth/state?token=secret")
    entry = next(entry for entry in logs if entry["event"] == "request")
    assert (entry["method"], entry["operation"], entry["status"]) == ("GET", "auth_state", 200)
    assert entry["ms"] > 0
    assert "secret" not in str(logs)


@pytest.mark.parametrize("path", ["/", "/api/v1/auth/state", "/api/v1/auth/me", "/health", "/assets/none.js"])
async def test_every_answer_has_the_security_headers(pages: httpx.AsyncClient, path: str) -> None:
    headers = (await pages.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy  # no inline script, no eval, no CDN
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


async def test_api_answers_are_not_stored(pages: httpx.AsyncClient) -> None:
    assert (await pages.get("/api/v1/auth/state")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/setup", "/market/600519.SH", "/strategies/01ABC?tab=1"])
async def test_a_page_of_the_app_gets_the_index_fresh(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


async def test_hashed_files_are_kept_for_good_and_others_are_asked_for_again(pages: httpx.AsyncClient) -> None:
    script = await pages.get("/assets/app-1a2b.js")
    assert script.text == SCRIPT
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    icon = await pages.get("/favicon.svg")
    assert icon.headers["cache-control"] == "no-cache"
    again = await pages.get("/favicon.svg", headers={"If-None-Match": icon.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_compressed_twin_is_sent_to_who_takes_it(pages: httpx.AsyncClient) -> None:
    small = await pages.get("/assets/big-3c4d.js", headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["vary"] == "Accept-Encoding"
    assert small.text == SCRIPT
    assert int(small.headers["content-length"]) < len(SCRIPT) / 5
    plain = await pages.get("/assets/big-3c4d.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT


async def test_what_has_no_twin_is_compressed_on_the_way(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["content-encoding"], answer.text) == ("gzip", SCRIPT)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/.vite/manifest.json",
        "/assets/app-1a2b.js.map",
        "/assets/big-3c4d.js.gz",
    ],
)
async def test_no_path_leaves_the_folder_or_reads_what_is_not_for_all(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(httpx.URL("http://127.0.0.1:8000").copy_with(raw_path=path.encode()))
    assert answer.status_code == 404 or answer.text == INDEX


async def test_pages_are_only_read(pages: httpx.AsyncClient) -> None:
    answer = await pages.post("/setup")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert (await pages.head("/")).status_code == 200


async def test_a_new_build_is_seen_without_a_restart(pages: httpx.AsyncClient, dist: Path) -> None:
    await pages.get("/")
    (dist / "assets" / "new-5e6f.js").write_text("new")
    (dist / "index.html").write_text(INDEX + "new")
    os.utime(dist / "index.html", ns=(1, 1))
    assert (await pages.get("/")).text == INDEX + "new"
    assert (await pages.get("/assets/new-5e6f.js")).text == "new"


async def test_before_the_first_build_the_page_says_what_to_do(context: Context, tmp_path: Path) -> None:
    async with client_of(create_app(context.settings, context, tmp_path / "nothing")) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make up" in answer.text
