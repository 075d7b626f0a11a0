"""From a source text to a strategy class of quantdesk.sdk. Runs the user's code: sandboxed child only."""

from __future__ import annotations

import types
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from quantdesk.core.backtest.code_errors import STRATEGY_FILE, NoStrategyError
from quantdesk.core.strategies.modules import new_main
from quantdesk.core.strategies.project import CodeFile

_Base = TypeVar("_Base")


def load_class(source: str, class_name: str | None, base: type[_Base], files: Sequence[CodeFile] = ()) -> type[_Base]:
    """Run the user's module, which may import the `files`, and give its class that extends `base`.

    Of several the named one is taken, else the last one that no other of the file extends. `__name__` is not
    `__main__`, so what a script does under that guard is skipped.

    Raises:
        NoStrategyError: there is no such class.
        BaseException: whatever the user's code raises.
    """
    module = new_main(files)
    exec(_compiled(source), module.__dict__)  # noqa: S102
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
    ]
    names = ", ".join(dict.fromkeys(cls.__name__ for cls in classes))
    if class_name is not None:
        named = [cls for cls in classes if cls.__name__ == class_name]
        if not named:
            raise NoStrategyError(f"there is no strategy class {class_name}; the file defines {names or 'none'}")
        return named[-1]
    leaves = [cls for cls in classes if not any(cls in other.__mro__[1:] for other in classes)]
    if not leaves:
        raise NoStrategyError(f"the file defines no class that extends {base.__name__}")
    return leaves[-1]


@lru_cache(maxsize=64)
def _compiled(source: str) -> types.CodeType:
    return compile(source, STRATEGY_FILE, "exec", dont_inherit=True)
