"""Parameters that a class declares in Backtrader's way, read from its text: `params = (("fast", 5), …)`.

A metaclass makes `self.p` and the arguments of the class of them, so that no text analysis finds them by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    name: str
    default: str
    """As it is written."""
    path: Path | None
    line: int
    comment: str
    owner: str
    """The class."""


def declared(class_value: Any) -> list[Declared]:
    """Give a class's parameters, those of its bases first."""
    found: dict[str, Declared] = {}
    for one in reversed(list(class_value.py__mro__())):
        if one.is_compiled() or getattr(one.tree_node, "type", "") != "classdef":
            continue
        for param in _of_class(one):
            found[param.name] = param
    return [param for param in found.values() if not param.name.startswith("_")]


def _of_class(value: Any) -> Iterator[Declared]:
    root = value.get_root_context()
    path = root.py__file__()
    lines = root.code_lines
    for statement in value.tree_node.get_suite().children:
        for node in getattr(statement, "children", ()):
            if node.type != "expr_stmt" or node.children[0].get_code(include_prefix=False) != "params":
                continue
            written = node.children[-1]
            first = written.start_pos[0]
            try:
                tree = ast.parse("(" + written.get_code(include_prefix=False) + "\n)", mode="eval")
            except (SyntaxError, ValueError):
                continue
            for name, default, line in _pairs(tree.body):
                at = first + line - 1
                code = lines[at - 1] if at <= len(lines) else ""
                comment = code.partition("#")[2].strip()
                yield Declared(name, default, path, at, comment, value.name.string_name)


def _pairs(node: ast.expr) -> Iterator[tuple[str, str, int]]:
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items):
            for item in items:
                match item:
                    case ast.Tuple(elts=[ast.Constant(value=str(name)), default, *_]):
                        yield name, ast.unparse(default), item.lineno
                    case ast.List(elts=[ast.Constant(value=str(name)), default, *_]):
                        yield name, ast.unparse(default), item.lineno
        case ast.Dict(keys=keys, values=values):
            for key, default in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, ast.unparse(default), key.lineno
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            for keyword in keywords:
                if keyword.arg is not None:
                    yield keyword.arg, ast.unparse(keyword.value), keyword.lineno
