"""The OpenAPI document says all that an operation can answer."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from quantdesk.api.openapi import PUBLIC

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation) for path, item in app.openapi()["paths"].items() for method, operation in item.items()
    ]


def test_every_operation_declares_what_comes_before_its_route(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        declared = set(operation["responses"])
        needed = {"400"}
        if path not in PUBLIC:
            needed |= {"401", "403", "429", "503"}
        if "requestBody" in operation:
            needed |= {"413", "422"}
        if method != "get":
            needed.add("507")
        assert needed <= declared, f"{method} {path} lacks {needed - declared}"


def test_every_error_is_a_problem(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        for status, answer in operation["responses"].items():
            if status >= "4" and (path, status) != ("/ready", "503"):
                assert answer.get("content") == PROBLEM, f"{method} {path} {status}"


def test_public_operations_need_no_token_and_all_others_do(app: FastAPI) -> None:
    for path, _, operation in operations(app):
        assert operation["security"] == ([] if path in PUBLIC else [{"bearer": []}])


def test_operation_ids_are_unique_and_no_default_error_schema_is_left(app: FastAPI) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(app)]
    assert len(ids) == len(set(ids))
    assert "HTTPValidationError" not in str(app.openapi())
