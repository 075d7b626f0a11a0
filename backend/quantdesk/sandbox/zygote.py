"""The warm parent: `python -I -m quantdesk.sandbox.zygote CONTROL PARENT IDLE_SECONDS`.

Imports the engines once and forks a child for each run, which spares the run those imports. It has an empty
environment, reads no request and sees no data: a run comes as the path of its private folder with five open files,
which only the forked child reads. It has one thread, always: a fork copies no other thread, but the locks they hold.

CONTROL is a socket that keeps message boundaries. The zygote sends `ready` once; each message to it starts a run, with
the run's own socket, the message pipe, the result file, the standard error and the request attached. On the run's
socket it sends `Started` and, when it has reaped the child, `Ended`; when the other side of that socket is closed it
kills the child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from quantdesk.core.backtest import engines
from quantdesk.sandbox.child import OPTIONAL, run_locked, without
from quantdesk.sandbox.parent import die_with_parent, name_process

NAME = "quantdesk-warm"
READY = b"ready"
FILES = 5
"""Attached to a request: the run's socket, the message pipe, the result file, the standard error, the request."""
PACKET = 8192


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    parent, idle_seconds = int(sys.argv[2]), float(sys.argv[3])
    del sys.argv[1:]
    die_with_parent(parent)
    name_process(NAME)
    with without(list(OPTIONAL)):
        engines.load("backtrader")
    engines.warm()
    importlib.import_module("quantdesk.sdk")  # has kernels of its own
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        sys.exit(f"the zygote has {len(threads)} threads after its imports; it must have one to fork")
    gc.collect()
    gc.freeze()  # what is there now is not touched by collections in the children, and so stays shared
    control.send(READY)
    Zygote(control, idle_seconds).serve()


@dataclass(slots=True)
class _Run:
    pid: int
    ended: int
    """A pidfd: readable once the child has ended."""
    connection: socket.socket

    def kill(self) -> None:
        """Kill the child and whatever it has started. It is not reaped yet, so that the number is still its own."""
        for kill in (os.killpg, os.kill):  # it may not have its own group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)


class Zygote:
    """Forks, watches and reaps, in one thread."""

    def __init__(self, control: socket.socket, idle_seconds: float) -> None:
        self._control = control
        self._idle_ms = idle_seconds * 1000
        self._runs: dict[int, _Run] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> None:
        """Work until the other side closes, or until nothing has been asked for long enough."""
        while True:
            events = self._poll.poll(None if self._runs else self._idle_ms)
            if not events and not self._runs:
                return
            for descriptor, _ in events:
                if descriptor == self._control.fileno():
                    if not self._take():
                        return
                elif (run := self._runs.get(descriptor)) is None:
                    continue  # ended a moment ago
                elif descriptor == run.ended:
                    self._reap(run)
                else:
                    self._poll.unregister(run.connection)
                    run.kill()

    def _take(self) -> bool:
        folder, files, _, _ = socket.recv_fds(self._control, PACKET, FILES)
        if not folder:
            return False
        if len(files) != FILES:
            for descriptor in files:
                os.close(descriptor)
            return True
        connection = socket.socket(fileno=files[0])
        try:
            self._fork(Path(os.fsdecode(folder)), connection, files[1:])
        except OSError as error:  # no memory, too many processes: the other side sees the socket closed
            print(f"cannot fork: {error}", file=sys.stderr, flush=True)
            connection.close()
        finally:
            for descriptor in files[1:]:
                os.close(descriptor)
        return True

    def _fork(self, folder: Path, connection: socket.socket, files: list[int]) -> None:
        own_pid = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become_child(own_pid, folder, *files)
        run = _Run(pid=pid, ended=os.pidfd_open(pid), connection=connection)
        self._runs |= {run.ended: run, connection.fileno(): run}
        self._poll.register(run.ended, select.POLLIN)
        self._poll.register(connection, select.POLLIN)
        _tell(connection, {"pid": pid})

    def _reap(self, run: _Run) -> None:
        run.kill()  # what is left of its group
        _, status, usage = os.wait4(run.pid, 0)
        del self._runs[run.ended], self._runs[run.connection.fileno()]
        self._poll.unregister(run.ended)
        with contextlib.suppress(KeyError):
            self._poll.unregister(run.connection)
        os.close(run.ended)
        _tell(
            run.connection,
            {
                "code": os.waitstatus_to_exitcode(status),
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "peak_mb": usage.ru_maxrss / 1024,
            },
        )
        run.connection.close()


def _tell(connection: socket.socket, message: dict[str, float]) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        connection.send(json.dumps(message).encode())


def _become_child(zygote: int, folder: Path, message_fd: int, result_fd: int, errors: int, request_fd: int) -> NoReturn:
    """Be what a child started by itself would be, and run. Never comes back into the zygote's loop."""
    try:
        os.setsid()
        die_with_parent(zygote)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        os.chdir(folder)
        os.environ["HOME"] = str(folder)
        run_locked(folder, message_fd, result_fd, request_fd)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
