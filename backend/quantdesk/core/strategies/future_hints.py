"""Lines of a strategy's source that may read the future: where to look first once the truncation test has found it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pydantic import BaseModel

from quantdesk.core.backtest.words import Words
from quantdesk.core.strategies.project import CodeFile

_LINES = frozenset({"open", "high", "low", "close", "volume", "openinterest", "datetime"})
_WHOLE = frozenset({"mean", "std", "var", "max", "min", "median", "quantile", "nanmean", "nanstd", "nanmax", "nanmin"})


class FutureHint(BaseModel):
    file: str | None = None
    """The path of the file it is in; None: the main one."""
    line: int
    """From 1."""
    source: str
    """The line itself."""
    words: Words


def future_hints(source: str, files: Sequence[CodeFile] = ()) -> list[FutureHint]:
    """Give the lines with a known way to read the future, at most one hint a line; none where it cannot be parsed.

    `files` are those beside the main one; where that uses Backtrader, they do.
    """
    tree = _parsed(source)
    backtrader = tree is not None and _uses_backtrader(tree)
    found = _hints(tree, source, None, backtrader)
    for file in files:
        if file.path.endswith(".py") and (tree := _parsed(file.text)) is not None:
            found += _hints(tree, file.text, file.path, backtrader or _uses_backtrader(tree))
    return found


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _uses_backtrader(tree: ast.Module) -> bool:
    return any("backtrader" in ast.unparse(node) for node in tree.body if isinstance(node, _IMPORTS))


def _hints(tree: ast.Module | None, source: str, file: str | None, backtrader: bool) -> list[FutureHint]:
    if tree is None:
        return []
    lines = source.splitlines()
    found: dict[int, FutureHint] = {}
    for node in ast.walk(tree):
        words = _subscript(node, backtrader) if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Call):
            words = _call(node)
        if words is not None and isinstance(node, ast.expr):
            text = lines[node.lineno - 1].strip()
            found.setdefault(node.lineno, FutureHint(file=file, line=node.lineno, source=text, words=words))
    return [found[line] for line in sorted(found)]


_IMPORTS = (ast.Import, ast.ImportFrom)


def _subscript(node: ast.Subscript, backtrader: bool) -> Words | None:
    if not backtrader or not isinstance(node.value, ast.Attribute) or node.value.attr not in _LINES:
        return None
    index = _number(node.slice)
    if index is None or index <= 0:
        return None
    return Words(
        f"Backtrader 里 [{index}] 是后面第 {index} 根 K 线；[0] 是当前，[-1] 是前一根",
        f"in Backtrader [{index}] is {index} bar(s) ahead; [0] is the current bar, [-1] the one before",
    )


def _call(node: ast.Call) -> Words | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    numbers = [number for arg in node.args if (number := _number(arg)) is not None]
    named = {key.arg: key.value for key in node.keywords if key.arg}
    numbers += [number for key in ("periods", "shift", "n") if (number := _number(named.get(key))) is not None]
    if name in ("shift", "roll") and any(number < 0 for number in numbers):
        return Words("负的位移把以后的值移到今天", "a negative shift brings later values to today")
    centre = named.get("center")
    if isinstance(centre, ast.Constant) and centre.value is True:
        return Words("居中的窗口有一半在将来", "half of a centred window lies in the future")
    if name in ("bfill", "backfill"):
        return Words("向后填充用以后的值补今天", "filling backwards puts later values into today")
    if name in _WHOLE and _of_prices(node):
        return Words(
            "对整个序列取的统计量包含以后的日子；请用滚动窗口",
            "a statistic of the whole series contains later days; use a rolling window",
        )
    return None


def _of_prices(node: ast.Call) -> bool:
    """Tell whether a statistic is of a whole price column: data.close.mean(…), np.max(data.high, …)."""
    of = [*node.args[:1], *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
    return any(isinstance(one, ast.Attribute) and one.attr in _LINES for one in of)


def _number(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    return None
