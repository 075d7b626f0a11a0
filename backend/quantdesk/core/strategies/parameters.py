"""The parameters of a strategy, read from its source without running it.

Strategies of quantdesk.sdk declare them in the class body; a plain number, text or True/False is one, too:

    fast: int = param(10, min=2, max=120, help="快线周期")
    kind: str = param("sma", choices=["sma", "ema"])
    slow = 30

Backtrader's stand in `params`. A parameter's form is described in the comment on its line:

    params = (
        ("fast", 10),       # 快线周期 [2, 120]        help text, then the allowed range
        ("stop", 0.08),     # 止损比例 [0, ]           one side may stay open
        ("kind", "sma"),    # 均线类型 {sma, ema}      the allowed values
    )

`params = dict(fast=10)` and `params = {"fast": 10}` work alike. Parameters of base classes in the same file are
inherited. A default that is no plain number, text or True/False is listed with type "other": the form shows it
and cannot change it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.code_errors import STRATEGY_FILE, ParameterError, StrategyError, describe
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.strategies.class_body import declared_in_body, literal, sdk_names, type_of
from quantdesk.core.strategies.parameter import Parameter as Parameter
from quantdesk.core.strategies.parameter import ParameterType as ParameterType

MAX_SOURCE_BYTES = 1_000_000

_STRATEGY_BASES = frozenset({"Strategy", "SignalStrategy", "VectorStrategy"})
_RANGE = re.compile(r"\[\s*(-?[\d.]+(?:e-?\d+)?)?\s*[,，~]\s*(-?[\d.]+(?:e-?\d+)?)?\s*\]\s*$", re.I)
_CHOICES = re.compile(r"\{([^{}]+)\}\s*$")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StrategyClass(_Part):
    name: str
    line: int
    doc: str | None
    parameters: list[Parameter]


class StrategyOutline(_Part):
    """What a strategy's file holds."""

    classes: list[StrategyClass]
    """Classes that extend a Strategy, directly or through another of the file; in order of the file."""
    selected: str | None
    """The one that runs unless another is named: the last that no other extends. None without any."""

    def parameters_of(self, class_name: str | None = None) -> list[Parameter]:
        """Give the parameters of the named, else of the selected class; empty when there is none."""
        wanted = class_name or self.selected
        return next((cls.parameters for cls in self.classes if cls.name == wanted), [])


def read_outline(source: str) -> StrategyOutline:
    """Read the strategy classes of a source and their parameters. Never runs the code.

    Raises:
        StrategyError: a syntax error with its line, a source above 1 MB, or one nested too deeply.
    """
    if len(source.encode("utf-8", "replace")) > MAX_SOURCE_BYTES:
        raise StrategyError(
            CodeError(
                type="SourceTooLarge",
                message=f"the file is larger than {MAX_SOURCE_BYTES:,} bytes; keep data out of the code",
                line=None,
                source_line=None,
                traceback=[],
            )
        )
    try:
        tree = ast.parse(source, STRATEGY_FILE)
        return _outline(tree, source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise StrategyError(describe(error, source)) from None


def validate_params(parameters: Sequence[Parameter], overrides: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    """Check overrides against the declared parameters and give them with the declared types.

    Raises:
        ParameterError: with one problem per wrong parameter.
    """
    known = {parameter.name: parameter for parameter in parameters}
    problems: dict[str, str] = {}
    checked: dict[str, ParamValue] = {}
    for name, value in overrides.items():
        parameter = known.get(name)
        if parameter is None:
            problems[name] = f"the strategy has no such parameter; it has {', '.join(known) or 'none'}"
            continue
        try:
            checked[name] = fitted(parameter, value)
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise ParameterError(problems)
    return checked


def parse_params(parameters: Sequence[Parameter], texts: Mapping[str, str]) -> dict[str, ParamValue]:
    """Read overrides given as text (`fast=12` on a command line) by the declared types, then validate them.

    Raises:
        ParameterError: with one problem per wrong parameter.
    """
    types = {parameter.name: parameter.type for parameter in parameters}
    return validate_params(parameters, {name: _from_text(types.get(name), text) for name, text in texts.items()})


def _from_text(kind: ParameterType | None, text: str) -> ParamValue:
    text = text.strip()
    if kind == "bool" and text.lower() in ("true", "yes", "1", "false", "no", "0"):
        return text.lower() in ("true", "yes", "1")
    if kind in ("int", "float"):
        for convert in (int, float):
            try:
                return convert(text)
            except ValueError:
                continue
    return text


def fitted(parameter: Parameter, value: ParamValue) -> ParamValue:
    """Give a value with the parameter's type. Raise ValueError saying what is wrong with it."""
    fitting: ParamValue
    match parameter.type:
        case "int" if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
            fitting = int(value)
        case "float" if isinstance(value, int | float) and not isinstance(value, bool):
            fitting = float(value)
        case "bool" if isinstance(value, bool):
            fitting = value
        case "str" if isinstance(value, str):
            fitting = value
        case "other":
            raise ValueError("its default is computed in the code; change it there")
        case _:
            raise ValueError(f"{value!r} must be of type {parameter.type}")
    if isinstance(fitting, int | float) and not isinstance(fitting, bool):
        if not abs(fitting) < float("inf"):
            raise ValueError(f"{value!r} must be a finite number")
        if parameter.minimum is not None and fitting < parameter.minimum:
            raise ValueError(f"{fitting} is below the minimum {parameter.minimum:g}")
        if parameter.maximum is not None and fitting > parameter.maximum:
            raise ValueError(f"{fitting} is above the maximum {parameter.maximum:g}")
    if parameter.choices is not None and fitting not in parameter.choices:
        raise ValueError(f"{fitting!r} must be one of {', '.join(map(str, parameter.choices))}")
    return fitting


def _outline(tree: ast.Module, source: str) -> StrategyOutline:
    lines = source.splitlines()
    found: dict[str, StrategyClass] = {}
    extended: set[str] = set()
    ours = sdk_names(tree)
    native: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        bases = [_last_name(base) for base in node.bases]
        in_file = [base for base in bases if base in found]
        if not in_file and not any(base in _STRATEGY_BASES or base in ours for base in bases):
            continue
        if any(base in native for base in in_file) or any(_first_name(base) in ours for base in node.bases):
            native.add(node.name)
        inherited = {p.name: p for base in reversed(in_file) for p in found[base].parameters}
        reader = declared_in_body(node) if node.name in native else _declared(node, lines)
        own = {parameter.name: parameter for parameter in reader}
        extended.update(in_file)
        found[node.name] = StrategyClass(
            name=node.name,
            line=node.lineno,
            doc=ast.get_docstring(node),
            parameters=list({**inherited, **own}.values()),
        )
    leaves = [name for name in found if name not in extended]
    return StrategyOutline(classes=list(found.values()), selected=leaves[-1] if leaves else None)


def _first_name(node: ast.expr) -> str | None:
    """Give sdk of a base written as sdk.Strategy."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _last_name(node: ast.expr) -> str | None:
    """Give the class name of a base written as Strategy or bt.Strategy."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _declared(cls: ast.ClassDef, lines: list[str]) -> Iterator[Parameter]:
    for statement in cls.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="params")], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id="params"), value=ast.expr() as value):
                pass
            case _:
                continue
        comments = _comments(lines, statement.lineno, statement.end_lineno or statement.lineno)
        for name, default in _pairs(value):
            yield _parameter(name, default, comments.get(default.end_lineno or default.lineno))


def _pairs(value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match value:
        case ast.Tuple(elts=items) | ast.List(elts=items):
            for item in items:
                if (
                    isinstance(item, ast.Tuple | ast.List)
                    and len(item.elts) == 2
                    and isinstance(item.elts[0], ast.Constant)
                    and isinstance(item.elts[0].value, str)
                ):
                    yield item.elts[0].value, item.elts[1]
        case ast.Dict(keys=keys, values=values):
            for key, default in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, default
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            for keyword in keywords:
                if keyword.arg is not None:
                    yield keyword.arg, keyword.value


def _comments(lines: list[str], first: int, last: int) -> dict[int, str]:
    """Find the comments of a statement, by 1-based line."""
    segment = "\n".join(lines[first - 1 : last]).lstrip() + "\n"
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(segment).readline):
            if token.type == tokenize.COMMENT:
                found[first - 1 + token.start[0]] = token.string.lstrip("#").strip()
    except (tokenize.TokenError, IndentationError):
        pass  # the parser accepted it, so only the tail after the statement can be at fault
    return found


def _parameter(name: str, default: ast.expr, comment: str | None) -> Parameter:
    value = literal(default)
    kind = type_of(value)
    minimum = maximum = None
    choices: list[ParamValue] | None = None
    help_text = comment or ""
    if kind in ("int", "float") and (match := _RANGE.search(help_text)):
        minimum, maximum = (_number(text) for text in match.groups())
        help_text = help_text[: match.start()]
    elif kind != "bool" and (match := _CHOICES.search(help_text)):
        texts = [text.strip().strip("'\"") for text in re.split(r"[,，]", match[1])]
        choices = [_from_text(kind, text) for text in texts if text]
        help_text = help_text[: match.start()]
    return Parameter(
        name=name,
        type=kind,
        default=value,
        minimum=minimum,
        maximum=maximum,
        choices=choices,
        help=help_text.strip(" :：,，") or None,
        line=default.lineno,
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
