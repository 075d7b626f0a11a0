"""Every code the server may answer with has a Chinese and an English text in the frontend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from quantdesk.sandbox.outcome import StopReason

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (ROOT / "backend" / "quantdesk", ROOT / "worker")
TEXTS = ROOT / "frontend" / "src" / "api"
JOB_ERRORS = {"JobError", "ChildError"}


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                target, value = None, None
                if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                    target, value = statement.targets[0], statement.value
                elif isinstance(statement, ast.AnnAssign):
                    target, value = statement.target, statement.value
                if (
                    isinstance(target, ast.Name)
                    and target.id == "code"
                    and isinstance(value, ast.Constant)
                    and value.value
                ):
                    yield str(value.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in JOB_ERRORS:
            for keyword in node.keywords:
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)


def backend_codes() -> set[str]:
    files = [file for folder in SOURCES for file in folder.rglob("*.py")]
    found = {code for file in files for code in _codes(ast.parse(file.read_text(encoding="utf-8")))}
    return found | {f"stopped_{reason}" for reason in get_args(StopReason)}


def texts(language: str) -> set[str]:
    source = (TEXTS / f"errors.{language}.ts").read_text(encoding="utf-8")
    return set(re.findall(r"^  (\w+):", source, re.MULTILINE))


def test_the_codes_are_found() -> None:
    found = backend_codes()
    assert {"internal_error", "login_failed", "unknown_symbol", "worker_lost", "stopped_memory"} <= found
    assert len(found) > 40


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_of_the_backend_has_a_text(language: str) -> None:
    assert backend_codes() - texts(language) == set()
