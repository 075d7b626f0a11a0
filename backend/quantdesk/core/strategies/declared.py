"""Parameters that a strategy class declares: `fast: int = param(10, min=2, max=120, help="快线周期")` or `fast = 10`.

For the classes of `quantdesk.sdk`. What a form shows is read from the source (parameters.py); here the same parameters
are found on the class as it runs, so that overrides are checked against what really holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quantdesk.core.backtest.code_errors import ParameterError
from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.strategies.parameter import Parameter, ParameterType
from quantdesk.core.strategies.parameters import fitted, validate_params

_TYPES: dict[type, ParameterType] = {bool: "bool", int: "int", float: "float", str: "str"}


class Param:
    """A declared parameter: reads as its default until a run sets the value."""

    def __init__(
        self,
        default: ParamValue,
        minimum: float | None,
        maximum: float | None,
        choices: Sequence[ParamValue] | None,
        help_text: str | None,
    ) -> None:
        self.default = default
        self.minimum, self.maximum = minimum, maximum
        self.choices = None if choices is None else list(choices)
        self.help = help_text
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        declared = _of_annotation(owner, name)
        if declared == "float" and type(self.default) is int:
            self.default = float(self.default)
        try:
            fitted(self.described(), self.default)
        except ValueError as problem:
            raise ParameterError({name: f"the default {problem}"}) from None

    def __get__(self, instance: object, owner: type) -> ParamValue:
        return self.default

    def described(self) -> Parameter:
        """Give it as a form shows it."""
        return Parameter(
            name=self.name,
            type=_TYPES[type(self.default)],
            default=self.default,
            minimum=self.minimum,
            maximum=self.maximum,
            choices=self.choices,
            help=self.help,
            line=0,
        )


def param(
    default: ParamValue,
    *,
    min: float | None = None,
    max: float | None = None,
    choices: Sequence[ParamValue] | None = None,
    help: str | None = None,
) -> Any:
    """Declare a parameter of a strategy in its class body.

    Args:
        default: A whole number, a number, True/False or a text; its type is the parameter's type.
        min: Smallest value allowed.
        max: Largest value allowed.
        choices: The values allowed.
        help: What it means, shown beside it in the form.

    Raises:
        TypeError: the default is of another type.
        ParameterError: the default is outside of what is allowed.
    """
    if type(default) not in _TYPES:
        raise TypeError(f"a parameter's default must be a number, True, False or a text, not {type(default).__name__}")
    return Param(default, min, max, choices, help)


def declared_parameters(cls: type, base: type) -> list[Parameter]:
    """List the parameters of a strategy class, those of its bases first; `base` and above declare none."""
    found: dict[str, Parameter] = {}
    own = [ancestor for ancestor in cls.__mro__ if issubclass(ancestor, base) and ancestor is not base]
    for ancestor in reversed(own):
        for name, value in vars(ancestor).items():
            if isinstance(value, Param):
                found[name] = value.described()
            elif type(value) in _TYPES and is_parameter_name(name):
                given: ParamValue = value
                if _of_annotation(ancestor, name) == "float" and type(given) is int:
                    given = float(given)
                found[name] = Parameter(name=name, type=_TYPES[type(given)], default=given, line=0)
    return list(found.values())


def set_params(strategy: object, base: type, overrides: Mapping[str, ParamValue]) -> None:
    """Give a strategy its parameters as attributes: the overrides, checked, over the defaults.

    Raises:
        ParameterError: with one problem per wrong override.
    """
    parameters = declared_parameters(type(strategy), base)
    checked = validate_params(parameters, overrides)
    for parameter in parameters:
        setattr(strategy, parameter.name, checked.get(parameter.name, parameter.default))


def is_parameter_name(name: str) -> bool:
    """Tell parameters from private names and from CONSTANTS."""
    return not name.startswith("_") and not name.isupper()


def _of_annotation(owner: type, name: str) -> str | None:
    annotation = vars(owner).get("__annotations__", {}).get(name)
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", None)
