"""Make the three lock files, or check offline that they match what the pyprojects ask for.

    python scripts/locks.py [--upgrade]   write them (asks the package index)
    python scripts/locks.py --check       exit 1 with one line per difference (asks nobody)

A lock names versions and hashes, never an address, so that it installs from any mirror (docs/adr/0002).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("backend/pyproject.toml", "worker/pyproject.toml")
OURS = {"quantdesk", "quantdesk-worker"}
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock", "build": "requirements-build.lock"}
OPTIONS = [
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "--quiet"),
]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^\s;]+)")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def wanted() -> dict[str, list[str]]:
    """Give the third-party requirements of each lock, as the pyprojects state them."""
    run = [
        requirement
        for package in PACKAGES
        for requirement in tomllib.loads((ROOT / package).read_text())["project"]["dependencies"]
        if canonicalize_name(Requirement(requirement).name) not in OURS
    ]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return {"run": sorted(run), "dev": sorted(groups["dev"]), "build": sorted(groups["build"])}


def digest(requirements: list[str]) -> str:
    return hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:16]


def header(requirements: list[str]) -> str:
    return f"# Made by `make lock`; do not edit. Asked for: {digest(requirements)}\n"


def compile_locks(*, upgrade: bool) -> None:
    """Write the three files; without `upgrade` versions that still fit are kept."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        sys.exit("uv is not installed; run `make up` or `pip install uv` first")
    # Addresses that happen to be set on this machine must not shape what everybody installs.
    environment = {k: v for k, v in os.environ.items() if k not in {"UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX"}}
    asked = wanted()
    for kind, name in LOCKS.items():
        constraint = ["--constraint", LOCKS["run"]] if kind == "dev" else []
        path = ROOT / name
        old = path.read_text() if path.exists() else ""
        subprocess.run(
            [uv, "pip", "compile", *OPTIONS, *constraint, *(["--upgrade"] if upgrade else []), "-", "-o", name],
            cwd=ROOT,
            env=environment,
            input="\n".join(asked[kind]).encode(),
            check=True,
        )
        path.write_text(header(asked[kind]) + path.read_text())
        print(f"{name}: {'unchanged' if path.read_text() == old else 'written'}")


def pins(path: Path) -> dict[str, list[str]]:
    """Give every version pinned in a lock, by canonical name (markers may pin one name twice)."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if match := PIN.match(line):
            found.setdefault(canonicalize_name(match["name"]), []).append(match["version"])
    return found


def problems() -> list[str]:
    """Say what is wrong with the locks; an empty list when they are fresh."""
    found: list[str] = []
    asked = wanted()
    for kind, name in LOCKS.items():
        path = ROOT / name
        if not path.exists():
            found.append(f"{name} is missing; run `make lock`")
            continue
        first, *lines = path.read_text().splitlines(keepends=True)
        if first != header(asked[kind]):
            found.append(f"{name} was made for other requirements than the pyprojects now state; run `make lock`")
        for number, line in enumerate(lines, start=2):
            if not (PIN.match(line) or HASH.match(line.rstrip("\n"))):
                found.append(f"{name}:{number}: neither a pin nor a hash: {line.strip()}")
        pinned = pins(path)
        for requirement in map(Requirement, asked[kind]):
            versions = pinned.get(canonicalize_name(requirement.name), [])
            if not any(requirement.specifier.contains(Version(v), prereleases=True) for v in versions):
                found.append(f"{name}: nothing satisfies {requirement}; run `make lock`")
    run, dev = (pins(ROOT / LOCKS[kind]) if (ROOT / LOCKS[kind]).exists() else {} for kind in ("run", "dev"))
    found += [
        f"{LOCKS['dev']}: {name} {dev[name]} differs from {LOCKS['run']}'s {run[name]}; run `make lock`"
        for name in sorted(run.keys() & dev.keys())
        if run[name] != dev[name]
    ]
    return found


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if found := problems():
            sys.exit("\n".join(found))
    else:
        compile_locks(upgrade="--upgrade" in sys.argv[1:])
