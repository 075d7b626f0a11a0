"""What a key may be, the same in every store."""

from __future__ import annotations

import re

from quantdesk.ports.errors import PortError

_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


def checked(key: str) -> str:
    """Give the key. Raise PortError when it is none."""
    if not all(_PART.fullmatch(part) for part in key.split("/")):
        raise PortError(f"blob key {key!r} has a part that is not of A-Z a-z 0-9 . _ -")
    return key
