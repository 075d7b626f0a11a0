"""The contracts of .importlinter hold, and each of them notices a breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backend/quantdesk", "worker/quantdesk_worker")

BREACHES = [
    ("layers", "quantdesk/core/bars/frame.py", "import quantdesk.ports.bar_store"),
    ("layers", "quantdesk/kit/ids.py", "import quantdesk.features.jobs.schemas"),
    ("layers", "quantdesk/api/app.py", "import quantdesk.cli"),
    ("layers", "quantdesk/bootstrap.py", "import quantdesk_worker"),
    ("layers", "quantdesk/adapters/blob_store/file.py", "import quantdesk.features.jobs.schemas"),
    ("complete", "quantdesk/helpers.py", ""),
    ("slice-layers", "quantdesk/features/jobs/schemas.py", "import quantdesk.features.jobs.router"),
    ("slice-layers", "quantdesk/features/market/tables.py", "import quantdesk.features.market.schemas"),
    ("slices", "quantdesk/features/market/router.py", "import quantdesk.features.jobs.tables"),
    ("slices", "quantdesk/features/jobs/schemas.py", "from quantdesk.features.auth import router"),
    ("slices", "quantdesk/features/jobs/schemas.py", "import quantdesk.features.auth"),
    ("slices-acyclic", "quantdesk/features/jobs/schemas.py", "import quantdesk.features.backtests.schemas"),
    ("composition-root", "quantdesk/api/app.py", "import quantdesk.adapters.blob_store.file"),
    ("composition-root", "quantdesk_worker/__init__.py", "import quantdesk.adapters.blob_store.file"),
    ("adapters-independent", "quantdesk/adapters/blob_store/file.py", "import quantdesk.adapters.key_provider.file"),
    ("core-pure", "quantdesk/core/bars/frame.py", "import os"),
    ("core-pure", "quantdesk/core/bars/frame.py", "from os.path import join"),
    ("core-pure", "quantdesk/ports/blob_store.py", "import sqlalchemy.orm"),
    ("core-pure", "quantdesk/ports/blob_store.py", "import redis"),
    ("worker-without-fastapi", "quantdesk_worker/__init__.py", "import quantdesk.kit.http"),
]


def lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join(str(tree / Path(package).parent) for package in PACKAGES)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what the contracts look at."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "import_contracts.py", tmp_path / "scripts")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_all_contracts_are_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("contract", "module", "line"), BREACHES, ids=lambda value: str(value).rsplit("/", 1)[-1])
def test_a_planted_breach_is_found(tree: Path, contract: str, module: str, line: str) -> None:
    assert lint(tree, "--contract", contract).returncode == 0, "broken before the breach was planted"
    path = tree / ("worker" if module.startswith("quantdesk_worker") else "backend") / module
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    result = lint(tree, "--contract", contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
