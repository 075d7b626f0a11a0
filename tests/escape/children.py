"""Runs attempts in real backtest children and prints what became of each: `python -m tests.escape.children FOLDER`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.sandbox import warm
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log
from quantdesk.sandbox.outcome import Failed, Finished
from tests.escape.attempts import ATTEMPTS, PRELUDE, Attempt
from tests.escape.house import house
from tests.fakes.made_bars import bars_of

LIMITS = Limits(cpu_seconds=2, wall_seconds=3, memory_mb=256, messages_mb=4)
BARS = {"600519.SH": bars_of("600519.SH", [10.0, 11.0])}
SPEC = BacktestSpec.model_validate({"symbols": ["600519.SH"], "start": "2020-01-01", "end": "2020-12-31"})

STRATEGY = """
import backtrader as bt
NAMES = dict(__name__="attempt", **{names!r})
exec({prelude!r}, NAMES)

class S(bt.Strategy):
    def start(self):
        try:
            exec(compile({code!r}, "attempt.py", "exec"), NAMES)
            print("held: ended by itself")
        except NAMES["Escaped"] as error:
            print("ESCAPED:", error)
        except Exception as error:
            print("held:", type(error).__name__, error)

    def next(self):
        pass
"""


async def attempt(one: Attempt, names: dict[str, str | int]) -> str:
    """Give what became of it: `held: why`, `stopped: reason` or `ESCAPED: what`."""
    told = ["silent"]

    async def hear(message: LiveMessage) -> None:
        if isinstance(message, Log) and message.text.startswith(("held:", "ESCAPED:")):
            told.append(message.text)

    source = STRATEGY.format(names=names, prelude=PRELUDE, code=one.code)
    outcome = await run_task(BacktestRequest(SPEC, source), BARS, LIMITS, hear, asyncio.Event())
    match outcome:
        case Finished():
            return told[-1]
        case Failed(error=error):
            return f"held: {error.type} {error.message}"
        case stop:
            return f"stopped: {stop.reason} ({stop.message_zh}; {stop.message_en})"


HONEST = """
import builtins, os
import backtrader as bt
import numpy as np

class S(bt.Strategy):
    def next(self):
        print(len(self), np.mean([1.0, 2.0]), hasattr(builtins, "POISON"), "POISON" in os.environ)
"""


async def honest() -> list[str]:
    """Give what an honest run prints; equal before and after all attempts."""
    lines: list[str] = []

    async def hear(message: LiveMessage) -> None:
        if isinstance(message, Log):
            lines.append(message.text)

    outcome = await run_task(BacktestRequest(SPEC, HONEST), BARS, LIMITS, hear, asyncio.Event())
    assert isinstance(outcome, Finished), outcome
    return lines


async def main(folder: Path) -> None:
    assert await warm.ready()
    before = await honest()
    with house(folder) as names:
        for one in ATTEMPTS:
            print(json.dumps([one.name, await attempt(one, names)], ensure_ascii=False), flush=True)
    after = await honest()
    print(json.dumps(["an honest run afterwards", "held: as before" if after == before else f"ESCAPED: {after}"]))
    warm.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
