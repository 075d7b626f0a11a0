"""What the folder of a kernel holds; written by its host, read by the kernel."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from quantdesk.sandbox.limits import Limits

REQUEST, CONNECTION, WORK, IPC = "request.json", "connection.json", "work", "ipc"
CHANNEL_VARIABLE = "QUANTDESK_CHANNEL"
"""The variable of the environment that tells the SDK the number of its socket."""
DEBUG_VARIABLE = "QUANTDESK_DEBUG"
"""The one that tells the debugger the number of its own."""
CELLS = "/cell/"
"""Where cells would be, were they files: what their names begin with."""


def cell_file(code: str) -> str:
    """Name the file of a cell; both sides know it by the code."""
    return f"{CELLS}{hashlib.sha256(code.encode('utf-8', 'replace')).hexdigest()[:32]}.py"


@dataclass(frozen=True, slots=True)
class KernelRequest:
    limits: Limits
    require_isolation: bool
