"""One program computing expressions in a process of its own; it prints what was seen as JSON.

A child is `python -m benchmarks.MODULE PANEL.npz SET RUNS` and calls `report`. `measure` starts one and reads it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.backtest_child import ABSENT, ROOT, resident, usual

PATIENCE = 900
"""Seconds that a child may take."""


@dataclass(frozen=True, slots=True)
class Seen:
    version: str
    seconds: list[float]
    """Of each run, the panel being in memory (ours) or in qlib's files."""
    cpu: list[float]
    """Of the processor, for the same runs."""
    checks: list[float]
    """The sum of each expression's finite values."""
    result: float
    """Bytes of the result."""
    peak: float
    """Bytes by which the process grew at most in the first run, the result included."""


def report(version: Callable[[], str], prepare: Callable[[Path, str], Callable[[], Any]]) -> None:
    """Serve as the body of a child. `prepare` gives what makes one run, whose result `checked` understands."""
    path, which, runs = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    try:
        name = version()
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(ABSENT)
    work = prepare(path, which)
    Path("/proc/self/clear_refs").write_text("5")  # begin to measure the highest memory now
    before = resident("VmRSS")
    seconds, cpu, peak = [], [], 0
    checks: list[float] = []
    size = 0
    for run in range(runs):
        started, used = time.perf_counter(), time.process_time()
        found = work()
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
        if run == 0:
            peak = resident("VmHWM") - before
            size, checks = checked(found)
        del found
    answer = {"version": name, "seconds": seconds, "cpu": cpu, "checks": checks, "result": size, "peak": peak}
    print("\n" + json.dumps(answer))


def checked(columns: Any) -> tuple[int, list[float]]:
    """Give bytes and sums of the finite values of a result: arrays in the order of the expressions."""
    import numpy as np

    sums = [float(np.where(np.isfinite(values), values, 0.0).sum(dtype=np.float64)) for values in columns]
    return sum(values.nbytes for values in columns), sums


def measure(
    module: str, panel: Path, which: str, runs: int, python: str = sys.executable, **environment: str
) -> Seen | str:
    """Run a child and give what it saw, or in words why it saw nothing."""
    command = [python, "-m", f"benchmarks.{module}", str(panel), which, str(runs)]
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
