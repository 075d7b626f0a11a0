"""Signing in, and what is remembered of it."""

from __future__ import annotations

import dataclasses

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from quantdesk.api.app import create_app
from quantdesk.features.auth import passwords
from quantdesk.features.auth.tables import UserRow
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.context import Context
from quantdesk.settings import ApiSettings, Settings
from tests.fakes.clock import FakeClock
from tests.support.app import PASSWORD, client_of, sign_in

URL = "/api/v1/auth/login"


@pytest.fixture
async def alice(client: httpx.AsyncClient, context: Context) -> httpx.AsyncClient:
    """A client whose user Alice exists but is not signed in."""
    await sign_in(context, "Alice", "trader")
    return client


async def login(client: httpx.AsyncClient, password: str = PASSWORD, username: str = "Alice") -> httpx.Response:
    return await client.post(URL, json={"username": username, "password": password})


async def actions(context: Context) -> list[tuple[str, str | None, dict[str, str]]]:
    async with context.database.unit(write=False) as uow:
        rows = (await uow.session.execute(select(AuditRow).order_by(AuditRow.at))).scalars()
        return [(row.action, row.target, row.detail) for row in rows]


async def test_the_right_password_gives_a_token_and_a_strict_cookie(alice: httpx.AsyncClient) -> None:
    answer = await login(alice)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["idle_minutes"] == 30
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/api/v1/auth" in cookie
    assert "max-age=604800" in cookie
    assert "secure" not in cookie  # plain http on one's own machine


async def test_behind_https_the_cookie_is_secure(
    alice: httpx.AsyncClient, context: Context, settings: Settings
) -> None:
    https = settings.model_copy(update={"api": ApiSettings(public_url="https://quant.example")})
    async with client_of(create_app(https, dataclasses.replace(context, settings=https))) as client:
        answer = await login(client)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]


async def test_the_name_is_found_in_any_case(alice: httpx.AsyncClient) -> None:
    assert (await login(alice, username="aLICE")).status_code == 200


async def test_unknown_name_and_wrong_password_look_the_same(alice: httpx.AsyncClient) -> None:
    wrong = (await login(alice, password="not this one")).json()
    unknown = (await login(alice, username="nobody")).json()
    assert wrong["code"] == unknown["code"] == "login_failed"
    assert wrong["detail"] == unknown["detail"]


async def test_an_unknown_name_costs_a_hash_of_the_same_parameters() -> None:
    made = await passwords.hash_password(PASSWORD)
    assert made.split("$")[:4] == passwords._NOBODY.split("$")[:4]
    assert not await passwords.verify(PASSWORD, None)


async def test_failures_are_recorded_without_what_was_typed(alice: httpx.AsyncClient, context: Context) -> None:
    await login(alice, password="my-secret-typo")
    await login(alice, username="my-password-in-the-name")
    assert await actions(context) == [
        ("auth.login_failed", "Alice", {"reason": "wrong_password"}),
        ("auth.login_failed", None, {"reason": "unknown_user"}),
    ]


async def test_a_new_address_is_recorded_but_not_the_first_one(
    alice: httpx.AsyncClient, app: FastAPI, context: Context
) -> None:
    await login(alice)
    await login(alice)
    async with client_of(app, ip="203.0.113.9") as elsewhere:
        await login(elsewhere)
        await login(elsewhere)
    names = [action for action, _, _ in await actions(context)]
    assert names == ["auth.login", "auth.login", "auth.new_ip", "auth.login", "auth.login"]


async def test_an_old_hash_is_renewed_on_sign_in(alice: httpx.AsyncClient, context: Context) -> None:
    await login(alice)  # the fixture's hash is a cheap one
    async with context.database.unit(write=False) as uow:
        row = (await uow.session.execute(select(UserRow))).scalar_one()
    assert not passwords.outdated(row.password_hash)
    assert (await login(alice)).status_code == 200


async def test_a_disabled_user_learns_it_only_with_the_right_password(
    alice: httpx.AsyncClient, context: Context
) -> None:
    async with context.database.unit(write=True) as uow:
        (await uow.session.execute(select(UserRow))).scalar_one().disabled = True
    assert (await login(alice, password="wrong")).json()["code"] == "login_failed"
    answer = await login(alice)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")


async def test_after_five_failures_the_wait_doubles(alice: httpx.AsyncClient, app: FastAPI, clock: FakeClock) -> None:
    for _ in range(5):
        assert (await login(alice, password="wrong")).status_code == 401
    answer = await login(alice)  # even the right one must wait
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (429, "login_backoff", "2")
    clock.advance(seconds=2.1)
    assert (await login(alice, password="wrong")).status_code == 401
    assert (await login(alice)).headers["retry-after"] == "4"
    async with client_of(app, ip="203.0.113.9") as elsewhere:
        assert (await login(elsewhere)).status_code == 200  # nobody locks another one out
    clock.advance(seconds=4.1)
    assert (await login(alice)).status_code == 200
    assert (await login(alice, password="wrong")).status_code == 401  # and the count begins anew


async def test_the_wait_has_a_longest(alice: httpx.AsyncClient, clock: FakeClock) -> None:
    for _ in range(16):
        answer = await login(alice, password="wrong")
        if answer.status_code == 429:
            clock.advance(seconds=int(answer.headers["retry-after"]) + 1)
    assert int((await login(alice, password="wrong")).headers.get("retry-after", "0")) <= 900
