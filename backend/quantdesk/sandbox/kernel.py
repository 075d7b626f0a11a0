"""A Jupyter kernel that is locked down: `python -m quantdesk.sandbox.kernel FOLDER PARENT CHANNEL DEBUG`.

FOLDER holds `request.json`, an empty `work`, the kernel's current folder and the only place where it can write, and an
empty `ipc`, where its sockets are. CHANNEL and DEBUG are connected sockets to whoever started it, for `quantdesk.sdk`
and for the debugger.

The order is what makes it tight. Files are restricted while there is one thread, for Landlock binds a thread and those
it starts, and a user's code can reach all threads. Then the kernel binds its sockets and starts its threads. Then the
filter of system calls is put on all threads: from here on no socket can be made or connected, only those it has be
used. Only after that is the first message read.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from quantdesk.sandbox import capabilities, kernel_shell, seccomp
from quantdesk.sandbox.kernel_files import (
    CHANNEL_VARIABLE,
    CONNECTION,
    DEBUG_VARIABLE,
    IPC,
    REQUEST,
    WORK,
    KernelRequest,
)
from quantdesk.sandbox.lockdown import lock_down_server
from quantdesk.sandbox.parent import die_with_parent, name_process

NAME = "quantdesk-cell"


def main() -> None:
    folder, channel, debug = Path(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4])
    die_with_parent(int(sys.argv[2]))
    del sys.argv[1:]
    name_process(NAME)
    request = TypeAdapter(KernelRequest).validate_json((folder / REQUEST).read_bytes())
    found = capabilities.probe()
    if request.require_isolation and not found.isolated:
        raise capabilities.IsolationUnavailableError(found)
    connection = json.loads((folder / CONNECTION).read_text())
    work = folder / WORK
    os.chdir(work)
    os.environ.update(HOME=str(work), IPYTHONDIR=str(work / ".ipython"))
    os.environ.update({CHANNEL_VARIABLE: str(channel), DEBUG_VARIABLE: str(debug)})
    app = _application()
    lock_down_server(request.limits, found, {channel, debug}, work=work, sockets=folder / IPC)
    _initialise(app, connection)
    if found.seccomp:
        seccomp.restrict(answers=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app.start()


def _application() -> Any:
    """Import the kernel and what most cells begin with, while that costs no refused look at other files."""
    from ipykernel.kernelapp import IPKernelApp

    return IPKernelApp.instance()


def _initialise(app: Any, connection: dict[str, Any]) -> None:
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False  # a database of its own, and a thread
    config.HistoryManager.hist_file = ":memory:"
    config.IPKernelApp.no_stdout = config.IPKernelApp.no_stderr = False
    config.IPCompleter.use_jedi = False  # the editor has it; here the live objects answer
    config.InteractiveShell.colors = "nocolor"
    app.update_config(config)
    app.transport, app.ip = connection["transport"], connection["ip"]
    for name in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"):
        setattr(app, name, connection[name])
    app.session.key = connection["key"].encode()
    app.session.copy_threshold = 2**62  # sending without a copy starts threads of ØMQ, which end the process here
    app.connection_file = ""
    app.write_connection_file = lambda **_: None
    app.init_connection_file = app.log_connection_info = lambda: None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Couldn't bind IOPub Pipe")  # for programs, which cannot be started
        app.initialize([])
    kernel_shell.prepare(app.shell)


if __name__ == "__main__":
    main()
