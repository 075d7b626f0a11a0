"""An expression's tree. A node knows its text in one normal form; equal texts are equal nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

COMPARISON, OR, AND, SUM, PRODUCT, UNARY, POWER, ATOM = range(8)
"""How strongly a form binds: Python's order, which qlib's expressions have too."""

INFIX = {
    ">": ("Gt", COMPARISON),
    ">=": ("Ge", COMPARISON),
    "<": ("Lt", COMPARISON),
    "<=": ("Le", COMPARISON),
    "==": ("Eq", COMPARISON),
    "!=": ("Ne", COMPARISON),
    "|": ("Or", OR),
    "&": ("And", AND),
    "+": ("Add", SUM),
    "-": ("Sub", SUM),
    "*": ("Mul", PRODUCT),
    "/": ("Div", PRODUCT),
    "%": ("Mod", PRODUCT),
    "**": ("Power", POWER),
}
"""Signs between two operands: the function each stands for, and how strongly it binds."""

_SIGNS = {name: (sign, binding) for sign, (name, binding) in INFIX.items()}


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", repr(self.value))

    @property
    def binding(self) -> int:
        return UNARY if self.text.startswith("-") else ATOM


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", f"${self.name}")

    binding = ATOM


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function and its arguments; signs are functions too: $a+$b is Add($a,$b)."""

    function: str
    arguments: tuple[Node, ...]
    logical: bool
    """The values are true or false, not numbers."""
    history: int | None
    """Days before a day that its value rests on; None where all of them may."""
    future: int
    """Days after a day that its value rests on: 0 but in labels."""
    level: int
    """How many cross-sections lie one in another."""
    text: str = field(init=False)
    binding: int = field(init=False)

    def __post_init__(self) -> None:
        sign, binding = _SIGNS.get(self.function, ("", ATOM))
        if self.function == "Neg":
            text, binding = "-" + _inside(self.arguments[0], UNARY), UNARY
        elif not sign:
            text = f"{self.function}({','.join(argument.text for argument in self.arguments)})"
        else:
            left, right = self.arguments
            # Only the power groups from the right, and its exponent may have a sign; comparisons do not chain.
            over, under = {POWER: (ATOM, UNARY), COMPARISON: (OR, OR)}.get(binding, (binding, binding + 1))
            text = f"{_inside(left, over)}{sign}{_inside(right, under)}"
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "binding", binding)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and self.text == other.text  # trees may be deeper than Python's stack

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Call({self.text})"


Node: TypeAlias = Number | Field | Call


def history(node: Node) -> int | None:
    return node.history if isinstance(node, Call) else 0


def future(node: Node) -> int:
    return node.future if isinstance(node, Call) else 0


def level(node: Node) -> int:
    return node.level if isinstance(node, Call) else 0


def logical(node: Node) -> bool:
    return isinstance(node, Call) and node.logical


def _inside(node: Node, least: int) -> str:
    return node.text if node.binding >= least else f"({node.text})"
