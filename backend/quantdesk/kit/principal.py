"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "trader", "admin"]
ROLE_RANK: dict[Role, int] = {"viewer": 0, "trader": 1, "admin": 2}

Scope = Literal[
    "market:read",
    "data:read",
    "data:write",
    "strategies:read",
    "strategies:write",
    "backtests:read",
    "backtests:run",
    "jobs:read",
    "jobs:write",
    "system:read",
]


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user, by a browser session or by an API key."""

    user_id: str
    username: str
    role: Role
    session_id: str | None = None
    api_key_id: str | None = None
    scopes: frozenset[str] | None = None
    """An API key's scopes; None for a session, which has all of its role."""

    def may(self, role: Role, scope: Scope | None) -> bool:
        """Say whether this role is reached and, for an API key, the scope is held.

        A route without a scope (None) is for browser sessions only.
        """
        if ROLE_RANK[self.role] < ROLE_RANK[role]:
            return False
        return self.scopes is None or (scope is not None and scope in self.scopes)
