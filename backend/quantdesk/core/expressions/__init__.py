"""qlib's expression language over a panel, read by a parser of our own: no text is run as code."""

from quantdesk.core.expressions.cache import ResultCache, panel_digest
from quantdesk.core.expressions.errors import ExpressionError
from quantdesk.core.expressions.evaluate import evaluate, evaluate_set
from quantdesk.core.expressions.expression import Expression, parse
from quantdesk.core.expressions.operators import OPERATORS

__all__ = [
    "OPERATORS",
    "Expression",
    "ExpressionError",
    "ResultCache",
    "evaluate",
    "evaluate_set",
    "panel_digest",
    "parse",
]
