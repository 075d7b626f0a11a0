"""Which values of a strategy's parameters a search tries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quantdesk.core.backtest.code_errors import ParameterError
from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.strategies.parameters import Parameter, validate_params

MAX_INT = 2**53 - 1
MAX_VALUES = 100_000
"""Of one range with a step."""
DEFAULT_VALUES = 20
"""About as many values a range has that is made from a declared parameter."""
_ROUND = 12
"""Digits kept of low + k x step, so that 0.1 + 2 x 0.1 is 0.3."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IntRange(_Part):
    kind: Literal["int"] = "int"
    low: Annotated[int, Field(ge=-MAX_INT, le=MAX_INT)]
    high: Annotated[int, Field(ge=-MAX_INT, le=MAX_INT)]
    """Included, where the steps reach it."""
    step: Annotated[int, Field(ge=1, le=MAX_INT)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> IntRange:
        if self.high < self.low:
            raise ValueError(f"high {self.high} is below low {self.low}; swap them")
        if (count := (self.high - self.low) // self.step + 1) > MAX_VALUES:
            raise ValueError(f"{count:,} values are more than {MAX_VALUES:,}; take a larger step")
        return self


class FloatRange(_Part):
    kind: Literal["float"] = "float"
    low: Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
    high: Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
    """Included, where the steps reach it."""
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """None: any value in between; a grid needs a step."""
    log: bool = False
    """Search evenly over the logarithm; then without a step."""

    @model_validator(mode="after")
    def _in_order(self) -> FloatRange:
        if self.high < self.low:
            raise ValueError(f"high {self.high:g} is below low {self.low:g}; swap them")
        if self.log and self.low <= 0:
            raise ValueError(f"low {self.low:g} must be above 0 for a logarithmic range")
        if self.log and self.step is not None:
            raise ValueError("a logarithmic range has no step; leave out step, or log")
        if self.step is not None and (self.high - self.low) / self.step > MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES:,} values; take a larger step")
        return self


class ChoiceRange(_Part):
    kind: Literal["choice"] = "choice"
    values: Annotated[list[ParamValue], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _distinct(self) -> ChoiceRange:
        seen: set[tuple[str, ParamValue]] = set()
        for value in self.values:
            key = (type(value).__name__, value)
            if key in seen:
                raise ValueError(f"value {value!r} is listed twice; list it once")
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"value {value!r} must be a finite number")
            seen.add(key)
        return self


Range = Annotated[IntRange | FloatRange | ChoiceRange, Field(discriminator="kind")]
Ranges = dict[str, Range]
Params = dict[str, ParamValue]


def values_of(range_: Range) -> list[ParamValue] | None:
    """Give all values of a range, in order; None where it is continuous."""
    match range_:
        case IntRange():
            return list(range(range_.low, range_.high + 1, range_.step))
        case FloatRange(step=None):
            return [range_.low] if range_.low == range_.high else None
        case FloatRange(step=float(step)):
            # One part in a million of a step: 0.3 - 0.1 over 0.1 is 1.9999999999999998.
            count = math.floor((range_.high - range_.low) / step + 1e-6) + 1
            return [round(range_.low + k * step, _ROUND) for k in range(count)]
        case ChoiceRange():
            return list(range_.values)
    raise AssertionError(range_)


def size(ranges: Mapping[str, Range]) -> int | None:
    """Give the exact number of combinations; None where a range is continuous."""
    counts = [values_of(range_) for range_ in ranges.values()]
    return None if any(values is None for values in counts) else math.prod(len(values or []) for values in counts)


def default_range(parameter: Parameter) -> Range:
    """Make a range from a declared parameter: its choices, or its minimum to maximum in about twenty steps.

    A side that the declaration leaves open becomes half or twice the default. Raise ValueError for a text without
    choices and for a default that is computed in the code.
    """
    if parameter.choices:
        return ChoiceRange(values=parameter.choices)
    match parameter.type:
        case "bool":
            return ChoiceRange(values=[False, True])
        case "int":
            low, high = _ends(parameter)
            first, last = math.ceil(low), max(math.floor(high), math.ceil(low))
            return IntRange(low=first, high=last, step=max(1, math.ceil((last - first) / DEFAULT_VALUES)))
        case "float":
            low, high = _ends(parameter)
            return FloatRange(low=low, high=high, step=_nice((high - low) / DEFAULT_VALUES) if high > low else None)
        case "str":
            raise ValueError("it is a text without declared choices; give the values to try as a choice")
        case _:
            raise ValueError("its default is computed in the code; it cannot be searched")


def fit_ranges(parameters: Sequence[Parameter], wanted: Mapping[str, Range | None]) -> Ranges:
    """Check the ranges against the strategy's declared parameters; where None is given, take the declared one.

    Raises:
        ParameterError: with one problem per wrong parameter.
    """
    known = {parameter.name: parameter for parameter in parameters}
    fitted: Ranges = {}
    problems: dict[str, str] = {}
    for name, range_ in wanted.items():
        parameter = known.get(name)
        if parameter is None:
            problems[name] = f"the strategy has no such parameter; it has {', '.join(known) or 'none'}"
            continue
        try:
            fitted[name] = default_range(parameter) if range_ is None else _fit(parameter, range_)
        except ParameterError as error:
            problems |= error.problems
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise ParameterError(problems)
    return fitted


def _fit(parameter: Parameter, range_: Range) -> Range:
    if isinstance(range_, ChoiceRange):
        fitted = [validate_params([parameter], {parameter.name: value})[parameter.name] for value in range_.values]
        return ChoiceRange(values=fitted)
    if parameter.type not in ("int", "float"):
        raise ValueError(f"it is of type {parameter.type}; give the values to try as a choice")
    if parameter.type == "int" and isinstance(range_, FloatRange):
        raise ValueError("it is a whole number; give an int range")
    for end in (range_.low, range_.high):
        validate_params([parameter], {parameter.name: end})
    if parameter.type == "float" and isinstance(range_, IntRange):
        return FloatRange(low=range_.low, high=range_.high, step=range_.step)
    return range_


def _ends(parameter: Parameter) -> tuple[float, float]:
    default = float(parameter.default or 0)
    near, far = sorted((default / 2, default * 2)) if default else (0.0, 1.0)
    low = near if parameter.minimum is None else parameter.minimum
    high = far if parameter.maximum is None else parameter.maximum
    return (low, high) if low <= high else (min(low, high, default), max(low, high, default))


def _nice(step: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    for factor in (1, 2, 5, 10):
        if factor * power >= step * (1 - 1e-9):
            return round(factor * power, _ROUND)
    raise AssertionError(step)
