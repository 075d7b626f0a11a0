"""The functions of the language: what each takes, and how it is computed. Semantics are qlib 0.9.7's (data/ops.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quantdesk.core.bars.frame import FloatArray
from quantdesk.core.expressions.kernels import moments, ordering, running
from quantdesk.core.expressions.spans import Spans, blanked

MAX_WINDOW = 5_000
"""Days; twenty years of trading."""
_NO_DEVIATION = 2e-5
"""Standard deviation up to which qlib gives no r² and no correlation."""

Argument = Literal["series", "operand", "condition", "window", "shift", "share"]
"""series: computed from fields. operand: that, or a number. condition: true or false. window: whole days, 0 for all
so far. shift: days back, less than 0 in labels alone. share: a number from 0 to 1."""
Group = Literal["element", "window", "cross"]

Array: TypeAlias = NDArray[Any]
Value: TypeAlias = Array | int | float


@dataclass(frozen=True, slots=True)
class Operator:
    name: str
    arguments: tuple[Argument, ...]
    compute: Callable[..., Array]
    """Takes the arguments' values ([n, T] arrays and numbers) and, but for element-wise ones, the rows' spans."""
    group: Group
    logical: Literal["always", "never", "as given"] = "never"
    """Whether the result is true or false: "as given" where all of its operands are."""
    least: int = 1
    """Smallest window but 0."""
    fading: bool = False
    """The window may be a share too: the part by which older days' weights fall, or (EMA) any span of 1 or more."""
    top: float = 1.0
    """Largest share."""

    @property
    def signature(self) -> str:
        """Say how it is called, such as Mean(x, N)."""
        names = iter("xyz")
        shown = {"window": "N", "shift": "N", "share": "q", "condition": "c"}
        return f"{self.name}({', '.join(shown.get(argument) or next(names) for argument in self.arguments)})"


def _double(values: Array) -> FloatArray:
    """Give what the kernels take."""
    return np.ascontiguousarray(values, dtype=np.float64)


def _ref(values: Array, days: int, spans: Spans) -> Array:
    kind = values.dtype if values.dtype.kind == "f" else np.float64
    if days == 0:
        held = values[np.arange(len(values)), spans.first].astype(kind)
        return np.repeat(held[:, None], spans.days, axis=1)
    out = np.empty(values.shape, dtype=kind)
    if days > 0:
        out[:, days:] = values[:, :-days]
    else:
        out[:, :days] = values[:, -days:]
    if spans.whole:
        out[:, slice(0, days) if days > 0 else slice(days, None)] = np.nan
        return out
    out[spans.outside(days)] = np.nan
    return out


def _delta(values: Array, days: int, spans: Spans) -> Array:
    return np.subtract(values, _ref(values, days, spans))


def _fading(what: int) -> Callable[..., Array]:
    def compute(values: Array, window: int | float, spans: Spans) -> Array:
        if 0 < window < 1:
            return running.exponential(_double(values), spans.first, spans.stop, float(window))
        return running.sums(_double(values), spans.first, spans.stop, int(window), what)

    return compute


def _ema(values: Array, window: int | float, spans: Spans) -> Array:
    alpha = 0.0 if window == 0 else float(window) if window < 1 else 2.0 / (window + 1.0)
    return running.exponential(_double(values), spans.first, spans.stop, alpha)


def _windowed(kernel: Callable[..., FloatArray], *more: Any) -> Callable[..., Array]:
    def compute(values: Array, window: int, spans: Spans) -> Array:
        return kernel(_double(values), spans.first, spans.stop, window, *more)

    return compute


def _quantile(values: Array, window: int, share: float, spans: Spans) -> Array:
    return ordering.ordered_windows(_double(values), spans.first, spans.stop, window, float(share), ordering.QUANTILE)


def _rsquare(values: Array, window: int, deviation: Array, spans: Spans) -> Array:
    out = running.trends(_double(values), spans.first, spans.stop, window, running.RSQUARE)
    if window > 0:
        out[deviation <= _NO_DEVIATION] = np.nan
    return out


def _corr(left: Array, right: Array, window: int, left_deviation: Array, right_deviation: Array, spans: Spans) -> Array:
    out = moments.together(_double(left), _double(right), spans.first, spans.stop, window, moments.CORRELATION)
    out[(left_deviation <= _NO_DEVIATION) | (right_deviation <= _NO_DEVIATION)] = np.nan
    return out


def _cov(left: Array, right: Array, window: int, spans: Spans) -> Array:
    return moments.together(_double(left), _double(right), spans.first, spans.stop, window, moments.COVARIANCE)


def _crossed(what: int) -> Callable[..., Array]:
    def compute(values: Array, *numbers: Any) -> Array:
        share = float(numbers[0]) if len(numbers) > 1 else 0.0
        spans: Spans = numbers[-1]
        known = _double(values) if spans.whole else blanked(_double(values), spans.outside())
        return ordering.cross_section(known, share, what)

    return compute


def _sign(values: Array) -> Array:
    return np.sign(values.astype(np.float32))  # as qlib does, which lets it take conditions


def _fractional(function: Callable[..., Array]) -> Callable[..., Array]:
    """Compute with fractions what numpy refuses of whole numbers (a power below 0) or makes 0 (a rest by 0)."""

    def compute(left: Value, right: Value) -> Array:
        return function(left * 1.0 if _whole(left) and _whole(right) else left, right)

    return compute


def _whole(value: Value) -> bool:
    return isinstance(value, int) or (isinstance(value, np.ndarray) and value.dtype.kind in "bi")


def _negative(values: Array) -> Array:
    return np.subtract(0, values)


def _element(name: str, arguments: int, compute: Callable[..., Any], logical: Any = "never") -> Operator:
    kind: Argument = "series" if arguments == 1 else "operand"
    return Operator(name, (kind,) * arguments, compute, "element", logical)


def _window(name: str, compute: Callable[..., Any], least: int = 1, fading: bool = False) -> Operator:
    return Operator(name, ("series", "window"), compute, "window", least=least, fading=fading)


def _cross(name: str, what: int) -> Operator:
    return Operator(name, ("series",), _crossed(what), "cross")


_PAIR: tuple[Argument, ...] = ("series", "series", "window")

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        _element("Add", 2, np.add, "as given"),
        _element("Sub", 2, np.subtract),
        _element("Mul", 2, np.multiply, "as given"),
        _element("Div", 2, np.true_divide),
        _element("Mod", 2, _fractional(np.mod)),
        _element("Power", 2, _fractional(np.power)),
        _element("Greater", 2, np.maximum, "as given"),
        _element("Less", 2, np.minimum, "as given"),
        _element("Gt", 2, np.greater, "always"),
        _element("Ge", 2, np.greater_equal, "always"),
        _element("Lt", 2, np.less, "always"),
        _element("Le", 2, np.less_equal, "always"),
        _element("Eq", 2, np.equal, "always"),
        _element("Ne", 2, np.not_equal, "always"),
        Operator("And", ("condition", "condition"), np.logical_and, "element", "always"),
        Operator("Or", ("condition", "condition"), np.logical_or, "element", "always"),
        Operator("Not", ("condition",), np.logical_not, "element", "always"),
        Operator("If", ("series", "operand", "operand"), np.where, "element", "as given"),
        _element("Neg", 1, _negative),
        _element("Abs", 1, np.abs, "as given"),
        _element("Sign", 1, _sign),
        _element("Log", 1, np.log),
        Operator("Ref", ("series", "shift"), _ref, "window"),
        Operator("Delta", ("series", "shift"), _delta, "window"),
        _window("Mean", _fading(running.MEAN), fading=True),
        _window("Sum", _windowed(running.sums, running.SUM)),
        _window("Count", _windowed(running.sums, running.COUNT)),
        _window("Std", _windowed(moments.moments, moments.DEVIATION)),
        _window("Var", _windowed(moments.moments, moments.VARIANCE)),
        _window("Skew", _windowed(moments.moments, moments.SKEWNESS), least=3),
        _window("Kurt", _windowed(moments.moments, moments.KURTOSIS), least=4),
        _window("Max", _windowed(ordering.extremes, 1.0, ordering.EXTREME)),
        _window("Min", _windowed(ordering.extremes, -1.0, ordering.EXTREME)),
        _window("IdxMax", _windowed(ordering.extremes, 1.0, ordering.PLACE)),
        _window("IdxMin", _windowed(ordering.extremes, -1.0, ordering.PLACE)),
        _window("Med", _windowed(ordering.ordered_windows, 0.5, ordering.QUANTILE)),
        _window("Rank", _windowed(ordering.ordered_windows, 0.0, ordering.RANK)),
        Operator("Quantile", ("series", "window", "share"), _quantile, "window"),
        _window("Mad", _windowed(ordering.absolute_deviation)),
        _window("Slope", _windowed(running.trends, running.SLOPE)),
        _window("Rsquare", _rsquare),
        _window("Resi", _windowed(running.trends, running.RESIDUAL)),
        _window("WMA", _windowed(running.trends, running.WEIGHTED)),
        _window("EMA", _ema, fading=True),
        Operator("Corr", _PAIR, _corr, "window"),
        Operator("Cov", _PAIR, _cov, "window"),
        _cross("CSRank", ordering.CS_RANK),
        _cross("CSZScore", ordering.CS_ZSCORE),
        _cross("CSMean", ordering.CS_MEAN),
        _cross("CSStd", ordering.CS_STD),
        _cross("CSDemean", ordering.CS_DEMEAN),
        Operator("CSWinsorize", ("series", "share"), _crossed(ordering.CS_WINSORIZE), "cross", top=0.5),
    )
}
"""All functions by name."""

DEVIATIONS = {"Rsquare": 1, "Corr": 2}
"""Functions that also take the Std, over their window, of that many of their arguments."""

ELSEWHERE = {
    "ChangeInstrument": "Another symbol's series cannot be mixed in.",
    "Mask": "Another symbol's series cannot be mixed in.",
    "P": "Point-in-time fields are not supported.",
    "PRef": "Point-in-time fields are not supported.",
    "TResample": "A panel has one interval; read it in the interval wanted.",
    "Feature": "Write $close.",
    "PFeature": "Point-in-time fields are not supported.",
    "Rolling": "Write Mean, Sum, Std …",
}
"""Names that qlib knows and this language does not, and why."""
