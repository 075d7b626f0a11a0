"""One engine in a process of its own: run it some times and print what was seen as JSON.

A child is `python -m benchmarks.MODULE BARS.npz RUNS` and calls `report`. `measure` starts one and reads its answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ABSENT = 3
"""Exit status of a child whose engine is not installed."""
PATIENCE = 120
"""Seconds that a child may take."""


@dataclass(frozen=True, slots=True)
class Seen:
    version: str
    seconds: list[float]
    """Of each run after the first."""
    first: float
    """Seconds from the start of the process to the first result."""
    equity: float
    """At the end of the first run."""
    peak: float
    """Bytes by which the process grew at most, from before the bars were read to after the first run."""


def report(version: Callable[[], str], prepare: Callable[[Path], Callable[[], float]]) -> None:
    """Serve as the body of a child. `prepare` reads the bars and gives what makes one run and its final equity."""
    path, runs, began = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    try:
        name = version()
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(ABSENT)
    before = resident("VmRSS")
    work = prepare(path)
    equity = work()
    first = time.time() - began
    peak = resident("VmHWM") - before
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    answer = {"version": name, "seconds": seconds, "first": first, "equity": float(equity), "peak": peak}
    print("\n" + json.dumps(answer))


def resident(field: str) -> int:
    """Give VmRSS (now) or VmHWM (at most since the start) of this process in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"/proc/self/status has no {field}")


def usual() -> dict[str, str]:
    """Give this environment as it usually is: with Python's bytecode kept, or each start compiles every library."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(module: str, bars: Path, runs: int, python: str = sys.executable, **environment: str) -> Seen | str:
    """Run a child and give what it saw, or in words why it saw nothing."""
    command = [python, "-m", f"benchmarks.{module}", str(bars), str(runs), str(time.time())]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=usual() | environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"not done after {PATIENCE} s"
    if done.returncode == ABSENT:
        return "not installed"
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return f"failed: {done.stderr.rstrip().rsplit(chr(10), 1)[-1][:200]}"
    answer: dict[str, Any] = json.loads(done.stdout.rstrip().rsplit("\n", 1)[-1])
    return Seen(**answer)
