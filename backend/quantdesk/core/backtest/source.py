"""From a strategy's source text to a class that Backtrader can run. Runs the user's code: sandboxed child only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import backtrader as bt

from quantdesk.core.backtest.code_errors import (
    STRATEGY_FILE,
    NoStrategyError,
    ParameterError,
)
from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.strategies.modules import new_main
from quantdesk.core.strategies.project import CodeFile


def load_strategy(source: str, class_name: str | None = None, files: Sequence[CodeFile] = ()) -> type[bt.Strategy]:
    """Run the user's module, which may import the `files`, and give its strategy class.

    Of several strategy classes the named one is taken, else the last one that no other of the file extends.
    `__name__` is not `__main__`, so what a script does under that guard is skipped.

    Raises:
        NoStrategyError: there is no such class.
        BaseException: whatever the user's code raises.
    """
    module = new_main(files)
    exec(compile(source, STRATEGY_FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, bt.Strategy) and value.__module__ == module.__name__
    ]
    names = ", ".join(dict.fromkeys(cls.__name__ for cls in classes))
    if class_name is not None:
        named = [cls for cls in classes if cls.__name__ == class_name]
        if not named:
            raise NoStrategyError(f"there is no strategy class {class_name}; the file defines {names or 'none'}")
        return named[-1]
    leaves = [cls for cls in classes if not any(cls in other.__mro__[1:] for other in classes)]
    if not leaves:
        raise NoStrategyError("the file defines no class that extends bt.Strategy")
    return leaves[-1]


def check_params(cls: type[bt.Strategy], params: dict[str, ParamValue]) -> None:
    """Refuse overrides that the class does not declare. Raise ParameterError."""
    known = list(cls.params._getkeys())
    for name in params:
        if name not in known:
            raise ParameterError({name: f"{cls.__name__} has no such parameter; it has {', '.join(known) or 'none'}"})


def runnable(cls: type[bt.Strategy], default_sizer: Any) -> type[bt.Strategy]:
    """Extend the user's class by what every strategy may rely on here.

    - `self.log(text)` prints with the date in front, unless the class has a log of its own;
    - `self.buy()` without a size trades what `default_sizer` says, unless a sizer was set: Backtrader's default
      of one share is below every lot.
    """

    def log(self: Any, text: object, dt: Any = None) -> None:
        print(f"{dt or self.datetime.date(0)} {text}")

    def _start(self: Any) -> None:
        sizer = self.getsizer()
        if type(sizer) is bt.sizers.FixedSize and sizer.p.stake == 1:
            self.setsizer(default_sizer)
        super(extended, self)._start()

    body: dict[str, Any] = {"_start": _start, "__module__": cls.__module__, "__doc__": cls.__doc__}
    if not hasattr(cls, "log"):
        body["log"] = log
    metaclass: Any = type(cls)
    extended: Any = metaclass(cls.__name__, (cls,), body)
    return extended  # type: ignore[no-any-return]
