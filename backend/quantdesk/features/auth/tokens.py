"""Access tokens (JWT, HS256) and the making of refresh tokens."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from jose import JWTError, jwt

from quantdesk.features.auth.errors import TokenInvalid
from quantdesk.kit import clock
from quantdesk.ports.key_provider import KeyProvider

_ALGORITHM = "HS256"
_ISSUER = "quantdesk"


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: str
    session_id: str


def issue_access(keys: KeyProvider, claims: Claims, lifetime: dt.timedelta) -> str:
    """Make a signed access token."""
    now = clock.utcnow()
    payload = {"iss": _ISSUER, "sub": claims.user_id, "sid": claims.session_id, "iat": now, "exp": now + lifetime}
    token: str = jwt.encode(payload, keys.key("jwt"), algorithm=_ALGORITHM)
    return token


def read_access(keys: KeyProvider, token: str) -> Claims:
    """Check signature, issuer and expiry. Raise TokenInvalid."""
    try:
        payload = jwt.decode(
            token,
            keys.key("jwt"),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # The expiry is checked below, by our own clock.
            options={"verify_exp": False, "verify_iat": False, "require_exp": True, "require_sub": True},
        )
        expires, user_id, session_id = payload["exp"], payload["sub"], payload["sid"]
    except (JWTError, KeyError):
        raise TokenInvalid from None
    if not (isinstance(expires, int) and isinstance(user_id, str) and isinstance(session_id, str)):
        raise TokenInvalid
    if clock.utcnow().timestamp() >= expires:
        raise TokenInvalid("the access token has expired; refresh it")
    return Claims(user_id, session_id)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """`<session>.<generation>.<tag>`; opaque to the browser.

    The tag is an HMAC over a random seed of the session, so that nothing stored is a usable token, an old token is
    told from an invented one, and the same generation always gives the same token (see sessions.rotate).
    """

    session_id: str
    generation: int
    tag: str

    def __str__(self) -> str:
        return f"{self.session_id}.{self.generation}.{self.tag}"

    @classmethod
    def parse(cls, text: str) -> RefreshToken | None:
        """Take a cookie apart; None when it has not the form of one."""
        parts = text.split(".")
        if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 9):
            return None
        return cls(parts[0], int(parts[1]), parts[2])

    @classmethod
    def sign(cls, keys: KeyProvider, session_id: str, seed: str, generation: int) -> RefreshToken:
        """Make the token of this generation."""
        message = f"refresh.{session_id}.{seed}.{generation}".encode()
        digest = hmac.new(keys.key("refresh"), message, hashlib.sha256).digest()
        return cls(session_id, generation, base64.urlsafe_b64encode(digest).decode().rstrip("="))

    def genuine(self, keys: KeyProvider, seed: str) -> bool:
        """Say whether we made it, in constant time."""
        ours = RefreshToken.sign(keys, self.session_id, seed, self.generation)
        return hmac.compare_digest(ours.tag.encode(), self.tag.encode())
