"""Passwords: what is accepted, and how they are kept (argon2id)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from quantdesk.features.auth.errors import PasswordTooCommon, PasswordTooShort

MIN_LENGTH = 10
MIN_SCORE = 3
"""Of zxcvbn's 0 to 4: safe against 10^8 guesses."""
_BESIDES_NAME = 6
"""Characters that must be left without the username; zxcvbn counts a repeated name as two good words."""
_GUESSED_LENGTH = 72
"""zxcvbn looks at no more; a longer password is not weaker for it."""
_TIME_COST, _MEMORY_KIB, _PARALLELISM = 3, 65_536, 1
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_TIME_COST},p={_PARALLELISM}${'A' * 22}${'A' * 43}"
"""A well-formed hash that no password has; checked for an unknown user, so that it takes as long as a known one."""

T = TypeVar("T")


async def check_policy(password: str, username: str, *, field: str = "password") -> None:
    """Refuse what is short or easily guessed. Raise PasswordTooShort or PasswordTooCommon."""
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort(
            f"the password has {len(password)} characters; use at least {MIN_LENGTH}", field=field, minimum=MIN_LENGTH
        )
    if len(password.casefold().replace(username.casefold(), "")) < _BESIDES_NAME:
        raise PasswordTooCommon("the password is little more than the username; choose another", field=field)
    guess = await _aside(_guess, password, username)
    if guess["score"] < MIN_SCORE:
        feedback = guess["feedback"]
        advice = " ".join(filter(None, [feedback["warning"], *feedback["suggestions"]]))
        raise PasswordTooCommon(f"the password is too easy to guess. {advice}".strip(), field=field)


async def hash_password(password: str) -> str:
    """Give the argon2id hash, with a new salt. Takes about 0.1 s in a thread."""
    return await _aside(_hasher().hash, password)


async def verify(password: str, password_hash: str | None) -> bool:
    """Say whether the password has this hash; None (no such user) takes as long and is False."""
    matches: bool = await _aside(_hasher().verify, password, password_hash or _NOBODY)
    return matches and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return bool(_hasher().needs_update(password_hash))


def _guess(password: str, username: str) -> dict[str, Any]:
    from zxcvbn import zxcvbn  # its word lists take some MB; few processes ever need them

    result: dict[str, Any] = zxcvbn(password[:_GUESSED_LENGTH], user_inputs=[username, "quantdesk"])
    return result


@cache
def _hasher() -> Any:
    from passlib.hash import argon2

    argon2_: Any = argon2
    return argon2_.using(type="ID", time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_PARALLELISM)


@cache
def _pool() -> ThreadPoolExecutor:
    # Two at a time: each takes 64 MB, and a burst of sign-ins must not take the machine.
    return ThreadPoolExecutor(2, thread_name_prefix="argon2")


async def _aside(work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(_pool(), work, *args)
