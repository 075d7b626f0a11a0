"""What a skipped test means: a newcomer reads the reason, continuous integration fails.

With `QD_REQUIRE_SERVICES=1` every skip is a failure, but of tests whose marker says that what they need may be absent:
`data` (the market files beside the repository), `extra` (a library that is none of our requirements), `live` (the
network), `mounts` (a container may forbid a test to mount) and `peers` (other programs to compare with, in an
environment of their own: QD_PEERS_PYTHON).
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
MAY_BE_ABSENT = ("data", "extra", "live", "mounts", "peers")
DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def required() -> bool:
    return os.environ.get("QD_REQUIRE_SERVICES") == "1"


def pytest_report_header() -> str:
    """Say at the top what a run leaves out or insists on."""
    files = "there" if DATA.exists() else "absent, the tests marked `data` are skipped"
    return f"market files: {files}; services: {'required' if required() else 'what is missing is skipped'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that ask real servers, unless they are what was asked for: `-m live`."""
    if "live" not in config.getoption("markexpr"):
        live = [item for item in items if item.get_closest_marker("live")]
        items[:] = [item for item in items if item not in live]
        if live:
            config.hook.pytest_deselected(items=live)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    excused = hasattr(report, "wasxfail") or any(item.get_closest_marker(name) for name in MAY_BE_ABSENT)
    return report if excused else _insist(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _insist((yield))


def _insist(report: Report) -> Report:
    if report.skipped and required():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"QD_REQUIRE_SERVICES=1 allows no skip: {reason}"
    return report
