"""All attempts."""

from __future__ import annotations

from tests.escape.attempt import PRELUDE, Attempt
from tests.escape.bombs import BOMBS, POISON
from tests.escape.files import FILES
from tests.escape.network import NETWORK
from tests.escape.processes import PROCESSES

ATTEMPTS: list[Attempt] = [*FILES, *PROCESSES, *NETWORK, *BOMBS, *POISON]
__all__ = ["ATTEMPTS", "BOMBS", "POISON", "PRELUDE", "Attempt"]
