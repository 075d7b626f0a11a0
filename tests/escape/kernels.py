"""Runs attempts in real kernels and prints what became of each: `python -m tests.escape.kernels FOLDER`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from quantdesk.features.notebooks import messages as m
from quantdesk.features.notebooks.journal import Journal
from quantdesk.features.notebooks.kernel import DocumentKernel
from quantdesk.sandbox.kernel_process import KernelProcess
from quantdesk.sandbox.limits import Limits
from tests.escape.attempts import ATTEMPTS, BOMBS, POISON, PRELUDE, Attempt
from tests.escape.house import house

LIMITS = Limits(cpu_seconds=60, memory_mb=256, disk_mb=64, files=2_000)
PATIENCE_S = 3.0
"""After so long a person interrupts a cell, and after as long again ends the kernel."""
HARSH = {one.name for one in (*BOMBS, *POISON)}
"""These get a kernel of their own, and may end it."""

CELL = """
_names = dict(__name__="attempt", **{names!r})
exec({prelude!r}, _names)
try:
    exec(compile({code!r}, "attempt.py", "exec"), _names)
    print("held: ended by itself")
except _names["Escaped"] as _error:
    print("ESCAPED:", _error)
except Exception as _error:
    print("held:", type(_error).__name__, _error)
"""


async def nothing(process: KernelProcess) -> None:
    await asyncio.Event().wait()


class Heard:
    def __init__(self, kernel: DocumentKernel) -> None:
        self.replies: list[m.KernelReply] = []
        self.done = asyncio.Event()
        kernel.listeners.add(self)

    def __call__(self, reply: m.KernelReply) -> None:
        self.replies.append(reply)
        if isinstance(reply, m.CellDone):
            self.done.set()

    async def until_done(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.done.wait()
        except TimeoutError:
            return False
        return True


async def attempt(kernel: DocumentKernel, number: int, one: Attempt, names: dict[str, str | int]) -> str:
    """Give what became of it: `held: why`, `stopped: reason` or `ESCAPED: what`."""
    await kernel.start()
    heard = Heard(kernel)
    code = CELL.format(names=names, prelude=PRELUDE, code=one.code)
    kernel.execute(m.Execute(cell=f"c{number}", code=code))
    by_person = ""
    if not await heard.until_done():
        by_person = "stopped: wall_time (interrupted by the person 上限)"
        kernel.interrupt()
        if not await heard.until_done():
            await kernel.shutdown()
    kernel.listeners.discard(heard)
    text = "".join(reply.text for reply in heard.replies if isinstance(reply, m.CellStream))
    told = [line for line in text.splitlines() if line.startswith(("held:", "ESCAPED:"))]
    if told:
        return told[-1]
    if by_person:
        return by_person
    for _ in range(40):  # the kernel's end is told a moment after the cell's
        if kernel.state == "dead":
            break
        await asyncio.sleep(0.05)
    if kernel.state == "dead":
        why = [reply for reply in kernel.journal.after(-1)[1] if isinstance(reply, m.Status)][-1]
        return f"stopped: {why.why_zh}; {why.why_en}"
    errors = [reply for reply in heard.replies if isinstance(reply, m.CellError)]
    return f"held: {errors[-1].name} {errors[-1].message}" if errors else "silent"


async def main(folder: Path) -> None:
    kernel = DocumentKernel(LIMITS, 600.0, Journal(), nothing)
    with house(folder) as names:
        for number, one in enumerate(ATTEMPTS):
            if one.name in HARSH:
                await kernel.shutdown()
            print(json.dumps([one.name, await attempt(kernel, number, one, names)], ensure_ascii=False), flush=True)
    await kernel.shutdown()
    honest = await attempt(
        kernel, -1 % 10_000, Attempt("honest", "import builtins\nif hasattr(builtins, 'POISON'): escaped(1)"), {}
    )
    print(json.dumps(["an honest cell afterwards", honest]))
    await kernel.shutdown()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
