"""Quick runs of the editor: from the request to the report on half a page, through a whole QuantDesk."""

from __future__ import annotations

import time

import httpx

from benchmarks.rows import Row, median, percentile
from benchmarks.stack import started, wait_for_demo
from quantdesk.core.strategies.catalog import template

RUNS = 30
KINDS = {"double_moving_average": "an event strategy", "backtrader_double_moving_average": "a Backtrader strategy"}
ASKED = "quick run of one stock × 10 years with a benchmark"


def run() -> list[Row]:
    with started() as stack, stack.sign_in() as client:
        symbol = wait_for_demo(client)[0]
        cold = quick(client, symbol, "double_moving_average")
        taken = {kind: [quick(client, symbol, kind) for _ in range(RUNS)] for kind in KINDS}
    rows = []
    for kind, seconds in taken.items():
        rows += [
            Row(f"{ASKED}, {KINDS[kind]}, p50", median(seconds), "s", 1.0, note="the whole HTTP request, warm"),
            Row("the same, p95", percentile(seconds, 0.95), "s", 1.0),
        ]
    return [*rows, Row("the first one, before the warm parent is there", cold, "s")]


def quick(client: httpx.Client, symbol: str, name: str) -> float:
    """Give the seconds of one request; its report must have days and fills."""
    body = {
        "code": template(name).source,
        "spec": {"symbols": [symbol], "start": "2016-01-01", "end": "2025-12-31", "benchmark": "900001.DEMO"},
    }
    began = time.perf_counter()
    answer = client.post("/backtests/quick", json=body).raise_for_status().json()
    took = time.perf_counter() - began
    assert answer["status"] == "ok", answer
    assert answer["metrics"]["days"] > 2_000, answer["metrics"]
    assert answer["fills"]
    return took
