"""The outermost layer: request id, caller, access log, security headers, and a problem for what nobody caught."""

from __future__ import annotations

import ipaddress
import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quantdesk.api.errors import answer
from quantdesk.kit.caller import Caller, calling
from quantdesk.kit.ids import new_id
from quantdesk.settings import ApiSettings

log = structlog.get_logger("quantdesk.access")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")
_QUIET = frozenset({"/health", "/ready", "/metrics"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",  # Monaco's workers
        "style-src 'self' 'unsafe-inline'",  # antd writes its styles at run time
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_ip(scope: Scope, headers: Headers, trusted: list[Network]) -> str:
    """Give the caller's address: the peer's, or, from a trusted proxy, the last untrusted one it names.

    Only addresses come out; "local" stands for a unix socket.
    """
    client = scope.get("client")
    address = client[0] if client else "local"
    if not _within(address, trusted):
        return address
    named = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
    for hop in reversed(named):
        if not _is_address(hop):
            break  # a proxy of ours writes addresses; what is left of this was written by somebody else
        address = hop
        if not _within(hop, trusted):
            break
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, networks: list[Network]) -> bool:
    if not networks or not _is_address(text):
        return False
    address = ipaddress.ip_address(text)
    return any(address in network for network in networks)


class RequestMiddleware:
    """Pure ASGI, so that it neither copies bodies nor breaks context variables."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._trusted: list[Network] = [ipaddress.ip_network(text) for text in settings.trusted_proxies]
        self._headers = dict(_HEADERS)
        if (settings.public_url or "").startswith("https://"):
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
        caller = Caller(
            ip=client_ip(scope, headers, self._trusted),
            user_agent=headers.get("user-agent", "")[:300].replace("\x00", ""),
            request_id=request_id,
        )
        with calling(caller), structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "http":
                await self._http(scope, receive, send, request_id)
            else:
                await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:
            if status:  # too late to answer; the server cuts the connection
                log.exception("error after the answer began")
                raise
            await answer(error)(scope, receive, send_on)
        finally:
            self._log(scope, status, (time.perf_counter() - started) * 1000)

    @staticmethod
    def _log(scope: Scope, status: int, milliseconds: float) -> None:
        path = scope["path"]
        operation = getattr(scope.get("route"), "name", None)
        write = log.debug if path in _QUIET or not path.startswith("/api/") else log.info
        write(
            "request",
            method=scope["method"],
            path=path[:200],
            operation=operation,
            status=status,
            ms=round(milliseconds, 1),
        )
