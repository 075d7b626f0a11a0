"""No program gets out of a backtest's child or of a kernel, as this user and as one without rights."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from quantdesk.sandbox import capabilities
from tests.escape.attempts import ATTEMPTS

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "65534"
STOPS = {one.name: one.stops for one in ATTEMPTS}

pytestmark = [
    pytest.mark.escape,
    pytest.mark.skipif(not capabilities.probe().isolated, reason="; ".join(capabilities.probe().missing) or "isolated"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the raw calls have this processor's numbers"),
]


ROOMS = ["children", "kernels"]
ALLOWED = {"children": set(), "kernels": {"a pair of sockets"}}
"""A kernel may make pairs of sockets, which lead nowhere."""


def outcomes(room: str, *command: str, folder: Path, python: str = sys.executable) -> dict[str, str]:
    """Run all attempts in a process of its own; give what became of each."""
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "QD_SECRET": "hush-4711"}
    done = subprocess.run(
        [*command, python, "-m", f"tests.escape.{room}", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))


def judge(room: str, found: dict[str, str]) -> None:
    assert len(found) == len(ATTEMPTS) + 1 >= 61
    assert {name: what for name, what in found.items() if what.startswith("ESCAPED")}.keys() <= ALLOWED[room]
    for name, what in found.items():
        if what.startswith("ESCAPED"):
            continue
        if what.startswith("stopped:"):
            reason = what.split()[1]
            assert STOPS[name], f"{name}: {what}"
            assert room == "kernels" or reason in STOPS[name], f"{name}: {what}"
            assert any(word in what for word in ("上限", "崩溃", "退出码")), f"{name} is not told plainly: {what}"
        else:
            assert what.startswith("held:"), f"{name}: {what}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", ROOMS)
def test_no_attempt_succeeds(room: str, tmp_path: Path) -> None:
    judge(room, outcomes(room, folder=tmp_path))


@pytest.mark.timeout(300)
@pytest.mark.skipif(os.geteuid() != 0, reason="the test above ran as a user")
@pytest.mark.parametrize("room", ROOMS)
def test_no_attempt_succeeds_as_a_user(room: str) -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv, "setpriv of util-linux is missing"
    user = (setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    folder = Path(tempfile.mkdtemp(prefix="quantdesk-escape-"))
    try:
        python = readable_python(user, folder)
        if python is None:
            pytest.skip("no other user can run this Python or read these packages")
        judge(room, outcomes(room, *user, folder=folder, python=python))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def readable_python(user: tuple[str, ...], folder: Path) -> str | None:
    """Give a Python with our packages that the user can run: this one, else the system's of the same version."""
    system = f"/usr/bin/python3.{sys.version_info.minor}"
    environment = folder / "python"
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run([system, "-m", "venv", "--without-pip", environment], check=True, capture_output=True)
        (site,) = environment.glob("lib/*/site-packages")
        (site / "ours.pth").write_text("\n".join([sysconfig.get_path("purelib"), str(folder / "code")]))
    shutil.copytree(ROOT / "backend" / "quantdesk", folder / "code" / "quantdesk")  # its own, as numba's cache wants
    subprocess.run(["chown", "-R", NOBODY, folder], check=True)
    for python in (sys.executable, str(environment / "bin" / "python")):
        # In a child of its own: setpriv itself still has the right to run what its user cannot.
        again = "import subprocess, sys; subprocess.check_call([sys.executable, '-c', 'import quantdesk.sdk'])"
        tried = [*user, python, "-c", again]
        if subprocess.run(tried, cwd="/", check=False, capture_output=True).returncode == 0:
            return python
    return None
