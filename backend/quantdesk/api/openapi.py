"""The OpenAPI document: FastAPI's own, with problem bodies, sign-in schemes and the WebSocket's messages."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from quantdesk.api.messages import ClientMessageModel, ServerMessageModel
from quantdesk.features.notebooks.messages import KernelReplyModel, KernelRequestModel
from quantdesk.kit.errors import AppError, BadRequest, InsufficientStorage, PayloadTooLarge

PUBLIC = frozenset(
    {
        "/health",
        "/ready",
        "/api/v1/auth/state",
        "/api/v1/auth/setup",
        "/api/v1/auth/login",
        "/api/v1/auth/refresh",
    }
)
"""The paths that answer without sign-in; all others are refused by the middleware."""


def operation_id(route: APIRoute) -> str:
    """Name an operation by its function, which is unique over all routers."""
    return route.name


def use_openapi(app: FastAPI) -> None:
    """Install the generator on the app."""

    def generate() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _generate(app)
        return app.openapi_schema

    app.openapi = generate  # type: ignore[method-assign]


def _generate(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description="REST interface of QuantDesk. Sign in for a bearer token, or use an API key as one.",
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _, messages = models_json_schema(
        [
            (ClientMessageModel, "validation"),
            (ServerMessageModel, "serialization"),
            (KernelRequestModel, "validation"),
            (KernelReplyModel, "serialization"),
        ],
        ref_template="#/components/schemas/{model}",
    )
    for name, schema in messages.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "Access token or API key (`qd_…`)."}
    }
    for path, item in document["paths"].items():
        for method, operation in item.items():
            operation["security"] = [] if path in PUBLIC else [{"bearer": []}]
            _declare_common(method, operation)
    return document


_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def _declare_common(method: str, operation: dict[str, Any]) -> None:
    """Declare what any operation may answer before its route is reached, and the media type of problems."""
    responses: dict[str, dict[str, Any]] = operation["responses"]
    common: list[type[AppError]] = [BadRequest]
    if "requestBody" in operation:
        common.append(PayloadTooLarge)
    if method != "get":
        common.append(InsufficientStorage)
    for kind in common:
        description = f"`{kind.code}`: {kind.title}"
        responses.setdefault(
            str(kind.status), {"description": description, "content": {"application/json": {"schema": _PROBLEM}}}
        )
    for status, response in responses.items():
        if status >= "4" and response.get("content", {}).get("application/json", {}).get("schema") == _PROBLEM:
            response["content"] = {"application/problem+json": {"schema": _PROBLEM}}
