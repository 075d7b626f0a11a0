"""One-use tickets that open the WebSocket, since browsers cannot send a bearer token with it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

from quantdesk.kit.principal import Principal

if TYPE_CHECKING:
    from redis.asyncio import Redis

LIFETIME = 30
"""Seconds."""


def _key(ticket: str) -> str:
    return f"qd:ws-ticket:{hashlib.sha256(ticket.encode(errors='replace')).hexdigest()}"


async def issue(redis: Redis, principal: Principal) -> str:
    """Make a ticket for this principal, good once and for 30 seconds."""
    ticket = secrets.token_urlsafe(32)
    body = {
        "user_id": principal.user_id,
        "username": principal.username,
        "role": principal.role,
        "session_id": principal.session_id,
        "api_key_id": principal.api_key_id,
        "scopes": None if principal.scopes is None else sorted(principal.scopes),
    }
    await redis.set(_key(ticket), json.dumps(body), ex=LIFETIME)
    return ticket


async def redeem(redis: Redis, ticket: str) -> Principal | None:
    """Give the ticket's principal and use it up; None when it is unknown, used or too old."""
    text = await redis.getdel(_key(ticket))
    if text is None:
        return None
    body = json.loads(text)
    if body["scopes"] is not None:
        body["scopes"] = frozenset(body["scopes"])
    return Principal(**body)
