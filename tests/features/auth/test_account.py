"""One's own account: sign-out, sessions, password, and who one is."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from quantdesk.features.auth.service import sessions_of
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.caller import Caller
from quantdesk.kit.context import Context
from tests.fakes.clock import FakeClock
from tests.support.app import PASSWORD, client_of, sign_in

ME, SESSIONS, CHANGE = (f"/api/v1/auth/{name}" for name in ("me", "sessions", "password"))
NEW = "violet-tractor-ocean-19"


async def login(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/auth/login", json={"username": "trader", "password": password})


async def test_signing_out_ends_the_session_at_once(trader: httpx.AsyncClient) -> None:
    answer = await trader.post("/api/v1/auth/logout")
    assert answer.status_code == 204
    assert 'qd_refresh=""' in answer.headers["set-cookie"]
    refused = await trader.get(ME)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_sessions_are_listed_with_the_current_one_marked(
    trader: httpx.AsyncClient, app: FastAPI, clock: FakeClock
) -> None:
    async with client_of(app, ip="203.0.113.9") as phone:
        phone.headers["User-Agent"] = "Phone"
        await login(phone)
    clock.advance(seconds=5)
    items = (await trader.get(SESSIONS)).json()["items"]
    assert [(item["current"], item["ip"], item["user_agent"]) for item in items] == [
        (True, "127.0.0.1", "pytest"),
        (False, "203.0.113.9", "Phone"),
    ]


async def test_a_revoked_session_is_over_at_once(trader: httpx.AsyncClient, app: FastAPI) -> None:
    async with client_of(app) as other:
        other.headers["Authorization"] = f"Bearer {(await login(other)).json()['access_token']}"
        assert (await other.get(ME)).status_code == 200
        listed = (await trader.get(SESSIONS)).json()["items"]
        revoked = next(item["id"] for item in listed if not item["current"])
        assert (await trader.delete(f"{SESSIONS}/{revoked}")).status_code == 204
        assert (await other.get(ME)).status_code == 401
    assert [item["current"] for item in (await trader.get(SESSIONS)).json()["items"]] == [True]


async def test_nobody_revokes_the_session_of_another(trader: httpx.AsyncClient, viewer: httpx.AsyncClient) -> None:
    theirs = (await viewer.get(SESSIONS)).json()["items"][0]["id"]
    assert (await trader.delete(f"{SESSIONS}/{theirs}")).status_code == 404
    assert (await viewer.get(ME)).status_code == 200


async def test_an_idle_session_is_not_listed(trader: httpx.AsyncClient, context: Context, clock: FakeClock) -> None:
    me = (await trader.get(ME)).json()
    await sessions_of(context).create(me["id"], "trader", "trader", Caller("203.0.113.9", "Tablet", "r"))
    for _ in range(2):
        clock.advance(minutes=20)
        await trader.get(ME)
    assert len((await trader.get(SESSIONS)).json()["items"]) == 1


async def test_a_new_password_ends_the_other_sessions_only(trader: httpx.AsyncClient, app: FastAPI) -> None:
    async with client_of(app) as other:
        other.headers["Authorization"] = f"Bearer {(await login(other)).json()['access_token']}"
        answer = await trader.post(CHANGE, json={"current": PASSWORD, "new": NEW})
        assert answer.status_code == 204
        assert (await other.get(ME)).status_code == 401
    assert (await trader.get(ME)).status_code == 200
    async with client_of(app) as fresh:
        assert (await login(fresh)).status_code == 401
        assert (await login(fresh, NEW)).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "code", "field"),
    [
        ("wrong", NEW, "password_wrong", "current"),
        (PASSWORD, "tiny-pw", "password_too_short", "new"),
        (PASSWORD, "trader-trader", "password_too_common", "new"),
    ],
)
async def test_a_refused_change_keeps_the_password(
    trader: httpx.AsyncClient, app: FastAPI, current: str, new: str, code: str, field: str
) -> None:
    answer = await trader.post(CHANGE, json={"current": current, "new": new})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    async with client_of(app) as other:
        assert (await login(other)).status_code == 200


async def test_guessing_the_current_password_is_slowed_down(trader: httpx.AsyncClient) -> None:
    for _ in range(5):
        await trader.post(CHANGE, json={"current": "wrong", "new": NEW})
    assert (await trader.post(CHANGE, json={"current": "wrong", "new": NEW})).json()["code"] == "login_backoff"


async def test_the_trail_says_who_from_where_and_in_which_request(trader: httpx.AsyncClient, context: Context) -> None:
    await trader.post("/api/v1/auth/logout", headers={"X-Request-ID": "my-request-7", "User-Agent": "Firefox"})
    async with context.database.unit(write=False) as uow:
        row = (await uow.session.execute(select(AuditRow))).scalar_one()
    assert (row.action, row.username, row.ip, row.user_agent, row.request_id) == (
        "auth.logout",
        "trader",
        "127.0.0.1",
        "Firefox",
        "my-request-7",
    )


async def test_a_token_signed_with_another_key_or_algorithm_is_refused(app: FastAPI, context: Context) -> None:
    from jose import jwt

    _, token = await sign_in(context, "mallory", "viewer")
    claims = jwt.get_unverified_claims(token)
    forged = [
        jwt.encode(claims, "another key", algorithm="HS256"),
        jwt.encode(claims, context.keys.key("jwt"), algorithm="HS512"),
        token[:-2],
        "not.a.token",
        jwt.encode({**claims, "iss": "else"}, context.keys.key("jwt"), algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, context.keys.key("jwt"), algorithm="HS256"),
        jwt.encode({**claims, "sid": 7}, context.keys.key("jwt"), algorithm="HS256"),
    ]
    for bad in forged:
        async with client_of(app, token=bad) as client:
            assert (await client.get(ME)).json()["code"] == "token_invalid"
