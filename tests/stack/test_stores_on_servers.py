"""The same product with its stores on servers: object storage, InfluxDB, MongoDB, or the stand-ins for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from quantdesk.kit.bucket import Bucket
from tests.stack.stack_support import FAST, Person, running_stack, wait_for
from tests.stack.test_kill import SPEC
from tests.support.influx_server import Influx
from tests.support.mongo_server import Mongo
from tests.support.s3_server import S3Server

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_a_backtest_and_an_export_leave_nothing_in_the_home(
    tmp_path: Path, s3_server: S3Server, influx: Influx, mongo: Mongo
) -> None:
    place = s3_server.settings()
    bucket = {name.upper(): value for name, value in place.items()} | {"KIND": "minio"}
    quotes = {name.upper(): value for name, value in influx.options().items()} | {"KIND": "influx"}
    documents = {name.upper(): value for name, value in mongo._asdict().items()} | {"KIND": "mongo"}
    settings = dict(FAST)
    for prefix, values in (("BLOB", bucket), ("BARS", bucket), ("QUOTES", quotes), ("DOCUMENTS", documents)):
        settings |= {f"QD_{prefix}__{name}": value for name, value in values.items()}
    with running_stack(tmp_path / "stack", **settings) as stack:
        person = Person(stack)
        welcome = wait_for(lambda: person.ask("GET", "/jobs")["items"] or None, "the welcome job")[-1]
        assert person.ended(welcome["id"])["state"] == "succeeded"
        strategy = person.ask("GET", "/strategies")["items"][0]["id"]
        made = person.ask("POST", "/backtests", {"strategy_id": strategy, "spec": SPEC})
        assert person.ended(made["job"]["id"])["state"] == "succeeded"
        assert person.ask("GET", f"/backtests/{made['id']}/report")["metrics"]
        export = person.ask("POST", "/data/exports", {"format": "csv", "symbols": SPEC["symbols"]})
        assert person.ended(export["job"]["id"])["state"] == "succeeded"
        file = person.client.get(f"/data/exports/{export['id']}/file").raise_for_status()
        part = person.client.get(f"/data/exports/{export['id']}/file", headers={"Range": "bytes=100-299"})
        assert part.content == file.content[100:300]
        checks = {check["name"]: check["status"] for check in person.ask("GET", "/system/doctor")["checks"]}
        assert {checks[name] for name in ("documents", "blobs", "bars", "quotes")} == {"ok"}
        assert person.client.get(f"http://127.0.0.1:{stack.port}/ready").status_code == 200
        person.close()
    home = [path.relative_to(tmp_path / "stack").parts[0] for path in (tmp_path / "stack").rglob("*") if path.is_file()]
    assert not {"bars", "blobs", "documents.db", "quotes.db"} & set(home)
    stored = [one.name for one in Bucket(s3_server.bucket(**place), "", "QD_BLOB").list()]
    assert "bars/manifest.json" in stored
    assert any(name.startswith("blobs/") for name in stored)
