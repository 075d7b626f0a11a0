"""Backtests and charts in a kernel: the SDK over the kernel's channel, in the real sandbox."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from quantdesk.core.backtest.brief import BriefReport
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.market import service as market
from quantdesk.features.notebooks import messages as m
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_task
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Finished
from quantdesk.sdk._chart import CHART
from quantdesk.sdk._report import REPORT
from tests.fakes.made_bars import random_walk
from tests.features.notebooks.test_kernels import hosting, page, status_of, texts

pytestmark = [pytest.mark.timeout(180), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SYMBOLS, INDEX = ["600519.SH", "000001.SZ"], "000300.SH"
EVENT = """
import random
import numpy as np
from quantdesk.sdk import Strategy, param


class Cross(Strategy):
    fast: int = param(5)

    def on_start(self):
        self.line = self.sma(self.fast)

    def on_bar(self, bar):
        if bar.close > self.line[0] and random.random() + np.random.random() > 0.2:
            self.order_target_percent(bar.symbol, 0.45)
        else:
            self.order_target_percent(bar.symbol, 0)
"""
VECTOR = """
from quantdesk.sdk import Signals, VectorStrategy, crossed_above, crossed_below, sma


class Cross(VectorStrategy):
    fast: int = 5

    def run(self, data):
        quick, slow = sma(data.close, self.fast), sma(data.close, 30)
        return Signals(crossed_above(quick, slow), crossed_below(quick, slow))
"""
BACKTRADER = """
import backtrader as bt


class Cross(bt.Strategy):
    params = (("fast", 5),)

    def __init__(self):
        self.lines_of = {data: bt.ind.SMA(data, period=self.p.fast) for data in self.datas}

    def next(self):
        for data, line in self.lines_of.items():
            self.order_target_percent(data, 0.4 if data.close[0] > line[0] else 0.0)
"""


@pytest.fixture
async def host(context: Context) -> AsyncIterator[None]:
    walks = [random_walk(symbol, 600, seed=seed) for seed, symbol in enumerate(SYMBOLS)]
    context.bars.merge([*walks, random_walk(INDEX, 600, seed=9, price=3000)], source="import", now=clock.utcnow())
    async with context.database.unit(write=True) as uow:
        paid = CorporateAction(SYMBOLS[0], dt.date(2016, 6, 1), cash=Decimal("0.5"), bonus=Decimal("0.3"))
        await market.store_actions(uow, [paid], "test")
    async with hosting(context):
        yield


def spec(**changes: Any) -> BacktestSpec:
    asked = {"symbols": SYMBOLS, "start": "2015-03-02", "end": "2017-03-01", "benchmark": INDEX, "cash": "500000"}
    return BacktestSpec.model_validate({**asked, "params": {"fast": 8}, **changes})


async def ordinary(context: Context, code: str) -> BacktestResult:
    """Run it as the worker does."""

    async def hear(_: object) -> None:
        pass

    wanted = spec()
    async with context.database.unit(write=False) as uow:
        actions = await market.actions_of(uow, wanted.symbols, end=wanted.end)
    assert actions
    bars = {symbol: context.bars.read(symbol, "1d") for symbol in [*SYMBOLS, INDEX]}
    found = {symbol: one for symbol, one in bars.items() if one is not None}
    ended = await run_task(
        BacktestRequest(wanted, code), found, Limits(), hear, asyncio.Event(), actions=actions, start_warm=False
    )
    assert isinstance(ended, Finished), ended
    return ended.result


def value(replies: list[m.KernelReply], kind: str) -> Any:
    assert status_of(replies) == "ok", [one for one in replies if isinstance(one, m.CellError)]
    (shown,) = [one for one in replies if isinstance(one, m.CellOutput)]
    return shown.data[kind]


CALL = "'2015-03-02', '2017-03-01', cash=500_000, benchmark='sh000300', fast=8"


@pytest.mark.parametrize("code", [EVENT, VECTOR, BACKTRADER], ids=["event", "vector", "backtrader"])
async def test_a_class_or_a_text_gives_in_a_kernel_what_an_ordinary_backtest_gives(
    context: Context, host: None, code: str
) -> None:
    one = await page(context)
    assert status_of(await one.run("a", code)) == "ok"
    same = ("series", "orders", "fills", "rejections", "round_trips", "actions", "metrics", "data_sha256", "engine")
    tell = f"print(report.result.model_dump_json(include={set(same)!r}))"
    expected = (await ordinary(context, code)).model_dump(mode="json", include=set(same))
    assert expected["fills"]
    for number, strategy in enumerate(("Cross", repr(code))):
        replies = await one.run(
            f"b{number}",
            "from quantdesk.sdk import backtest\n"
            f"report = backtest({strategy}, ['sh600519', '000001.SZ'], {CALL})\n{tell}",
        )
        assert status_of(replies) == "ok", replies
        assert json.loads(texts(replies)) == expected


async def test_the_debugger_runs_files_under_their_names(context: Context, host: None) -> None:
    one = await page(context)
    code = EVENT.replace("random.random() + np.random.random() > 0.2", "mine(bar)") + "\nfrom mine_too import mine\n"
    files = [("mine_too.py", "def mine(bar):\n    return 1 / (bar.close * 0)\n")]
    replies = await one.run(
        "a",
        "from quantdesk.sandbox import kernel_backtest\n"
        f"kernel_backtest.run({code!r}, {files!r}, 'Cross', ['600519.SH'], '2015-03-02', '2017-03-01', cash=5e5)",
    )
    (told,) = [r for r in replies if isinstance(r, m.CellError)]
    assert told.name == "ZeroDivisionError"
    assert "mine_too.py" in told.traceback
    assert "strategy.py" in told.traceback


async def test_a_report_has_tables_words_and_the_pages_own_form(context: Context, host: None) -> None:
    one = await page(context)
    await one.run("a", f"{EVENT}\nfrom quantdesk.sdk import backtest\nreport = backtest(Cross, '600519.SH', {CALL})")
    replies = await one.run("b", "report")
    brief = BriefReport.model_validate(value(replies, REPORT))
    assert (brief.symbols, brief.benchmark, brief.status) == (["600519.SH"], INDEX, "ok")
    assert value(replies, "text/plain").startswith("<Report 2015-03-02 … 2017-03-01: ")
    replies = await one.run(
        "c",
        "import json\n"
        "print(json.dumps([report.metrics['total_return'], float(report.equity.equity.iloc[-1]), list(report.equity),"
        " len(report.fills), float(report.fills.amount.sum()), len(report.orders), len(report.rejections)]))",
    )
    total, last, columns, fills, amount, orders, rejections = json.loads(texts(replies))
    assert (total, fills, orders) == (brief.metrics.total_return, brief.metrics.fills, brief.metrics.orders)
    assert rejections == brief.metrics.rejections
    assert last == float(brief.metrics.final_equity) == brief.series.equity[-1]
    assert columns == ["equity", "cash", "drawdown", "benchmark"]
    assert amount > 0
    words = texts(await one.run("d", "report.explain()\nreport.explain('en')"))
    assert "年化收益" in words
    assert "annual return" in words
    assert brief.assumptions[0].message_zh in words


async def test_a_run_leaves_the_notebooks_random_numbers_alone(context: Context, host: None) -> None:
    one = await page(context)
    draw = (
        "import random, numpy as np\nrandom.seed(7); np.random.seed(7)\n{}\nprint(random.random(), np.random.random())"
    )
    plain = texts(await one.run("a", draw.format("")))
    run = f"{EVENT}\nfrom quantdesk.sdk import backtest\nbacktest(Cross, '600519.SH', {CALL})"
    assert texts(await one.run("b", draw.format(run))) == plain


WRONG = [
    (f"backtest(Cross, '600000.SH', {CALL})", "MarketDataError", "600000.SH"),
    (f"backtest(Cross, 'nonsense', {CALL})", "MarketDataError", "nonsense"),
    (f"backtest(Cross, '600519.SH', {CALL}, slow=3)", "ParameterError", "slow"),
    (f"backtest(code, '600519.SH', {CALL}, slow=3)", "ParameterError", "slow"),
    (f"backtest(int, '600519.SH', {CALL})", "TypeError", "no strategy"),
    ("backtest(Cross, '600519.SH', '2030-01-01', '2031-01-01')", "NoBarsError", "no bars"),
    ("backtest(Cross, '600519.SH', 'soon', '2031-01-01')", "ValidationError", "start"),
    (f"backtest(code.replace('self.sma', 'self.no'), '600519.SH', {CALL})", "AttributeError", "no"),
    (f"Cross.on_bar = lambda self, bar: 1 / 0\nbacktest(Cross, '600519.SH', {CALL})", "ZeroDivisionError", ""),
    ("chart({'formatter': print})", "TypeError", "plain data"),
    ("chart([1], 'pie')", "ValueError", "pie"),
]


async def test_what_is_wrong_is_raised_as_it_is(context: Context, host: None) -> None:
    one = await page(context)
    await one.run("begin", f"code = {EVENT!r}\n{EVENT}\nfrom quantdesk.sdk import backtest, chart")
    for number, (call, error, says) in enumerate(WRONG):
        replies = await one.run(f"a{number}", call)
        (told,) = [r for r in replies if isinstance(r, m.CellError)]
        assert told.name == error, told
        assert says in told.message


async def test_a_megabyte_in_one_piece_comes_and_the_kernel_lives_on(context: Context, host: None) -> None:
    one = await page(context)
    assert len(value(await one.run("a", "'x' * 1_000_000"), "text/plain")) == 1_000_002
    assert texts(await one.run("b", "print('here')")) == "here\n"


async def test_charts_are_plain_data(context: Context, host: None) -> None:
    one = await page(context)
    begin = "from quantdesk.sdk import chart, market\nframe = market.bars('600519.SH', adjust='none')\n"
    option = value(await one.run("a", f"{begin}chart(frame.close, title='Close')"), CHART)
    bars = context.bars.read("600519.SH", "1d")
    assert bars is not None
    assert option["series"][0]["data"] == bars.close.tolist()
    assert option["xAxis"]["data"] == np.datetime_as_string(bars.time, "D").tolist()
    assert option["title"] == {"text": "Close"}
    option = value(await one.run("b", "chart(frame, 'candlestick')"), CHART)
    assert option["series"][0]["data"][3] == [float(bars.open[3]), bars.close[3], bars.low[3], bars.high[3]]
    assert option["series"][1]["data"] == bars.volume.tolist()
    option = value(await one.run("c", "chart(frame[['open', 'close']].corr(), 'heatmap')"), CHART)
    assert option["series"][0]["data"][0] == [0, 0, 1.0]
