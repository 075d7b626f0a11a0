"""Build the sources for tests: impatient ones, with a state of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quantdesk.adapters.data_source.eastmoney import Eastmoney
from quantdesk.adapters.data_source.exchanges import Exchanges
from quantdesk.adapters.data_source.polite import Polite
from quantdesk.adapters.data_source.sina import Sina
from quantdesk.adapters.data_source.state import Limits, SourceState
from quantdesk.adapters.data_source.tencent import Tencent
from quantdesk.adapters.data_source.tushare import Tushare
from quantdesk.adapters.data_source.web import WebSource

TOKEN = "a-token-for-tests"
UNHURRIED = Limits(interval_s=0, failures=1000, per_day=100_000)


def polite(
    path: Path, *, limits: Limits = UNHURRIED, clock: Callable[[], float] | None = None, **options: Any
) -> Polite:
    state = SourceState(path, limits, **({"clock": clock} if clock else {}))
    settings: dict[str, Any] = {"timeout_s": (1.0, 0.25), "sleep": lambda _: None, "rng": random.Random(1)}  # noqa: S311
    return Polite(state, **settings | options)


def make_source(name: str, path: Path, **options: Any) -> WebSource:
    guest = polite(path, **options)
    match name:
        case "eastmoney":
            return Eastmoney(guest)
        case "sina":
            return Sina(guest)
        case "tencent":
            return Tencent(guest)
        case "exchanges":
            return Exchanges(guest)
        case "tushare":
            return Tushare(guest, TOKEN)
    raise AssertionError(name)
