"""API keys: scopes, expiry, revocation."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from quantdesk.features.auth.tables import ApiKeyRow
from quantdesk.kit.context import Context
from tests.fakes.clock import FakeClock
from tests.support.app import client_of

KEYS, ME, INFO = "/api/v1/auth/api-keys", "/api/v1/auth/me", "/api/v1/system/info"


async def make(client: httpx.AsyncClient, scopes: list[str], days: int | None = 90) -> dict[str, str]:
    answer = await client.post(KEYS, json={"name": "ci", "scopes": scopes, "expires_in_days": days})
    assert answer.status_code == 201
    made: dict[str, str] = answer.json()
    return made


async def ask(app: FastAPI, key: str, path: str = ME) -> httpx.Response:
    async with client_of(app, token=key) as client:
        return await client.get(path)


async def test_a_key_is_its_users_and_says_its_scopes(trader: httpx.AsyncClient, app: FastAPI) -> None:
    made = await make(trader, ["market:read", "backtests:run"])
    assert made["key"].startswith(made["prefix"] + "_")
    me = (await ask(app, made["key"])).json()
    assert (me["username"], me["scopes"]) == ("trader", ["backtests:run", "market:read"])


async def test_only_a_hash_is_kept_and_the_list_does_not_show_the_key(
    trader: httpx.AsyncClient, context: Context
) -> None:
    key = (await make(trader, ["market:read"]))["key"]
    assert key not in (await trader.get(KEYS)).text
    async with context.database.unit(write=False) as uow:
        row = (await uow.session.execute(select(ApiKeyRow))).scalar_one()
    assert key not in [str(value) for value in vars(row).values()]


@pytest.mark.parametrize(("scope", "status"), [("system:read", 200), ("market:read", 403)])
async def test_a_key_does_what_its_scopes_say(trader: httpx.AsyncClient, app: FastAPI, scope: str, status: int) -> None:
    key = (await make(trader, [scope]))["key"]
    answer = await ask(app, key, INFO)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["needed_scope"] == "system:read"


async def test_a_key_cannot_touch_the_account(trader: httpx.AsyncClient, app: FastAPI) -> None:
    key = (await make(trader, ["system:read", "jobs:write"]))["key"]
    for path in (KEYS, "/api/v1/auth/sessions"):
        assert (await ask(app, key, path)).status_code == 403


async def test_a_scope_gives_no_more_than_the_role(viewer: httpx.AsyncClient, app: FastAPI) -> None:
    key = (await make(viewer, ["strategies:write"]))["key"]
    async with client_of(app, token=key) as client:
        answer = await client.post("/api/v1/strategies", json={})
    assert answer.status_code in (403, 422)
    assert answer.status_code != 201


async def test_an_expired_key_is_refused(trader: httpx.AsyncClient, app: FastAPI, clock: FakeClock) -> None:
    short, forever = await make(trader, ["market:read"], days=1), await make(trader, ["market:read"], days=None)
    clock.advance(days=1)
    answer = await ask(app, short["key"])
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert (await ask(app, forever["key"])).status_code == 200


async def test_a_revoked_key_is_refused_at_once_and_leaves_the_list(trader: httpx.AsyncClient, app: FastAPI) -> None:
    made = await make(trader, ["market:read"])
    assert (await ask(app, made["key"])).status_code == 200
    assert (await trader.delete(f"{KEYS}/{made['id']}")).status_code == 204
    assert (await ask(app, made["key"])).status_code == 401
    assert (await trader.get(KEYS)).json() == {"items": []}
    assert (await trader.delete(f"{KEYS}/{made['id']}")).status_code == 404


async def test_nobody_revokes_the_key_of_another(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, app: FastAPI
) -> None:
    made = await make(trader, ["market:read"])
    assert (await admin.delete(f"{KEYS}/{made['id']}")).status_code == 404
    assert (await ask(app, made["key"])).status_code == 200


async def test_last_use_is_noted_at_most_once_a_minute(
    trader: httpx.AsyncClient, app: FastAPI, clock: FakeClock
) -> None:
    key = (await make(trader, ["market:read"]))["key"]

    async def last_used() -> str:
        return str((await trader.get(KEYS)).json()["items"][0]["last_used_at"])

    assert await last_used() == "None"
    await ask(app, key)
    first = await last_used()
    clock.advance(seconds=30)
    await ask(app, key)
    assert await last_used() == first
    clock.advance(seconds=31)
    await ask(app, key)
    assert await last_used() > first


async def test_a_disabled_users_key_is_refused_and_a_new_role_counts_at_once(
    trader: httpx.AsyncClient, admin: httpx.AsyncClient, app: FastAPI
) -> None:
    key = (await make(trader, ["system:read"]))["key"]
    user = (await trader.get(ME)).json()["id"]
    await admin.patch(f"/api/v1/auth/users/{user}", json={"role": "admin"})
    assert (await ask(app, key)).json()["role"] == "admin"
    await admin.patch(f"/api/v1/auth/users/{user}", json={"disabled": True})
    assert (await ask(app, key)).status_code == 401


@pytest.mark.parametrize("key", ["qd_", "qd_00000000_" + "x" * 43, "qd_é"])
async def test_an_invented_key_is_refused(app: FastAPI, key: str) -> None:
    async with client_of(app) as client:
        answer = await client.get(ME, headers={"Authorization": f"Bearer {key}".encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
