"""Kernels over their host's socket: real kernels in the real sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from httpx import AsyncClient

from quantdesk.core.strategies.project import CodeFile
from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks import service
from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.notebooks.host import COLLECTION, KernelHost
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from tests.fakes.made_bars import random_walk

pytestmark = [pytest.mark.timeout(120), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture
async def host(context: Context) -> AsyncIterator[None]:
    async with hosting(context):
        yield


@asynccontextmanager
async def hosting(context: Context) -> AsyncIterator[None]:
    """Host kernels while the body runs."""
    listening = asyncio.Event()
    running = asyncio.create_task(KernelHost(context).run(listening.set))
    await listening.wait()
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Page:
    """A page: sends, and waits for what comes."""

    def __init__(self, connection: service.Connection) -> None:
        self.connection = connection
        self.heard: list[m.KernelReply] = []

    async def send(self, request: m.KernelRequest) -> None:
        await self.connection.send(request)

    async def until(self, good: Callable[[m.KernelReply], bool]) -> m.KernelReply:
        async with asyncio.timeout(40):
            while (text := await self.connection.receive()) is not None:
                reply = m.REPLY.validate_json(text)
                self.heard.append(reply)
                if good(reply):
                    return reply
        raise AssertionError("the host has gone")

    async def run(self, cell: str, code: str) -> list[m.KernelReply]:
        before = len(self.heard)
        await self.send(m.Execute(cell=cell, code=code))
        await self.until(lambda reply: isinstance(reply, m.CellDone) and reply.cell == cell)
        return [one for one in self.heard[before:] if getattr(one, "cell", None) == cell]


async def page(context: Context, after: int = 0, document: str = "doc") -> Page:
    opened = Page(await service.connect(context, "owner", document))
    await opened.send(m.Resume(after=after))
    await opened.until(lambda reply: isinstance(reply, m.Resumed))
    return opened


def texts(replies: list[m.KernelReply]) -> str:
    return "".join(one.text for one in replies if isinstance(one, m.CellStream))


def status_of(replies: list[m.KernelReply]) -> str:
    last = replies[-1]
    assert isinstance(last, m.CellDone)
    return last.status


async def test_a_cell_runs_and_tells_values_prints_tables_errors_and_pictures(context: Context, host: None) -> None:
    one = await page(context)
    replies = await one.run("a", "x = 20\nprint('hello'); x + 1")
    assert texts(replies) == "hello\n"
    assert [r.data["text/plain"] for r in replies if isinstance(r, m.CellOutput)] == ["21"]
    replies = await one.run("b", "import pandas as pd\npd.DataFrame({'p': [1.5, None]}, index=['x', 'y'])")
    (shown,) = [r for r in replies if isinstance(r, m.CellOutput)]
    table = shown.data["application/vnd.quantdesk.table+json"]
    assert table["values"] == [["x", "y"], [1.5, None]]
    assert (table["rows"], table["all_columns"]) == (2, 1)
    replies = await one.run("c", "def f():\n    return 1 / 0\nf()")
    (error,) = [r for r in replies if isinstance(r, m.CellError)]
    assert (error.name, status_of(replies)) == ("ZeroDivisionError", "error")
    assert [frame.line for frame in error.frames] == [3, 2]
    await one.send(m.Variables(request=7))
    listed = await one.until(lambda r: isinstance(r, m.VariableList))
    assert isinstance(listed, m.VariableList)
    found_variables = {v.name: v.type for v in listed.variables}
    assert found_variables == {"x": "int", "f": "function"}
    await one.send(m.Complete(request=8, code="x.bit_le", position=8))
    found = await one.until(lambda r: isinstance(r, m.Completions))
    assert isinstance(found, m.Completions)
    assert any(match.endswith("bit_length") for match in found.matches)
    await one.send(m.Inspect(request=9, code="f", position=1))
    told = await one.until(lambda r: isinstance(r, m.Inspection))
    assert isinstance(told, m.Inspection)
    assert told.found


async def test_a_plotly_figure_comes_as_data_as_a_value_and_when_shown(context: Context, host: None) -> None:
    one = await page(context)
    head = "import plotly.graph_objects as go\nfigure = go.Figure(go.Bar(x=['a', 'b'], y=[1, 2]))\n"
    for cell, end in (("a", "figure"), ("b", "figure.show()")):
        replies = await one.run(cell, head + end)
        (shown,) = [r for r in replies if isinstance(r, m.CellOutput)]
        figure = shown.data["application/vnd.plotly.v1+json"]
        assert [trace["type"] for trace in figure["data"]] == ["bar"], end
        assert "text/html" not in shown.data, end


async def test_stored_bars_are_read_and_nothing_else_is_reached(context: Context, host: None) -> None:
    bars = random_walk("600519.SH", 50, seed=1)
    context.bars.merge([bars], source="import", now=clock.utcnow())
    one = await page(context)
    replies = await one.run(
        "a",
        "from quantdesk.sdk import market\nf = market.bars('sh600519', adjust='none')\nprint(len(f), f.close.iloc[-1])",
    )
    assert texts(replies).split() == ["50", str(float(bars.close[-1]))]
    replies = await one.run("b", "market.bars('000001.SZ')")
    (error,) = [r for r in replies if isinstance(r, m.CellError)]
    assert error.name == "MarketDataError"
    assert "000001.SZ" in error.message
    assert "PermissionError" in str(await one.run("c", "open('/etc/passwd')"))


async def test_an_endless_cell_is_interrupted_and_what_waits_is_aborted(context: Context, host: None) -> None:
    one = await page(context)
    await one.send(m.Execute(cell="a", code="print('on', flush=True)\nwhile True: pass"))
    await one.send(m.Execute(cell="b", code="1"))
    await one.until(lambda r: isinstance(r, m.CellStream))
    await one.send(m.Interrupt())
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "a")
    done = {r.cell: r.status for r in one.heard if isinstance(r, m.CellDone)}
    assert done == {"a": "error", "b": "aborted"}
    assert any(isinstance(r, m.CellError) and r.name == "KeyboardInterrupt" for r in one.heard)
    assert status_of(await one.run("c", "1 + 1")) == "ok"


async def test_a_page_that_was_away_misses_nothing_and_hears_nothing_twice(context: Context, host: None) -> None:
    one = await page(context)
    await one.send(m.Execute(cell="a", code="import time\nfor i in range(40): print(i, flush=True); time.sleep(0.02)"))
    await one.until(lambda r: isinstance(r, m.CellStream) and "5" in r.text)
    one.connection.close()
    seen = max(getattr(r, "number", 0) for r in one.heard)
    await asyncio.sleep(0.3)
    again = Page(await service.connect(context, "owner", "doc"))
    await again.send(m.Resume(after=seen))
    await again.until(lambda r: isinstance(r, m.CellDone))
    resumed = next(r for r in again.heard if isinstance(r, m.Resumed))
    assert not resumed.reset
    assert (texts(one.heard) + texts(again.heard)).split() == [str(i) for i in range(40)]


async def test_input_is_asked_and_answered(context: Context, host: None) -> None:
    one = await page(context)
    await one.send(m.Execute(cell="a", code="print(input('name? ') * 2)"))
    asked = await one.until(lambda r: isinstance(r, m.Asked))
    assert isinstance(asked, m.Asked)
    assert asked.prompt == "name? "
    await one.send(m.Answer(text="ab"))
    await one.until(lambda r: isinstance(r, m.CellDone))
    assert "abab" in texts(one.heard)


@pytest.mark.parametrize(
    ("code", "why"),
    [("import os; os._exit(3)", "3"), ("x = []\nwhile True: x.append(bytearray(10_000_000))", "MemoryError")],
)
async def test_an_end_is_told_in_words_and_the_next_cell_gets_a_new_kernel(
    context: Context, host: None, code: str, why: str
) -> None:
    one = await page(context)
    replies = await one.run("a", code)
    if why == "3":
        assert status_of(replies) == "aborted"
        ended = await one.until(lambda r: isinstance(r, m.Status) and r.state == "dead")
        assert isinstance(ended, m.Status)
        assert why in ended.why_zh
        assert why in ended.why_en
    else:
        assert any(isinstance(r, m.CellError) and r.name == why for r in replies)
    assert texts(await one.run("b", "print('x' in dir())")) == ("False\n" if why == "3" else "True\n")


async def test_a_restart_forgets_variables_and_keeps_outputs(context: Context, host: None) -> None:
    one = await page(context)
    await one.run("a", "x = 1; print('kept')")
    await one.send(m.Restart())
    await one.until(lambda r: isinstance(r, m.Status) and r.state == "starting")
    await one.until(lambda r: isinstance(r, m.Status) and r.state == "idle")
    assert any(isinstance(r, m.CellError) and r.name == "NameError" for r in await one.run("b", "x"))
    other = await page(context)
    await other.until(lambda r: isinstance(r, m.CellDone) and r.cell == "b")
    assert texts(other.heard) == "kept\n"


async def test_outputs_outlive_the_host_and_are_sealed(context: Context) -> None:
    async with hosting(context):
        one = await page(context)
        await one.run("a", "print('a-line-of-mine')")
    assert "a-line-of-mine" not in str(await context.documents.get(COLLECTION, "doc"))
    with pytest.raises(KernelsAway):
        await page(context)
    async with hosting(context):
        other = await page(context)
        await other.until(lambda r: isinstance(r, m.CellDone))
        assert texts(other.heard) == "a-line-of-mine\n"


async def test_too_many_files_end_the_kernel(context: Context, host: None) -> None:
    one = await page(context)
    await one.send(m.Execute(cell="a", code="for n in range(1_000_000): open(str(n), 'w').close()"))
    ended = await one.until(lambda r: isinstance(r, m.Status) and r.state == "dead")
    assert isinstance(ended, m.Status)
    assert "文件" in ended.why_zh


async def test_a_program_runs_code_over_rest(context: Context, host: None, trader: AsyncClient) -> None:
    made = await trader.post("/api/v1/strategies", json={"name": "Notes", "code": "# %%\n"})
    document = made.json()["id"]
    answer = await trader.post(f"/api/v1/kernels/{document}/run", json={"code": "print(6 * 7)"})
    assert answer.status_code == 200, answer.text
    assert [r["text"] for r in answer.json()["replies"] if r["type"] == "stream"] == ["42\n"]
    listed = (await trader.get("/api/v1/kernels")).json()["items"]
    assert [(one["document"], one["state"]) for one in listed] == [(document, "idle")]
    endless = await trader.post(f"/api/v1/kernels/{document}/run", json={"code": "while True: pass", "timeout_s": 1})
    assert endless.json()["replies"][-1]["status"] == "error"
    assert (await trader.delete(f"/api/v1/kernels/{document}")).status_code == 204
    assert (await trader.post("/api/v1/kernels/unknown/run", json={"code": "1"})).status_code == 404


async def test_without_a_host_it_is_said(trader: AsyncClient) -> None:
    assert (await trader.get("/api/v1/kernels")).json() == {"hosted": False, "items": []}
    document = (await trader.post("/api/v1/strategies", json={"name": "Notes", "code": "# %%\n"})).json()["id"]
    answer = await trader.post(f"/api/v1/kernels/{document}/run", json={"code": "1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "kernels_away")


async def test_a_page_that_leaves_at_once_leaves_a_kernel_that_starts(context: Context, host: None) -> None:
    one = await page(context)
    await one.send(m.Execute(cell="a", code="print('alone')"))
    await one.until(lambda r: isinstance(r, m.Status) and r.state == "starting")
    one.connection.close()
    other = await page(context)
    await other.until(lambda r: isinstance(r, m.CellDone) and r.status == "ok")
    assert texts(other.heard) == "alone\n"


async def test_a_restart_over_rest_is_carried_out(context: Context, host: None, trader: AsyncClient) -> None:
    document = (await trader.post("/api/v1/strategies", json={"name": "Notes", "code": "# %%\n"})).json()["id"]
    url = f"/api/v1/kernels/{document}"
    await trader.post(f"{url}/run", json={"code": "x = 1"})
    assert (await trader.post(f"{url}/restart")).status_code == 204
    told = (await trader.post(f"{url}/run", json={"code": "print('x' in dir())"})).json()["replies"]
    assert [one["text"] for one in told if one["type"] == "stream"] == ["False\n"]


async def test_outputs_go_with_their_strategy_and_not_before(context: Context, trader: AsyncClient) -> None:
    ids = [(await trader.post("/api/v1/strategies", json={"name": n, "code": "# %%\n"})).json()["id"] for n in "abc"]
    for document in ids:
        await context.documents.put(COLLECTION, document, {"sealed": "x"})
        if document != ids[0]:
            assert (await trader.delete(f"/api/v1/strategies/{document}")).status_code == 204
    answer = await trader.post(f"/api/v1/strategies/{ids[2]}/purge")
    assert answer.status_code == 204, answer.text
    assert await service.purge(context) == 1
    assert await context.documents.ids(COLLECTION) == sorted(ids[:2])


async def test_cells_import_the_documents_other_files_and_see_each_change(context: Context, host: None) -> None:
    one = await page(context)

    async def serve(**files: str) -> None:
        await one.send(m.Files(files=[CodeFile(path=f"signals/{name}.py", text=text) for name, text in files.items()]))

    await serve(cross="from .levels import LEVEL\n", levels="LEVEL = 1\n")
    assert texts(await one.run("a", "from signals.cross import LEVEL\nprint(LEVEL)")) == "1\n"
    await serve(cross="from .levels import LEVEL\n", levels="LEVEL = 2\n")
    assert texts(await one.run("b", "from signals.cross import LEVEL\nprint(LEVEL)")) == "2\n"
    await one.send(m.Files(files=[CodeFile(path="numpy.py", text="")]))
    refused = await one.until(lambda reply: isinstance(reply, m.Refused))
    assert isinstance(refused, m.Refused)
    assert (refused.code, refused.message[:9]) == ("bad_files", "numpy.py:")

    await one.send(m.Restart())
    await one.until(lambda reply: isinstance(reply, m.Status) and reply.state == "starting")
    replies = await one.run("c", "import signals.levels as l\nprint(l.LEVEL, l.__file__)")
    assert texts(replies) == "2 signals/levels.py\n", "a new kernel is told of the files, too"

    await serve(cross="def fail():\n    return 1 / 0  # here\n")
    (error,) = [
        r for r in await one.run("d", "import signals.cross\nsignals.cross.fail()") if isinstance(r, m.CellError)
    ]
    assert error.name == "ZeroDivisionError"
    assert "return 1 / 0  # here" in error.traceback
    assert "signals/cross.py" in error.traceback
    (gone,) = [r for r in await one.run("e", "import signals.levels") if isinstance(r, m.CellError)]
    assert gone.name == "ModuleNotFoundError"
