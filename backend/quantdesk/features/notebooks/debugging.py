"""The debugger of a document: its breakpoints, and what stands still in its kernel, told to pages.

The kernel's own debugger (sandbox/kernel_debug.py) is asked over dap.py. Files there are cells and the strategy's
files; here they are lines of the document.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import structlog
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks.dap import Client, DebuggerError
from quantdesk.features.notebooks.messages import CellStream
from quantdesk.sandbox.kernel_files import cell_file
from quantdesk.sandbox.kernel_process import KernelProcess

PLACES = 2_000
"""Cells that are remembered, of one kernel."""
EVALUATE_SECONDS = 10.0
_TASKS = 10
_COMMANDS = {"over": "next", "in": "stepIn", "out": "stepOut", "continue": "continue"}
_REASONS: dict[str, Literal["breakpoint", "step", "pause", "exception"]] = {
    "breakpoint": "breakpoint",
    "function breakpoint": "breakpoint",
    "pause": "pause",
    "exception": "exception",
}
_ANSWER = "__import__('quantdesk.sandbox.debug_values', fromlist=['answer']).answer({!r})"
_BEGIN = "__import__('quantdesk.sandbox.kernel_debug', fromlist=['begin']).begin({!r}, {!r})"
log = structlog.get_logger(__name__)

Short = Annotated[str, Field(max_length=4_000)]


class _Frame(BaseModel):
    name: Short
    file: Short
    line: int


class _Bar(d.CurrentBar):
    symbol: Annotated[str, Field(max_length=100)]
    time: Annotated[str, Field(max_length=100)]


class _Stop(BaseModel):
    frames: Annotated[list[_Frame], Field(max_length=500)]
    bar: _Bar | None
    text: Short = ""


_SCOPES = TypeAdapter(list[d.Scope])
_CHILDREN = TypeAdapter(list[d.DebugVariable])
_LINES = TypeAdapter(dict[str, list[int] | None])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of the kernel is in the document."""

    path: str | None
    offset: int
    """Added to the file's line it gives the document's."""
    count: int
    """The file's lines."""
    lines: frozenset[int] | None = None
    """Of the file, where the debugger can stop; None where that is not known."""


class Debugger:
    """Outlives the kernel's process: breakpoints stay."""

    def __init__(self, tell: Callable[[d.DebugTold], None], prints: Callable[[CellStream], None]) -> None:
        self.stopped: d.CodeStopped | None = None
        self._tell, self._print = tell, prints
        self._breakpoints: list[d.Breakpoint] = []
        self._places: dict[str, Place] = {}
        self._sent: set[str] = set()
        self._client: Client | None = None
        self._process: KernelProcess | None = None
        self._cell: str | None = None
        self._thread = self._frame = 0
        self._since = 0.0
        self._asking = 0
        """Questions that the code which stands still may be at work on."""
        self._stops = 0
        self._spoilt: KernelProcess | None = None
        """The kernel whose connection is of no use any more."""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def stopped_s(self) -> float:
        """Seconds since the code stands still; 0 while it does not."""
        return 0.0 if self.stopped is None else time.monotonic() - self._since

    def know(self, code: str, path: str, line: int) -> str:
        """Remember where a cell is in the document, and give the name of its file."""
        name = cell_file(code)
        blank = 0
        rows = code.split("\n")
        while blank < len(rows) and not rows[blank].strip():
            blank += 1  # IPython leaves them out
        here = Place(path if line else None, (line - 1 if line else 0) + blank, max(1, len(rows) - blank))
        for other, place in list(self._places.items()):
            if other == name or (place.path is not None and (place.path, place.offset) == (here.path, here.offset)):
                del self._places[other]
        self._places[name] = here
        while len(self._places) > PLACES:
            del self._places[next(iter(self._places))]
        return name

    async def begin(
        self, process: KernelProcess, cell: str, codes: dict[str, str], ask: Callable[[str], Awaitable[str]]
    ) -> None:
        """Have the next cell debugged; `codes` are its files by name. Raise DebuggerError, TimeoutError.

        Args:
            process: The kernel, which must be idle.
            cell: The cell.
            codes: The text of each file, by the name that it has in the kernel.
            ask: Gives what an expression gives in the kernel, a text.
        """
        if self._spoilt is process:
            raise DebuggerError("its connection is gone; restart the kernel (请重启内核)")
        cells = {name: place for name, place in self._places.items() if name != place.path}
        files = {path: Place(path, 0, text.count("\n") + 1) for path, text in codes.items() if path not in cells}
        self._places = cells | files
        try:
            known = _LINES.validate_json(await ask(_BEGIN.format(list(files), codes)))
        except ValidationError:
            raise DebuggerError("the kernel's debugger does not start") from None
        for name in codes:
            lines = known.get(name)
            place = self._places[name]
            self._places[name] = Place(
                place.path, place.offset, place.count, None if lines is None else frozenset(lines[:200_000])
            )
        if self._process is not process or self._client is None:
            await self._connect(process)
        self._cell = cell
        self._sent.clear()
        await self._send_breakpoints()
        self._tell_breakpoints()

    async def _connect(self, process: KernelProcess) -> None:
        client = Client(self._take, lambda why: self._broken(process, why))
        await client.connect(process.debug)
        await client.ask("initialize", {"adapterID": "quantdesk", "pathFormat": "path"})
        options = {"justMyCode": True, "stopAllThreadsOnSuspend": False, "steppingResumesAllThreads": False}
        await client.ask("attach", options | {"redirectOutput": False, "showReturnValue": False})
        await client.ask("configurationDone", {})
        threads = (await client.ask("threads", {})).get("threads")
        named = [one for one in threads if isinstance(one, dict)] if isinstance(threads, list) else []
        main = [one.get("id") for one in named if one.get("name") == "MainThread"]
        self._thread = main[0] if main and isinstance(main[0], int) else 0
        self._client, self._process = client, process

    def ended(self) -> None:
        """The cell is done."""
        self._cell = None
        self.resumed()

    def closed(self) -> None:
        """The process has ended, or is about to."""
        self.ended()
        for task in self._tasks:
            task.cancel()
        if self._client is not None:
            self._client.close()
        self._client = self._process = None
        self._places.clear()
        self._sent.clear()

    def interrupted(self) -> bool:
        """The code was interrupted; True where that may have ended the work on a question alone."""
        again = self.stopped is not None and self._asking > 0
        self.resumed()
        return again

    def resumed(self) -> None:
        """The code goes on, whoever had it do so."""
        self._stops += 1
        self._asking = 0
        if self.stopped is not None:
            cell, self.stopped = self.stopped.cell, None
            self._tell(d.CodeContinued(cell=cell))

    async def set_breakpoints(self, breakpoints: list[d.Breakpoint]) -> None:
        self._breakpoints = list({(one.path, one.line): one for one in breakpoints}.values())
        try:
            await self._send_breakpoints()
        except (DebuggerError, TimeoutError) as error:
            self._fail(error)
        self._tell_breakpoints()

    async def step(self, how: Literal["over", "in", "out", "continue", "pause"]) -> None:
        """Go on, or pause what runs. Does nothing where there is nothing to do."""
        client = self._client
        if client is None or self._cell is None or (how == "pause") == (self.stopped is not None):
            return
        self.resumed()
        command = "pause" if how == "pause" else _COMMANDS[how]
        try:
            await client.ask(command, {"threadId": self._thread})
        except (DebuggerError, TimeoutError) as error:
            self._fail(error)

    async def scopes(self, asked: d.Scopes) -> d.ScopeList:
        scopes = _valid(_SCOPES, await self._answer({"ask": "scopes", "frame": asked.frame}), [])
        return d.ScopeList(request=asked.request, scopes=scopes[:10])

    async def children(self, asked: d.Children) -> d.ChildrenList:
        question = {"ask": "children", "reference": asked.reference, "start": asked.start, "count": asked.count}
        variables = _valid(_CHILDREN, await self._answer(question), [])
        return d.ChildrenList(request=asked.request, variables=[_clipped(one) for one in variables[: asked.count]])

    async def evaluate(self, asked: d.Evaluate | d.SetVariable) -> d.Evaluated:
        if isinstance(asked, d.Evaluate):
            question: dict[str, Any] = {"ask": "evaluate", "frame": asked.frame, "expression": asked.expression}
        else:
            question = {"ask": "set", "reference": asked.reference, "name": asked.name, "expression": asked.expression}
        given = await self._answer(question)
        try:
            found = _clipped(d.DebugVariable.model_validate(given))
        except ValidationError:
            error = given.get("error") if isinstance(given, dict) else None
            return d.Evaluated(request=asked.request, error=str(error or "it gave no value")[:4_000])
        return d.Evaluated(request=asked.request, value=found.value, kind=found.type, reference=found.reference)

    async def _answer(self, question: dict[str, Any]) -> Any:
        """Ask what stands still; give JSON that nobody has checked, or a dict with an `error`."""
        client, process = self._client, self._process
        if client is None or process is None or self.stopped is None:
            return {"error": "nothing is stopped (没有停下的代码)"}
        try:
            return await self._ask(client, question)
        except TimeoutError:
            if self.stopped is not None and self._process is process:
                process.interrupt()  # raised in what is evaluated
            return {"error": f"it took longer than {EVALUATE_SECONDS:g} s (求值超时)"}
        except DebuggerError as error:
            return {"error": str(error)}

    async def _ask(self, client: Client, question: dict[str, Any]) -> Any:
        arguments = {"frameId": self._frame, "context": "clipboard", "expression": _ANSWER.format(json.dumps(question))}
        self._asking += 1
        try:
            body = await client.ask("evaluate", arguments, EVALUATE_SECONDS)
        except DebuggerError:
            self._asking = 0
            raise
        self._asking = 0  # it answers one after another
        text = body.get("result")
        try:
            return json.loads(base64.b64decode(text.strip("'"), validate=True)) if isinstance(text, str) else None
        except (ValueError, binascii.Error, RecursionError):
            raise DebuggerError("the kernel's debugger gave no answer") from None

    def _take(self, event: str, body: dict[str, Any]) -> None:
        """Take what the kernel tells by itself."""
        if self._cell is None:
            return
        if event == "stopped" and self.stopped is None and len(self._tasks) < _TASKS:
            self._stops += 1
            task = asyncio.create_task(self._tell_stop(self._stops, self._cell, body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif event == "output" and body.get("category") == "stdout" and isinstance(body.get("output"), str):
            self._print(CellStream(cell=self._cell, name="stdout", text=body["output"][:10_000]))

    async def _tell_stop(self, number: int, cell: str, body: dict[str, Any]) -> None:
        client, self._thread = self._client, body["threadId"] if isinstance(body.get("threadId"), int) else self._thread
        stop, text = _Stop(frames=[], bar=None), body.get("text")
        if client is None:
            return
        try:
            top = await client.ask("stackTrace", {"threadId": self._thread, "levels": 1})
            frames = top.get("stackFrames")
            frame = frames[0].get("id") if isinstance(frames, list) and frames and isinstance(frames[0], dict) else 0
            self._frame = frame if isinstance(frame, int) else 0
            stop = _Stop.model_validate(await self._ask(client, {"ask": "stop"}))
        except (DebuggerError, TimeoutError, ValidationError) as error:
            log.info("a kernel does not say where it stands", error=str(error)[:300])
        if self._stops != number or self._cell != cell:
            return
        reason = _REASONS.get(str(body.get("reason")), "step")
        shown = [self._shown(number, frame) for number, frame in enumerate(stop.frames)]
        self.stopped = d.CodeStopped(
            cell=cell,
            reason=reason,
            text=stop.text or (text[:2_000] if isinstance(text, str) else ""),
            frames=shown,
            bar=None if stop.bar is None else d.CurrentBar(**stop.bar.model_dump()),
        )
        self._since = time.monotonic()
        self._tell(self.stopped)

    def _shown(self, number: int, frame: _Frame) -> d.StackFrame:
        place = self._places.get(frame.file)
        path, line = (None, frame.line) if place is None else (place.path, frame.line + place.offset)
        return d.StackFrame(id=number, name=frame.name[:200], path=path, line=line)

    async def _send_breakpoints(self) -> None:
        client = self._client
        if client is None or self._cell is None:
            return
        wanted = {name: own for name in self._places if (own := self._own(name))}
        for name in [*wanted, *(self._sent - wanted.keys())]:
            own = wanted.get(name, [])
            await client.ask("setBreakpoints", {"source": {"path": name}, "breakpoints": own})
        self._sent = set(wanted)

    def _own(self, name: str) -> list[dict[str, Any]]:
        """Give the breakpoints of a file, in the protocol's words."""
        place = self._places[name]
        found = []
        for one in self._breakpoints:
            line = one.line - place.offset
            if one.path == place.path and 1 <= line <= place.count:
                own = {"line": line, "condition": one.condition, "logMessage": one.log}
                own["hitCondition"] = None if one.hits is None else f">= {one.hits}"
                found.append({key: value for key, value in own.items() if value is not None})
        return found

    def _tell_breakpoints(self) -> None:
        told = []
        for one in self._breakpoints:
            there = [place for place in self._places.values() if _holds(place, one)]
            verified = not there or any(
                place.lines is None or one.line - place.offset in place.lines for place in there
            )
            message = "" if verified else "no code begins on this line (这一行没有可停下的代码)"
            told.append(d.SetBreakpoint(path=one.path, line=one.line, verified=verified, message=message))
        self._tell(d.BreakpointsSet(breakpoints=told))

    def _fail(self, error: BaseException) -> None:
        if self._cell is not None:
            why = str(error)[:300] or "it does not answer"
            self._print(CellStream(cell=self._cell, name="stderr", text=f"\n调试器：{why} (the debugger: {why})\n"))

    def _broken(self, process: KernelProcess, why: str) -> None:
        """The connection is gone, or what came was no message: what is stopped could never be told to go on."""
        log.info("the connection to a kernel's debugger has ended", why=why)
        if self._process is not process:
            return
        self._client, self._spoilt = None, process
        if self._cell is not None:
            note = f"\n调试连接已断开，断点不再起作用：{why} (the debugger's connection is gone: {why})\n"
            self._print(CellStream(cell=self._cell, name="stderr", text=note))
            process.interrupt()
        self.resumed()


def _holds(place: Place, breakpoint: d.Breakpoint) -> bool:
    return place.path == breakpoint.path and 1 <= breakpoint.line - place.offset <= place.count


def _valid(adapter: TypeAdapter[Any], given: Any, otherwise: Any) -> Any:
    try:
        return adapter.validate_python(given)
    except ValidationError:
        return otherwise


def _clipped(one: d.DebugVariable) -> d.DebugVariable:
    return one.model_copy(update={"name": one.name[:500], "type": one.type[:200], "value": one.value[:4_000]})
