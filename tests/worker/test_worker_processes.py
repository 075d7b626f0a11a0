"""What the background processes load: they must stay small, and never hold the web framework."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from quantdesk.features.jobs.schemas import JobKind
from quantdesk_worker.handlers import MODULES, find_handler

_REPORT = """
import json, sys
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
modules = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"modules": modules, "mb": int(status["VmRSS"].split()[0]) // 1024}))
"""


def loaded(home: Path, code: str) -> dict[str, Any]:
    """Run the code in a fresh process; give its top-level modules and resident memory in MB."""
    answer = subprocess.run(
        [sys.executable, "-c", code + _REPORT],
        env={"QD_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    report: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return report


def test_an_idle_worker_holds_neither_the_web_framework_nor_the_research_libraries(tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        """
from quantdesk.bootstrap import build_context
from quantdesk.settings import load_settings
import quantdesk_worker.app, quantdesk_worker.handlers, quantdesk_worker.loop
build_context(load_settings())
""",
    )
    heavy = {"fastapi", "starlette", "uvicorn", "pandas", "backtrader", "akshare", "talib", "alembic"}
    assert heavy & set(report["modules"]) == set()
    assert report["mb"] < 160


def test_a_worker_that_has_seen_all_kinds_of_jobs_never_loads_the_web_framework(tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        """
from quantdesk_worker.handlers import MODULES, find_handler
for kind in MODULES: find_handler(kind)
""",
    )
    assert {"fastapi", "starlette", "uvicorn", "backtrader", "akshare"} & set(report["modules"]) == set()


def test_beat_holds_no_database(tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        """
from celery.beat import Scheduler
from quantdesk.bootstrap import make_queue_app
from quantdesk.settings import load_settings
from quantdesk_worker.schedule import schedule
schedule(make_queue_app(load_settings()), load_settings())
""",
    )
    assert {"fastapi", "sqlalchemy", "pandas", "numpy", "pyarrow"} & set(report["modules"]) == set()
    assert report["mb"] < 100


@pytest.mark.parametrize("kind", get_args(JobKind))
def test_each_kind_of_job_has_its_handler(kind: JobKind) -> None:
    assert set(MODULES) == set(get_args(JobKind))
    assert find_handler(kind).kind == kind
