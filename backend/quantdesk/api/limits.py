"""Rate limits in Redis, by the `limits` library's exact moving window."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from quantdesk.kit.context import Context
from quantdesk.kit.errors import TooManyRequests
from quantdesk.kit.principal import Principal

GUESSING = frozenset({"/api/v1/auth/login", "/api/v1/auth/setup", "/api/v1/auth/password"})
"""Where a secret could be guessed: the narrow limit, by address. Refreshing a cookie is not guessing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands within its limit."""

    limit: int
    remaining: int
    reset: int
    """Seconds until the oldest counted request is forgotten."""

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class RateLimits:
    def __init__(self, context: Context) -> None:
        # The storage takes the scheme of the URL only; its connections are those of our own client.
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="qd:limits",
            connection_pool=context.redis.connection_pool,  # type: ignore[arg-type]  # typed as a scalar, documented as a pool
        )
        self._window = MovingWindowRateLimiter(storage)
        limits = context.settings.limits
        self._default = RateLimitItemPerMinute(limits.default_per_minute)
        self._guessing = RateLimitItemPerMinute(limits.auth_per_minute)
        self._api_key = RateLimitItemPerHour(limits.api_key_per_hour)

    async def count(self, path: str, principal: Principal | None, ip: str) -> Standing:
        """Count a request. Raise TooManyRequests when it is one too many."""
        item, kind, who = self._limit(path, principal, ip)
        allowed = await self._window.hit(item, kind, who)
        stats = await self._window.get_window_stats(item, kind, who)
        wait = max(1, math.ceil(stats.reset_time - time.time()))
        standing = Standing(item.amount, max(0, stats.remaining) if allowed else 0, wait)
        if not allowed:
            error = TooManyRequests(
                f"at most {item.amount} requests in {item.get_expiry()} s; try again in {wait} s", retry_after=wait
            )
            error.headers |= standing.headers
            raise error
        return standing

    def _limit(self, path: str, principal: Principal | None, ip: str) -> tuple[RateLimitItem, str, str]:
        if path in GUESSING:
            return self._guessing, "guess", ip
        if principal is None:
            return self._default, "ip", ip
        if principal.api_key_id is not None:
            return self._api_key, "key", principal.api_key_id
        return self._default, "user", principal.user_id
