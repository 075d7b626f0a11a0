"""What an administrator does: users, and reading the audit trail."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from quantdesk.features.auth import repository, service, tickets
from quantdesk.kit import audit
from quantdesk.kit.audit import AuditRow
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal
from tests.fakes.clock import FakeClock
from tests.support.app import PASSWORD, client_of, sign_in

USERS, ME, AUDIT = "/api/v1/auth/users", "/api/v1/auth/me", "/api/v1/auth/audit"


async def id_of(client: httpx.AsyncClient) -> str:
    return str((await client.get(ME)).json()["id"])


async def test_a_new_user_can_sign_in_with_its_role(admin: httpx.AsyncClient, app: FastAPI) -> None:
    made = await admin.post(USERS, json={"username": "小明", "password": PASSWORD, "role": "trader"})
    assert made.status_code == 201
    async with client_of(app) as client:
        answer = await client.post("/api/v1/auth/login", json={"username": "小明", "password": PASSWORD})
    assert answer.json()["user"]["role"] == "trader"
    assert [user["username"] for user in (await admin.get(USERS)).json()["items"]] == ["admin", "小明"]


async def test_a_name_is_taken_in_any_case_even_by_two_at_once(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(admin.post(USERS, json={"username": name, "password": PASSWORD}) for name in ("Bob", "BOB"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert next(answer for answer in answers if answer.status_code == 409).json()["code"] == "username_taken"


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"disabled": True}, {"password": "violet-tractor-ocean-19"}])
async def test_a_real_change_ends_the_users_sessions(
    admin: httpx.AsyncClient, trader: httpx.AsyncClient, change: dict[str, object]
) -> None:
    answer = await admin.patch(f"{USERS}/{await id_of(trader)}", json=change)
    assert answer.status_code == 200
    assert (await trader.get(ME)).status_code == 401


async def test_a_change_to_the_same_ends_nothing(admin: httpx.AsyncClient, trader: httpx.AsyncClient) -> None:
    await admin.patch(f"{USERS}/{await id_of(trader)}", json={"role": "trader", "disabled": False})
    assert (await trader.get(ME)).status_code == 200


@pytest.mark.parametrize("change", [{"role": "trader"}, {"disabled": True}])
async def test_the_last_admin_stays_one(admin: httpx.AsyncClient, change: dict[str, object]) -> None:
    answer = await admin.patch(f"{USERS}/{await id_of(admin)}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert (await admin.get(ME)).json()["role"] == "admin"


async def test_two_admins_who_demote_each_other_leave_one(
    admin: httpx.AsyncClient, app: FastAPI, context: Context
) -> None:
    _, token = await sign_in(context, "second", "admin")
    async with client_of(app, token=token) as second:
        first_id, second_id = await id_of(admin), await id_of(second)
        answers = await asyncio.gather(
            admin.patch(f"{USERS}/{second_id}", json={"role": "viewer"}),
            second.patch(f"{USERS}/{first_id}", json={"role": "viewer"}),
        )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    async with context.database.unit(write=False) as uow:
        assert await repository.active_admins(uow, besides="") == 1


async def test_signing_in_while_being_changed_never_fails_on_our_side(
    admin: httpx.AsyncClient, trader: httpx.AsyncClient, app: FastAPI
) -> None:
    url = f"{USERS}/{await id_of(trader)}"
    async with client_of(app) as client:
        body = {"username": "trader", "password": PASSWORD}
        answers = await asyncio.gather(
            *(client.post("/api/v1/auth/login", json=body) for _ in range(4)),
            *(admin.patch(url, json={"role": role}) for role in ("viewer", "trader") * 6),
        )
    assert {answer.status_code for answer in answers} == {200}


async def test_an_unknown_user_is_not_found(admin: httpx.AsyncClient) -> None:
    for change in ({"role": "viewer"}, {"password": PASSWORD}):
        assert (await admin.patch(f"{USERS}/nobody", json=change)).status_code == 404


async def test_the_trail_is_paged_newest_first_and_can_be_filtered(
    admin: httpx.AsyncClient, context: Context, clock: FakeClock
) -> None:
    for n in range(5):
        async with context.database.unit(write=True) as uow:
            audit.record(uow, None, "test.even" if n % 2 == 0 else "test.odd", f"t{n}")
        if n % 2:
            clock.advance(seconds=1)  # two at the same instant, then a later one
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get(AUDIT, params=query)).json()
        seen += [item["target"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen[0] == "t4"
    assert set(seen[1:3]) == {"t2", "t3"}
    odd = (await admin.get(AUDIT, params={"action": "test.odd"})).json()["items"]
    assert {item["target"] for item in odd} == {"t1", "t3"}


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "é", "WzFlMzAwLCJhIl0"])
async def test_a_foreign_cursor_is_refused(admin: httpx.AsyncClient, cursor: str) -> None:
    answer = await admin.get(AUDIT, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_entry_stands_only_when_its_act_stands(context: Context) -> None:
    async def fail() -> None:
        async with context.database.unit(write=True) as uow:
            audit.record(uow, None, "thing.deleted")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with context.database.unit(write=False) as uow:
        assert (await uow.session.execute(select(func.count()).select_from(AuditRow))).scalar_one() == 0


async def test_entries_are_kept_five_years(context: Context, clock: FakeClock) -> None:
    now = clock.now
    for age in (dt.timedelta(days=5 * 365 + 2), dt.timedelta(days=5 * 366 + 1)):
        clock.now = now - age
        async with context.database.unit(write=True) as uow:
            audit.record(uow, None, "old", str(age.days))
    clock.now = now
    await service.purge(context)
    async with context.database.unit(write=False) as uow:
        assert (await uow.session.execute(select(AuditRow.target))).scalars().all() == ["1827"]


async def test_a_websocket_ticket_works_once_and_only_for_its_time(trader: httpx.AsyncClient, context: Context) -> None:
    answer = await trader.post("/api/v1/auth/ws-ticket")
    assert (answer.status_code, answer.json()["expires_in"]) == (201, 30)
    ticket = answer.json()["ticket"]
    keys = [key async for key in context.redis.scan_iter("qd:ws-ticket:*")]
    assert 0 < await context.redis.ttl(keys[0]) <= 30
    principal = await tickets.redeem(context.redis, ticket)
    assert principal is not None
    assert (principal.username, principal.role) == ("trader", "trader")
    assert await tickets.redeem(context.redis, ticket) is None
    assert await tickets.redeem(context.redis, "invented") is None


async def test_a_ticket_keeps_an_api_keys_scopes(context: Context) -> None:
    principal = Principal("u", "bot", "viewer", api_key_id="k", scopes=frozenset({"jobs:read"}))
    assert await tickets.redeem(context.redis, await tickets.issue(context.redis, principal)) == principal
