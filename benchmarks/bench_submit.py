"""From the click on Run to a running backtest, and to its report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx

from benchmarks.rows import Row, median, percentile
from benchmarks.stack import started, wait_for, wait_for_demo

RUNS = 25
AIM_MS = 300.0
FINAL = ("succeeded", "failed", "cancelled")


def run() -> list[Row]:
    with started() as stack, stack.sign_in() as client:
        symbol = wait_for_demo(client)[0]
        template = client.get("/strategies/templates").raise_for_status().json()["items"][0]["id"]
        made = client.post("/strategies", json={"name": "Bench", "template": template}).raise_for_status()
        spec = {"symbols": [symbol], "start": "2020-01-01", "end": "2021-12-31"}
        runs = [submit(client, made.json()["id"], spec) for _ in range(RUNS)]
    running, finished = zip(*runs, strict=True)
    return [
        Row("backtest: submit to running, p50", median(running), "ms", AIM_MS),
        Row("the same, p95", percentile(running, 0.95), "ms"),
        Row("backtest of two years: submit to report, p50", median(finished), "ms"),
    ]


def submit(client: httpx.Client, strategy: str, spec: dict[str, Any]) -> tuple[float, float]:
    """Give the milliseconds from before the request to the job's start and to its end, all on this machine's clock."""
    began = dt.datetime.now(dt.UTC)
    answer = client.post("/backtests", json={"strategy_id": strategy, "spec": spec}).raise_for_status().json()
    job: dict[str, Any] = {}

    def ended() -> bool:
        job.update(client.get(f"/jobs/{answer['job']['id']}").raise_for_status().json())
        return job["state"] in FINAL

    wait_for(ended, 60, "the backtest")
    if job["state"] != "succeeded":
        raise RuntimeError(f"the backtest {job['state']}: {job['error']}")
    started_at, finished_at = (dt.datetime.fromisoformat(job[key]) for key in ("started_at", "finished_at"))
    return (started_at - began).total_seconds() * 1000, (finished_at - began).total_seconds() * 1000
