"""One strategy, one backtest: picks the engine that the strategy's class is written for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from quantdesk.core.backtest.complete import complete
from quantdesk.core.backtest.result import BacktestResult, EngineKind
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.parameters import read_outline
from quantdesk.core.strategies.project import CodeFile

Actions = Mapping[str, Sequence[CorporateAction]]
"""Corporate actions by symbol."""
Reseed = Callable[[], None]
"""Puts the random generators that a user's code may draw from back to their start."""


def run_strategy(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    actions: Actions | None = None,
    on_day: Callable[..., None] | None = None,
    versions: Mapping[str, str] | None = None,
    reseed: Reseed | None = None,
    files: Sequence[CodeFile] = (),
    cls: type | None = None,
) -> BacktestResult:
    """Backtest the strategy in `source`. Runs the user's code, so call it in the sandboxed child only.

    Args:
        spec: What to run.
        source: The strategy's file, UTF-8 text.
        bars: Raw daily bars by symbol: the spec's symbols and its benchmark.
        actions: Corporate actions by symbol, for the engines that fill at raw prices.
        on_day: Called once a day with: days done, days in all, the day, equity in yuan. Not throttled.
        versions: Of the libraries, for the report.
        reseed: Called first, so that equal runs draw equal random numbers.
        files: Those beside it, which it may import.
        cls: A class to run instead of the one in `source`, as one that a notebook's cell has made.

    Raises:
        StrategyError: the user's code is wrong or has raised; also for sys.exit and MemoryError.
        NoBarsError: there is nothing to run on.
        TypeError: `cls` extends no strategy's base class.
    """
    if reseed is not None:
        reseed()
    match engine_of(source, spec.strategy_class) if cls is None else engine_of_class(cls):
        case "vector":
            from quantdesk.core.backtest.vector_engine import run_strategy as run_vector

            return run_vector(
                spec, source, bars, actions=actions, on_day=on_day, versions=versions, files=files, cls=cls
            )
        case "event":
            from quantdesk.core.backtest.event_engine import run_event

            return run_event(
                spec, source, bars, actions=actions, on_day=on_day, versions=versions, files=files, cls=cls
            )
        case _:  # Backtrader's engine also says what is wrong with a file that holds no strategy
            from quantdesk.core.backtest.backtrader_engine import run_strategy as run

            return run(spec, source, bars, actions=actions, on_day=on_day, versions=versions, files=files, cls=cls)


def report_strategy(
    spec: BacktestSpec,
    source: str,
    bars: Mapping[str, Bars],
    *,
    actions: Actions | None = None,
    on_day: Callable[..., None] | None = None,
    versions: Mapping[str, str] | None = None,
    reseed: Reseed | None = None,
    files: Sequence[CodeFile] = (),
    seed: int = 0,
    trials: int | None = None,
    industries: Mapping[str, str] | None = None,
) -> BacktestResult:
    """Backtest the strategy as `run_strategy` does, and add analysis, bias badge and capsule.

    `seed` is what `reseed` starts the generators from, for the capsule; `trials` how often the strategy was tried
    before, for the badge; `industries` names that of each symbol, for the attribution.
    """
    result = run_strategy(
        spec, source, bars, actions=actions, on_day=on_day, versions=versions, reseed=reseed, files=files
    )
    parameters = len(read_outline(source).parameters_of(spec.strategy_class))
    return complete(
        result, bars, actions=actions, industries=industries, parameters=parameters, trials=trials, seed=seed
    )


@lru_cache(maxsize=64)
def engine_of(source: str, class_name: str | None = None) -> EngineKind | None:
    """Read from the source, without running it, which engine its strategy class is written for.

    Of several classes the named one counts, else the last that no other extends. None where the source does not
    show it: a syntax error, no such class, or one that is made while the code runs.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = _imported(tree)
    engines: dict[str, EngineKind] = {}
    extended: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for base in node.bases:
            dotted = _dotted(base)
            extended.add(dotted)
            root, _, rest = dotted.partition(".")
            engine = engines.get(dotted) or _engine(f"{names.get(root, root)}.{rest}".rstrip("."))
            if engine is not None:
                engines[node.name] = engine
                break
    if class_name is not None:
        return engines.get(class_name)
    return next((engines[name] for name in reversed(engines) if name not in extended), None)


def engine_of_class(cls: type) -> EngineKind:
    """Say which engine a strategy class is written for. Raise TypeError for what is none."""
    for base in cls.__mro__ if isinstance(cls, type) else ():
        engine = _engine(f"{base.__module__}.{base.__name__}")
        if engine is not None:
            return engine
    raise TypeError(
        f"{cls!r} is no strategy: give a class that extends Strategy or VectorStrategy of quantdesk.sdk, or bt.Strategy"
    )


def _dotted(node: ast.expr) -> str:
    """Give a name as written, bt.Strategy; empty for what is none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _imported(tree: ast.Module) -> dict[str, str]:
    """Give what each imported name stands for: {"bt": "backtrader", "Strategy": "quantdesk.sdk.Strategy"}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                names[item.asname or item.name.partition(".")[0]] = (
                    item.name if item.asname else item.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                if item.name == "*":
                    starred = ("Strategy", "VectorStrategy") if node.module.startswith("quantdesk") else ("Strategy",)
                    names.update({name: f"{node.module}.{name}" for name in starred})
                names[item.asname or item.name] = f"{node.module}.{item.name}"
    return names


def _engine(dotted: str) -> EngineKind | None:
    package, name = dotted.partition(".")[0], dotted.rpartition(".")[2]
    if package == "quantdesk":
        return "vector" if name == "VectorStrategy" else "event" if name == "Strategy" else None
    return "backtrader" if package == "backtrader" and name in ("Strategy", "SignalStrategy") else None
