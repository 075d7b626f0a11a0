"""What may never be committed: secrets, addresses of a package registry, paths of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from scripts import locks

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_BYTES = 2_000_000

FORBIDDEN = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a cloud access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a code host's token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "an API key": re.compile(r"\bsk-[A-Za-z0-9_-]{32,}\b"),
    "a registry's address": re.compile(
        r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|npmmirror\.com|deb\.debian\.org|pypi\.tuna|mirrors\.aliyun)"
    ),
    "a path of one machine": re.compile(
        r"(?<![\w.~-])/(root|home/(?!quantdesk\b)[a-z]\w*|Users/\w+|work|opt/wheels)(/|\b)"
    ),
}


@cache
def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Give the file's text; an empty one for pictures and the like."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if (match := FORBIDDEN[what].search(line))
    ]
    assert not found, "\n".join(found)


def test_no_file_is_huge() -> None:
    assert not [str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > MAX_FILE_BYTES]


def test_the_locks_fit_the_pyprojects_and_name_no_address() -> None:
    assert locks.problems() == []


def test_the_npm_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a private key", "-----BEGIN " + "PRIVATE KEY-----"),
        ("a cloud access key", "AKIA" + "A" * 16),
        ("a code host's token", "ghp_" + "a" * 36),
        ("an API key", "sk-" + "a" * 40),
        ("a registry's address", "https://pypi" + ".org/simple"),
        ("a path of one machine", "open('/" + "root/x')"),
        ("a path of one machine", "cd /" + "home/alice/project"),
    ],
)
def test_a_breach_is_noticed(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


@pytest.mark.parametrize(
    "line", ["GET /api/v1/home/x", "the worker's root/ folder", "`/home/quantdesk/data`", "~/work"]
)
def test_innocent_text_is_left_alone(line: str) -> None:
    assert not any(pattern.search(line) for pattern in FORBIDDEN.values())
