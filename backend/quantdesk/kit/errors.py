"""Named errors with a status, a stable code and words for a person.

The API answers them as application/problem+json; the frontend switches on `code`. Slices define theirs in
their own errors.py by subclassing one of these.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AppError(Exception):
    """Base of all errors a user may see."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str | None = None, *, field: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        """What happened and what to do, for a person."""
        self.field = field
        """The request field at fault, if one is."""
        self.extra = extra
        """Further JSON members of the problem."""
        self.headers: dict[str, str] = {}


class BadRequest(AppError):
    status = 400
    code = "bad_request"
    title = "The request cannot be carried out"


class Unauthenticated(AppError):
    status = 401
    code = "unauthenticated"
    title = "Sign in first"


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    title = "Your role or key does not allow this"


class NotFound(AppError):
    status = 404
    code = "not_found"
    title = "There is no such thing"


class HistoryForgotten(NotFound):
    """What was known at an instant is asked for, and is not kept so long."""

    code = "history_forgotten"
    title = "What was known then is not kept any more"


class Conflict(AppError):
    status = 409
    code = "conflict"
    title = "The state does not allow this"


class PreconditionFailed(AppError):
    status = 412
    code = "precondition_failed"
    title = "It has changed since you read it"


class PayloadTooLarge(AppError):
    status = 413
    code = "payload_too_large"
    title = "The upload is too large"


class Invalid(AppError):
    """A payload of the right shape whose content cannot be used."""

    status = 422
    code = "invalid"
    title = "The request has a value that cannot be used"


class PayloadInvalid(Invalid):
    """A request that has not the shape its route declares."""

    code = "payload_invalid"
    title = "The request has values of the wrong form"


class TooManyRequests(AppError):
    status = 429
    code = "rate_limited"
    title = "Too many requests; wait a moment"

    def __init__(self, detail: str | None = None, *, retry_after: int, **extra: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **extra)
        self.headers = {"Retry-After": str(retry_after)}


class Unavailable(AppError):
    status = 503
    code = "unavailable"
    title = "A service that is needed does not answer"


class InsufficientStorage(AppError):
    status = 507
    code = "disk_full"
    title = "The disk is full; free some space and try again"
