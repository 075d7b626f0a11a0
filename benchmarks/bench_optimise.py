"""Two hundred backtests of one strategy on thirty stocks: by one worker, and by two, each one job at a time."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from benchmarks.rows import Peer, Row, median
from benchmarks.stack import Stack, environment, started, wait_for, wait_for_demo

FAST, SLOW = (2, 21), (22, 67, 5)
"""Twenty by ten combinations."""
SYMBOLS = 30
RUNS = 3
AIM_RATIO = 1.8
FINAL = ("succeeded", "failed", "cancelled")
ONE_AT_A_TIME = {"QD_JOBS__CONCURRENCY": "1"}
EVENT = """from quantdesk.sdk import Strategy, param


class Crossing(Strategy):
    fast: int = param(10, min=2, max=120)
    slow: int = param(30, min=5, max=250)

    def on_start(self):
        self.fast_ma = self.sma(self.fast)
        self.slow_ma = self.sma(self.slow)

    def on_bar(self, bar):
        if self.fast_ma[0] > self.slow_ma[0]:
            if not self.position(bar.symbol):
                self.order_target_percent(bar.symbol, 0.03)
        elif self.position(bar.symbol):
            self.order_target(bar.symbol, 0)
"""
WAYS = {"native events": {"code": EVENT}, "Backtrader": {"template": "double_moving_average"}}


SPIN = "import time; at = time.perf_counter(); sum(i & 7 for i in range(20_000_000)); print(time.perf_counter() - at)"


def run() -> list[Row]:
    own = machine()
    rows = [Row("what this machine gives: two processes of plain Python against one", own, "x", better="higher")]
    with started(settings=ONE_AT_A_TIME) as stack, stack.sign_in() as client:
        symbols = wait_for_demo(client)[:SYMBOLS]
        for name, strategy in WAYS.items():
            made = client.post("/strategies", json={"name": name, **strategy}).raise_for_status().json()
            one = measured(client, made["id"], symbols)
            with second_worker(stack, client):
                two = measured(client, made["id"], symbols)
            rows += [
                Row(
                    f"200 backtests ({name}): two workers against one",
                    one / two,
                    "x",
                    AIM_RATIO,
                    better="higher",
                    peer=Peer("two processes of plain Python", own),
                ),
                Row(f"the same, seconds of two workers ({name})", two, "s", peer=Peer("one worker", one)),
            ]
    return rows


def machine() -> float:
    """Give how much more two processes that share nothing get done than one: two cores may be one in part."""

    def seconds(processes: int) -> float:
        started = [
            subprocess.Popen([sys.executable, "-c", SPIN], stdout=subprocess.PIPE, text=True) for _ in range(processes)
        ]
        return max(float(process.communicate()[0]) for process in started)

    return 2 * median([seconds(1) for _ in range(RUNS)]) / median([seconds(2) for _ in range(RUNS)])


def measured(client: httpx.Client, strategy_id: str, symbols: list[str]) -> float:
    """Give the seconds of the grid once all workers are warm, and the ledger knows how long a run takes."""
    optimise(client, strategy_id, symbols)
    return median([optimise(client, strategy_id, symbols) for _ in range(RUNS)])


def optimise(client: httpx.Client, strategy_id: str, symbols: list[str]) -> float:
    """Run the grid; give the seconds from the start of its job to the end."""
    request = {
        "strategy_id": strategy_id,
        "spec": {"symbols": symbols, "start": "2016-01-01", "end": "2025-12-31"},
        "ranges": {
            "fast": {"kind": "int", "low": FAST[0], "high": FAST[1]},
            "slow": {"kind": "int", "low": SLOW[0], "high": SLOW[1], "step": SLOW[2]},
        },
        "search": {"kind": "grid"},
    }
    made = client.post("/optimisations", json=request).raise_for_status().json()
    job = f"/jobs/{made['job']['id']}"
    wait_for(lambda: client.get(job).raise_for_status().json()["state"] in FINAL, 1800, "the optimisation")
    found = client.get(f"/optimisations/{made['id']}").raise_for_status().json()
    if found["job"]["state"] != "succeeded" or found["done"] != 200 or found["failed"]:
        raise RuntimeError(
            f"the optimisation {found['job']['state']}: {found['job']['error']}, {found['failed']} failed"
        )
    return seconds_between(found["job"]["started_at"], found["job"]["finished_at"])


def seconds_between(start: str, end: str) -> float:
    return (dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start)).total_seconds()


@contextmanager
def second_worker(stack: Stack, client: httpx.Client) -> Iterator[None]:
    """Have a second worker process at work while the body runs."""
    port = httpx.URL(stack.url).port or 0
    with (stack.home / "worker2.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "quantdesk_worker", "worker"],
            env=environment(stack.home, port) | ONE_AT_A_TIME,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: workers(client) == 2, 60, "the second worker")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def workers(client: httpx.Client) -> int:
    checks = client.get("/system/doctor").raise_for_status().json()["checks"]
    [detail] = [check["detail"] for check in checks if check["name"] == "workers"]
    return int(detail.count(" jobs)"))
