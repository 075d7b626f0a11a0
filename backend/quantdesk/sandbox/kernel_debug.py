"""The debugger inside a kernel: pydevd, which speaks the Debug Adapter Protocol to the kernel's host.

It speaks over a socket that the kernel was born with; no other could be made. Nothing of it runs before the first
cell that is debugged, and only while such a cell runs is the main thread traced. Whatever a user's code does to it
harms that kernel alone: the host believes nothing that comes over the socket.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from importlib import import_module
from typing import Any

from quantdesk.sandbox.kernel_files import CELLS, DEBUG_VARIABLE

_RUN = 1
_NO_STEP = -1


class _Debugger:
    """One a kernel, from its first debugged cell on."""

    def __init__(self, shell: Any) -> None:
        import_module("debugpy._vendored.force_pydevd")  # puts pydevd on the path
        threads: Any = import_module("_pydevd_bundle.pydevd_additional_thread_info")
        self.files: frozenset[str] = frozenset()
        self.at: Any = None
        """The frame that stands still: the caller's, where a function was stepped out of."""
        self.failure = ""
        """What a condition raised, where the code stands for that."""
        self._armed = False
        self._info = threads.set_additional_thread_info(threading.main_thread())
        self._debugger: Any = import_module("pydevd").PyDB()
        import_module("_pydevd_bundle.pydevd_api").PyDevdAPI().set_protocol(self._debugger, 0, "http_json")
        files: Any = import_module("pydevd_file_utils")
        files.exists = lambda _: True  # cells and strategies are in no file
        self._debugger.in_project_scope = lambda frame, *_: self.is_own(frame.f_code.co_filename)
        self._wait = self._debugger.do_wait_suspend
        self._debugger.do_wait_suspend = self._stop
        self._debugger.handle_breakpoint_condition = self._applies
        channel = socket.socket(fileno=int(os.environ[DEBUG_VARIABLE]))
        self._debugger.initialize_network(channel, terminate_on_socket_close=False)
        self._debugger._create_pydb_command_thread()
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def arm(self, files: frozenset[str]) -> None:
        """Have the next cell debugged."""
        self.files, self._armed = files, True

    def is_own(self, name: str) -> bool:
        """Say whether a file is the user's: others are stepped over and not shown."""
        return name.startswith(CELLS) or name in self.files

    def _begin(self, *_: object) -> None:
        if self._armed:
            self._armed = False
            self._forget_steps()
            self._debugger.enable_tracing()

    def _end(self, *_: object) -> None:
        self._debugger.disable_tracing()
        self._forget_steps()

    def _stop(self, thread: Any, frame: Any, *arguments: Any, **named: Any) -> None:
        """Stand still until told to go on, or interrupted: then the user's code is ended by KeyboardInterrupt."""
        self.at = frame
        try:
            self._wait(thread, frame, *arguments, **named)
        except KeyboardInterrupt:
            self._forget_steps()
            raise
        finally:
            self.at, self.failure = None, ""

    def _applies(self, _: object, breakpoint: Any, frame: Any) -> bool:
        """Say whether a breakpoint with a condition or a number of hits stops: it counts where the condition holds."""
        try:
            if breakpoint.condition and not eval(breakpoint.condition, frame.f_globals, frame.f_locals):  # noqa: S307
                return False
        except Exception as error:
            self.failure = f"{breakpoint.condition}: {type(error).__name__}: {error}"
            return True
        return not breakpoint.hit_condition or bool(breakpoint.handle_hit_condition(frame))

    def _forget_steps(self) -> None:
        self._info.pydev_state = _RUN
        self._info.pydev_step_cmd = self._info.pydev_original_step_cmd = _NO_STEP
        self._info.pydev_step_stop = None
        self._info.suspend_type = 0
        self._info.update_stepping_info()


debugger: _Debugger | None = None


def begin(files: list[str], codes: dict[str, str]) -> str:
    """Have the next cell debugged, besides cells the user's files by name. Called by the host, before that cell.

    Gives as JSON the lines of each of `codes` where the debugger can stop.
    """
    global debugger
    if debugger is None:
        from IPython.core.getipython import get_ipython

        debugger = _Debugger(get_ipython())
    debugger.arm(frozenset(files))
    return json.dumps({name: lines(code, name.startswith(CELLS)) for name, code in codes.items()})


def lines(code: str, is_cell: bool) -> list[int] | None:
    """Give the lines that hold code; None where it cannot be told, as of code with IPython's own commands."""
    rows = code.split("\n")
    while is_cell and len(rows) > 1 and not rows[0].strip():
        del rows[0]  # as IPython does in a cell
    try:
        left = [compile("\n".join(rows), "<lines>", "exec", dont_inherit=True)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: set[int] = set()
    while left:
        one = left.pop()
        found.update(line for *_, line in one.co_lines() if line)
        left.extend(part for part in one.co_consts if isinstance(part, type(one)))
    return sorted(found)
