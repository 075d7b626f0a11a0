"""What is asked of the stores before anything starts."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from quantdesk.cli.prepare import prepare, store_fault
from quantdesk.settings import Settings
from tests.support.influx_server import Influx


async def test_files_are_not_asked(home: Path) -> None:
    assert await store_fault(Settings(home=home)) is None
    assert os.listdir(home) == []


@pytest.mark.parametrize(
    ("store", "settings", "variable"),
    [
        ("blob", {"kind": "minio", "access_key": "a", "secret_key": "b"}, "QD_BLOB__ENDPOINT"),
        ("bars", {"kind": "minio", "access_key": "a", "secret_key": "b"}, "QD_BARS__ENDPOINT"),
        ("quotes", {"kind": "influx", "token": "t"}, "QD_QUOTES__URL"),
        ("documents", {"kind": "mongo"}, "QD_DOCUMENTS__URL"),
    ],
)
async def test_a_server_that_is_away_stops_the_start_with_what_to_do(
    home: Path, store: str, settings: dict[str, str], variable: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        where = {"blob": "endpoint", "bars": "endpoint"}.get(store, "url")
        scheme = "mongodb" if store == "documents" else "http"
        given = Settings.model_validate({"home": home, store: settings | {where: f"{scheme}://{address}"}})
        prepared = await prepare(given)
    assert prepared.error is not None
    assert variable in prepared.error
    assert prepared.setup_url is None


async def test_a_server_that_answers_is_no_hindrance(home: Path, influx: Influx) -> None:
    settings = Settings.model_validate({"home": home, "quotes": {"kind": "influx", **influx.options()}})
    assert await store_fault(settings) is None
