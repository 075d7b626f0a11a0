"""The gate: who gets in, over all routes."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from quantdesk.api.app import create_app
from quantdesk.api.middleware import client_ip
from quantdesk.api.openapi import PUBLIC
from quantdesk.api.security import PROBES, guarded
from quantdesk.bootstrap import build_context
from quantdesk.kit.context import Context
from quantdesk.settings import RedisSettings, Settings
from tests.support.app import client_of, sign_in
from tests.support.redis_server import RedisServer

NEED_TRADER = {
    "fetch_company_tables",
    "fetch_stock",
    "create_backtest",
    "run_quick",
    "rename_backtest",
    "delete_backtest",
    "restore_backtest",
    "upload_file",
    "inspect_upload",
    "delete_upload",
    "create_import",
    "create_demo",
    "delete_demo",
    "check_data",
    "repair_bars",
    "create_factor",
    "create_factor_study",
    "update_factor",
    "delete_factor",
    "cancel_job",
    "retry_job",
    "create_optimisation",
    "estimate_optimisation",
    "rename_optimisation",
    "delete_optimisation",
    "restore_optimisation",
    "backtest_trial",
    "create_strategy",
    "update_strategy",
    "delete_strategy",
    "restore_strategy",
    "save_version",
    "label_version",
    "put_draft",
    "delete_draft",
    "purge_strategy",
    "upload_archive",
    "preview_archive",
    "import_archive",
    "import_ipynb",
    "check_lookahead",
    "estimate_export",
    "create_export",
    "delete_export",
    "create_refresh",
    "resume_refresh",
    "put_refresh_schedule",
    "cross_check_symbol",
    "try_source",
    "list_kernels",
    "run_code",
    "interrupt_kernel",
    "restart_kernel",
    "end_kernel",
    "create_watchlist",
    "update_watchlist",
    "delete_watchlist",
    "restore_watchlist",
    "put_watched_symbol",
    "delete_watched_symbol",
    "import_watchlist",
}
SAMPLES = {"symbol": "600519.SH"}
NEED_ADMIN = {"list_users", "create_user", "update_user", "list_audit", "doctor"}


def operations(app: FastAPI) -> list[tuple[str, str, str]]:
    """Give (method, path with its parameters filled in, operation id) of every declared operation."""
    found = []
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            filled = path
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    schema = parameter["schema"]
                    value = schema["enum"][0] if "enum" in schema else SAMPLES.get(parameter["name"], "1")
                    filled = filled.replace("{" + parameter["name"] + "}", str(value))
            found.append((method.upper(), filled, operation["operationId"]))
    return found


def api_routes(routes: list[Any]) -> list[APIRoute]:
    found: list[APIRoute] = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "original_router"):
            found += api_routes(route.original_router.routes)
    return found


async def test_every_route_is_declared_and_none_answers_without_sign_in(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    declared = operations(app)
    assert {name for _, _, name in declared} == {route.name for route in api_routes(app.routes)}
    assert len(declared) > 50
    for method, path, _ in [*declared, ("GET", "/api/v1/openapi.json", ""), ("GET", "/api/else", "")]:
        if path in PUBLIC:
            continue
        assert guarded(path)
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), f"{method} {path}"


def test_what_is_public_is_public_on_purpose() -> None:
    assert {path for path in PUBLIC if guarded(path)} == {
        f"/api/v1/auth/{name}" for name in ("state", "setup", "login", "refresh")
    }
    assert PUBLIC - {path for path in PUBLIC if guarded(path)} == PROBES


async def forbidden(app: FastAPI, client: httpx.AsyncClient) -> set[str]:
    """Give the operations that this client's role or key may not call, among those that change nothing if it may."""
    refused = set()
    for method, path, name in operations(app):
        if path in PUBLIC or name in ("logout",):
            continue
        answer = await client.request(method, path, content=b"", headers={"Content-Type": "application/json"})
        assert answer.status_code != 500, f"{method} {path}"
        if answer.status_code == 403:
            refused.add(name)
    return refused


async def test_what_a_viewer_may_not_do(app: FastAPI, viewer: httpx.AsyncClient) -> None:
    assert await forbidden(app, viewer) == NEED_TRADER | NEED_ADMIN


async def test_what_a_trader_may_not_do(app: FastAPI, trader: httpx.AsyncClient) -> None:
    for method, path, name in operations(app):
        if name in NEED_ADMIN:
            assert (await trader.request(method, path)).status_code == 403, name


async def test_a_key_of_no_use_may_do_nothing_but_say_who_it_is(app: FastAPI, viewer: httpx.AsyncClient) -> None:
    made = await viewer.post("/api/v1/auth/api-keys", json={"name": "k", "scopes": ["jobs:write"]})
    async with client_of(app, token=made.json()["key"]) as client:
        every = {name for _, path, name in operations(app) if path not in PUBLIC and name != "logout"}
        assert every - await forbidden(app, client) == {"me"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense"])
async def test_no_header_but_a_right_one_opens(client: httpx.AsyncClient, header: str) -> None:
    assert (await client.get("/api/v1/auth/me", headers={"Authorization": header})).status_code == 401


@pytest.mark.parametrize(
    "path", ["//api/v1/auth/me", "/API/v1/auth/me", "/api/v1/auth/me/", "/api%2fv1/auth/me", "/api"]
)
async def test_no_other_spelling_of_a_path_slips_through(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in (401, 404) or answer.headers["content-type"].startswith("text/")
    assert "username" not in answer.text


async def test_a_websocket_elsewhere_is_closed(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/api/v1/else",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "query_string": b"",
    }
    await app(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "ip"),
    [
        ("203.0.113.5", "1.1.1.1", [], "203.0.113.5"),
        ("203.0.113.5", "1.1.1.1", ["10.0.0.0/8"], "203.0.113.5"),
        ("10.0.0.1", "198.51.100.7", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.1", "<script>, 198.51.100.7", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.1", "junk", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
        ("::1", "2001:db8::7", ["::1"], "2001:db8::7"),
    ],
)
def test_only_a_trusted_proxy_names_the_caller(peer: str, forwarded: str, trusted: list[str], ip: str) -> None:
    headers = Headers({"x-forwarded-for": forwarded} if forwarded else {})
    networks = [ipaddress.ip_network(text) for text in trusted]
    assert client_ip({"type": "http", "client": (peer, 1)}, headers, networks) == ip


@pytest.fixture
async def alone(settings: Settings, own_redis: RedisServer) -> Any:
    """An app over a Redis of its own, which the test stops; with a signed-in client."""
    own = settings.model_copy(update={"redis": RedisSettings(url=own_redis.url)})
    context: Context = build_context(own)
    _, token = await sign_in(context, "trader", "trader")
    async with client_of(create_app(own, context), token=token) as client:
        yield client
    await context.close()


async def test_without_redis_nobody_gets_in_and_the_answer_comes_soon(
    alone: httpx.AsyncClient, own_redis: RedisServer
) -> None:
    assert (await alone.get("/api/v1/auth/me")).status_code == 200
    own_redis.stop()
    for method, path in (("GET", "/api/v1/auth/me"), ("POST", "/api/v1/auth/login"), ("POST", "/api/v1/auth/refresh")):
        async with asyncio.timeout(10):
            answer = await alone.request(method, path, json={"username": "trader", "password": "x"})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await alone.get("/health")).status_code == 200


async def test_a_redis_that_hangs_does_not_hang_the_page(alone: httpx.AsyncClient, own_redis: RedisServer) -> None:
    os.kill(own_redis.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(10):
            answer = await alone.get("/api/v1/auth/me")
    finally:
        os.kill(own_redis.pid, signal.SIGCONT)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await alone.get("/api/v1/auth/me")).status_code == 200
