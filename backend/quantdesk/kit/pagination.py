"""Cursor pagination."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from quantdesk.kit.errors import Invalid

T = TypeVar("T")
Row = TypeVar("Row")


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


async def newest_first(
    session: AsyncSession,
    statement: Select[Row],
    id_column: InstrumentedAttribute[str],
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row], str | None]:
    """Give one page of a statement's rows, newest first, and the next page's cursor; ids sort by time of creation.

    Raise Invalid for a cursor that is not one of ours.
    """
    if cursor:
        statement = statement.where(id_column < decode_cursor(cursor, str)[0])
    rows = (await session.scalars(statement.order_by(id_column.desc()).limit(limit + 1))).all()
    shown = rows[:limit]
    return shown, encode_cursor(getattr(shown[-1], id_column.key)) if len(rows) > limit else None
