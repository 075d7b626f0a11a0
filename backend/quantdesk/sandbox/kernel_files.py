"""What the folder of a kernel holds; written by its host, read by the kernel."""

from __future__ import annotations

from dataclasses import dataclass

from quantdesk.sandbox.limits import Limits

REQUEST, CONNECTION, WORK, IPC = "request.json", "connection.json", "work", "ipc"
CHANNEL_VARIABLE = "QUANTDESK_CHANNEL"
"""The variable of the environment that tells the SDK the number of its socket."""


@dataclass(frozen=True, slots=True)
class KernelRequest:
    limits: Limits
    require_isolation: bool
