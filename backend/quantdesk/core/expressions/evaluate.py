"""Computing expressions over a panel: shared parts once, a few symbols at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.bars.panel import Panel
from quantdesk.core.expressions import tree
from quantdesk.core.expressions.cache import ResultCache, panel_digest
from quantdesk.core.expressions.expression import Expression, in_order
from quantdesk.core.expressions.operators import DEVIATIONS, OPERATORS, Array, Value
from quantdesk.core.expressions.parser import unknown_field
from quantdesk.core.expressions.spans import Spans, spans
from quantdesk.core.expressions.tree import Call, Field, Node, Number

Precision = Literal["single", "double"]
"""single: fields are float32 and so is what is computed of them element by element, as in qlib, whose values come out.
double: all is float64."""

_CELLS = 2**16
"""Symbols by days worked on at a time: small enough that what lies between stays in the processor's cache."""


def evaluate(expression: Expression, panel: Panel, *, precision: Precision = "single") -> FloatArray:
    """Compute one expression; [N, T], NaN before a symbol's first day and after its last one."""
    return evaluate_set({"": expression}, panel, precision=precision)[""]


def evaluate_set(
    expressions: Mapping[str, Expression],
    panel: Panel,
    *,
    precision: Precision = "single",
    dtype: type[np.float64] | type[np.float32] = np.float64,
    cache: ResultCache | None = None,
    digest: str | None = None,
) -> dict[str, NDArray[Any]]:
    """Compute expressions over a panel, parts that they share once; each [N, T] of `dtype`.

    A condition gives 1 and 0. Division by 0 gives an infinity or NaN, as in numpy. With a `cache` what it holds is not
    computed again and must not be written to; `digest` names the panel's content, and is computed where it is None.
    Raises UnknownField for a field that the panel does not have.
    """
    for expression in expressions.values():
        for name in expression.fields:
            if name not in panel.fields:
                raise unknown_field(name, panel.fields, expression.text, expression.text.find(f"${name}"))
    wanted = {expression.text: expression for expression in expressions.values()}
    found: dict[str, NDArray[Any]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    if cache is not None:
        content = digest or panel_digest(panel)
        keys = {text: (one.key, content, precision, np.dtype(dtype).name) for text, one in wanted.items()}
        for text, key in keys.items():
            if (kept := cache.get(key)) is not None:
                found[text] = kept
    missing = [expression.root for text, expression in wanted.items() if text not in found]
    if missing:
        found |= _Work(panel, spans(panel), precision).computed(missing, dtype)
    if cache is not None:
        for text, key in keys.items():
            cache.put(key, found[text])
    return {name: found[expression.text] for name, expression in expressions.items()}


@dataclass(slots=True)
class _Work:
    """One evaluation: row by row but for the cross-sections, which need all rows of what is in them."""

    panel: Panel
    spans: Spans
    precision: Precision

    def computed(self, roots: Collection[Node], dtype: Any) -> dict[str, NDArray[Any]]:
        crossed: dict[str, Array] = {}
        nodes = [node for node in in_order(roots) if isinstance(node, Call)]
        for level in range(1, max((tree.level(root) for root in roots), default=0) + 1):
            crossing = [node for node in nodes if OPERATORS[node.function].group == "cross" and node.level == level]
            inner = self._by_rows([node.arguments[0] for node in crossing], crossed, np.float64)
            for node in crossing:
                numbers = [one.value for one in node.arguments[1:] if isinstance(one, Number)]
                operator = OPERATORS[node.function]
                crossed[node.text] = operator.compute(inner[node.arguments[0].text], *numbers, self.spans)
        return self._by_rows(roots, crossed, dtype)

    def _by_rows(self, roots: Collection[Node], crossed: Mapping[str, Array], dtype: Any) -> dict[str, NDArray[Any]]:
        shape = len(self.panel.symbols), len(self.panel.time)
        out = {root.text: np.empty(shape, dtype=dtype) for root in roots}
        if not shape[1]:
            return out
        plan = _Plan.of(roots, set(crossed))
        step = max(1, _CELLS // shape[1])
        for start in range(0, shape[0], step):
            rows = slice(start, min(start + step, shape[0]))
            self._rows(plan, rows, crossed, out)
        return out

    def _rows(self, plan: _Plan, rows: slice, crossed: Mapping[str, Array], out: Mapping[str, Array]) -> None:
        part = self.spans.rows(rows.start, rows.stop)
        outside = None if part.whole else part.outside()
        values: dict[str, Value] = {}
        left = plan.uses.copy()
        with np.errstate(all="ignore"):
            for node in plan.nodes:
                values[node.text] = self._value(node, rows, crossed, values, part)
                if node.text in out:
                    given = out[node.text][rows]
                    given[:] = values[node.text]
                    if outside is not None:
                        given[outside] = np.nan
                for used in plan.used[node.text]:
                    left[used] -= 1
                    if not left[used]:
                        values.pop(used, None)
                if not left[node.text]:
                    values.pop(node.text, None)

    def _value(
        self, node: Node, rows: slice, crossed: Mapping[str, Array], values: Mapping[str, Value], part: Spans
    ) -> Value:
        if isinstance(node, Number):
            return node.value
        if isinstance(node, Field):
            exact = np.float32 if self.precision == "single" else np.float64
            return np.array(self.panel.fields[node.name][rows], dtype=exact)  # one that kernels take as writable
        if node.text in crossed:
            return crossed[node.text][rows]
        operator = OPERATORS[node.function]
        arguments = [values[one.text] for one in (*node.arguments, *_deviations(node))]
        if operator.group == "element":
            result: Array = operator.compute(*arguments)
            return result
        return operator.compute(*arguments, part)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Nodes in the order they are computed, and how often each is used after."""

    nodes: list[Node]
    used: dict[str, list[str]]
    uses: Counter[str]

    @classmethod
    def of(cls, roots: Collection[Node], given: set[str]) -> _Plan:
        """Plan for the roots; what is `given` is not computed."""
        nodes: list[Node] = []
        used: dict[str, list[str]] = {}
        for node in in_order(roots, given, _deviations):
            nodes.append(node)
            parts = (*node.arguments, *_deviations(node)) if isinstance(node, Call) and node.text not in given else ()
            used[node.text] = [part.text for part in parts]
        return cls(nodes, used, Counter(name for names in used.values() for name in names))


def _deviations(node: Call) -> tuple[Call, ...]:
    """Give the standard deviations that qlib looks at before it trusts a fit."""
    count = DEVIATIONS.get(node.function, 0)
    window = node.arguments[-1]
    return tuple(
        Call("Std", (series, window), False, node.history, node.future, node.level) for series in node.arguments[:count]
    )
