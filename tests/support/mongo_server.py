"""MongoDB for tests: the stand-in of tests/fakes/mongo.py, or the real server that QD_TEST_MONGO_URL names.

Each test has a database of its own, also there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.fakes.mongo import MongoStandIn, mongo_stand_in

SERVER = "QD_TEST_MONGO_URL"


class Mongo(NamedTuple):
    """What names an empty database."""

    url: str
    database: str


@pytest.fixture
def mongo_fake() -> Iterator[MongoStandIn]:
    """A stand-in for this test alone, which may be told to fail."""
    with mongo_stand_in() as server:
        yield server


@pytest.fixture
def mongo(request: pytest.FixtureRequest) -> Mongo:
    """The real server that is named, else a stand-in."""
    given = os.environ.get(SERVER) or request.getfixturevalue("mongo_fake").url
    return Mongo(given, f"test-{secrets.token_hex(6)}")
