"""InfluxDB for tests: the stand-in of tests/fakes/influx.py, or the real server that is named.

`QD_TEST_INFLUX_URL=http://host:8086` with QD_TEST_INFLUX_TOKEN and QD_TEST_INFLUX_ORG names a real one; each test has
buckets of its own there, too.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.influx import ORG, TOKEN, InfluxStandIn, influx_stand_in

SERVER = "QD_TEST_INFLUX_URL"


class Influx:
    """Where tests find InfluxDB."""

    def __init__(self, url: str, token: str, org: str) -> None:
        self._where = {"url": url, "token": token, "org": org}

    def options(self) -> dict[str, Any]:
        """Give what names an empty bucket."""
        return {**self._where, "bucket": f"test-{secrets.token_hex(6)}"}


@pytest.fixture
def influx_fake() -> Iterator[InfluxStandIn]:
    """A stand-in for this test alone, which may be told to fail."""
    with influx_stand_in() as server:
        yield server


@pytest.fixture
def influx(request: pytest.FixtureRequest) -> Influx:
    """The real server that is named, else a stand-in."""
    if given := os.environ.get(SERVER):
        return Influx(given, os.environ["QD_TEST_INFLUX_TOKEN"], os.environ["QD_TEST_INFLUX_ORG"])
    server: InfluxStandIn = request.getfixturevalue("influx_fake")
    return Influx(server.url, TOKEN, ORG)
