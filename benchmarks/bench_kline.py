"""Ten years of daily bars through the API, as the K-line page asks for them."""

from __future__ import annotations

import io
import time
from pathlib import Path

import httpx
import pandas as pd

from benchmarks.rows import Peer, Row, median, percentile
from benchmarks.stack import started, wait_for_demo

REQUESTS = 400
AIM_MS = 50.0


def run() -> list[Row]:
    """Each request is for another symbol than the last, so that no answer comes from the one before."""
    with started() as stack, stack.sign_in() as client:
        symbols = longest(client, wait_for_demo(client))
        times = {
            adjust: [fetch(client, symbols[at % len(symbols)], adjust) for at in range(REQUESTS)]
            for adjust in ("none", "qfq")
        }
        peer = [read_plainly(stack.home, symbol) for symbol in symbols]
    return [
        Row(
            "K-line of ten years through the API, qfq, p95",
            percentile(times["qfq"], 0.95),
            "ms",
            AIM_MS,
            peer=Peer("pandas: read the Parquet file, write JSON; p95", percentile(peer, 0.95)),
        ),
        Row("the same, p50", median(times["qfq"]), "ms"),
        Row("the same, raw prices, p95", percentile(times["none"], 0.95), "ms", AIM_MS),
    ]


def longest(client: httpx.Client, symbols: list[str]) -> list[str]:
    """Keep the symbols with about ten years of bars."""
    bars = {symbol: client.get(f"/stocks/{symbol}").raise_for_status().json()["bars"] for symbol in symbols}
    return [symbol for symbol, count in bars.items() if count >= 2300]


def fetch(client: httpx.Client, symbol: str, adjust: str) -> float:
    """Give the milliseconds from the request to the last byte."""
    began = time.perf_counter()
    client.get(f"/stocks/{symbol}/data", params={"adjust": adjust}).raise_for_status().read()
    return (time.perf_counter() - began) * 1000


def read_plainly(home: Path, symbol: str) -> float:
    (path,) = (home / "bars" / "1d").glob(f"{symbol}.*.parquet")
    began = time.perf_counter()
    pd.read_parquet(path).to_json(io.StringIO(), orient="split", date_format="iso")
    return (time.perf_counter() - began) * 1000
