"""The kernel of one document: its queue of cells, what it tells, and its end in plain words."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog

from quantdesk.core.strategies.project import CodeFile
from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks import translate
from quantdesk.features.notebooks.dap import DebuggerError
from quantdesk.features.notebooks.debug_strategy import strategy_run
from quantdesk.features.notebooks.debugging import Debugger
from quantdesk.features.notebooks.journal import Journal
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.kernel_process import KernelFailedError, KernelProcess
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Stopped, StopReason, explain, stopped
from quantdesk.sandbox.watch import INTERVAL_S, SLACK, status

USAGE_SECONDS = 2.0
CELL_CHARS = 5_000_000
"""Printed by one cell; one that prints more is interrupted."""
WAITING_CELLS = 500
_VARIABLES = "__import__('quantdesk.sandbox.kernel_shell', fromlist=['variables']).variables()"

_SERVE = "__import__('quantdesk.sandbox.kernel_shell', fromlist=['serve']).serve({files!r})"

Listener = Callable[[m.KernelReply], None]
Serve = Callable[[KernelProcess], Coroutine[Any, Any, None]]
log = structlog.get_logger(__name__)


class DocumentKernel:
    """Outlives its process: outputs stay when the kernel ends, and are told to whoever listens."""

    def __init__(
        self, limits: Limits, idle_s: float, journal: Journal, serve: Serve, *, require_isolation: bool = True
    ) -> None:
        self.limits = limits
        self.idle_limit_s = idle_s
        self.journal = journal
        self.listeners: set[Listener] = set()
        self.state: m.State = "none"
        self.changed = asyncio.Event()
        """Set by each message that is kept."""
        self._serve = serve
        self._require_isolation = require_isolation
        self._process: KernelProcess | None = None
        self._queue: deque[m.Execute | d.DebugStrategy] = deque()
        self._running: tuple[str, str] | None = None
        """The cell that runs, and the id of its request."""
        self._work = asyncio.Event()
        self._asked = False
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._idle = asyncio.Event()
        """The running cell has no more to tell."""
        self._printed = 0
        self._count = 0
        self._turns: set[asyncio.Task[None]] = set()
        self._used = time.monotonic()
        self._busy_lock = asyncio.Lock()
        self.debugger = Debugger(self._tell, self._prints)
        self._files: tuple[CodeFile, ...] = ()
        self._served: tuple[CodeFile, ...] = ()
        """Those that the process has been told of."""

    @property
    def idle_s(self) -> float:
        """Seconds since it was last used; 0 while it works."""
        return 0.0 if self.state in ("busy", "starting") else time.monotonic() - self._used

    def listen(self, listener: Listener, after: int) -> None:
        """Tell a listener what came after a number, and then all that comes."""
        reset, told = self.journal.after(after)
        listener(m.Resumed(reset=reset, last=self.journal.last))
        for one in told:
            listener(one)
        self.listeners.add(listener)

    def begin(self, turn: Coroutine[Any, Any, None]) -> None:
        """Start, restart or end the kernel without waiting, whoever asked for it and may be gone before it is done."""
        task = asyncio.create_task(turn)
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)

    async def start(self) -> None:
        """Start the kernel unless there is one."""
        async with self._busy_lock:
            if self._process is not None:
                return
            self._status("starting")
            process: KernelProcess | None = None
            try:
                # In this thread: the kernel is killed when the thread that started it ends.
                process = KernelProcess(self.limits, require_isolation=self._require_isolation)
                await process.ready()
            except (KernelFailedError, IsolationUnavailableError, OSError) as error:
                log.warning("a kernel did not start", error=str(error))
                if process is not None:
                    await process.close()
                self._abort_waiting()
                last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
                self._status("dead", f"内核无法启动：{last}", f"the kernel did not start: {last}")
                return
            self._process, self._used = process, time.monotonic()
            jobs = (self._read_output, self._read_replies, self._read_questions, self._work_off, self._watch)
            self._tasks = [asyncio.create_task(job(process)) for job in jobs]
            self._tasks.append(asyncio.create_task(self._serve(process)))
            self._status("idle")

    async def shutdown(self, why_zh: str = "", why_en: str = "") -> None:
        """End the kernel, whatever it does. Cells that run or wait are aborted; a later one gets a new kernel."""
        self._abort_waiting()
        async with self._busy_lock:
            await self._end("dead" if why_zh else "none", why_zh, why_en)

    async def restart(self) -> None:
        """Begin with an empty kernel."""
        await self.shutdown()
        await self.start()

    def execute(self, request: m.Execute | d.DebugStrategy) -> None:
        """Put a cell in the queue. One that is known already came twice, over a line that broke, and is left out.

        Raise ValueError when too many wait.
        """
        if self.journal.knows(request.cell):
            return
        if len(self._queue) >= WAITING_CELLS:
            raise ValueError(f"{WAITING_CELLS} cells are waiting already")
        self._queue.append(request)
        self._used = time.monotonic()
        self._tell(m.CellQueued(cell=request.cell, code=request.code, line=_line(request)))
        self._work.set()

    def serve_files(self, files: tuple[CodeFile, ...]) -> None:
        """Let the cells that run from now on import these files."""
        self._files = tuple(file for file in files if file.path.endswith(".py"))

    def interrupt(self) -> None:
        """Stop the running cell; those that wait are aborted."""
        self._abort_waiting()
        self._interrupt_running()

    def _interrupt_running(self) -> None:
        if self._process is not None and self._running is not None:
            self._process.interrupt()
            if self.debugger.interrupted():
                self.begin(self._interrupt_again(self._process, self._running))

    async def _interrupt_again(self, process: KernelProcess, running: tuple[str, str]) -> None:
        await asyncio.sleep(0.5)
        if self._process is process and self._running == running:
            process.interrupt()

    def answer(self, text: str) -> None:
        """Answer the question of the running cell, if it asked one."""
        if self._process is not None and self._asked:
            self._asked = False
            self._process.client.input(text)

    def clear_outputs(self) -> None:
        self._tell(m.OutputsCleared())

    async def complete(self, request: m.Complete) -> m.Completions:
        content = await self._ask("complete", request.code, request.position)
        return translate.completions(content, request.request)

    async def inspect(self, request: m.Inspect) -> m.Inspection:
        content = await self._ask("inspect", request.code, request.position)
        return translate.inspection(content, request.request)

    async def variables(self, request: m.Variables) -> m.VariableList:
        """Give the variables; none while a cell runs, for the kernel does one thing at a time."""
        if self._process is None or self._running is not None:
            return m.VariableList(request=request.request, variables=[], busy=self._running is not None)
        try:
            listed = json.loads(await self._value(self._process, _VARIABLES))
            variables = [m.Variable.model_validate(one) for one in listed]
        except (ValueError, TypeError):  # the user's code may have changed anything there
            variables = []
        return m.VariableList(request=request.request, variables=variables)

    def usage(self) -> m.Usage | None:
        """Give what it takes; None without a kernel. Reads the disk: call it off the event loop."""
        process = self._process
        if process is None or (memory := process.memory_mb()) is None:
            return None
        disk, _ = process.disk()
        return m.Usage(
            memory_mb=round(max(0.0, memory - process.base_mb), 1),
            memory_limit_mb=self.limits.memory_mb,
            disk_mb=round(disk, 1),
            disk_limit_mb=self.limits.disk_mb,
            idle_s=round(self.idle_s, 1),
            idle_limit_s=self.idle_limit_s,
        )

    async def _ask(self, what: str, code: str, position: int) -> dict[str, Any]:
        if self._process is None or self._running is not None:
            return {}
        self._used = time.monotonic()
        asked: str = getattr(self._process.client, what)(code, min(position, len(code)))
        return await self._answer_to(asked)

    async def _value(self, process: KernelProcess, expression: str) -> str:
        """Give the text that an expression gives in the kernel, which must be idle; empty where it gives none."""
        expressions = {"found": expression}
        asked: str = process.client.execute("", silent=True, store_history=False, user_expressions=expressions)
        content = await self._answer_to(asked)
        try:
            text = ast.literal_eval(content["user_expressions"]["found"]["data"]["text/plain"])
        except (KeyError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return ""
        return text if isinstance(text, str) else ""

    async def _answer_to(self, asked: str) -> dict[str, Any]:
        answer = self._answers[asked] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(5):
                content: dict[str, Any] = await answer
                return content
        except TimeoutError:
            return {}
        finally:
            self._answers.pop(asked, None)

    async def _read_output(self, process: KernelProcess) -> None:
        while True:
            message = await process.client.get_iopub_msg(timeout=None)
            if self._running is None or message["parent_header"].get("msg_id") != self._running[1]:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                self._idle.set()
                continue
            told = translate.output(message, self._running[0])
            if told is None:
                continue
            if isinstance(told, m.CellStream):
                self._prints(told)
            else:
                self._tell(told)

    def _prints(self, told: m.CellStream) -> None:
        """Tell what is printed, up to a bound."""
        self._printed += len(told.text)
        if self._printed <= CELL_CHARS:
            self._tell(told)
        elif self._printed - len(told.text) <= CELL_CHARS:
            note = f"\n输出超过 {CELL_CHARS} 个字符，已中断 (more output than that is not kept)\n"
            self._tell(m.CellStream(cell=told.cell, name="stderr", text=note))
            self._interrupt_running()

    async def _read_replies(self, process: KernelProcess) -> None:
        while True:
            message = await process.client.get_shell_msg(timeout=None)
            answer = self._answers.get(message["parent_header"].get("msg_id", ""))
            if answer is not None and not answer.done():
                answer.set_result(message["content"])

    async def _read_questions(self, process: KernelProcess) -> None:
        while True:
            message = await process.client.get_stdin_msg(timeout=None)
            if self._running is not None and message["msg_type"] == "input_request":
                self._asked = True
                content = message["content"]
                prompt, hidden = str(content.get("prompt", ""))[:1000], bool(content.get("password"))
                self._tell(m.Asked(cell=self._running[0], prompt=prompt, password=hidden))

    async def _work_off(self, process: KernelProcess) -> None:
        """Run the queue's cells, one after another."""
        while True:
            if not self._queue:
                self._work.clear()
                await self._work.wait()
                continue
            await self._run(process, self._queue.popleft())
            self._used = time.monotonic()

    async def _run(self, process: KernelProcess, request: m.Execute | d.DebugStrategy) -> None:
        cell, began = request.cell, time.monotonic()
        self._idle, self._printed = asyncio.Event(), 0
        self._running = cell, ""
        self._count += 1
        self._status("busy")
        self._tell(m.CellStarted(cell=cell, count=self._count, code=request.code, line=_line(request)))
        code = await self._prepared(process, request)
        asked = process.client.execute(code, allow_stdin=True, stop_on_error=False)
        self._running = cell, asked
        answer = self._answers[asked] = asyncio.get_running_loop().create_future()
        content = await answer
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self._idle.wait()
        self._answers.pop(asked, None)
        self._running, self._asked = None, False
        self.debugger.ended()
        result: Any = content.get("status") if content.get("status") in ("ok", "error") else "aborted"
        self._tell(m.CellDone(cell=cell, status=result, seconds=round(time.monotonic() - began, 3)))
        if result != "ok":
            self._abort_waiting()
        if not self._queue:
            self._status("idle")

    async def _prepared(self, process: KernelProcess, request: m.Execute | d.DebugStrategy) -> str:
        """Give the code that runs a request, once the kernel has its files and the debugger is ready for it."""
        if self._files != self._served:
            files = self._files
            told = json.dumps([[file.path, file.text] for file in files])
            if await self._value(process, _SERVE.format(files=told)) == "served":
                self._served = files
        if isinstance(request, m.Execute):
            name = self.debugger.know(request.code, request.path, request.line)
            codes, code = {name: request.code} | {file.path: file.text for file in self._served}, request.code
            if not request.debug:
                return code
        else:
            codes, code = strategy_run(request)
        try:
            await self.debugger.begin(process, request.cell, codes, lambda asked: self._value(process, asked))
        except (DebuggerError, TimeoutError, OSError) as error:
            why = str(error)[:300] or "it does not answer"
            note = f"没有调试：{why} (it runs without the debugger: {why})\n"
            self._tell(m.CellStream(cell=request.cell, name="stderr", text=note))
        return code

    async def _watch(self, process: KernelProcess) -> None:
        """End the kernel that takes too much, and say why one has ended."""
        last = peak_mb = 0.0
        while not process.exit.done():
            found = await asyncio.to_thread(status, process.pid)
            own_mb = (process.memory_mb() or 0.0) - process.base_mb
            peak_mb = max(peak_mb, own_mb)
            disk, files = await asyncio.to_thread(process.disk)
            reason: StopReason | None = None
            if found is not None and found.get("Threads", 0) > self.limits.threads:
                reason = "threads"
            elif own_mb > SLACK * self.limits.memory_mb:
                reason = "memory"
            elif disk > self.limits.disk_mb or files > self.limits.files:
                reason = "disk"
            if reason is not None:
                process.kill()
                await process.exit
                self._ended(stopped(reason, self.limits, peak_mb=own_mb))
                return
            if self.listeners and time.monotonic() - last >= USAGE_SECONDS:
                last = time.monotonic()
                if (usage := await asyncio.to_thread(self.usage)) is not None:
                    self._send(usage)
            await asyncio.wait({process.exit}, timeout=INTERVAL_S)
        # What it took when last looked at; a library that gets no memory aborts the process a moment later.
        nearly = peak_mb >= 0.5 * self.limits.memory_mb
        ended = replace(process.exit.result(), peak_mb=float(self.limits.memory_mb) if nearly else peak_mb)
        self._ended(explain(ended, self.limits, process.stderr_tail()))

    def _ended(self, why: Stopped) -> None:
        log.info("a kernel has ended", reason=why.reason, detail=why.detail[-500:])
        self.begin(self.shutdown(why.message_zh, why.message_en))

    async def _end(self, state: m.State, why_zh: str, why_en: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await process.close()
        self._count = 0
        self._served = ()
        self.debugger.closed()
        self._answers.clear()
        if self._running is not None:
            self._tell(m.CellDone(cell=self._running[0], status="aborted", seconds=0.0))
            self._running = None
        self._status(state, why_zh, why_en)

    def _abort_waiting(self) -> None:
        while self._queue:
            self._tell(m.CellDone(cell=self._queue.popleft().cell, status="aborted", seconds=0.0))

    def _status(self, state: m.State, why_zh: str = "", why_en: str = "") -> None:
        if state != self.state or why_zh:
            self.state = state
            self._tell(m.Status(state=state, why_zh=why_zh[:2000], why_en=why_en[:2000]))

    def _tell(self, told: m.Told) -> None:
        self._send(self.journal.add(told))
        self.changed.set()

    def _send(self, reply: m.KernelReply) -> None:
        for listener in tuple(self.listeners):
            listener(reply)


def _line(request: m.Execute | d.DebugStrategy) -> int:
    return request.line if isinstance(request, m.Execute) else 0
