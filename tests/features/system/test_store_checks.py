"""What the doctor and /ready say of the stores when these are servers."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from quantdesk import bootstrap
from quantdesk.features.system import checks
from quantdesk.kit.context import Context
from quantdesk.settings import Settings
from tests.fakes.influx import TOKEN
from tests.support.influx_server import Influx
from tests.support.mongo_server import Mongo
from tests.support.s3_server import S3Server

STORES = ("documents", "blobs", "bars", "quotes")


def on_servers(context: Context, stores: dict[str, Any]) -> Context:
    """Give the context with its stores built anew, by these settings."""
    settings = Settings.model_validate({**context.settings.model_dump(), **stores})
    return dataclasses.replace(
        context,
        settings=settings,
        documents=bootstrap.make_document_store(settings),
        blobs=bootstrap.make_blob_store(settings),
        bars=bootstrap.make_bar_store(settings),
        quotes=bootstrap.make_quote_store(settings),
    )


@pytest.fixture
async def reachable(context: Context, s3_server: S3Server, influx: Influx, mongo: Mongo) -> AsyncIterator[Context]:
    bucket = {"kind": "minio", **s3_server.settings()}
    stores = {
        "blob": bucket,
        "bars": bucket,
        "quotes": {"kind": "influx", **influx.options()},
        "documents": {"kind": "mongo", **mongo._asdict()},
    }
    found = on_servers(context, stores)
    yield found
    await found.documents.close()
    await found.quotes.close()


@pytest.fixture
async def away(context: Context) -> AsyncIterator[Context]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        bucket = {"kind": "minio", "endpoint": f"http://{address}", "access_key": "a", "secret_key": "h3-Vq0"}
        stores = {
            "blob": bucket,
            "bars": bucket,
            "quotes": {"kind": "influx", "url": f"http://{address}", "token": TOKEN},
            "documents": {"kind": "mongo", "url": f"mongodb://app:h3-Vq0@{address}"},
        }
        found = on_servers(context, stores)
        yield found
        await found.documents.close()
        await found.quotes.close()


async def test_servers_that_answer_are_named_by_their_kind(reachable: Context) -> None:
    found = {name: await checks.run(name, checks.ALL[name], reachable) for name in STORES}
    assert {name: check.status for name, check in found.items()} == dict.fromkeys(STORES, "ok") | {"bars": "warning"}
    assert [found[name].detail for name in ("documents", "blobs", "quotes")] == [
        "mongo, reads",
        "minio, writes and reads",
        "influx, reads",
    ]
    for name in STORES:
        assert (await checks.run(name, checks.READINESS[name], reachable)).status == "ok"


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("documents", "QD_DOCUMENTS__URL"),
        ("blobs", "QD_BLOB__ENDPOINT"),
        ("bars", "QD_BARS__ENDPOINT"),
        ("quotes", "QD_QUOTES__URL"),
    ],
)
async def test_a_server_that_is_away_fails_with_the_setting_to_look_at(away: Context, name: str, variable: str) -> None:
    for probes in (checks.ALL, checks.READINESS):
        check = await checks.run(name, probes[name], away)
        assert check.status == "failed"
        assert variable in check.detail
        assert "h3-Vq0" not in check.detail
