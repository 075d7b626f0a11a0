"""The host of the kernels: a process of its own, so that kernels live on when the API is restarted.

It listens on a unix socket in the data folder, which only this user can open. A connection is one page's view of one
document: its first line is a Hello, then requests come and replies go, one JSON object a line (messages.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from quantdesk.core.strategies.project import FilesError, project_of
from quantdesk.features.notebooks import debug_messages as d
from quantdesk.features.notebooks import market_data
from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks.journal import Journal
from quantdesk.features.notebooks.kernel import DocumentKernel
from quantdesk.features.notebooks.language.host import Language
from quantdesk.features.notebooks.schemas import Hello, KernelItem
from quantdesk.kit import crypto
from quantdesk.kit.context import Context
from quantdesk.ports.errors import NotFound
from quantdesk.sandbox import offered
from quantdesk.sandbox.limits import Limits
from quantdesk.settings import Settings

COLLECTION = "notebook_outputs"
LINE_BYTES = 8_000_000
PENDING_BYTES = 64_000_000
"""What may wait for one page; one that falls further behind comes back and resumes."""
SAVE_SECONDS = 2.0
CULL_SECONDS = 5.0
_KEPT = TypeAdapter(list[m.KernelReply])
log = structlog.get_logger(__name__)


def socket_path(settings: Settings) -> Path:
    """Give where the host listens."""
    return settings.home / "run" / "kernels.sock"


Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class KernelHost:
    def __init__(
        self,
        context: Context,
        others: Mapping[bytes, Visit] | None = None,
        editing: Callable[[], None] = lambda: None,
    ) -> None:
        """`others` is what else is served here, by the first line of a connection that asks for it.

        `editing` is called when somebody seems to write code.
        """
        self._context = context
        self._editing = editing
        self._others = others or {}
        self._kernels: dict[tuple[str, str], DocumentKernel] = {}
        self._language = Language(require_isolation=context.settings.sandbox.require_isolation)
        self._opening = asyncio.Lock()
        self._savers: set[asyncio.Task[None]] = set()

    async def run(self, listening: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled, then end all kernels. Calls `listening` once pages can connect."""
        path = socket_path(self._context.settings)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, path, limit=LINE_BYTES)
        path.chmod(0o600)
        listening()
        log.info("kernels are ready to be started", socket=str(path))
        try:
            async with server:
                await self._cull_forever()
        finally:
            path.unlink(missing_ok=True)
            await self._language.close()
            await asyncio.gather(*(kernel.shutdown() for kernel in self._kernels.values()), return_exceptions=True)
            for task in self._savers:
                task.cancel()
            await asyncio.gather(*self._savers, return_exceptions=True)
            for key in list(self._kernels):
                await self._save(key)

    async def _cull_forever(self) -> None:
        while True:
            await asyncio.sleep(CULL_SECONDS)
            await self._language.cull()
            for kernel in list(self._kernels.values()):
                if kernel.state == "idle" and kernel.idle_s > kernel.idle_limit_s:
                    minutes = round(kernel.idle_limit_s / 60)
                    await kernel.shutdown(
                        f"内核闲置 {minutes} 分钟，已释放内存",
                        f"the kernel was idle for {minutes} minutes and was ended",
                    )
                elif kernel.debugger.stopped_s > kernel.idle_limit_s:
                    minutes = round(kernel.idle_limit_s / 60)
                    await kernel.shutdown(
                        f"代码停在断点 {minutes} 分钟没有继续，内核已结束，内存已释放",
                        f"the code stood at a breakpoint for {minutes} minutes, and the kernel was ended",
                    )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readline()
            if first.strip() == b"list":
                listed = [
                    {"owner": owner, **KernelItem(document=document, state=one.state, usage=one.usage()).model_dump()}
                    for (owner, document), one in self._kernels.items()
                ]
                writer.write(json.dumps(listed).encode() + b"\n")
                await writer.drain()
                return
            if (visit := self._others.get(first.strip())) is not None:
                await visit(reader, writer)
                return
            if first.startswith(b"language "):
                self._editing()
                writer.write(await self._language.answer(first.removeprefix(b"language ")))
                await writer.drain()
                return
            hello = Hello.model_validate_json(first)
            await _Page(await self._kernel(hello), self._make_room, reader, writer).run()
        except asyncio.CancelledError:  # the host ends; asyncio would log it as a failure
            return
        except (ValidationError, ConnectionError, ValueError, asyncio.IncompleteReadError) as error:
            log.info("a page's connection has ended", error=str(error)[:200])
        except Exception:
            log.exception("a page's connection failed")
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _kernel(self, hello: Hello) -> DocumentKernel:
        key = hello.owner, hello.document
        async with self._opening:
            if key not in self._kernels:
                settings = self._context.settings.kernels
                limits = Limits(
                    cpu_seconds=settings.cpu_seconds,
                    memory_mb=settings.memory_mb,
                    open_files=256,
                    disk_mb=settings.disk_mb,
                )
                kernel = DocumentKernel(
                    limits,
                    settings.idle_minutes * 60.0,
                    Journal(await self._load(key)),
                    lambda process: market_data.serve(self._context, process.channel),
                    require_isolation=self._context.settings.sandbox.require_isolation,
                )
                self._kernels[key] = kernel
                self._savers.add(asyncio.create_task(self._save_forever(key)))
            return self._kernels[key]

    async def _make_room(self, wanted: DocumentKernel) -> None:
        """End the kernel that has been idle for longest, when there are as many as there may be. Raise ValueError."""
        live = [one for one in self._kernels.values() if one.state not in ("none", "dead") and one is not wanted]
        if len(live) < self._context.settings.kernels.at_most:
            return
        longest = max(live, key=lambda one: one.idle_s)
        if longest.idle_s == 0.0:
            raise ValueError(f"all {len(live)} kernels are busy; interrupt or end one of them")
        await longest.shutdown("为其他内核腾出内存，已结束", "it was ended to make room for another kernel")

    async def _load(self, key: tuple[str, str]) -> list[m.Told]:
        owner, document = key
        try:
            kept = await self._context.documents.get(COLLECTION, document)
            async with self._context.database.unit(write=False) as uow:
                plain = await crypto.unseal(uow, self._context, owner, kept["sealed"], COLLECTION, document)
            found = _KEPT.validate_json(plain)
        except NotFound:
            return []
        except Exception:  # of another version, or tampered with: outputs can be made again
            log.exception("the outputs of a document cannot be read", document=document)
            return []
        gone = m.Status | d.BreakpointsSet | d.CodeStopped | d.CodeContinued  # of a process that has ended
        return [one for one in found if isinstance(one, m.Told) and not isinstance(one, gone)]

    async def _save_forever(self, key: tuple[str, str]) -> None:
        kernel = self._kernels[key]
        while True:
            await kernel.changed.wait()
            kernel.changed.clear()
            await asyncio.sleep(SAVE_SECONDS)
            try:
                await self._save(key)
            except Exception:
                log.exception("the outputs of a document could not be kept", document=key[1])
                await asyncio.sleep(30)
                kernel.changed.set()

    async def _save(self, key: tuple[str, str]) -> None:
        owner, document = key
        plain = _KEPT.dump_json(list(self._kernels[key].journal.after(-1)[1]))
        async with self._context.database.unit(write=True) as uow:
            sealed = await crypto.seal(uow, self._context, owner, plain, COLLECTION, document)
        await self._context.documents.put(COLLECTION, document, {"sealed": sealed})


class _Page:
    """One connection: requests in, replies out."""

    def __init__(
        self,
        kernel: DocumentKernel,
        make_room: Callable[[DocumentKernel], Awaitable[None]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._kernel = kernel
        self._make_room = make_room
        self._reader = reader
        self._writer = writer
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while line := await self._reader.readline():
                try:
                    await self._take(m.REQUEST.validate_json(line))
                except ValidationError as error:
                    self._reply(m.Refused(code="bad_message", message=str(error.errors()[0]["msg"])))
                except ValueError as error:
                    self._reply(m.Refused(code="too_many", message=str(error)))
                await self._writer.drain()
        finally:
            self._kernel.listeners.discard(self._reply)
            for task in self._tasks:
                task.cancel()

    async def _take(self, request: m.KernelRequest) -> None:
        kernel = self._kernel
        match request:
            case m.Resume(after=after):
                kernel.listeners.discard(self._reply)
                kernel.listen(self._reply, after)
                if kernel.state == "none":
                    self._reply(m.Status(state="none"))
            case m.Execute() | d.DebugStrategy():
                await self._make_room(kernel)
                kernel.execute(request)
                kernel.begin(kernel.start())
            case m.Interrupt():
                kernel.interrupt()
            case m.Start():
                await self._make_room(kernel)
                kernel.begin(kernel.start())
            case m.Restart():
                kernel.begin(kernel.restart())
            case m.Shutdown():
                kernel.begin(kernel.shutdown())
            case m.Answer(text=text):
                kernel.answer(text)
            case m.Files(files=files):
                taken = await asyncio.to_thread(offered.installed)
                try:
                    kernel.serve_files(project_of("", files, taken).files)
                except FilesError as error:
                    self._reply(m.Refused(code="bad_files", message=str(error)))
            case m.ClearOutputs():
                kernel.clear_outputs()
            case m.Complete():
                self._go(self._tell(kernel.complete(request)))
            case m.Inspect():
                self._go(self._tell(kernel.inspect(request)))
            case m.Variables():
                self._go(self._tell(kernel.variables(request)))
            case d.Step(how=how):
                if how == "stop":
                    kernel.interrupt()
                else:
                    kernel.begin(kernel.debugger.step(how))
            case d.Breakpoints(breakpoints=breakpoints):
                kernel.begin(kernel.debugger.set_breakpoints(breakpoints))
            case d.Scopes():
                self._go(self._tell(kernel.debugger.scopes(request)))
            case d.Children():
                self._go(self._tell(kernel.debugger.children(request)))
            case d.Evaluate() | d.SetVariable():
                self._go(self._tell(kernel.debugger.evaluate(request)))

    async def _tell(self, asked: Awaitable[m.KernelReply]) -> None:
        self._reply(await asked)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _reply(self, reply: m.KernelReply) -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > PENDING_BYTES:
            self._writer.close()
            return
        self._writer.write(reply.model_dump_json().encode() + b"\n")
