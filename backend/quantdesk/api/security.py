"""The gate: nothing under /api or /metrics answers without sign-in, but for the public paths."""

from __future__ import annotations

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantdesk.api import bodies
from quantdesk.api.errors import answer
from quantdesk.api.limits import RateLimits
from quantdesk.api.openapi import PUBLIC
from quantdesk.features.auth.authentication import authenticate
from quantdesk.kit.caller import current_caller
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError, Forbidden, Unauthenticated, Unavailable
from quantdesk.kit.principal import Principal

PROBES = frozenset({"/health", "/ready"})
WEBSOCKETS = re.compile(r"/api/v1/(ws|kernels/[A-Za-z0-9]{1,40}/ws)")
"""Opened with a one-use ticket, which the socket's route redeems."""
COOKIE_PATHS = frozenset(f"/api/v1/auth/{name}" for name in ("login", "logout", "refresh", "setup"))
_REDIS_PATIENCE = 3.0
"""Seconds that sign-in and rate limit may take before the request is refused."""


class CrossSite(Forbidden):
    code = "cross_site"
    title = "This may only be called from QuantDesk's own pages"


def guarded(path: str) -> bool:
    """Say whether the path is the API's, and not a page or a file of the frontend."""
    return path in ("/api", "/metrics") or path.startswith(("/api/", "/metrics/"))


def check_same_origin(headers: Headers, public_url: str | None) -> None:
    """Refuse a browser's request from another site, where cookies are set or read. Raise CrossSite.

    Browsers tell by Sec-Fetch-Site, or (over plain http to another machine) by Origin; other clients send neither.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise CrossSite
        return
    origin = headers.get("origin")
    if origin is None:
        return
    own = {headers.get("host", "")} | ({urlsplit(public_url).netloc} if public_url else set())
    if not urlsplit(origin).netloc or urlsplit(origin).netloc not in own:
        raise CrossSite


class Gate:
    """Pure ASGI: sign-in, rate limit, cross-site and body checks, before any route is looked up."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._uploads = RequestBodyLimitMiddleware(app, max_body_size=bodies.MAX_UPLOAD)
        self._limits: RateLimits | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not WEBSOCKETS.fullmatch(scope["path"]):
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        headers = Headers(scope=scope)
        try:
            bodies.check_target(scope)
            if not guarded(path):
                await self._app(scope, receive, send)
                return
            rate_headers = await self._admit(scope, headers)
            app, receive = await self._with_body(scope, headers, receive)
        except AppError as error:
            await answer(error)(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                for name, value in rate_headers.items():
                    answered[name] = value
            await send(message)

        await app(scope, receive, send_on)

    async def _admit(self, scope: Scope, headers: Headers) -> dict[str, str]:
        """Find out who asks, put it into the request's state, count it; give the rate limit's headers."""
        context = cast(Context, scope["app"].state.context)
        path = scope["path"]
        if path in COOKIE_PATHS:
            check_same_origin(headers, context.settings.api.public_url)
        caller = current_caller()
        ip = caller.ip if caller else "local"
        self._limits = self._limits or RateLimits(context)
        refusal: AppError | None = None
        principal: Principal | None = None
        try:
            # Redis that hangs must not hang the page, nor open the door.
            async with asyncio.timeout(_REDIS_PATIENCE):
                if path not in PUBLIC:
                    try:
                        principal = await authenticate(context, _bearer(headers))
                    except Unauthenticated as error:
                        refusal = error
                standing = await self._limits.count(path, principal, ip)
        except TimeoutError:
            raise Unavailable("Redis or the database does not answer; try again in a moment") from None
        if refusal is not None:
            refusal.headers |= standing.headers
            raise refusal
        scope.setdefault("state", {})["principal"] = principal
        return standing.headers

    async def _with_body(self, scope: Scope, headers: Headers, receive: Receive) -> tuple[ASGIApp, Receive]:
        """Check the body; give the app to go on with and a receive that still has the body."""
        if scope["path"] in bodies.UPLOADS:
            return self._uploads, receive
        if scope["method"] in ("GET", "HEAD", "OPTIONS") and "content-length" not in headers:
            return self._app, receive
        body = await bodies.read_body(headers, receive)
        if "multipart/" not in headers.get("content-type", ""):
            bodies.check_json(body)
        return self._app, bodies.replay(body, receive)


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
