"""Identifiers."""

from __future__ import annotations

import datetime as dt
import secrets
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """Give a ULID: 26 characters of Crockford base 32, sortable by time of creation."""
    return _text((time.time_ns() // 1_000_000) << 80 | secrets.randbits(80))


def first_id_at(instant: dt.datetime) -> str:
    """Give what sorts before every id that was made at this instant or later, and after those made before."""
    return _text(int(instant.timestamp() * 1000) << 80)


def _text(value: int) -> str:
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
