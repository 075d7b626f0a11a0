"""`quantdesk keys` and `quantdesk strategies`, as a person runs them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.bootstrap import build_context
from quantdesk.cli.main import main
from quantdesk.features.auth.service import new_user
from quantdesk.features.strategies import service
from quantdesk.features.strategies.schemas import StrategyCreate
from quantdesk.kit.principal import Principal
from quantdesk.settings import load_settings
from tests.support.app import PASSWORD_HASH


def quantdesk(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def told(done: Result) -> dict[str, object]:
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(next(line["data"] for line in lines if line["type"] == "result"))


@pytest.fixture
def people(home: Path) -> Path:
    """Two users on a fresh home, of whom alice has a strategy."""

    async def make() -> None:
        context = build_context(load_settings())
        async with context.database.unit() as uow:
            rows = [new_user(name, PASSWORD_HASH, "trader") for name in ("alice", "bob")]
            uow.session.add_all(rows)
        async with context.database.unit() as uow:
            alice = Principal(user_id=rows[0].id, username="alice", role="trader")
            await service.create(uow, context, alice, StrategyCreate(name="均线", code="n = 1\n"))
        await context.close()

    assert quantdesk("keys", "status").exit_code == 0  # migrates
    asyncio.run(make())
    return home


def test_keys_are_shown_rotated_and_code_stays_readable(people: Path, tmp_path: Path) -> None:
    assert told(quantdesk("keys", "status", "--json-lines"))["version"] == 1
    assert told(quantdesk("keys", "rotate", "--json-lines")) == {"version": 2, "wrapped": 1}
    after = told(quantdesk("keys", "status", "--json-lines"))
    assert (after["version"], after["outdated"], after["unfinished"]) == (2, 0, None)
    assert told(quantdesk("keys", "encrypt", "--json-lines")) == {"sealed": 0}
    assert sorted(path.name for path in (people / "secrets").glob("master-*")) == ["master-1.key", "master-2.key"]
    (tmp_path / "password").write_text("long enough\n")
    done = quantdesk(
        "strategies", "export", tmp_path / "a.zip", "--user", "alice", "--password-file", tmp_path / "password"
    )
    assert done.exit_code == 0, done.output


def test_strategies_go_from_one_user_to_another_through_a_file(people: Path, tmp_path: Path) -> None:
    file, password = tmp_path / "all.zip", tmp_path / "password"
    password.write_text("long enough\n")
    with_password = ("--password-file", password, "--json-lines")
    assert told(quantdesk("strategies", "export", file, "--user", "alice", *with_password))["file"] == str(file)
    again = quantdesk("strategies", "export", file, "--user", "alice", *with_password)
    assert again.exit_code == 1
    assert "is there already" in again.output
    seen = told(quantdesk("strategies", "import", file, "--user", "bob", "--dry-run", *with_password))
    assert [entry["state"] for entry in seen["strategies"]] == ["new"]  # type: ignore[attr-defined]
    done = told(quantdesk("strategies", "import", file, "--user", "bob", *with_password))
    assert [one["outcome"] for one in done["items"]] == ["created"]  # type: ignore[attr-defined]
    password.write_text("another one\n")
    refused = quantdesk("strategies", "import", file, "--user", "bob", "--password-file", password)
    assert refused.exit_code == 1
    assert "password" in refused.output
    nobody = quantdesk("strategies", "export", tmp_path / "b.zip", "--user", "eve", "--password-file", password)
    assert nobody.exit_code == 1
