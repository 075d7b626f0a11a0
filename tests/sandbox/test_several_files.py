"""A strategy of several files: run by each engine, in sweeps and truncation tests, in children that share nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quantdesk.core.backtest.sweep import run_sweep
from quantdesk.core.strategies.project import CodeFile, sha256_of
from quantdesk.sandbox.exchange import BacktestRequest, SweepRequest, Task, TruncationRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Failed, Finished
from tests.sandbox.runs import BARS, SPEC, Heard, strategy

CROSS = "from .levels import LEVEL\n\n\ndef above(price, mean):\n    return price > mean * LEVEL\n"
FILES = (
    CodeFile(path="notes.md", text="读我"),
    CodeFile(path="signals/cross.py", text=CROSS),
    CodeFile(path="signals/levels.py", text="LEVEL = 1.0\n"),
)
BACKTRADER = """
import backtrader as bt
from signals.cross import above
class S(bt.Strategy):
    params = (("days", 5),)
    def __init__(self):
        self.mean = bt.ind.SMA(self.data, period=self.p.days)
    def next(self):
        up = above(self.data.close[0], self.mean[0])
        if up and not self.position: self.buy(size=100)
        if not up and self.position: self.close()
"""
EVENT = """
from quantdesk.sdk import Strategy
class S(Strategy):
    days: int = 5
    def on_start(self):
        self.seen = []
    def on_bar(self, bar):
        from signals.cross import above
        self.seen.append(bar.close)
        up = above(bar.close, sum(self.seen[-self.days:]) / len(self.seen[-self.days:]))
        held = self.position(bar.symbol).quantity
        if up and not held: self.buy(bar.symbol, 100)
        if not up and held: self.close(bar.symbol)
"""
VECTOR = """
import numpy as np
from quantdesk.sdk import VectorStrategy, Signals
import signals.cross
class S(VectorStrategy):
    days: int = 5
    def run(self, data):
        up = np.zeros(data.close.shape, dtype=bool)
        up[self.days:] = signals.cross.above(data.close[self.days:], data.close[:-self.days])
        return Signals(up, ~up)
"""


async def ran(request: Task[Any]) -> Any:
    return await run_task(request, BARS, Limits(), Heard(), asyncio.Event())


async def result_of(request: Task[Any]) -> Any:
    outcome = await ran(request)
    assert isinstance(outcome, Finished), outcome
    return outcome.result


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize("source", [BACKTRADER, EVENT, VECTOR], ids=["backtrader", "event", "vector"])
async def test_each_engine_imports_the_other_files(source: str):
    result = await result_of(BacktestRequest(SPEC, source, files=FILES))
    assert result.orders
    assert result.code_sha256 == sha256_of(source, FILES) != sha256_of(source)
    swept = await result_of(SweepRequest(SPEC, source, [{"days": 5}, {"days": 20}], files=FILES))
    assert [trial.error for trial in swept.trials] == [None, None]
    assert swept.trials[0].metrics == result.metrics
    checked = await result_of(TruncationRequest(SPEC, source, samples=2, seed=7, files=FILES))
    assert (checked.verdict, checked.differences) == ("clean", [])
    assert checked.decisions > 0


@pytest.mark.usefixtures("start")
async def test_look_ahead_that_is_in_another_file_is_found():
    later = "def above(price, before):\n    import strategy\n    return price > strategy.S.whole.mean()\n"
    source = VECTOR.replace("        up =", "        S.whole = data.close\n        up =", 1)
    files = (CodeFile(path="signals/cross.py", text=later),)
    assert (await result_of(TruncationRequest(SPEC, source, samples=3, seed=7, files=files))).verdict == "look_ahead"


@pytest.mark.parametrize("source", [BACKTRADER, EVENT, VECTOR], ids=["backtrader", "event", "vector"])
async def test_an_error_in_another_file_is_told_with_its_file_and_line(source: str):
    broken = FILES[1].model_copy(
        update={"text": "from .levels import LEVEL\n\n\ndef above(price, mean):\n    return 1 / 0\n"}
    )
    outcome = await ran(BacktestRequest(SPEC, source, files=(broken, FILES[2])))
    assert isinstance(outcome, Failed)
    error = outcome.error
    assert (error.type, error.file, error.line, error.source_line) == (
        "ZeroDivisionError", "signals/cross.py", 5, "return 1 / 0",
    )  # fmt: skip
    assert error.traceback[0].startswith("line ")
    assert error.traceback[-2:] == [
        "signals/cross.py line 5, in above: return 1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    swept = await result_of(SweepRequest(SPEC, source, [{"days": 5}], files=(broken, FILES[2])))
    assert (swept.trials[0].error.file, swept.trials[0].error.line) == ("signals/cross.py", 5)


async def test_a_syntax_error_in_another_file_is_told_with_its_file_and_line():
    broken = CodeFile(path="signals/cross.py", text="def above(price, mean):\n    return price >\n")
    outcome = await ran(BacktestRequest(SPEC, BACKTRADER, files=(broken,)))
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.file, outcome.error.line) == ("SyntaxError", "signals/cross.py", 2)


async def test_an_error_of_the_main_file_names_no_file():
    outcome = await ran(BacktestRequest(SPEC, BACKTRADER.replace("import above", "import below"), files=FILES))
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.file, outcome.error.line) == ("ImportError", None, 3)


async def test_a_file_may_import_the_main_one_and_is_told_why_it_cannot_yet():
    helper = "import strategy\n\n\ndef above(price, mean):\n    return price > mean * strategy.LEVEL\n"
    files = (CodeFile(path="signals/cross.py", text=helper),)
    assert (await result_of(BacktestRequest(SPEC, BACKTRADER + "LEVEL = 1.0\n", files=files))).orders
    early = (CodeFile(path="signals/cross.py", text="from strategy import LEVEL\nabove = None\n"),)
    outcome = await ran(BacktestRequest(SPEC, BACKTRADER + "LEVEL = 1.0\n", files=early))
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.file, outcome.error.line) == ("ImportError", "signals/cross.py", 1)
    assert "circular import" in (outcome.error.hint_en or "")


@pytest.mark.usefixtures("start")
async def test_children_never_see_each_others_files():
    source = "import helpers\n" + strategy("pass") + "print(helpers.WHO)\n"

    async def lines(who: str | None) -> list[str]:
        heard = Heard()
        files = () if who is None else (CodeFile(path="helpers.py", text=f"WHO = '{who}'\n"),)
        outcome = await run_task(BacktestRequest(SPEC, source, files=files), BARS, Limits(), heard, asyncio.Event())
        return heard.lines if isinstance(outcome, Finished) else [outcome.error.message]  # type: ignore[union-attr]

    assert await asyncio.gather(lines("one"), lines("two")) == [["one"], ["two"]]
    assert await lines(None) == ["No module named 'helpers'"]


async def test_libraries_that_only_another_file_uses_are_there():
    files = (
        CodeFile(
            path="signals/cross.py",
            text="import pandas as pd\n\ndef above(price, mean):\n    return pd.Series([price])[0] > mean\n",
        ),
    )
    assert (await result_of(BacktestRequest(SPEC, BACKTRADER, files=files))).orders


def test_what_a_run_leaves_in_a_module_is_not_seen_by_the_next():
    source = BACKTRADER.replace("from signals.cross import above", "from signals.cross import above, SEEN").replace(
        "    def next", "        SEEN.append(1)\n        assert len(SEEN) == 1\n    def next"
    )
    files = (CodeFile(path="signals/cross.py", text="SEEN = []\ndef above(price, mean):\n    return price > mean\n"),)
    swept = run_sweep(SPEC, source, [{"days": 5}, {"days": 6}], BARS, files=files)
    assert [trial.error for trial in swept.trials] == [None, None]
