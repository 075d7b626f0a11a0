"""From text to tree: precedence climbing over the words, and what each function asks of its arguments."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Sequence

from quantdesk.core.expressions import tree
from quantdesk.core.expressions.errors import (
    ExpressionError,
    LookAhead,
    SyntaxRefused,
    TooLarge,
    UnknownField,
    UnknownFunction,
    WrongArguments,
)
from quantdesk.core.expressions.operators import ELSEWHERE, MAX_WINDOW, OPERATORS, Argument, Operator
from quantdesk.core.expressions.tokens import MAX_CHARACTERS, Token, tokens
from quantdesk.core.expressions.tree import Call, Field, Node, Number

MAX_DEPTH = 64
"""Brackets, signs and exponents one in another; each takes up to eight frames of Python's stack."""
MAX_NODES = 1_000
MAX_INTEGER = 2**53
MAX_STEPS = 4 * MAX_WINDOW
"""For each value; Mad goes through its window anew each day, EMA(x, 0) through all of the past."""

_WORDS = {
    "and": "Write & or And(x, y), each side in brackets.",
    "or": "Write | or Or(x, y), each side in brackets.",
    "not": "Write Not(x).",
    "if": "Write If(condition, x, y).",
    "else": "Write If(condition, x, y).",
    "True": "Write a comparison.",
    "False": "Write a comparison.",
    "nan": "There is no word for a missing value.",
    "None": "There is no word for a missing value.",
}


def parse_tree(text: str, fields: Collection[str] | None, label: bool) -> Node:
    """Read the text; `fields` are the names that exist (None: not checked), `label` lets Ref look ahead."""
    return _Parser(text, fields, label).read()


class _Parser:
    def __init__(self, text: str, fields: Collection[str] | None, label: bool) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._fields = fields
        self._label = label
        self._depth = 0
        self._nodes = 0
        self._steps = 0

    def read(self) -> Node:
        if len(self._tokens) == 1:
            raise self._error(SyntaxRefused, "The expression is empty", "Write one, such as Mean($close, 5).")
        node = self._operand(tree.COMPARISON)
        if self._next.kind != "end":
            raise self._unexpected()
        if isinstance(node, Number):
            raise WrongArguments("The expression uses no field", "Write one that does, such as $close.", self._text, 0)
        if len(node.text) > MAX_CHARACTERS:
            raise TooLarge(
                f"The expression has {len(node.text):,} characters, its numbers written out",
                f"Keep it to {MAX_CHARACTERS:,}; name a part as a feature.",
            )
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _operand(self, binding: int) -> Node:
        """Read an operand and the operators after it that bind at least so strongly."""
        left = self._first()
        compared = False
        while self._next.text in tree.INFIX:
            sign = self._next
            function, strength = tree.INFIX[sign.text]
            if strength < binding:
                break
            if strength == tree.COMPARISON and compared:
                raise self._error(
                    SyntaxRefused, "Comparisons do not chain", "Put each in brackets and join them with & or |."
                )
            compared = strength == tree.COMPARISON
            self._take()
            right = self._deeper(tree.UNARY) if strength == tree.POWER else self._operand(strength + 1)
            left = self._made(function, (left, right), sign.position)
        return left

    def _deeper(self, binding: int) -> Node:
        """Read an operand one level further in."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(
                TooLarge, f"More than {MAX_DEPTH} levels", "Name an inner part as a feature and use that."
            )
        node = self._operand(binding)
        self._depth -= 1
        return node

    def _first(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "field":
            return self._field(token)
        if token.kind == "name":
            return self._call(token)
        if token.text in ("-", "+", "~"):
            signed = self._next.kind == "number"  # no level: -5 may also come of 3-8, which has none
            inner = self._operand(tree.UNARY) if signed else self._deeper(tree.UNARY)
            if token.text == "+":
                return inner
            return self._made("Neg" if token.text == "-" else "Not", (inner,), token.position)
        if token.text == "(":
            inner = self._deeper(tree.COMPARISON)
            self._close(token, "the bracket")
            return inner
        self._at -= 1
        raise self._unexpected()

    def _number(self, token: Token) -> Number:
        plain = token.text.isdigit()
        value = int(token.text) if plain and len(token.text) <= 20 else float(token.text)
        return self._counted_number(value, token.position)

    def _counted_number(self, value: int | float, position: int) -> Number:
        self._count(position)
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            raise TooLarge(f"A whole number over {MAX_INTEGER:,}", "Write it as 1e19.", self._text, position)
        if not math.isfinite(value):
            raise TooLarge("A number that is too large", "Stay under 1e308.", self._text, position)
        return Number(value)

    def _field(self, token: Token) -> Field:
        self._count(token.position)
        name = token.text[1:].lower()
        if self._fields is not None and name not in self._fields:
            raise unknown_field(name, self._fields, self._text, token.position)
        return Field(name)

    def _call(self, token: Token) -> Node:
        name = token.text
        if self._next.text != "(":
            known = name in OPERATORS
            advice = (
                f"Write {OPERATORS[name].signature}." if known else _WORDS.get(name, f"A field is written ${name}.")
            )
            raise SyntaxRefused(f"{name} stands alone", advice, self._text, token.position)
        if name not in OPERATORS:
            raise self._unknown_function(token)
        opening = self._take()
        arguments: list[Node] = []
        places: list[int] = []
        while self._next.text != ")" or arguments:
            places.append(self._next.position)
            arguments.append(self._deeper(tree.COMPARISON))
            if self._next.text != ",":
                break
            self._take()
        self._close(opening, name)
        return self._made(name, tuple(arguments), token.position, places)

    def _close(self, opening: Token, what: str) -> None:
        if self._next.text != ")":
            if self._next.kind == "end":
                raise SyntaxRefused(
                    f"A closing bracket is missing after {what}", "Add a ).", self._text, opening.position
                )
            raise self._unexpected()
        self._take()

    def _made(
        self, function: str, arguments: tuple[Node, ...], position: int, places: Sequence[int] | None = None
    ) -> Node:
        """Make the call, or the number that it is where all of its arguments are."""
        operator = OPERATORS[function]
        at = places or (position,) * len(arguments)
        if len(arguments) != len(operator.arguments):
            count = len(operator.arguments)
            raise WrongArguments(
                f"{function} takes {count} argument{'s' if count > 1 else ''}, not {len(arguments)}",
                f"Write {operator.signature}.",
                self._text,
                position,
            )
        numbers = [argument.value for argument in arguments if isinstance(argument, Number)]
        if len(numbers) == len(arguments):
            return self._folded(function, numbers, position, named=places is not None)
        self._count(position)
        self._count_steps(function, arguments[-1], position)
        for kind, argument, place in zip(operator.arguments, arguments, at, strict=True):
            self._check(operator, kind, argument, place)
        if function in ("Sub", "Neg") and all(tree.logical(argument) for argument in arguments):
            raise WrongArguments(
                "A condition cannot be subtracted",
                "Multiply it by 1 first: it is 1 where it holds, else 0.",
                self._text,
                position,
            )
        return self._call_of(operator, arguments)

    def _call_of(self, operator: Operator, arguments: tuple[Node, ...]) -> Call:
        operands = arguments[1:] if operator.name == "If" else arguments
        own = operator.logical == "always" or (
            operator.logical == "as given" and all(tree.logical(argument) for argument in operands)
        )
        pasts = [tree.history(argument) for argument in arguments]
        past = None if any(one is None for one in pasts) else max(one for one in pasts if one is not None)
        ahead = max(tree.future(argument) for argument in arguments)
        if operator.group == "window":
            place = next(at for at, kind in enumerate(operator.arguments) if kind in ("window", "shift"))
            size = arguments[place].value  # type: ignore[union-attr]  # checked to be a number
            if operator.arguments[place] == "shift":
                past = None if past is None or size == 0 else max(past + int(size), 0)
                ahead = max(ahead - int(size), 0)
            else:
                unbounded = past is None or size < 1 or operator.name == "EMA"
                past = None if unbounded else past + int(size) - 1  # type: ignore[operator]  # bounded is not None
        level = max(tree.level(argument) for argument in arguments) + (operator.group == "cross")
        return Call(operator.name, arguments, own, past, ahead, level)

    def _check(self, operator: Operator, kind: Argument, argument: Node, position: int) -> None:
        name = operator.name
        if kind == "series" and isinstance(argument, Number):
            raise WrongArguments(
                f"{name} of a number", f"Write {operator.signature} with a field inside.", self._text, position
            )
        if kind == "condition" and not tree.logical(argument):
            raise WrongArguments(
                f"{name} takes conditions", "Compare first, in brackets: ($close>1) & ($open>1).", self._text, position
            )
        if kind in ("window", "shift", "share"):
            if not isinstance(argument, Number):
                error = LookAhead if kind == "shift" else WrongArguments
                raise error(
                    f"{name} needs a number that is the same every day",
                    f"Write {operator.signature} with a number in the place of {'q' if kind == 'share' else 'N'}.",
                    self._text,
                    position,
                )
            self._check_number(operator, kind, argument.value, position)

    def _check_number(self, operator: Operator, kind: Argument, value: int | float, position: int) -> None:
        name = operator.name
        if kind == "share":
            if not 0 <= value <= operator.top:
                raise WrongArguments(
                    f"{name} takes a share from 0 to {operator.top:g}, not {value:g}",
                    "Write 0.2 for 20 %.",
                    self._text,
                    position,
                )
            return
        if value < 0 and not (kind == "shift" and self._label):
            advice = "Only a label may look ahead." if kind == "shift" else "A window holds days of the past."
            raise LookAhead(f"{name} over {value:g} days reads days still to come", advice, self._text, position)
        if abs(value) > MAX_WINDOW:
            raise TooLarge(f"A window of {value:g} days", f"Keep it to {MAX_WINDOW:,}.", self._text, position)
        if operator.fading and (0 < value < 1 or (name == "EMA" and value >= 1)):
            return
        if isinstance(value, float):
            raise WrongArguments(
                f"{name} takes whole days, not {value!r}",
                "Write 5, or 0 for all days so far." + (" Mean and EMA take a share below 1." if 0 < value < 1 else ""),
                self._text,
                position,
            )
        if kind == "window" and 0 < value < operator.least:
            raise WrongArguments(
                f"{name} needs {operator.least} days or more, not {value}",
                "Write a wider window.",
                self._text,
                position,
            )

    def _folded(self, function: str, numbers: list[int | float], position: int, named: bool) -> Number:
        if named or function not in ("Add", "Sub", "Mul", "Div", "Mod", "Power", "Neg"):
            raise WrongArguments(
                f"{function} of numbers alone", "Use a field, or write the number.", self._text, position
            )
        try:
            return self._counted_number(_computed(function, *numbers), position)
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ExpressionError):
                raise
            raise WrongArguments(
                f"{function} of these numbers has no value", "Write the number meant.", self._text, position
            ) from None

    def _count(self, position: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TooLarge(
                f"More than {MAX_NODES:,} parts", "Name a part as a feature and use that.", self._text, position
            )

    def _count_steps(self, function: str, last: Node, position: int) -> None:
        window = last.value if isinstance(last, Number) else 0
        if function == "Mad" or (function == "EMA" and window == 0):
            self._steps += int(min(abs(window), MAX_WINDOW)) or MAX_WINDOW
        if self._steps > MAX_STEPS:
            raise TooLarge(
                "Too many Mad and EMA(x, 0) over too many days", "Use fewer, or narrower windows.", self._text, position
            )

    def _unknown_function(self, token: Token) -> UnknownFunction:
        name = token.text
        advice = ELSEWHERE.get(name) or _suggestion(name, OPERATORS, "") or "See the list of functions."
        return UnknownFunction(f"There is no function {name}", advice, self._text, token.position)

    def _unexpected(self) -> SyntaxRefused:
        token = self._next
        if token.kind == "end":
            return SyntaxRefused(
                "The expression ends too early", "Something must follow here.", self._text, token.position
            )
        advice = _WORDS.get(token.text, "Is a sign, a comma or a bracket missing or too many?")
        return SyntaxRefused(f"{token.text[:40]} is not expected here", advice, self._text, token.position)

    def _error(self, error: type[ExpressionError], problem: str, advice: str) -> ExpressionError:
        return error(problem, advice, self._text, self._next.position)


def unknown_field(name: str, fields: Collection[str], text: str, position: int) -> UnknownField:
    """Say that a field is not there, and which are."""
    advice = _suggestion(name, fields, "$") or "There are " + ", ".join(f"${known}" for known in sorted(fields)) + "."
    return UnknownField(f"There is no field ${name[:40]}", advice, text, position)


def _suggestion(name: str, known: Collection[str], sign: str) -> str:
    folded = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower()[:40], folded, n=1)
    return f"Did you mean {sign}{folded[close[0]]}?" if close else ""


def _computed(function: str, left: int | float, right: int | float = 0) -> int | float:
    match function:
        case "Add":
            return left + right
        case "Sub":
            return left - right
        case "Mul":
            return left * right
        case "Div":
            return left / right
        case "Mod":
            return left % right
        case "Neg":
            return -left
    power = math.pow(left, right)  # refuses what has no real value, and does not compute huge integers
    whole = isinstance(left, int) and isinstance(right, int) and right >= 0 and abs(power) <= MAX_INTEGER
    return int(left**right) if whole else power
