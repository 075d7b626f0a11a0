"""What answers about texts is locked down as a backtest's child is, and texts lead it to no file outside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from quantdesk.sandbox import capabilities
from quantdesk.sandbox.language_process import Analyst, Parent

pytestmark = [
    pytest.mark.escape,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not capabilities.probe().isolated, reason="; ".join(capabilities.probe().missing) or "isolated"),
]


@pytest.fixture
async def analyst() -> AsyncIterator[Analyst]:
    parent = Parent(require_isolation=True)
    yield await parent.fork()
    await parent.close()


async def ask(analyst: Analyst, kind: str, code: str) -> dict[str, Any]:
    place = {"line": code.count("\n") + 1, "column": len(code.rpartition("\n")[2])}
    told = await analyst.ask(
        json.dumps({"kind": kind, "path": "strategy.py", "files": [], "code": code, **place}).encode()
    )
    assert told is not None
    return told


def proc(analyst: Analyst, name: str) -> str:
    return Path(f"/proc/{analyst.pid}/{name}").read_text()


async def test_it_can_call_and_become_nothing(analyst: Analyst) -> None:
    assert "sqrt" in str(await ask(analyst, "complete", "import math\nmath."))  # it is locked down by now
    lines = proc(analyst, "status").splitlines()
    found = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    assert found["Seccomp"] == "2"  # a filter
    assert found["NoNewPrivs"] == "1"
    assert int(found["CapEff"], 16) == int(found["CapPrm"], 16) == 0
    assert found["Threads"] == "1"
    limits = proc(analyst, "limits")
    assert "unlimited" not in next(line for line in limits.splitlines() if line.startswith("Max data size"))


async def test_a_text_leads_to_no_file_outside(analyst: Analyst, tmp_path: Path) -> None:
    (tmp_path / "hushed.py").write_text("SECRET_4711 = 'hush'\n")
    for reach in (
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport hushed\nhushed.",
        f"import sys\nsys.path.append({str(tmp_path)!r})\nfrom hushed import SECRET",
        f"open({str(tmp_path / 'hu')!r}",
    ):
        told = await ask(analyst, "complete", reach)
        assert "SECRET_4711" not in json.dumps(told)
    told = await ask(analyst, "definition", f"import sys\nsys.path.append({str(tmp_path)!r})\nimport hushed")
    assert "hush'" not in json.dumps(told)
