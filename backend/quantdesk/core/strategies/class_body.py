"""Parameters declared in the body of a class that extends one of quantdesk.sdk, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.strategies.parameter import Parameter, ParameterType


def sdk_names(tree: ast.Module) -> set[str]:
    """Give the names under which a file knows quantdesk, its modules and what it imports from them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {item.asname or "quantdesk" for item in node.names if _is_ours(item.name)}
        elif isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            for item in node.names:
                names |= {"Strategy", "VectorStrategy"} if item.name == "*" else {item.asname or item.name}
    return names


def declared_in_body(cls: ast.ClassDef) -> Iterator[Parameter]:
    """Give the parameters of a class body: param(...) calls, and plain values under names that are no constants."""
    for statement in cls.body:
        annotation: ast.expr | None = None
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                annotation = statement.annotation
            case _:
                continue
        if isinstance(value, ast.Call) and _called(value) == "param":
            yield _of_call(name, value, annotation)
        elif not name.startswith("_") and not name.isupper() and literal(value) is not None:
            default = _as_annotated(literal(value), annotation)
            yield Parameter(name=name, type=type_of(default), default=default, line=value.lineno)


def _of_call(name: str, call: ast.Call, annotation: ast.expr | None) -> Parameter:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if call.args:
        given["default"] = call.args[0]
    default = _as_annotated(literal(given["default"]) if "default" in given else None, annotation)
    choices: list[ParamValue] | None = None
    if isinstance(listed := given.get("choices"), ast.List | ast.Tuple):
        values = [literal(item) for item in listed.elts]
        choices = [value for value in values if value is not None] if None not in values else None
    text = literal(given["help"]) if "help" in given else None
    return Parameter(
        name=name,
        type=type_of(default),
        default=default,
        minimum=_number(given.get("min")),
        maximum=_number(given.get("max")),
        choices=choices,
        help=text if isinstance(text, str) else None,
        line=call.lineno,
    )


def _called(call: ast.Call) -> str | None:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def _as_annotated(value: ParamValue | None, annotation: ast.expr | None) -> ParamValue | None:
    if type(value) is int and isinstance(annotation, ast.Name) and annotation.id == "float":
        return float(value)
    return value


def _number(node: ast.expr | None) -> float | None:
    value = literal(node) if node is not None else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_ours(module: str) -> bool:
    return module == "quantdesk" or module.startswith("quantdesk.")


def literal(node: ast.expr) -> ParamValue | None:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case _:
            return None


def type_of(value: ParamValue | None) -> ParameterType:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "str"
        case _:
            return "other"
