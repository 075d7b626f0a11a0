"""What this machine offers to isolate a user's code."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    landlock_abi: int
    """0: the kernel cannot restrict file access."""
    seccomp: bool
    """System calls (network, processes) can be refused."""

    @property
    def isolated(self) -> bool:
        """Say whether a user's code can be kept from files, network and other processes."""
        return self.landlock_abi >= 1 and self.seccomp

    @property
    def missing(self) -> list[str]:
        """Name what is missing and what to do, one line each."""
        lines = []
        if self.landlock_abi < 1:
            lines.append("Landlock is missing: use Linux 5.13 or later with landlock in the kernel's lsm= list")
        if not self.seccomp:
            lines.append("seccomp is missing: use a Linux kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64")
        return lines


class IsolationUnavailableError(RuntimeError):
    """Isolation is required and this machine does not offer it."""

    def __init__(self, capabilities: Capabilities) -> None:
        super().__init__("user code cannot be isolated: " + "; ".join(capabilities.missing))
        self.capabilities = capabilities


def probe() -> Capabilities:
    """Ask the kernel; changes nothing in this process."""
    if sys.platform != "linux":
        return Capabilities(landlock_abi=0, seccomp=False)
    from quantdesk.sandbox import landlock, seccomp

    return Capabilities(landlock_abi=landlock.abi_version(), seccomp=seccomp.available())
