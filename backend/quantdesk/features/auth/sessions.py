"""Sessions in Redis: found by every request, ended at once.

A session ends when it was idle for `idle_minutes`, `refresh_days` after sign-in, on sign-out, when it is revoked, when
the user's role, password or account changes, and when a refresh token is used twice.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from quantdesk.features.auth.errors import RefreshReused, SessionEnded
from quantdesk.features.auth.tokens import RefreshToken
from quantdesk.kit import clock
from quantdesk.kit.caller import Caller
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal, Role
from quantdesk.ports.key_provider import KeyProvider
from quantdesk.settings import AuthSettings

if TYPE_CHECKING:
    from redis.asyncio import Redis

RACE_SECONDS = 10
"""Two tabs of one browser may send the same refresh cookie at once; so long the second gets what the first got."""

# KEYS: session. ARGV: now, idle seconds. Gives user, username, role; or nothing when the session is over.
_TOUCH = """
local s = redis.call('HMGET', KEYS[1], 'user', 'username', 'role', 'seen', 'expires')
if not s[1] then return nil end
local now = tonumber(ARGV[1])
if now >= tonumber(s[5]) or now - tonumber(s[4]) >= tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1])
  return nil
end
redis.call('HSET', KEYS[1], 'seen', ARGV[1])
redis.call('EXPIRE', KEYS[1], math.ceil(math.min(tonumber(ARGV[2]), tonumber(s[5]) - now)) + 60)
return {s[1], s[2], s[3]}
"""

# KEYS: session. ARGV: now, generation presented, browser, race seconds. Gives the generation to hand out, -1 when the
# token was used before (the session is then gone), or nothing when there is no session.
_ROTATE = """
local s = redis.call('HMGET', KEYS[1], 'generation', 'rotated', 'browser')
if not s[1] then return nil end
local current, given, now = tonumber(s[1]), tonumber(ARGV[2]), tonumber(ARGV[1])
if given == current then
  redis.call('HSET', KEYS[1], 'generation', current + 1, 'rotated', ARGV[1], 'browser', ARGV[3])
  return current + 1
end
if given == current - 1 and now - tonumber(s[2]) <= tonumber(ARGV[4]) and s[3] == ARGV[3] then
  return current
end
redis.call('DEL', KEYS[1])
return -1
"""


@dataclass(frozen=True, slots=True)
class StoredSession:
    id: str
    user_id: str
    username: str
    role: Role
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    """The end at the latest; idleness may end it sooner."""
    ip: str
    user_agent: str
    seed: str


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(float(text), dt.UTC)


class Sessions:
    def __init__(self, redis: Redis, settings: AuthSettings, keys: KeyProvider) -> None:
        self._redis = redis
        self._idle = settings.idle_minutes * 60
        self._lifetime = settings.refresh_days * 86_400
        self._keys = keys

    @staticmethod
    def _key(session_id: str) -> str:
        return f"qd:session:{session_id}"

    @staticmethod
    def _index(user_id: str) -> str:
        return f"qd:sessions:{user_id}"

    async def create(self, user_id: str, username: str, role: Role, caller: Caller) -> tuple[Principal, RefreshToken]:
        """Start a session; give who it is and the first refresh token."""
        session_id, seed, now = new_id(), secrets.token_hex(16), clock.utcnow().timestamp()
        fields: dict[str, str | float | int] = {
            "user": user_id,
            "username": username,
            "role": role,
            "created": now,
            "seen": now,
            "expires": now + self._lifetime,
            "ip": caller.ip,
            "user_agent": caller.user_agent,
            "seed": seed,
            "generation": 0,
            "rotated": now,
            "browser": _browser(caller),
        }
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._key(session_id), mapping=fields)  # type: ignore[arg-type]  # redis-py types the values as str
            pipe.expire(self._key(session_id), min(self._idle, self._lifetime) + 60)
            pipe.zadd(self._index(user_id), {session_id: now + self._lifetime})
            pipe.zremrangebyscore(self._index(user_id), "-inf", now)
            pipe.expire(self._index(user_id), self._lifetime + 60)
            await pipe.execute()
        principal = Principal(user_id=user_id, username=username, role=role, session_id=session_id)
        return principal, RefreshToken.sign(self._keys, session_id, seed, 0)

    async def touch(self, session_id: str) -> Principal:
        """Note that the session is used, which puts off its idle end. Raise SessionEnded."""
        script = self._redis.register_script(_TOUCH)
        found = await script(keys=[self._key(session_id)], args=[clock.utcnow().timestamp(), self._idle])
        if found is None:
            raise SessionEnded
        user_id, username, role = found
        return Principal(user_id=user_id, username=username, role=role, session_id=session_id)

    async def alive(self, session_id: str) -> bool:
        """Say whether the session goes on, without putting off its idle end."""
        session = await self._load(session_id)
        return session is not None

    async def rotate(self, token: RefreshToken, caller: Caller) -> tuple[Principal, RefreshToken]:
        """Trade a refresh token for the next one; counts as use.

        A token that was traded before ends the session, since one of its two holders is a thief - except when the same
        browser sent it twice at once, which gives the same next token both times. Raise SessionEnded or RefreshReused;
        an invented token ends nothing.
        """
        session = await self._load(token.session_id)
        if session is None or not token.genuine(self._keys, session.seed):
            raise SessionEnded
        principal = await self.touch(token.session_id)
        script = self._redis.register_script(_ROTATE)
        generation = await script(
            keys=[self._key(token.session_id)],
            args=[clock.utcnow().timestamp(), token.generation, _browser(caller), RACE_SECONDS],
        )
        if generation is None:
            raise SessionEnded
        if int(generation) < 0:
            await self._redis.zrem(self._index(principal.user_id), token.session_id)
            raise RefreshReused(principal)
        return principal, RefreshToken.sign(self._keys, token.session_id, session.seed, int(generation))

    async def of_user(self, user_id: str) -> list[StoredSession]:
        """Give the user's sessions, last used first."""
        found = [session for id in await self._ids(user_id) if (session := await self._load(id)) is not None]
        return sorted(found, key=lambda session: session.last_seen_at, reverse=True)

    async def end(self, user_id: str, session_id: str) -> bool:
        """End one of the user's sessions; False when the user has no such one."""
        session = await self._load(session_id)
        if session is None or session.user_id != user_id:
            return False
        await self._drop(user_id, [session_id])
        return True

    async def end_all(self, user_id: str, *, but: str | None = None) -> None:
        """End the user's sessions, all or all but one."""
        ids = [id for id in await self._ids(user_id) if id != but]
        if ids:
            await self._drop(user_id, ids)

    async def _ids(self, user_id: str) -> list[str]:
        return cast(list[str], await self._redis.zrange(self._index(user_id), 0, -1))

    async def _drop(self, user_id: str, ids: list[str]) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(*(self._key(id) for id in ids))
            pipe.zrem(self._index(user_id), *ids)
            await pipe.execute()

    async def _load(self, session_id: str) -> StoredSession | None:
        data = cast(dict[str, str], await self._redis.hgetall(self._key(session_id)))
        now = clock.utcnow().timestamp()
        if not data or now >= float(data["expires"]) or now - float(data["seen"]) >= self._idle:
            return None
        return StoredSession(
            id=session_id,
            user_id=data["user"],
            username=data["username"],
            role=data["role"],  # type: ignore[arg-type]  # written by create
            created_at=_instant(data["created"]),
            last_seen_at=_instant(data["seen"]),
            expires_at=_instant(data["expires"]),
            ip=data["ip"],
            user_agent=data["user_agent"],
            seed=data["seed"],
        )


def _browser(caller: Caller) -> str:
    return f"{caller.ip}|{caller.user_agent}"
