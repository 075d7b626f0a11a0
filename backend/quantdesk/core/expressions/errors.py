"""Why an expression cannot be used: what is wrong, where, and what to do."""

from __future__ import annotations

from typing import ClassVar

_EXCERPT = 24


class ExpressionError(ValueError):
    """An expression that is refused. `position` counts characters from 0; None where no place can be named."""

    code: ClassVar[str] = "expression_invalid"

    def __init__(self, problem: str, advice: str, text: str = "", position: int | None = None) -> None:
        self.problem = problem
        self.advice = advice
        self.position = position
        self.excerpt = "" if position is None else _excerpt(text, position)
        at = "" if position is None else f" at character {position + 1}, near `{self.excerpt}`"
        super().__init__(f"{problem}{at}. {advice}")


class SyntaxRefused(ExpressionError):
    """A character or an order of words that is not of the language."""

    code = "expression_syntax"


class UnknownFunction(ExpressionError):
    code = "expression_unknown_function"


class UnknownField(ExpressionError):
    code = "expression_unknown_field"


class WrongArguments(ExpressionError):
    """Too many or too few arguments, or one of another kind than the function takes."""

    code = "expression_arguments"


class LookAhead(ExpressionError):
    """The expression reads days that are still to come."""

    code = "expression_look_ahead"


class TooLarge(ExpressionError):
    """Longer, deeper, or with more parts or wider windows than allowed."""

    code = "expression_too_large"


def _excerpt(text: str, position: int) -> str:
    begin, end = max(0, position - _EXCERPT // 2), position + _EXCERPT // 2
    shown = text[begin:end]
    return (
        ("…" if begin else "") + shown.encode("ascii", "backslashreplace").decode() + ("…" if end < len(text) else "")
    )
