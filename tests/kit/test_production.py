"""QD_ENVIRONMENT=production refuses what is fit for one's own machine only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quantdesk.kit import production
from quantdesk.settings import Settings

SOUND: dict[str, Any] = {
    "environment": "production",
    "database": {"url": "postgresql+asyncpg://quantdesk:n7Q2hv%40x@db/quantdesk"},
    "redis": {"url": "redis://:k9-Wmt4@redis:6379/0"},
    "api": {"public_url": "https://quant.example"},
}


BUCKET = {"kind": "minio", "endpoint": "http://minio:9000", "access_key": "quantdesk-app", "secret_key": "h3-Vq0"}

MONGO = {"kind": "mongo", "url": "mongodb://quantdesk:t5-Xn@one:27017,two:27017/?authSource=admin"}
INFLUX = {"kind": "influx", "url": "http://influx:8086", "token": "p8-Zs2"}


def faults(**changes: Any) -> list[str]:
    return production.faults(Settings.model_validate({"home": Path("/nowhere"), **SOUND, **changes}))


def test_sound_settings_have_no_fault() -> None:
    assert faults() == []
    assert faults(blob=BUCKET, bars=BUCKET, documents=MONGO, quotes=INFLUX) == []
    assert faults(database={}, redis={}) == [], "files and the embedded Redis's socket need no password"
    assert faults(database={"url": "postgresql+asyncpg://quantdesk@/quantdesk?host=/run/postgresql"}) == []


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"api": {}}, "QD_API__PUBLIC_URL"),
        ({"api": {"public_url": "http://quant.example"}}, "QD_API__PUBLIC_URL"),
        ({"sandbox": {"kind": "none"}}, "QD_SANDBOX__KIND"),
        ({"redis": {"url": "redis://redis:6379/0"}}, "QD_REDIS__URL must have a password"),
        ({"redis": {"url": "redis://:Changeme@redis:6379/0"}}, "QD_REDIS__URL has a password that anyone"),
        ({"database": {"url": "postgresql+asyncpg://quantdesk@db/quantdesk"}}, "QD_DATABASE__URL must have"),
        ({"database": {"url": "postgresql+asyncpg://postgres:postgres@db/x"}}, "QD_DATABASE__URL has a password"),
        ({"database": {"url": "postgresql+asyncpg://anna:anna@db/x"}}, "QD_DATABASE__URL has a password"),
        ({"quotes": INFLUX | {"token": "my-super-secret-auth-token"}}, "QD_QUOTES__TOKEN is one that anyone"),
        ({"blob": BUCKET | {"secret_key": "Minioadmin"}}, "QD_BLOB__SECRET_KEY is one that anyone"),
        ({"documents": MONGO | {"url": "mongodb://quantdesk:mongo@mongo"}}, "QD_DOCUMENTS__URL has a password"),
        ({"documents": MONGO | {"url": "mongodb://mongo:27017"}}, "QD_DOCUMENTS__URL must have a password"),
        ({"bars": BUCKET | {"secret_key": "minioadmin"}}, "QD_BARS__SECRET_KEY is one that anyone"),
        ({"blob": BUCKET | {"secret_key": ""}}, "QD_BLOB__SECRET_KEY is one that anyone"),
        ({"blob": BUCKET | {"secret_key": "quantdesk-app"}}, "QD_BLOB__SECRET_KEY is one that anyone"),
    ],
)
def test_each_fault_names_its_variable_and_shows_no_password(changes: dict[str, Any], variable: str) -> None:
    found = faults(**changes)
    assert len(found) == 1
    assert found[0].startswith(variable)
    assert "hangeme" not in found[0]


def test_one_s_own_machine_is_free(home: Path) -> None:
    assert production.faults(Settings.model_validate({"home": home, "redis": {"url": "redis://127.0.0.1"}})) == []


def test_production_ends_with_the_fault() -> None:
    settings = Settings.model_validate({"home": Path("/nowhere"), "environment": "production"})
    with pytest.raises(SystemExit, match="QD_ENVIRONMENT=production: QD_API__PUBLIC_URL must be"):
        production.insist(settings)
