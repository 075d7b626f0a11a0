"""How a process of the product begins."""

from __future__ import annotations

import os
import sys


def await_go() -> None:
    """Wait for a line on stdin where the supervisor has asked for that (QD_AWAIT_GO), and end without one.

    Python's imports take a second or two; meanwhile the supervisor brings Redis and the database up.
    """
    if os.environ.pop("QD_AWAIT_GO", None) and not sys.stdin.readline():
        sys.exit(0)
