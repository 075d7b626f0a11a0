"""Every error as application/problem+json (RFC 9457) with a stable code and the request id."""

from __future__ import annotations

import errno
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from quantdesk.kit import errors
from quantdesk.kit.caller import current_caller
from quantdesk.ports.errors import Forgotten, PortError, SourceError, StoreFull

log = structlog.get_logger(__name__)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class MethodNotAllowed(errors.AppError):
    status = 405
    code = "method_not_allowed"
    title = "This path does not answer that method"


_OF_STATUS: dict[int, type[errors.AppError]] = {
    kind.status: kind
    for kind in (
        errors.BadRequest,
        errors.Unauthenticated,
        errors.Forbidden,
        errors.NotFound,
        MethodNotAllowed,
        errors.Conflict,
        errors.PayloadTooLarge,
        errors.PayloadInvalid,
        errors.Unavailable,
    )
}


def problem(error: errors.AppError) -> Response:
    """Make the answer of an error."""
    caller = current_caller()
    body: dict[str, Any] = {
        "type": f"urn:quantdesk:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": caller.request_id if caller else "",
    }
    if error.field is not None:
        body["field"] = error.field
    headers = dict(error.headers)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body | error.extra, error.status, headers, media_type="application/problem+json")


def translate(error: Exception) -> errors.AppError | None:
    """Give the named error of what a driver or an adapter raised; None when it is a fault of ours."""
    match error:
        case errors.AppError():
            return error
        case StoreFull():
            return errors.InsufficientStorage(str(error))
        case SourceError():
            return errors.Unavailable(str(error), source=error.source)
        case Forgotten():
            return errors.HistoryForgotten(str(error))
        case PortError():
            return errors.Unavailable(str(error))
        case RedisError():
            return errors.Unavailable("Redis does not answer; try again in a moment")
        case DBAPIError() if "disk is full" in str(error.orig) or "No space left" in str(error.orig):
            return errors.InsufficientStorage()
        case OperationalError() | InterfaceError() | PoolTimeout():
            return errors.Unavailable("the database does not answer; try again in a moment")
        case DBAPIError() if error.connection_invalidated:
            return errors.Unavailable("the database does not answer; try again in a moment")
        case OSError() if error.errno in _FULL:
            return errors.InsufficientStorage()
        case ConnectionError() | TimeoutError():
            return errors.Unavailable("a service that is needed does not answer; try again in a moment")
        case _:
            return None


def answer(error: Exception) -> Response:
    """Make the answer of any exception; log those that are not a caller's doing."""
    named = translate(error)
    if named is None:
        log.error("unhandled error", exc_info=error)
        return problem(errors.AppError("something went wrong on our side; the log has more under this request id"))
    if named.status >= 500 and named is not error:
        log.warning("unavailable", code=named.code, error=f"{type(error).__name__}: {error}")
    return problem(named)


def _item(found: dict[str, Any]) -> dict[str, Any]:
    # Only place, message and type: the value at fault may be a password.
    place, message = list(found["loc"]), found["msg"]
    if found["type"] == "json_invalid":
        message = f"the body is not JSON: {found['ctx']['error']} at character {place[-1]}"
        place = place[:1]
    where = ".".join(str(part) for part in place[1:]) or str(place[0])
    return {"loc": place, "field": where, "message": message, "type": found["type"]}


async def _validation(_request: Request, error: Exception) -> Response:
    items = [_item(found) for found in cast(RequestValidationError, error).errors()]
    first = items[0]
    return problem(errors.PayloadInvalid(f"{first['field']}: {first['message']}", field=first["field"], errors=items))


def _allowed(request: Request) -> str:
    """Give all methods of this path; the router itself names only those of the first route it found."""
    routes = request.app.router.routes
    return ", ".join(
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] == Match.FULL for route in routes)
    )


async def _http(request: Request, error: Exception) -> Response:
    raised = cast(HTTPException, error)
    kind = _OF_STATUS.get(raised.status_code)
    if kind is None:
        kind = errors.BadRequest if raised.status_code < 500 else errors.AppError
    named = kind(None if kind in (errors.NotFound, MethodNotAllowed) else str(raised.detail))
    named.headers = dict(raised.headers or {})
    if kind is MethodNotAllowed and (allowed := _allowed(request)):
        named.headers["Allow"] = allowed
    return problem(named)


async def _named(_request: Request, error: Exception) -> Response:
    return answer(error)


def use_problems(app: FastAPI) -> None:
    """Install the handlers. What they do not name becomes a 500 in `RequestMiddleware`."""
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in (errors.AppError, PortError, RedisError, DBAPIError, PoolTimeout, OSError):
        app.add_exception_handler(kind, _named)
