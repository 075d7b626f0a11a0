"""House rules that an import contract cannot state, read from the sources' syntax trees."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BACKEND = ROOT / "backend" / "quantdesk"
WORKER = ROOT / "worker" / "quantdesk_worker"
MAX_LINES = {BACKEND: 450, WORKER: 450, ROOT / "scripts": 450, ROOT / "benchmarks": 450, ROOT / "tests": 600}

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
SEEDED = {"Generator", "default_rng", "SeedSequence", "PCG64", "Philox", "BitGenerator"}


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def names(node: ast.expr) -> list[str]:
    """Give `a.b.c` as ["a", "b", "c"]; an empty list for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [*([node.id] if isinstance(node, ast.Name) else []), *reversed(parts)]


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def fastapi_imports(source: str) -> list[int]:
    return [line for line, name in imported(ast.parse(source)) if name.split(".")[0] in {"fastapi", "starlette"}]


def impurities(source: str) -> list[str]:
    """Find what makes core depend on when or with which luck it runs: a clock read, unseeded randomness."""
    tree = ast.parse(source)
    found = [
        f"{line}: import {name}"
        for line, name in imported(tree)
        if name.split(".")[0] in {"random", "secrets", "time", "uuid"}
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            *owner, method = names(node.func) or [""]
            if owner and owner[-1] in {"datetime", "date", "time", "Timestamp"} and method in CLOCKS:
                found.append(f"{node.lineno}: {'.'.join(owner)}.{method}()")
            if method == "default_rng" and not node.args and not node.keywords:
                found.append(f"{node.lineno}: default_rng() without a seed")
        elif isinstance(node, ast.Attribute):
            chain = names(node)
            if len(chain) == 3 and chain[0] in {"np", "numpy"} and chain[1] == "random" and chain[2] not in SEEDED:
                found.append(f"{node.lineno}: {'.'.join(chain)} uses the global random state")
    return found


def commits(source: str) -> list[int]:
    """Find `.commit()` and `.rollback()`: in a slice the unit of work alone ends a transaction."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]


def test_fastapi_appears_only_in_routers_the_api_and_kit_http() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in [*sources(BACKEND), *sources(WORKER)]
        for line in fastapi_imports(path.read_text())
        if path.name != "router.py" and BACKEND / "api" not in path.parents and path != BACKEND / "kit" / "http.py"
    }
    assert not strangers


def test_core_and_ports_read_no_clock_and_no_global_randomness() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{what}"
        for folder in (BACKEND / "core", BACKEND / "ports")
        for path in sources(folder)
        for what in impurities(path.read_text())
    }
    assert not found


def test_slices_never_end_a_transaction_themselves() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources(BACKEND / "features")
        for line in commits(path.read_text())
    }
    assert not found


def test_files_have_one_subject_and_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder, limit in MAX_LINES.items()
        for path in sources(folder)
        if (lines := path.read_text().count("\n")) > limit
    }
    assert not long


def test_every_slice_uses_the_same_file_names() -> None:
    """A slice has a router and schemas at least; whatever else it has is spelled as in the others."""
    slices = [path for path in (BACKEND / "features").iterdir() if (path / "__init__.py").exists()]
    assert slices
    lacking = {path.name for path in slices if not {"router.py", "schemas.py"} <= {p.name for p in path.iterdir()}}
    assert not lacking
    misspelled = {"routes.py", "models.py", "api.py", "repo.py", "services.py", "exceptions.py", "task.py"}
    assert not {str(p.relative_to(ROOT)) for path in slices for p in path.iterdir() if p.name in misspelled}


def test_the_worker_really_starts_without_fastapi() -> None:
    script = (
        "import importlib, pkgutil, sys, quantdesk.features as f, quantdesk_worker as w\n"
        "names = [m.name for m in pkgutil.walk_packages(w.__path__, 'quantdesk_worker.')]\n"
        "names += [m.name for m in pkgutil.walk_packages(f.__path__, 'quantdesk.features.')\n"
        "          if m.name.endswith('.tasks')]\n"
        "for name in names:\n"
        "    if not name.endswith('__main__'): importlib.import_module(name)\n"
        "sys.exit(', '.join(n for n in ('fastapi', 'starlette', 'uvicorn') if n in sys.modules) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "source",
    [
        "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
        "from datetime import date\nx = date.today()",
        "import pandas as pd\nx = pd.Timestamp.now()",
        "import time",
        "import random",
        "from secrets import token_hex",
        "import numpy as np\nx = np.random.normal()",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\nx = np.random.default_rng()",
    ],
)
def test_an_impurity_is_noticed(source: str) -> None:
    assert impurities(source)


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nx = np.random.default_rng(7)",
        "import datetime as dt\nx = dt.date(2026, 1, 1)",
        "x = y.time",
    ],
)
def test_pure_code_is_left_alone(source: str) -> None:
    assert not impurities(source)


def test_a_fastapi_import_and_a_commit_are_noticed() -> None:
    assert fastapi_imports("from fastapi import Depends") == [1]
    assert fastapi_imports("import starlette.requests") == [1]
    assert not fastapi_imports("import fastapi_like")
    assert commits("async def f(s):\n    await s.commit()") == [2]
