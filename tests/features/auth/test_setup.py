"""The first user: the one-time token and the password policy."""

from __future__ import annotations

import asyncio
import stat

import httpx
import pytest
from sqlalchemy import func, select

from quantdesk.features.auth import setup_token
from quantdesk.features.auth.tables import UserRow
from quantdesk.kit.context import Context
from quantdesk.settings import ApiSettings, Settings
from tests.support.app import PASSWORD, sign_in

URL = "/api/v1/auth/setup"


def body(token: str, username: str = "owner", password: str = PASSWORD) -> dict[str, str]:
    return {"token": token, "username": username, "password": password}


def test_the_token_stays_the_same_until_it_is_used_and_only_its_owner_reads_it(settings: Settings) -> None:
    token = setup_token.ensure(settings)
    assert setup_token.ensure(settings) == token
    assert len(token) >= 40
    path = settings.secrets_folder / "setup.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("api", "start"),
    [
        (ApiSettings(), "http://127.0.0.1:8000/setup#token="),
        (ApiSettings(host="0.0.0.0", port=9000), "http://127.0.0.1:9000/setup#token="),  # noqa: S104
        (ApiSettings(public_url="https://quant.example/"), "https://quant.example/setup#token="),
    ],
)
def test_the_link_leads_to_the_page_with_the_token_in_the_fragment(
    settings: Settings, api: ApiSettings, start: str
) -> None:
    assert setup_token.setup_url(settings.model_copy(update={"api": api}), "T") == start + "T"


async def test_the_first_user_is_an_admin_and_signed_in_and_the_token_is_gone(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    assert (await client.get("/api/v1/auth/state")).json() == {"setup_required": True}
    answer = await client.post(URL, json=body(setup_token.ensure(settings)))
    assert answer.status_code == 201
    grant = answer.json()
    assert grant["user"]["role"] == "admin"
    assert answer.cookies["qd_refresh"]
    assert not (settings.secrets_folder / "setup.token").exists()
    assert (await client.get("/api/v1/auth/state")).json() == {"setup_required": False}
    me = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {grant['access_token']}"})
    assert me.json()["username"] == "owner"


async def test_a_wrong_token_makes_nobody(client: httpx.AsyncClient, settings: Settings) -> None:
    setup_token.ensure(settings)
    answer = await client.post(URL, json=body("wrong"))
    assert (answer.status_code, answer.json()["code"]) == (403, "setup_token_invalid")
    assert (await client.get("/api/v1/auth/state")).json() == {"setup_required": True}


async def test_without_a_token_file_no_token_is_right(client: httpx.AsyncClient) -> None:
    assert (await client.post(URL, json=body("x"))).json()["code"] == "setup_token_invalid"


async def test_once_there_is_a_user_setup_is_over(
    client: httpx.AsyncClient, context: Context, settings: Settings
) -> None:
    await sign_in(context, "somebody", "viewer")
    answer = await client.post(URL, json=body(setup_token.ensure(settings)))
    assert (answer.status_code, answer.json()["code"]) == (409, "already_set_up")


async def test_two_setups_at_once_make_one_user(
    client: httpx.AsyncClient, context: Context, settings: Settings
) -> None:
    token = setup_token.ensure(settings)
    answers = await asyncio.gather(*(client.post(URL, json=body(token, f"owner{n}")) for n in range(3)))
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert [answer.status_code for answer in answers].count(201) == 1
    async with context.database.unit(write=False) as uow:
        assert (await uow.session.execute(select(func.count()).select_from(UserRow))).scalar_one() == 1


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("tiny-pw", "password_too_short"),
        ("password1234", "password_too_common"),
        ("1234567890", "password_too_common"),
        ("ownerowner12", "password_too_common"),
        ("x" * 257, "payload_invalid"),
    ],
)
async def test_weak_passwords_are_refused_in_words(
    client: httpx.AsyncClient, settings: Settings, password: str, code: str
) -> None:
    answer = await client.post(URL, json=body(setup_token.ensure(settings), password=password))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, "password")
    assert password not in answer.text
