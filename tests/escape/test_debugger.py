"""A cell that turns the debugger's socket against its host: the host goes on, and a person is told in plain words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks import messages as m
from quantdesk.kit.context import Context
from tests.features.notebooks.test_debugging import breakpoints, evaluate
from tests.features.notebooks.test_kernels import Page, hosting, page, status_of, texts

pytestmark = [
    pytest.mark.escape,
    pytest.mark.timeout(180),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]

TAKE = """\
import json, os, socket, threading, time
debug = socket.socket(fileno=os.dup(int(os.environ["QUANTDESK_DEBUG"])))
def say(message):
    text = json.dumps(message).encode()
    debug.sendall(b"Content-Length: %d\\r\\n\\r\\n" % len(text) + text)
"""


@pytest.fixture
async def host(context: Context) -> AsyncIterator[None]:
    async with hosting(context):
        yield


async def debugged(context: Context, code: str) -> Page:
    """Give a page whose debugger is on, and a cell that has run the code."""
    one = await page(context)
    await one.run("take", TAKE)
    await one.send(m.Execute(cell="a", code=code, line=1, debug=True))
    return one


async def is_well(one: Page, context: Context) -> None:
    """Another document's kernel works as before, and so does this one's, once restarted."""
    other = await page(context, document="other")
    assert texts(await other.run("o", "print(6 * 7)")) == "42\n"
    await one.send(m.Restart())
    await breakpoints(one, {"line": 1})
    await one.send(m.Execute(cell="again", code="x = 1", line=1, debug=True))
    await one.until(lambda r: isinstance(r, d.CodeStopped) and r.cell == "again")
    await one.send(d.Step(how="continue"))
    assert status_of([await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "again")]) == "ok"


@pytest.mark.parametrize(
    "sent",
    [
        'b"\\x00\\xff" * 5000',
        'b"Content-Length: 99999999999\\r\\n\\r\\n"',
        'b"Content-Length: -5\\r\\n\\r\\n"',
        'b"Content-Length: 9\\r\\n\\r\\n[1, 2, 3]"',
        'b"Content-Length: 400000\\r\\n\\r\\n" + b"[" * 400000',
        'b"a" * 3_000_000',
    ],
    ids=["bytes", "too much", "less than nothing", "no object", "deep", "no end"],
)
async def test_garbage_ends_the_debugger_alone_and_is_said(context: Context, host: None, sent: str) -> None:
    one = await debugged(context, f"threading.Thread(target=debug.sendall, args=({sent},)).start()\ntime.sleep(60)")
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "a")
    assert "断点不再起作用" in texts(one.heard)
    assert "connection is gone" in texts(one.heard)
    await one.send(m.Execute(cell="b", code="print('on')", line=1, debug=True))
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "b")
    assert "重启内核" in texts(one.heard)
    assert texts(one.heard).endswith("on\n")
    await is_well(one, context)


async def test_a_flood_of_events_is_read_slowly_and_the_host_serves_others(context: Context, host: None) -> None:
    flood = (
        "def flood():\n"
        "    while True:\n"
        "        say({'type': 'event', 'event': 'output', 'body': {'category': 'stdout', 'output': 'x' * 50_000}})\n"
        "        say({'type': 'event', 'event': 'stopped', 'body': {'threadId': 1, 'reason': []}})\n"
        "threading.Thread(target=flood, daemon=True).start()\ntime.sleep(60)"
    )
    one = await debugged(context, flood)
    await one.until(lambda r: isinstance(r, m.CellStream) and "xxx" in r.text)
    other = await page(context, document="other")
    assert texts(await other.run("o", "print(6 * 7)")) == "42\n"
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "a")  # it has printed too much
    assert sum(len(r.text) for r in one.heard if isinstance(r, m.CellStream)) < 6_000_000
    await one.send(m.Shutdown())
    await one.until(lambda r: isinstance(r, m.Status) and r.state == "none")


async def test_forged_stops_and_answers_are_shown_at_most(context: Context, host: None) -> None:
    forged = {"frames": [{"name": "n" * 100_000, "file": "/etc/passwd", "line": "x"}], "bar": {"symbol": []}}
    code = (
        "for number in range(1, 400):\n"
        f"    say({{'type': 'response', 'request_seq': number, 'command': 'evaluate', 'success': True, "
        f"'body': {{'result': {json.dumps(forged)!r}, 'threads': 5, 'stackFrames': [7]}}}})\n"
        "    say({'type': 'response', 'request_seq': number, 'command': 'stackTrace', 'success': True, 'body': []})\n"
        "    say({'type': 'response', 'request_seq': [number], 'command': None})\n"
        "say({'type': 'event', 'event': 'stopped', 'body': {'threadId': 'x', 'reason': {}, 'text': ['t']}})\n"
        "time.sleep(60)"
    )
    one = await debugged(context, code)
    told = await one.until(lambda r: isinstance(r, d.CodeStopped))
    assert isinstance(told, d.CodeStopped)
    assert (told.frames, told.bar, told.reason) == ([], None, "step")
    assert (await evaluate(one, "1 + 1")).value in ("", "2")
    await one.send(d.Step(how="stop"))
    await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "a")
    await is_well(one, context)


async def test_a_debugger_that_never_answers_is_given_up(
    context: Context, host: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quantdesk.features.notebooks.debugging.EVALUATE_SECONDS", 1.0)
    one = await page(context)
    await one.run(
        "a",
        "import quantdesk.sandbox.debug_values as values\nvalues.answer = lambda asked: __import__('time').sleep(9)",
    )
    await breakpoints(one, {"line": 1})
    await one.send(m.Execute(cell="b", code="x = 1", line=1, debug=True))
    told = await one.until(lambda r: isinstance(r, d.CodeStopped))
    assert isinstance(told, d.CodeStopped)
    assert told.frames == []
    await one.send(m.Interrupt())
    async with asyncio.timeout(30):
        await one.until(lambda r: isinstance(r, m.CellDone) and r.cell == "b")
    await is_well(one, context)
