"""From a bearer token to a principal, for every request."""

from __future__ import annotations

from quantdesk.features.auth import api_keys, tokens
from quantdesk.features.auth.service import sessions_of
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal


async def authenticate(context: Context, token: str) -> Principal:
    """Give the principal of an access token or an API key.

    Raise TokenInvalid or SessionEnded (both 401). Using an access token puts off its session's idle end.
    """
    if token.startswith(api_keys.PREFIX):
        return await api_keys.authenticate(context, token)
    claims = tokens.read_access(context.keys, token)
    return await sessions_of(context).touch(claims.session_id)
