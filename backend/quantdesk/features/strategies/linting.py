"""Lint and format a source by ruff. The text goes through pipes and is never written to disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import resource
from collections.abc import AsyncIterator
from typing import Any, Literal, cast
from weakref import WeakKeyDictionary

from quantdesk.core.strategies.project import MOST_CHARACTERS
from quantdesk.features.strategies.errors import CodeDoesNotParse, CodeTooTangled, LinterBusy, LinterMissing
from quantdesk.features.strategies.schemas import CodeFormatted, CodeLint, Diagnostic, TextEdit

SECONDS = 5
AT_ONCE = 4
MOST_DIAGNOSTICS = 500
MOST_OUTPUT = 8_000_000
MOST_COMPLAINT = 100_000
MEMORY = 2 << 30
SYNTAX = "invalid-syntax"

RULES = "E9,F,B,E711,E712,E721,E722,W605,PLE,NPY"
"""What is wrong, or likely to be: no matters of taste."""
WITHOUT = "F405,B018,B028,B904,B905"
"""One line for each name of a star import; a cell's last line shows its value; the others are matters of taste."""
ERRORS = (SYNTAX, "E9", "F50", "F52", "F63", "F7", "F82", "PLE")
"""Rules whose findings stop a run, or make it do what nobody means."""

COMMON = ("--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311")
LINT = ("check", *COMMON, "--select", RULES, "--ignore", WITHOUT, "--quiet")
CHECK = (*LINT, "--output-format", "json-lines", "-")
FIX = (*LINT, "--fix-only", "-")
FORMAT = ("format", *COMMON, "-")
UNPARSED = re.compile(r"Failed to parse at (\d+):(\d+): (.*)")

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def lint(code: str) -> CodeLint:
    """Say what is wrong with a source. Raise CodeTooTangled, LinterBusy, LinterMissing."""
    _, output, _ = await _ruff(CHECK, code)
    return await asyncio.to_thread(_findings, output, len(output) > MOST_OUTPUT)


async def fix(code: str) -> CodeFormatted:
    """Apply every safe fix; ruff does it, as it knows which go together. Raise as `lint`."""
    status, output, _ = await _ruff(FIX, code)
    if status != 0:
        raise CodeTooTangled
    return _rewritten(code, output)


async def format(code: str) -> CodeFormatted:
    """Lay a source out anew. Raise CodeDoesNotParse, CodeTooTangled, LinterBusy, LinterMissing."""
    status, output, complaint = await _ruff(FORMAT, code)
    if status != 0:
        found = UNPARSED.search(complaint)
        if found is None:
            raise CodeTooTangled
        line, column, message = found.groups()
        raise CodeDoesNotParse(f"line {line}: {message}", line=int(line), column=int(column))
    return _rewritten(code, output)


def _rewritten(code: str, output: bytes) -> CodeFormatted:
    text = output.decode()
    if len(text) > MOST_CHARACTERS:
        raise CodeTooTangled
    return CodeFormatted(code=text, changed=text != code)


async def _ruff(arguments: tuple[str, ...], code: str) -> tuple[int, bytes, str]:
    """Give status, output (at most so much of it) and complaint; a status below 0 never comes back."""
    async with _slot():
        try:
            async with asyncio.timeout(SECONDS):
                status, output, complaint = await _run(arguments, code.encode())
        except TimeoutError:
            raise CodeTooTangled from None
    if status < 0:  # it recurses, and very deep nesting overflows its stack
        raise CodeTooTangled
    return status, output, complaint


async def _run(arguments: tuple[str, ...], text: bytes) -> tuple[int, bytes, str]:
    try:
        process = await asyncio.create_subprocess_exec(
            _binary(),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            env={},
        )
    except OSError as error:
        raise LinterMissing from error
    stdin = cast(asyncio.StreamWriter, process.stdin)
    stdout, stderr = cast(asyncio.StreamReader, process.stdout), cast(asyncio.StreamReader, process.stderr)
    try:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
            resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(text)
            await stdin.drain()
            stdin.close()
        complaint = asyncio.create_task(_read(stderr, MOST_COMPLAINT))
        output = await _read(stdout, MOST_OUTPUT)
        if len(output) > MOST_OUTPUT:  # the first findings are worth showing, half a text is not
            return (0 if arguments is CHECK else -1), output, ""
        return await process.wait(), output, (await complaint).decode(errors="replace")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _read(stream: asyncio.StreamReader, most: int) -> bytes:
    """Read to the end; give up after so much."""
    read = bytearray()
    while len(read) <= most and (piece := await stream.read(65_536)):
        read += piece
    return bytes(read)


@contextlib.asynccontextmanager
async def _slot() -> AsyncIterator[None]:
    slots = _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    try:
        async with asyncio.timeout(SECONDS):
            await slots.acquire()
    except TimeoutError:
        raise LinterBusy(retry_after=2) from None
    try:
        yield
    finally:
        slots.release()


def _binary() -> str:
    import ruff

    try:
        return str(ruff.find_ruff_bin())
    except FileNotFoundError as error:
        raise LinterMissing from error


def _findings(output: bytes, cut: bool) -> CodeLint:
    lines = output.splitlines(keepends=True)
    whole = [line for line in lines[:MOST_DIAGNOSTICS] if line.endswith(b"\n")]
    return CodeLint(
        diagnostics=[_diagnostic(json.loads(line)) for line in whole],
        truncated=cut or len(whole) < len(lines),
    )


def _diagnostic(found: dict[str, Any]) -> Diagnostic:
    rule = found["code"] or SYNTAX
    severity: Literal["error", "warning"] = "error" if rule.startswith(ERRORS) else "warning"
    fix = found["fix"]
    return Diagnostic(
        **_place(found),
        code=rule,
        message=found["message"],
        severity=severity,
        url=found["url"],
        fix=[TextEdit(**_place(edit), text=edit["content"] or "") for edit in fix["edits"]]
        if fix and fix["applicability"] == "safe"
        else None,
    )


def _place(of: dict[str, Any]) -> dict[str, int]:
    start, end = of["location"], of["end_location"]
    return {
        "line": start["row"],
        "column": start["column"],
        "end_line": end["row"],
        "end_column": end["column"],
    }
