"""Answers about texts: `python -m quantdesk.sandbox.language CONTROL PARENT`, and what it forks.

The process reads what strategies import once, then forks one that answers for each owner: it locks itself down before
it reads the first text, never runs one, can be killed at any time, and is replaced in a few milliseconds. The parent
sees no text. It has one thread, always.

CONTROL is a socket that keeps message boundaries. `fork`, with a connected stream socket attached, is answered by the
pid of the process that answers on it, one JSON object a line; `end PID` kills and reaps it. `warm` is told once all is
read that is worth it; before that a fork is possible, too, and only answers slower.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from quantdesk.sandbox import capabilities
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.lockdown import lock_down
from quantdesk.sandbox.parent import die_with_parent, name_process

if TYPE_CHECKING:
    from quantdesk.sandbox.language_state import State

NAME = "quantdesk-words"
PACKET = 256
WARM = b"warm"
LINE_BYTES = 8_000_000
LIMITS = Limits(cpu_seconds=1_800, memory_mb=512, open_files=64)
_BEGIN = (
    "import backtrader as bt\nimport numpy as np\nimport pandas as pd\nfrom quantdesk.sdk import Strategy, market\n"
)
_TEXTS = (
    (
        "class S(bt.Strategy):\n    def next(self):\n        self.",
        "self.data.close.",
        "bt.indicators.",
        "self.broker.",
        "self.buy(",
        "self.position.",
    ),
    ("class S(Strategy):\n    def on_bar(self, bar):\n        self.", "bar."),
    ("np.", "np.array([1])."),
    ("frame = pd.DataFrame()\nframe.", "pd.", "frame['a'].rolling(5).mean().", "import ", "from quantdesk.sdk import "),
)
"""Read ahead, so that a person's first questions are answered at once. The first of each is with what it needs."""


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    die_with_parent(int(sys.argv[2]))
    del sys.argv[1:]
    name_process(NAME)
    serve(control)


def serve(control: socket.socket) -> None:
    """Fork until the other side closes; read ahead meanwhile."""
    from quantdesk.sandbox import language_state

    language_state.prepare()
    state = language_state.State()
    steps: Iterator[None] | None = _read_ahead(state)
    while True:
        while steps is None or select.select([control], [], [], 0)[0]:
            if not _take(control, state):
                return
        try:
            next(steps)
        except StopIteration:
            steps = None
            gc.collect()
            gc.freeze()  # what is there now is not touched by collections in those it forks, and so stays shared
            control.send(WARM)


def _read_ahead(state: State) -> Iterator[None]:
    from quantdesk.sandbox.language_answers import Analyst

    analyst = Analyst(state)
    for text, *more in _TEXTS:
        head, _, last = text.rpartition("\n")
        indent = last[: len(last) - len(last.lstrip())]
        for what in (last.strip(), *more):
            code = f"{_BEGIN}{head}\n{indent}{what}"
            place = {"line": code.count("\n") + 1, "column": len(indent + what)}
            with contextlib.suppress(Exception):
                analyst.answer({"kind": "complete", "path": "ahead.py", "code": code, "files": [], **place})
            yield


def _take(control: socket.socket, state: State) -> bool:
    word, files, _, _ = socket.recv_fds(control, PACKET, 1)
    match word.split():
        case [b"fork"] if files:
            own_pid = os.getpid()
            pid = os.fork()
            if pid == 0:
                _become_analyst(own_pid, files[0], state)
            control.send(str(pid).encode())
        case [b"end", number]:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(int(number), signal.SIGKILL)  # not reaped yet, so that the number is still its own
                os.waitpid(int(number), 0)
    for descriptor in files:
        os.close(descriptor)
    return bool(word)


def _become_analyst(parent: int, channel: int, state: State) -> NoReturn:
    """Lock down, then answer; never comes back into the parent's loop."""
    status = 1
    try:
        os.setsid()
        die_with_parent(parent)
        found = capabilities.probe()
        lock_down(LIMITS, found, keep={channel})
        _answer(channel, state)
        status = 0
    finally:
        os._exit(status)


def _answer(channel: int, state: State) -> None:
    from quantdesk.sandbox.language_answers import Analyst

    analyst = Analyst(state)
    with open(channel, "rb", closefd=False) as lines:
        for line in lines:
            try:
                told = analyst.answer(json.loads(line))
            except Exception as error:  # Jedi's: it has no answer for every text
                told = {"failed": f"{type(error).__name__}: {error}"[:300]}
            data = json.dumps(told).encode() + b"\n"
            while data:
                data = data[os.write(channel, data) :]


if __name__ == "__main__":
    main()
