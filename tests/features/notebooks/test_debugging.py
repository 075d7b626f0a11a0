"""The debugger on cells: real kernels in the real sandbox, over their host's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks import messages as m
from quantdesk.kit.context import Context
from tests.features.notebooks.test_kernels import Page, hosting, page, status_of, texts

pytestmark = [pytest.mark.timeout(120), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

CODE = """\
def double(a):
    b = a * 2
    return b

total = 0
for i in range(4):
    total += double(i)
print('total', total)
"""


@pytest.fixture
async def host(context: Context) -> AsyncIterator[None]:
    async with hosting(context):
        yield


async def breakpoints(one: Page, *set_: dict[str, Any]) -> d.BreakpointsSet:
    await one.send(d.Breakpoints(breakpoints=[d.Breakpoint(**each) for each in set_]))
    told = await one.until(lambda r: isinstance(r, d.BreakpointsSet))
    assert isinstance(told, d.BreakpointsSet)
    return told


async def stop(one: Page) -> d.CodeStopped:
    told = await one.until(lambda r: isinstance(r, d.CodeStopped | m.CellDone))
    assert isinstance(told, d.CodeStopped), told
    return told


async def step(one: Page, how: Any) -> d.CodeStopped:
    await one.send(d.Step(how=how))
    return await stop(one)


async def finish(one: Page, how: Any = "continue") -> str:
    await one.send(d.Step(how=how))
    return status_of([await one.until(lambda r: isinstance(r, m.CellDone))])


async def evaluate(one: Page, expression: str, frame: int = 0) -> d.Evaluated:
    await one.send(d.Evaluate(request=1, frame=frame, expression=expression))
    told = await one.until(lambda r: isinstance(r, d.Evaluated))
    assert isinstance(told, d.Evaluated)
    return told


async def children(one: Page, reference: int, start: int = 0, count: int = 100) -> dict[str, d.DebugVariable]:
    await one.send(d.Children(request=2, reference=reference, start=start, count=count))
    told = await one.until(lambda r: isinstance(r, d.ChildrenList))
    assert isinstance(told, d.ChildrenList)
    return {variable.name: variable for variable in told.variables}


async def scopes(one: Page, frame: int = 0) -> dict[str, dict[str, d.DebugVariable]]:
    await one.send(d.Scopes(request=3, frame=frame))
    told = await one.until(lambda r: isinstance(r, d.ScopeList))
    assert isinstance(told, d.ScopeList)
    return {scope.name: await children(one, scope.reference) for scope in told.scopes}


def lines(told: d.CodeStopped) -> list[tuple[str, str | None, int]]:
    return [(frame.name, frame.path, frame.line) for frame in told.frames]


async def test_a_breakpoint_stops_a_cell_at_its_line_of_the_document(context: Context, host: None) -> None:
    one = await page(context)
    set_ = await breakpoints(one, {"line": 12}, {"line": 14})
    assert [each.verified for each in set_.breakpoints] == [True, True]
    await one.send(m.Execute(cell="a", code=CODE, line=11, debug=True))
    told = await stop(one)
    assert (told.cell, told.reason, told.bar) == ("a", "breakpoint", None)
    assert lines(told) == [("double", "strategy.py", 12), ("<module>", "strategy.py", 17)]
    known = [r for r in one.heard if isinstance(r, d.BreakpointsSet)][-1]
    assert [(each.line, each.verified) for each in known.breakpoints] == [(12, True), (14, False)]
    assert "这一行" in known.breakpoints[1].message
    assert (await stop_again(one)).frames[0].line == 12
    await breakpoints(one)
    assert await finish(one) == "ok"
    assert texts(one.heard) == "total 12\n"
    assert status_of(await one.run("b", CODE)) == "ok"


async def stop_again(one: Page) -> d.CodeStopped:
    told = await step(one, "continue")
    before = [type(r) for r in one.heard if isinstance(r, d.CodeContinued | d.CodeStopped)]
    assert before[-2:] == [d.CodeContinued, d.CodeStopped]
    return told


async def test_lines_are_right_where_a_cell_begins_with_empty_ones(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 3})
    await one.send(m.Execute(cell="a", code="\n\nx = 1\ny = 2", line=1, debug=True))
    assert lines(await stop(one)) == [("<module>", "strategy.py", 3)]
    assert (await step(one, "over")).frames[0].line == 4
    assert await finish(one) == "ok"


async def test_stepping_goes_in_over_and_out(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 7})
    await one.send(m.Execute(cell="a", code=CODE, line=1, debug=True))
    assert (await stop(one)).frames[0].line == 7
    inside = await step(one, "in")
    assert (inside.reason, lines(inside)[0][0]) == ("step", "double")
    assert (await step(one, "over")).frames[0].line == 3
    out = await step(one, "out")
    assert out.frames[0].name == "<module>", out
    await breakpoints(one)
    assert (await step(one, "over")).frames[0].name == "<module>"
    assert await finish(one) == "ok"
    # What was stepping does not stop the next cell.
    await one.send(m.Execute(cell="b", code="1 + 1", debug=True))
    assert status_of([await one.until(lambda r: isinstance(r, m.CellDone | d.CodeStopped))]) == "ok"


async def test_conditions_hit_counts_and_log_points(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(
        one, {"line": 2, "condition": "a == 2"}, {"line": 3, "hits": 4}, {"line": 7, "log": "i is {i}, {total}"}
    )
    await one.send(m.Execute(cell="a", code=CODE, line=1, debug=True))
    assert (await stop(one)).frames[0].line == 2
    assert (await evaluate(one, "a")).value == "2"
    at_fourth = await step(one, "continue")
    assert at_fourth.frames[0].line == 3
    assert (await evaluate(one, "a")).value == "3"
    assert await finish(one) == "ok"
    printed = texts(one.heard)
    assert [line for line in printed.splitlines() if line.startswith("i is")] == [
        "i is 0, 0",
        "i is 1, 0",
        "i is 2, 2",
        "i is 3, 6",
    ]


async def test_a_condition_that_fails_stops_there_and_says_why(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 2, "condition": "nothing > 1"})
    await one.send(m.Execute(cell="a", code=CODE, line=1, debug=True))
    told = await stop(one)
    assert told.frames[0].line == 2
    assert "NameError" in told.text
    await breakpoints(one)
    assert await finish(one) == "ok"


async def test_variables_are_expanded_and_paged(context: Context, host: None) -> None:
    code = """\
import numpy as np
import pandas as pd
class Thing:
    __slots__ = ("size",)
    def __init__(self): self.size = 3
    def __repr__(self): raise ValueError("no")
def f(n):
    many = list(range(n))
    named = {"k": [1, {"deep": (1, 2)}]}
    frame = pd.DataFrame({"p": [1.5, 2.5]}, index=["x", "y"])
    array = np.arange(6).reshape(2, 3)
    thing = Thing()
    return many
f(5000)
"""
    one = await page(context)
    await breakpoints(one, {"line": 13})
    await one.send(m.Execute(cell="a", code=code, line=1, debug=True))
    await stop(one)
    found = await scopes(one)
    local = found["locals"]
    assert list(local) == ["n", "many", "named", "frame", "array", "thing"]
    assert (local["n"].value, local["n"].reference, local["many"].size) == ("5000", 0, 5000)
    assert (local["frame"].type, local["frame"].value, local["array"].value) == ("pandas.DataFrame", "2 × 1", "2 × 3")
    assert "Thing" in local["thing"].value  # though its repr raises
    paged = await children(one, local["many"].reference, start=4990, count=100)
    assert (len(paged), paged["[4999]"].value) == (10, "4999")
    assert (await children(one, local["thing"].reference))["size"].value == "3"
    column = (await children(one, local["frame"].reference))["'p'"]
    assert (await children(one, column.reference))["'y'"].value == "2.5"
    deep = (await children(one, (await children(one, local["named"].reference))["'k'"].reference))["[1]"]
    assert (await children(one, deep.reference))["'deep'"].value == "(1, 2)"
    assert "Thing" in found["globals"]
    assert "np" not in found["globals"]
    assert await children(one, 999_999) == {}
    assert await finish(one) == "ok"


async def test_expressions_are_evaluated_in_any_frame_and_values_are_set(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 3, "condition": "a == 1"})
    await one.send(m.Execute(cell="a", code=CODE, line=1, debug=True))
    await stop(one)
    assert (await evaluate(one, "[b + x for x in range(2)]")).value == "[2, 3]"
    given = await evaluate(one, "total", frame=1)
    assert (given.value, given.kind) == ("0", "int")
    assert "NameError: name 'missing'" in (await evaluate(one, "missing")).error
    assert "SyntaxError" in (await evaluate(one, "1 +")).error
    assert (await evaluate(one, "x", frame=50)).error
    await evaluate(one, "b = 1000")
    assert (await evaluate(one, "b")).value == "1000"
    await one.send(d.Scopes(request=1, frame=0))
    listed = await one.until(lambda r: isinstance(r, d.ScopeList))
    assert isinstance(listed, d.ScopeList)
    await one.send(d.SetVariable(request=2, reference=listed.scopes[0].reference, name="b", expression="b * 2 + a"))
    set_ = await one.until(lambda r: isinstance(r, d.Evaluated) and r.request == 2)
    assert isinstance(set_, d.Evaluated)
    assert set_.value == "2001"
    assert await finish(one) == "ok"
    assert texts(one.heard) == "total 2011\n"
    assert "没有" in (await evaluate(one, "1")).error


async def test_what_runs_is_paused(context: Context, host: None) -> None:
    one = await page(context)
    code = "import time\nprint('on', flush=True)\nn = 0\nwhile True:\n    n += 1\n    time.sleep(0.001)"
    await one.send(m.Execute(cell="a", code=code, line=1, debug=True))
    await one.until(lambda r: isinstance(r, m.CellStream))
    told = await step(one, "pause")
    assert told.reason == "pause"
    assert told.frames[0].line in (4, 5, 6)
    assert int((await evaluate(one, "n")).value) >= 0
    assert await finish(one, "stop") == "error"


@pytest.mark.parametrize("how", ["interrupt", "stop"])
async def test_what_is_stopped_is_ended_at_once(context: Context, host: None, how: str) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 2})
    await one.send(m.Execute(cell="a", code="x = 1\nx = 2\nx = 3\nprint('further')", line=1, debug=True))
    await stop(one)
    await one.send(m.Interrupt() if how == "interrupt" else d.Step(how="stop"))
    done = await one.until(lambda r: isinstance(r, m.CellDone))
    assert status_of([done]) == "error"
    assert any(isinstance(r, m.CellError) and r.name == "KeyboardInterrupt" for r in one.heard)
    assert any(isinstance(r, d.CodeContinued) for r in one.heard)
    assert texts(one.heard) == ""
    assert texts(await one.run("b", "print(x)")) == "1\n"
    await one.send(m.Execute(cell="c", code="x = 7\ny = 8", line=1, debug=True))
    assert (await stop(one)).frames[0].line == 2
    assert await finish(one) == "ok"


@pytest.mark.parametrize("how", ["restart", "shutdown"])
async def test_a_kernel_that_is_stopped_restarts_and_ends(context: Context, host: None, how: str) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 1})
    await one.send(m.Execute(cell="a", code="x = 1", line=1, debug=True))
    await stop(one)
    await one.send(m.Restart() if how == "restart" else m.Shutdown())
    done = await one.until(lambda r: isinstance(r, m.CellDone))
    assert status_of([done]) == "aborted"
    assert any(isinstance(r, d.CodeContinued) for r in one.heard)
    # Its breakpoints are those of the document: they stop in the next kernel, too.
    await one.send(m.Execute(cell="b", code="y = 1", line=1, debug=True))
    assert (await stop(one)).cell == "b"
    assert await finish(one) == "ok"


async def test_a_page_that_comes_back_sees_the_stop_and_goes_on(context: Context, host: None) -> None:
    one = await page(context)
    await breakpoints(one, {"line": 2})
    await one.send(m.Execute(cell="a", code="x = 1\nx = 2\nx = 3", line=1, debug=True))
    told = await stop(one)
    one.connection.close()
    other = await page(context)
    seen = await stop(other)
    assert seen == told
    assert any(isinstance(r, d.BreakpointsSet) for r in other.heard)
    third = await page(context, after=told.number)
    assert (await evaluate(third, "x")).value == "1"
    assert await finish(third) == "ok"
    await other.until(lambda r: isinstance(r, d.CodeContinued))
    late = await page(context)
    await late.until(lambda r: isinstance(r, m.CellDone))
    assert not any(isinstance(r, d.CodeStopped) for r in late.heard)


async def test_breakpoints_act_in_functions_of_cells_that_ran_before(context: Context, host: None) -> None:
    one = await page(context)
    await one.run("a", "def before(n):\n    return n + 1")
    await one.send(m.Execute(cell="b", code="def f(n):\n    m = n + 1\n    return m", line=20))
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "b")
    await breakpoints(one, {"line": 21})
    await one.send(m.Execute(cell="c", code="f(before(1))", line=30, debug=True))
    told = await stop(one)
    assert lines(told) == [("f", "strategy.py", 21), ("<module>", "strategy.py", 30)]
    assert await finish(one) == "ok"
    assert status_of(await one.run("d", "f(1)")) == "ok"
    assert sum(isinstance(r, d.CodeStopped) for r in one.heard) == 1


async def test_a_kernel_that_stands_too_long_is_ended_and_says_so(context: Context, monkeypatch: Any) -> None:
    monkeypatch.setattr("quantdesk.features.notebooks.host.CULL_SECONDS", 0.1)
    context.settings.kernels.idle_minutes = 0.02  # type: ignore[assignment]
    async with hosting(context):
        one = await page(context)
        await breakpoints(one, {"line": 1})
        await one.send(m.Execute(cell="a", code="x = 1", line=1, debug=True))
        await stop(one)
        ended = await one.until(lambda r: isinstance(r, m.Status) and r.state == "dead")
        assert isinstance(ended, m.Status)
        assert "断点" in ended.why_zh
        assert "breakpoint" in ended.why_en


async def test_an_endless_expression_is_given_up(context: Context, host: None, monkeypatch: Any) -> None:
    monkeypatch.setattr("quantdesk.features.notebooks.debugging.EVALUATE_SECONDS", 1.0)
    one = await page(context)
    await breakpoints(one, {"line": 1})
    await one.send(m.Execute(cell="a", code="x = 1\nx = 2", line=1, debug=True))
    await stop(one)
    assert "1 s" in (await evaluate(one, "[None for _ in iter(int, 1)]")).error
    async with asyncio.timeout(20):
        while (again := await evaluate(one, "40 + 2")).error:
            pass
    assert again.value == "42"
    assert await finish(one) == "ok"
