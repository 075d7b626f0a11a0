"""What is missing: a skip for a newcomer, a failure in continuous integration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBES = """
import pytest

@pytest.fixture
def server():
    pytest.skip("no server is installed")

def test_in_a_fixture(server): ...

@pytest.mark.skipif(True, reason="no browser is installed")
def test_by_a_mark(): ...

@pytest.mark.data
@pytest.mark.skipif(True, reason="no market files")
def test_data(): ...

@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""


@pytest.mark.parametrize(
    ("insists", "summary"),
    [("0", {"3 skipped", "1 xfailed"}), ("1", {"2 errors", "1 skipped", "1 xfailed"})],
)
def test_a_skip_is_a_failure_where_services_are_required(tmp_path: Path, insists: str, summary: set[str]) -> None:
    plugin = "from tests.support.requirements import *\n"
    (tmp_path / "conftest.py").write_text(plugin)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = data\n")
    (tmp_path / "test_probes.py").write_text(PROBES)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfEs", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QD_REQUIRE_SERVICES": insists},
        capture_output=True,
        text=True,
    )
    counts = done.stdout.splitlines()[-1].rsplit(" in ", 1)[0]
    assert set(counts.split(", ")) == summary, done.stdout
    assert "no server is installed" in done.stdout


def test_a_module_that_skips_itself_fails_as_well(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.support.requirements import *\n")
    (tmp_path / "test_probe.py").write_text("import pytest\npytest.importorskip('no_such_library')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QD_REQUIRE_SERVICES": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "QD_REQUIRE_SERVICES=1 allows no skip" in done.stdout
