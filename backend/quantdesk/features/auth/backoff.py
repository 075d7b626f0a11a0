"""Login back-off: after five failures of one name from one address, each further one makes the next wait longer."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from quantdesk.features.auth.errors import LoginBackoff
from quantdesk.kit import clock

if TYPE_CHECKING:
    from redis.asyncio import Redis

FREE_FAILURES = 5
LONGEST_WAIT = 900
"""Seconds."""
FORGET_AFTER = 3600
"""Seconds without an attempt."""

# The attempt is counted before the password is checked, so that a burst of parallel guesses is counted too.
_BEGIN = """
local now = tonumber(ARGV[1])
local until_ = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
if now < until_ then return tostring(until_ - now) end
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
if count >= tonumber(ARGV[2]) then
  local wait = math.min(2 ^ (count - tonumber(ARGV[2]) + 1), tonumber(ARGV[3]))
  redis.call('HSET', KEYS[1], 'until', string.format('%.6f', now + wait))
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return '0'
"""


class Backoff:
    """The attempts of one username from one address."""

    def __init__(self, redis: Redis, username: str, ip: str) -> None:
        self._redis = redis
        self._key = f"qd:login:{hashlib.sha256(f'{username}|{ip}'.encode()).hexdigest()}"

    async def begin(self) -> None:
        """Count an attempt as failed until `succeeded` says otherwise. Raise LoginBackoff while it must wait."""
        script = self._redis.register_script(_BEGIN)
        now = clock.utcnow().timestamp()
        wait = float(await script(keys=[self._key], args=[now, FREE_FAILURES, LONGEST_WAIT, FORGET_AFTER]))
        if wait > 0:
            seconds = math.ceil(round(wait, 3))
            raise LoginBackoff(f"too many failed sign-ins; try again in {seconds} s", retry_after=seconds)

    async def succeeded(self) -> None:
        """Forget the failures."""
        await self._redis.delete(self._key)
