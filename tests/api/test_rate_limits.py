"""Rate limits, counted in Redis."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from quantdesk.api.app import create_app
from quantdesk.kit.context import Context
from quantdesk.settings import LimitsSettings
from tests.support.app import client_of, sign_in

STATE, LOGIN, ME = (f"/api/v1/auth/{name}" for name in ("state", "login", "me"))


@pytest.fixture
def narrow(context: Context) -> FastAPI:
    """An app that allows 5 requests a minute, 3 guesses a minute and 4 requests an hour for an API key."""
    limits = LimitsSettings(default_per_minute=5, auth_per_minute=3, api_key_per_hour=4)
    settings = context.settings.model_copy(update={"limits": limits})
    return create_app(settings, dataclasses.replace(context, settings=settings))


@pytest.fixture
async def anonymous(narrow: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(narrow) as client:
        yield client


def test_the_promised_limits_are_the_defaults() -> None:
    assert LimitsSettings().model_dump() == {
        "default_per_minute": 100,
        "auth_per_minute": 10,
        "api_key_per_hour": 1000,
    }


async def test_one_too_many_is_told_when_to_come_back(anonymous: httpx.AsyncClient, narrow: FastAPI) -> None:
    remaining = [(await anonymous.get(STATE)).headers["ratelimit-remaining"] for _ in range(5)]
    assert remaining == ["4", "3", "2", "1", "0"]
    refused = await anonymous.get(STATE)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-limit"] == "5"
    async with client_of(narrow, ip="203.0.113.9") as elsewhere:
        assert (await elsewhere.get(STATE)).status_code == 200


async def test_guesses_have_a_narrow_limit_of_their_own(anonymous: httpx.AsyncClient) -> None:
    body = {"username": "nobody", "password": "x"}
    assert [(await anonymous.post(LOGIN, json=body)).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert (await anonymous.get(STATE)).status_code == 200


async def test_a_user_is_counted_over_all_addresses(narrow: FastAPI, context: Context) -> None:
    _, token = await sign_in(context, "alice", "viewer")
    statuses = []
    for n in range(6):
        async with client_of(narrow, ip=f"203.0.113.{n}", token=token) as client:
            statuses.append((await client.get(ME)).status_code)
    assert statuses == [200] * 5 + [429]


async def test_wrong_tokens_count_against_the_address(anonymous: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer qd_00000000_guess"}
    assert [(await anonymous.get(ME, headers=headers)).status_code for _ in range(6)] == [401] * 5 + [429]


async def test_an_api_key_is_counted_by_the_hour(narrow: FastAPI, context: Context) -> None:
    _, token = await sign_in(context, "alice", "viewer")
    async with client_of(narrow, token=token) as client:
        made = await client.post("/api/v1/auth/api-keys", json={"name": "k", "scopes": ["market:read"]})
    async with client_of(narrow, token=made.json()["key"]) as client:
        answers = [await client.get(ME) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert 60 < int(answers[-1].headers["retry-after"]) <= 3600


async def test_probes_and_pages_are_not_counted(anonymous: httpx.AsyncClient) -> None:
    assert {(await anonymous.get("/health")).status_code for _ in range(10)} == {200}
