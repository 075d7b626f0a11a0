"""Refresh cookies: rotation, races between tabs, theft, and the ends of a session."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from quantdesk.features.auth.sessions import RACE_SECONDS
from quantdesk.features.auth.tables import UserRow
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.context import Context
from tests.fakes.clock import FakeClock
from tests.support.app import PASSWORD, client_of, sign_in

REFRESH, ME = "/api/v1/auth/refresh", "/api/v1/auth/me"


class Browser:
    """Keeps nothing by itself: each call says which cookie it sends."""

    def __init__(self, client: httpx.AsyncClient, user_agent: str = "Firefox") -> None:
        self._client = client
        self._agent = {"User-Agent": user_agent}

    async def login(self) -> tuple[str, str]:
        """Give the access token and the refresh cookie."""
        answer = await self._client.post(
            "/api/v1/auth/login", json={"username": "alice", "password": PASSWORD}, headers=self._agent
        )
        self._client.cookies.clear()
        return answer.json()["access_token"], answer.cookies["qd_refresh"]

    async def refresh(self, cookie: str) -> httpx.Response:
        answer = await self._client.post(REFRESH, headers=self._agent | {"Cookie": f"qd_refresh={cookie}"})
        self._client.cookies.clear()
        return answer

    async def me(self, token: str) -> int:
        return (await self._client.get(ME, headers=self._agent | {"Authorization": f"Bearer {token}"})).status_code


@pytest.fixture
async def browser(client: httpx.AsyncClient, context: Context) -> Browser:
    await sign_in(context, "alice", "trader")
    return Browser(client)


async def test_a_refresh_gives_new_tokens_for_the_same_session(browser: Browser, clock: FakeClock) -> None:
    token, cookie = await browser.login()
    clock.advance(minutes=20)
    answer = await browser.refresh(cookie)
    assert answer.status_code == 200
    assert answer.cookies["qd_refresh"] != cookie
    assert answer.json()["access_token"] != token
    assert await browser.me(answer.json()["access_token"]) == 200
    again = await browser.refresh(answer.cookies["qd_refresh"])
    assert again.status_code == 200


async def test_a_cookie_used_again_later_ends_the_session_and_is_recorded(
    browser: Browser, context: Context, clock: FakeClock
) -> None:
    _, cookie = await browser.login()
    fresh = await browser.refresh(cookie)
    clock.advance(seconds=RACE_SECONDS + 1)
    stolen = await browser.refresh(cookie)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "refresh_reused")
    assert await browser.me(fresh.json()["access_token"]) == 401
    assert (await browser.refresh(fresh.cookies["qd_refresh"])).json()["code"] == "session_ended"
    async with context.database.unit(write=False) as uow:
        found = (await uow.session.execute(select(AuditRow.action, AuditRow.username))).all()
    assert ("auth.refresh_reused", "alice") in found


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(browser: Browser) -> None:
    _, cookie = await browser.login()
    answers = await asyncio.gather(*(browser.refresh(cookie) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    # Whichever answer the cookie jar took last, it holds the one right cookie.
    assert len({answer.cookies["qd_refresh"] for answer in answers}) == 1
    assert (await browser.refresh(answers[0].cookies["qd_refresh"])).status_code == 200


async def test_another_browser_gets_no_grace_with_a_used_cookie(browser: Browser, client: httpx.AsyncClient) -> None:
    _, cookie = await browser.login()
    await browser.refresh(cookie)
    thief = Browser(client, user_agent="curl")
    assert (await thief.refresh(cookie)).json()["code"] == "refresh_reused"


async def test_a_cookie_two_generations_old_gets_no_grace(browser: Browser) -> None:
    _, cookie = await browser.login()
    second = await browser.refresh(cookie)
    await browser.refresh(second.cookies["qd_refresh"])
    assert (await browser.refresh(cookie)).json()["code"] == "refresh_reused"


@pytest.mark.parametrize("change", ["tag", "generation", "session", "garbage", "empty"])
async def test_an_invented_cookie_is_refused_and_ends_nothing(browser: Browser, change: str) -> None:
    token, cookie = await browser.login()
    session, generation, tag = cookie.split(".")
    invented = {
        "tag": f"{session}.{generation}.{tag[::-1]}",
        "generation": f"{session}.7.{tag}",
        "session": f"{'0' * 26}.{generation}.{tag}",
        "garbage": "x" * 90,
        "empty": "",
    }[change]
    answer = await browser.refresh(invented)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert await browser.me(token) == 200


async def test_no_cookie_no_token(client: httpx.AsyncClient) -> None:
    assert (await client.post(REFRESH)).status_code == 401


async def test_thirty_idle_minutes_end_the_session(browser: Browser, clock: FakeClock) -> None:
    token, cookie = await browser.login()
    clock.advance(minutes=30)
    assert await browser.me(token) == 401
    assert (await browser.refresh(cookie)).json()["code"] == "session_ended"


async def test_use_puts_the_idle_end_off(browser: Browser, clock: FakeClock) -> None:
    token, cookie = await browser.login()
    for _ in range(2):
        clock.advance(minutes=29)
        assert await browser.me(token) == 200
    clock.advance(minutes=29)
    assert await browser.me(token) == 401  # the access token's hour is over
    assert (await browser.refresh(cookie)).status_code == 200  # but the session goes on


async def test_seven_days_end_the_session_however_busy(browser: Browser, clock: FakeClock) -> None:
    _, cookie = await browser.login()
    for _ in range(7 * 24 * 60 // 28 - 1):
        clock.advance(minutes=28)
        answer = await browser.refresh(cookie)
        assert answer.status_code == 200
        cookie = answer.cookies["qd_refresh"]
    clock.advance(minutes=28)
    assert (await browser.refresh(cookie)).json()["code"] == "session_ended"


async def test_a_disabled_user_cannot_refresh(browser: Browser, context: Context) -> None:
    _, cookie = await browser.login()
    async with context.database.unit(write=True) as uow:
        (await uow.session.execute(select(UserRow))).scalar_one().disabled = True
    assert (await browser.refresh(cookie)).status_code == 401


async def test_nothing_kept_in_redis_is_a_usable_token(browser: Browser, context: Context) -> None:
    token, cookie = await browser.login()
    kept = [str(await context.redis.hgetall(key)) async for key in context.redis.scan_iter("qd:session:*")]
    assert kept
    assert all(cookie.split(".")[2] not in text and token not in text for text in kept)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:5173"}, 200),
        ({}, 200),
    ],
)
async def test_only_our_own_pages_may_refresh(
    app: FastAPI, browser: Browser, headers: dict[str, str], status: int
) -> None:
    _, cookie = await browser.login()
    async with client_of(app) as client:
        client.cookies.set("qd_refresh", cookie)
        answer = await client.post(REFRESH, headers={"User-Agent": "Firefox"} | headers)
    assert answer.status_code == status
