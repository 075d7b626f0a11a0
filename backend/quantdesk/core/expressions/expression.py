"""An expression that was read and found safe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from quantdesk.core.expressions import tree
from quantdesk.core.expressions.parser import parse_tree
from quantdesk.core.expressions.tree import Call, Field, Node


@dataclass(frozen=True)
class Expression:
    """Made by `parse`. Its text is the normal form: two expressions are equal where their normal forms are."""

    text: str
    label: bool
    """It may look ahead: for what a model learns to predict, never for what it sees."""
    root: Node

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> Any:
        return partial(parse, label=self.label), (self.text,)  # a tree may be deeper than pickle's stack

    @cached_property
    def key(self) -> str:
        """Identify what is computed: sha256 of the normal form."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Name the fields that are read, in alphabetical order, without their $."""
        return tuple(sorted({node.name for node in in_order([self.root]) if isinstance(node, Field)}))

    @property
    def history(self) -> int | None:
        """Days before the first day wanted that must be read; None where all there are may count."""
        return tree.history(self.root)

    @property
    def future(self) -> int:
        """Days after a day that its value is known: 0 but for labels."""
        return tree.future(self.root)

    @property
    def logical(self) -> bool:
        """Its values are conditions, given as 1 and 0."""
        return tree.logical(self.root)


def parse(text: str, *, fields: Collection[str] | None = None, label: bool = False) -> Expression:
    """Read an expression of qlib's language, such as Mean($close, 5) / $close.

    With `fields` only those names may follow a $; without, `evaluate` checks them against its panel. With `label`
    Ref and Delta may look ahead (a negative N). Raises a subclass of ExpressionError that says what is wrong, where,
    and what to do. Nothing of the text is ever run as Python.
    """
    root = parse_tree(text, fields, label)
    return Expression(root.text, label, root)


def in_order(
    roots: Collection[Node],
    given: Collection[str] = (),
    also: Callable[[Call], tuple[Node, ...]] = lambda node: (),
) -> list[Node]:
    """List the nodes under the roots, each once and after its arguments (and what it needs `also`).

    What is under a node whose text is `given` is left out.
    """
    found: list[Node] = []
    seen: set[str] = set()
    waiting: list[tuple[Node, bool]] = [(root, False) for root in reversed(list(roots))]
    while waiting:
        node, ready = waiting.pop()
        if node.text in seen:
            continue
        if ready or not isinstance(node, Call) or node.text in given:
            seen.add(node.text)
            found.append(node)
        else:
            waiting.append((node, True))
            waiting += [(argument, False) for argument in reversed((*node.arguments, *also(node)))]
    return found
