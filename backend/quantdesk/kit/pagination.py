"""Cursor pagination."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Generic, TypeVar

from pydantic import BaseModel

from quantdesk.kit.errors import Invalid

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    next_cursor: str | None = None
    """Pass it as `cursor` for the next page; None on the last one."""


def encode_cursor(*keys: str | int) -> str:
    """Make an opaque cursor of the last row's sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type) -> tuple[str | int, ...]:
    """Give the sort keys back. Raise Invalid when the cursor is not one of ours, or its keys not of these types."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if len(keys) == len(types) and all(type(k) is t for k, t in zip(keys, types, strict=True)):
            return tuple(keys)
    except (ValueError, TypeError, binascii.Error):
        pass
    raise Invalid("cursor is not valid; start again without it", field="cursor")
