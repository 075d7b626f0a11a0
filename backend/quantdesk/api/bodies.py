"""What a request may carry: no text that a database refuses, no body larger than is useful."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from quantdesk.kit.errors import BadRequest, PayloadInvalid, PayloadTooLarge

MAX_BODY = 1_000_000
"""Bytes, of everything but uploads."""
MAX_UPLOAD = 2 * 1024**3
UPLOADS = frozenset(
    {"/api/v1/data/uploads", "/api/v1/strategies/archives", "/api/v1/strategies/import-ipynb"}
)  # fmt: skip
_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NUL_ESCAPED = re.compile(rb"%00")


def check_target(scope: Scope) -> None:
    """Refuse a path or query with a NUL character, which PostgreSQL cannot hold. Raise BadRequest."""
    if "\x00" in scope["path"] or _NUL_ESCAPED.search(scope.get("query_string", b"")):
        raise BadRequest("the path or query holds the character U+0000 (%00); remove it")
    if any("\ud800" <= character <= "\udfff" for character in scope["path"]):
        raise BadRequest("the path is not valid UTF-8")


async def read_body(headers: Headers, receive: Receive) -> bytes:
    """Read the whole body. Raise PayloadTooLarge or BadRequest (the client went away, or a wrong length)."""
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise BadRequest("Content-Length is not a number")
    parts: list[bytes] = []
    size = int(length) if len(length) < 20 else MAX_BODY + 1
    while size <= MAX_BODY:
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequest("the body was cut off")
        parts.append(message.get("body", b""))
        size = sum(map(len, parts))
        if not message.get("more_body", False):
            break
    if size > MAX_BODY:
        raise PayloadTooLarge(f"the body has more than {MAX_BODY:,} bytes")
    return b"".join(parts)


def check_json(body: bytes) -> None:
    """Refuse NUL characters and lone surrogates, which no database and no UTF-8 can hold.

    Raise BadRequest for bytes that are not UTF-8, PayloadInvalid for a text in the JSON; JSON that does not parse is
    left to the route.
    """
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}") from None
    if not _ESCAPE.search(body):
        return
    try:
        place = _find_unstorable(json.loads(body))
    except (ValueError, RecursionError):
        return
    if place is not None:
        where = ".".join(map(str, place)) or "body"
        message = "the text holds U+0000 or half of a surrogate pair, which cannot be stored"
        item = {"loc": ["body", *place], "field": where, "message": message, "type": "string_unicode"}
        raise PayloadInvalid(f"{where}: {message}", field=where, errors=[item])


def _find_unstorable(value: Any) -> list[str | int] | None:
    """Give the path to the first text that cannot be stored; a bad key is named by its object."""
    match value:
        case str():
            return None if _storable(value) else []
        case dict():
            if not all(map(_storable, value)):
                return []
            parts: list[tuple[str | int, Any]] = list(value.items())
        case list():
            parts = list(enumerate(value))
        case _:
            return None
    for name, part in parts:
        if (place := _find_unstorable(part)) is not None:
            return [name, *place]
    return None


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def replay(body: bytes, receive: Receive) -> Receive:
    """Make a receive that gives the body once, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
