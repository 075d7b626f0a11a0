"""What routers share: dependencies, problem bodies, declared errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict

from quantdesk.kit import errors
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal, Role, Scope
from quantdesk.kit.uow import UnitOfWork


class ProblemItem(BaseModel):
    """One value at fault in a payload."""

    loc: list[str | int]
    field: str
    """The place within its part of the request, dotted, e.g. `spec.cash`."""
    message: str
    type: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    """Stable; switch on it."""
    detail: str
    field: str | None = None
    request_id: str
    errors: list[ProblemItem] | None = None
    """For code payload_invalid: every value at fault."""


def problems(*kinds: type[errors.AppError]) -> dict[int | str, dict[str, Any]]:
    """Declare the errors a route may answer, for `responses=`."""
    declared: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = declared.setdefault(kind.status, {"model": Problem, "description": ""})
        entry["description"] = " · ".join(filter(None, [entry["description"], f"`{kind.code}`: {kind.title}"]))
    return declared


COMMON_PROBLEMS = problems(
    errors.Unauthenticated, errors.Forbidden, errors.PayloadInvalid, errors.TooManyRequests, errors.Unavailable
)
"""Every signed-in route may answer these."""


def get_context(request: Request) -> Context:
    return cast(Context, request.app.state.context)


ContextDep = Annotated[Context, Depends(get_context)]


async def _read_unit(context: ContextDep) -> AsyncIterator[UnitOfWork]:
    async with context.database.unit(write=False) as uow:
        yield uow


async def _write_unit(context: ContextDep) -> AsyncIterator[UnitOfWork]:
    async with context.database.unit(write=True) as uow:
        yield uow


# scope="function": the commit happens before the response is sent, so that a failed one is a 500 and not a sent 201.
ReadUnit = Annotated[UnitOfWork, Depends(_read_unit, scope="function")]
WriteUnit = Annotated[UnitOfWork, Depends(_write_unit, scope="function")]


def require(role: Role, scope: Scope | None = None) -> Callable[[Request], Principal]:
    """Make a dependency that gives the principal, or raises Unauthenticated or Forbidden."""

    def dependency(request: Request) -> Principal:
        principal = signed_in(request)
        if not principal.may(role, scope):
            if principal.scopes is not None and scope is None:
                raise errors.Forbidden("this needs a browser session; an API key cannot do it")
            if principal.scopes is not None and scope not in principal.scopes:
                raise errors.Forbidden(f"this API key lacks the scope {scope}", needed_scope=scope)
            raise errors.Forbidden(f"this needs the role {role}; yours is {principal.role}", needed_role=role)
        return principal

    return dependency


def signed_in(request: Request) -> Principal:
    """Give the principal, of any role and scope, or raise Unauthenticated."""
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None:
        raise errors.Unauthenticated
    return principal


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether a GET's If-None-Match names this ETag (RFC 9110, 13.1.2).

    The comparison is weak: a proxy that compresses an answer makes its ETag a weak one.
    """
    if if_none_match is None:
        return False
    named = [item.strip().removeprefix("W/") for item in if_none_match.split(",")]
    return etag in named or named == ["*"]


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeat a request with the same key and it is carried out once; kept for 24 hours.",
    ),
]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]
