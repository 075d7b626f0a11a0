"""Completion, help, signatures and definitions over HTTP, the kernels' host and its locked-down analysts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from quantdesk.features.notebooks.host import KernelHost
from quantdesk.features.notebooks.language import host as language_host
from quantdesk.kit.context import Context
from quantdesk.sandbox import language_process

pytestmark = [pytest.mark.timeout(180), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

URL = "/api/v1/strategies/language"
BACKTRADER = """
import backtrader as bt
import helpers
from lib.tools import zoom

class Cross(bt.Strategy):
    params = (
        ("fast", 10),  # days of the fast average
        ("slow", 30),
    )

    def __init__(self):
        self.average = bt.indicators.SMA(self.data, period=self.p.fast)

    def notify_order(self, order):
        %(order)s

    def next(self):
        %(next)s
"""
OURS = """
from quantdesk.sdk import Strategy, param

class Mine(Strategy):
    fast: int = param(5, help="days")

    def on_start(self):
        self.average = self.sma(self.fast)

    def on_bar(self, bar):
        %(next)s
"""
FILES = [
    {"path": "helpers.py", "text": "def bet(price: float, share=0.5) -> int:\n    '''Say how many.'''\n    return 1\n"},
    {"path": "lib/tools.py", "text": "def zoom(x):\n    return [x]\n"},
]


@pytest.fixture
async def host(context: Context) -> AsyncIterator[KernelHost]:
    listening = asyncio.Event()
    host = KernelHost(context)
    running = asyncio.create_task(host.run(listening.set))
    await listening.wait()
    yield host
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def at(marked: str, text: str = BACKTRADER, slot: str = "next") -> dict[str, Any]:
    """Put code in a method of a text; the place is where `|` is, or its end."""
    before, _, after = marked.partition("|")
    whole = text % {"order": "pass", "next": "pass", slot: before + "\0" + after}
    head = whole[: whole.index("\0")]
    return {
        "code": whole.replace("\0", ""),
        "files": FILES,
        "line": head.count("\n") + 1,
        "column": len(head) - head.rfind("\n") - 1,
    }


async def ask(client: httpx.AsyncClient, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(f"{URL}/{kind}", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert told["state"] == "answered", body["code"][-200:]
    return told


async def names(client: httpx.AsyncClient, body: dict[str, Any]) -> list[str]:
    return [item["name"] for item in (await ask(client, "complete", body))["items"]]


async def test_a_backtrader_strategy_is_known_with_what_its_metaclasses_make(
    viewer: httpx.AsyncClient, host: KernelHost
) -> None:
    members = await names(viewer, at("self."))
    assert {"buy", "sell", "close", "position", "data", "datas", "broker", "getposition", "average"} <= set(members)
    assert members.index("average") < members.index("buy")  # one's own come first
    told = await ask(viewer, "complete", at("self.p."))
    assert [(item["name"], item["detail"]) for item in told["items"]] == [
        ("fast", "= 10  days of the fast average"),
        ("slow", "= 30"),
    ]
    narrowed = at("x = self.params.sl")
    told = await ask(viewer, "complete", narrowed)
    assert [item["name"] for item in told["items"]] == ["slow"]
    assert (told["start"], told["end"]) == (narrowed["column"] - 2, narrowed["column"])
    assert {"getcash", "getvalue", "setcommission"} <= set(await names(viewer, at("self.broker.")))
    assert {"close", "open", "volume"} <= set(await names(viewer, at("self.datas[0].")))
    assert {"size", "price"} <= set(await names(viewer, at("self.position.")))
    assert {"executed", "isbuy", "status"} <= set(await names(viewer, at("order.", slot="order")))
    assert {"RSI", "SMA", "CrossOver", "MACD"} <= set(await names(viewer, at("bt.indicators.")))
    assert (await names(viewer, at("bt.indicators.RSI(self.data, ")))[:2] == ["period=", "movav="]


async def test_our_own_kinds_of_strategies_are_known_and_untyped_arguments_have_the_types_of_the_base(
    viewer: httpx.AsyncClient, host: KernelHost
) -> None:
    assert {"buy", "order_target_percent", "fast", "sma"} <= set(await names(viewer, at("self.", OURS)))
    assert {"close", "volume", "symbol"} <= set(await names(viewer, at("bar.", OURS)))
    assert {"ready", "value"} <= set(await names(viewer, at("self.average.", OURS)))
    assert "limit=" in await names(viewer, at("self.buy('x', ", OURS))
    shown = await ask(viewer, "signature", at("self.buy('600519.SH', ", OURS))
    (signature,) = shown["signatures"]
    assert signature["parameters"][shown["parameter"]].startswith("quantity")
    described = await ask(viewer, "describe", at("self.bu", OURS) | {"name": "buy"})
    assert "Send an order to buy" in described["text"]
    assert described["detail"].startswith("buy(symbol: str")


async def test_imports_offer_ones_own_files_and_then_what_strategies_use(
    viewer: httpx.AsyncClient, host: KernelHost
) -> None:
    place = {"files": FILES, "line": 1}
    found = await names(viewer, place | {"code": "import ", "column": 7})
    assert found[:6] == ["helpers", "lib", "quantdesk", "backtrader", "numpy", "pandas"]
    assert "tools" in await names(viewer, place | {"code": "from lib import ", "column": 16})
    assert "bet" in await names(viewer, at("helpers."))
    assert "append" in await names(viewer, at("zoom(1)."))
    without = at("helpers.") | {"files": []}
    assert "bet" not in await names(viewer, without)  # nothing is left of another question's files


async def test_hover_and_definition_lead_to_parameters_own_files_and_libraries(
    viewer: httpx.AsyncClient, host: KernelHost
) -> None:
    told = await ask(viewer, "hover", at("self.p.fa|st"))
    assert "fast = 10" in told["text"]
    assert "days of the fast average" in told["text"]
    (place,) = (await ask(viewer, "definition", at("self.p.fa|st")))["places"]
    assert (place["path"], BACKTRADER.splitlines()[place["line"] - 1].strip()[:7]) == ("strategy.py", '("fast"')
    (place,) = (await ask(viewer, "definition", at("helpers.be|t(1)")))["places"]
    assert (place["path"], place["line"], place["column"]) == ("helpers.py", 1, 4)
    assert "Say how many." in (await ask(viewer, "hover", at("helpers.be|t(1)")))["text"]
    (place,) = (await ask(viewer, "definition", at("bt.indicators.SM|A")))["places"]
    assert (place["path"], place["module"]) == (None, "backtrader.indicators.sma")
    shown = place["excerpt"]["text"].splitlines()[place["line"] - place["excerpt"]["first_line"]]
    assert shown.startswith("class MovingAverageSimple")
    shown = await ask(viewer, "signature", at("bt.indicators.SMA(self.data, period="))
    assert shown["signatures"][0]["parameters"][shown["parameter"]] == "period=30"
    assert (await ask(viewer, "hover", at("| pass")))["text"] == ""


HOSTILE = {
    "a text that Jedi would think about for long": "x = " + "(" * 90_000 + "\nx.",
    "deep nesting": "x = " + "(" * 40_000 + "1" + ")" * 40_000 + "\nx.",
    "200,000 characters": "x = a" + ".b" * 99_990 + "\nx.",
    "parameters nested deeply": "import backtrader as bt\nclass S(bt.Strategy):\n    params = "
    + "(" * 20_000
    + ")" * 20_000
    + "\n    def next(self):\n        self.p.",
}


async def test_no_text_keeps_the_analyst_for_longer_than_its_time_and_the_next_question_is_answered(
    viewer: httpx.AsyncClient, host: KernelHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = {"code": "import math\nmath.", "line": 2, "column": 5}
    assert "sqrt" in await names(viewer, place)
    monkeypatch.setattr(language_process, "ANSWER_COLD_SECONDS", 2.0)
    for why, code in HOSTILE.items():
        began = time.monotonic()
        body = {"code": code, "line": code.count("\n") + 1, "column": len(code.rpartition("\n")[2])}
        answer = await viewer.post(f"{URL}/complete", json=body, timeout=60)
        assert answer.status_code == 200, why
        assert time.monotonic() - began < 20, why  # two seconds, on a busy machine, and a fork
        monkeypatch.setattr(language_process, "ANSWER_COLD_SECONDS", 30.0)
        assert "sqrt" in await names(viewer, place), why
        monkeypatch.setattr(language_process, "ANSWER_COLD_SECONDS", 2.0)


async def test_only_the_newest_question_of_a_kind_is_answered(viewer: httpx.AsyncClient, host: KernelHost) -> None:
    place = {"code": "import math\nmath.", "line": 2, "column": 5}
    answers = await asyncio.gather(*(viewer.post(f"{URL}/complete", json=place, timeout=60) for _ in range(6)))
    states = [answer.json()["state"] for answer in answers]
    assert sorted(states)[0] == "answered"
    assert "superseded" in states
    assert set(states) == {"answered", "superseded"}


async def test_what_is_not_asked_for_long_ends(
    viewer: httpx.AsyncClient, host: KernelHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = host._language
    await names(viewer, {"code": "import math\nmath.", "line": 2, "column": 5})
    parent = language._parent
    assert parent is not None
    assert parent.alive
    monkeypatch.setattr(language_host, "IDLE_SECONDS", -1.0)
    await language.cull()
    assert not parent.alive
    assert language._parent is None


async def test_without_the_host_it_is_said_plainly(viewer: httpx.AsyncClient) -> None:
    answer = await viewer.post(f"{URL}/hover", json={"code": "x", "line": 1, "column": 0})
    assert (answer.status_code, answer.json()["code"]) == (503, "kernels_away")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "x" * 200_001},
        {"line": 0},
        {"line": True},
        {"column": -1},
        {"path": "/etc/passwd"},
        {"files": [{"path": "a.py", "text": "x" * 300_000}, {"path": "b.py", "text": "x" * 300_000}]},
    ],
)
async def test_too_much_or_nonsense_is_refused(viewer: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    body = {"code": "x", "line": 1, "column": 0} | wrong
    assert (await viewer.post(f"{URL}/complete", json=body)).status_code == 422
