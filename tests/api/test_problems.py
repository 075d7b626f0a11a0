"""Every refusal is a problem with a stable code; no text breaks the house."""

from __future__ import annotations

import errno
import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from quantdesk.api import bodies
from quantdesk.features.auth.tables import UserRow
from quantdesk.kit.errors import NotFound, PreconditionFailed, TooManyRequests
from quantdesk.kit.http import WriteUnit
from quantdesk.ports.errors import Forgotten, PortError, SourceError, StoreFull

USERS = "/api/v1/auth/users"
JSON = {"Content-Type": "application/json"}


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    return body


async def test_a_payload_of_the_wrong_form_names_each_place_but_not_the_value(admin: httpx.AsyncClient) -> None:
    secret = {"my": "secret-value"}
    answer = await admin.post(USERS, json={"username": "x", "password": secret, "role": "king", "more": 1})
    body = assert_problem(answer, 422, "payload_invalid")
    assert [item["field"] for item in body["errors"]] == ["username", "password", "role", "more"]
    assert body["errors"][0]["loc"] == ["body", "username"]
    assert body["field"] == "username"
    assert "secret-value" not in answer.text


@pytest.mark.parametrize(
    "content", [b"{", b"", b"null", b"[1]", b'"x"', b"[" * 100_000, b'{"username": 1' + b"0" * 5000]
)
async def test_a_body_that_is_not_the_json_wanted_is_refused(admin: httpx.AsyncClient, content: bytes) -> None:
    answer = await admin.post(USERS, content=content, headers=JSON)
    assert answer.status_code in (400, 422)
    assert_problem(answer, answer.status_code, answer.json()["code"])


async def test_json_under_another_name_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(USERS, content=b'{"username": "ab"}', headers={"Content-Type": "text/plain"})
    assert_problem(answer, 422, "payload_invalid")


async def test_unknown_paths_and_methods(admin: httpx.AsyncClient) -> None:
    assert_problem(await admin.get("/api/v1/else"), 404, "not_found")
    answer = await admin.put("/api/v1/auth/me")
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"
    assert (await admin.put(USERS)).headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/api/v1/strategies/a%00b", "/api/v1/strategies?q=a%00b"])
async def test_a_nul_in_path_or_query_is_refused(admin: httpx.AsyncClient, path: str) -> None:
    assert_problem(await admin.get(path), 400, "bad_request")


@pytest.mark.parametrize("path", ["/api/v1/auth/audit?action=%ff%fe", "/api/v1/auth/audit?action=%ed%a0%80"])
async def test_bytes_that_are_not_utf8_break_nothing(admin: httpx.AsyncClient, path: str) -> None:
    assert (await admin.get(path)).status_code == 200


@pytest.mark.parametrize(
    "text",
    ['"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '["ok", {"k": "\\u0000"}]', '{"\\u0000": 1}', '{"\\uD834": 1}'],
)
async def test_text_that_no_database_holds_is_refused_with_its_place(admin: httpx.AsyncClient, text: str) -> None:
    content = f'{{"username": {text}, "password": "x"}}'.encode()
    body = assert_problem(await admin.post(USERS, content=content, headers=JSON), 422, "payload_invalid")
    assert body["field"].startswith("username")


@pytest.mark.parametrize("text", ["\\ud83d\\ude00", "\\\\u0000", "\\\\ud800", "é\\u00e9"])
def test_text_that_can_be_stored_passes(text: str) -> None:
    bodies.check_json(json.dumps({"code": "x"}).replace("x", text).encode())


@pytest.mark.parametrize(
    "content", [b'{"username": "\xff"}', b'{"username": "\xed\xa0\x80"}', '{"a": 1}'.encode("utf-16")]
)
async def test_a_body_that_is_not_utf8_is_refused(admin: httpx.AsyncClient, content: bytes) -> None:
    assert_problem(await admin.post(USERS, content=content, headers=JSON), 400, "bad_request")


async def test_a_body_over_a_megabyte_is_refused_with_and_without_a_length(admin: httpx.AsyncClient) -> None:
    big = b'"' + b"x" * bodies.MAX_BODY + b'"'
    assert_problem(await admin.post(USERS, content=big, headers=JSON), 413, "payload_too_large")

    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    assert_problem(await admin.post(USERS, content=pieces(), headers=JSON), 413, "payload_too_large")


async def test_a_length_that_is_no_number_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(USERS, content=b"{}", headers={**JSON, "Content-Length": "-5"})
    assert_problem(answer, 400, "bad_request")


class Refused(PreconditionFailed):
    code = "thing_changed"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no strategy 7"), 404, "not_found"),
        (Refused("changed", field="version"), 412, "thing_changed"),
        (TooManyRequests(retry_after=7), 429, "rate_limited"),
        (StoreFull("no space left"), 507, "disk_full"),
        (PortError("store is away"), 503, "unavailable"),
        (Forgotten("kept for 10 days"), 404, "history_forgotten"),
        (SourceError("akshare", "timeout", "no answer"), 503, "unavailable"),
        (RedisConnectionError("gone"), 503, "unavailable"),
        (OperationalError("SELECT 1", {}, Exception("connection refused")), 503, "unavailable"),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), 507, "disk_full"),
        (ConnectionRefusedError(111, "refused"), 503, "unavailable"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "disk_full"),
        (FileNotFoundError("/secret/place"), 500, "internal_error"),
        (ZeroDivisionError("division of my-secret by zero"), 500, "internal_error"),
    ],
)
async def test_each_error_has_its_answer(
    app: FastAPI, admin: httpx.AsyncClient, error: Exception, status: int, code: str
) -> None:
    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise error

    with capture_logs() as logs:
        answer = await admin.get("/api/v1/broken")
    assert_problem(answer, status, code)
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 500:
        assert any(entry["log_level"] == "error" and entry.get("exc_info") for entry in logs)
    if code == "rate_limited":
        assert answer.headers["retry-after"] == "7"


async def test_an_error_after_the_commit_began_is_not_a_sent_success(app: FastAPI, admin: httpx.AsyncClient) -> None:
    @app.post("/api/v1/broken", status_code=201)
    async def broken(uow: WriteUnit) -> None:
        uow.session.add(UserRow(id="1", username="only a name"))  # the flush at commit fails on the missing columns

    assert_problem(await admin.post("/api/v1/broken"), 500, "internal_error")
