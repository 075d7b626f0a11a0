"""Completion by the text alone, in a strategy of 500 lines, in the locked-down process.

A place is asked about again and again, each time after another edit of the text.
"""

from __future__ import annotations

import asyncio
import json
import time

from benchmarks.rows import Row, median, percentile
from quantdesk.sandbox.language_process import Parent

ROUNDS = 20
HEAD = """import backtrader as bt
import pandas as pd
from quantdesk.sdk import Strategy

class Cross(bt.Strategy):
    params = (("fast", 10), ("slow", 30))

    def __init__(self):
        self.average = bt.indicators.SMA(self.data, period=self.p.fast)

    def next(self):
        {first}

class Mine(Strategy):
    def on_bar(self, ctx):
        {second}

"""
PLACES = [
    ("first", "self."),
    ("first", "bt.indicators."),
    ("first", "pd.DataFrame()."),
    ("first", "self.broker."),
    ("second", "ctx."),
]
LINES = 500


def run() -> list[Row]:
    took, first_s = asyncio.run(_measure())
    everything = [one for times in took.values() for one in times]
    note = ", ".join(f"{what} {percentile(times, 0.95) * 1000:.0f}" for what, times in took.items())
    return [
        Row("completion by the text, 500 lines, p50", median(everything) * 1000, "ms"),
        Row("the same, p95", percentile(everything, 0.95) * 1000, "ms", 150.0, note=f"p95 of each, ms: {note}"),
        Row("libraries read ahead of it, once", first_s, "s"),
    ]


async def _measure() -> tuple[dict[str, list[float]], float]:
    parent = Parent(require_isolation=True)
    try:
        began = time.perf_counter()
        await parent.warm.wait()
        warm_s = time.perf_counter() - began
        analyst = await parent.fork()
        took: dict[str, list[float]] = {what: [] for _, what in PLACES}
        for number in range(-1, ROUNDS):
            for slot, what in PLACES:
                question = _question(slot, what, number)
                began = time.perf_counter()
                told = await analyst.ask(question)
                if number >= 0:  # the first round touches the pages that were shared
                    took[what].append(time.perf_counter() - began)
                if not told or not told.get("items"):
                    raise RuntimeError(f"no completion of {what}: {told}")
        return took, warm_s
    finally:
        await parent.close()


def _question(slot: str, what: str, number: int) -> bytes:
    code = HEAD.format(**{"first": "pass", "second": "pass", slot: what})
    at = code.index(what, code.index("def next"))
    line = code[:at].count("\n") + 1
    filler = [f"def helper_{n}(a, b={number}):\n    return [a, b, {n}]\n\n" for n in range(200)]
    while code.count("\n") < LINES:
        code += filler.pop()
    place = {"line": line, "column": 8 + len(what)}
    return json.dumps({"kind": "complete", "path": "strategy.py", "files": [], "code": code, **place}).encode()
