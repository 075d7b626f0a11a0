"""Generated requests, good and bad, find no 5xx and no answer that the OpenAPI document does not declare.

`QD_SCHEMATHESIS_EXAMPLES` (4) sets how many are generated for each operation, besides those on the boundaries of its
parameters; the same ones in each run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from quantdesk.api.app import create_app
from quantdesk.settings import Settings
from tests.api.schemathesis_world import World, world_on
from tests.support.databases import empty_database, kinds
from tests.support.redis_server import empty_redis

EXAMPLES = int(os.environ.get("QD_SCHEMATHESIS_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
pytestmark = [pytest.mark.timeout(120 + 60 * EXAMPLES)]


WORLDS = [
    pytest.param(*kind.values, marks=[*kind.marks, pytest.mark.xdist_group(f"schemathesis-{kind.values[0]}")])
    for kind in kinds()
]


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    redis = empty_redis(request.param, request)
    with (
        pytest.MonkeyPatch.context() as environment,
        empty_database(request.param, home, request) as database,
    ):
        for name in [name for name in os.environ if name.startswith("QD_")]:
            environment.delenv(name)
        with world_on(home, database, redis) as world:
            yield world


def document(*, boundaries: bool) -> Any:
    """Give the OpenAPI document with what to generate of it; `boundaries` adds the edges of every parameter."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "cache": {"enabled": False},
            "phases": {"coverage": {"enabled": boundaries, "unexpected-methods": []}},
            "generation": {"deterministic": True, "database": "none", "with-security-parameters": False},
            "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
        }
    )
    app = create_app(Settings(home=Path("/nowhere")))
    return schemathesis.openapi.from_dict(app.openapi(), config=config)


modest = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@document(boundaries=True).parametrize()
@modest
def test_an_administrator_gets_declared_answers_only(case: Case, world: World) -> None:
    check(case, world, "admin")


@document(boundaries=False).parametrize()
@modest
def test_a_viewer_gets_declared_answers_only(case: Case, world: World) -> None:
    check(case, world, "viewer")


@pytest.mark.parametrize("world", WORLDS[:1], indirect=True)
@document(boundaries=False).parametrize()
@modest
def test_who_is_not_signed_in_gets_declared_answers_only(case: Case, world: World) -> None:
    check(case, world, "anonymous")


def check(case: Case, world: World, role: str) -> None:
    world.aim(case)
    # On the wire a file's part is bytes, whatever the generator meant them to be: "true" is a file, too.
    wire = case.operation.path.endswith(("/data/uploads", "/strategies/archives", "/strategies/import-ipynb"))
    checks = [one for one in CHECKS if not (wire and one is negative_data_rejection)]
    if "/strategies/language/" in case.operation.path or case.operation.path.endswith("/backtests/quick"):
        # No host of kernels runs here, and its absence is a declared 503; any other status of a server still fails.
        checks.remove(not_a_server_error)
    case.validate_response(world.send(case, role), checks=checks)
