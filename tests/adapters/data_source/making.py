"""Build the sources for tests: impatient ones, with a state of their own."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import requests

from quantdesk.adapters.data_source.csindex import Csindex
from quantdesk.adapters.data_source.eastmoney import Eastmoney
from quantdesk.adapters.data_source.exchanges import Exchanges
from quantdesk.adapters.data_source.polite import Polite, asked
from quantdesk.adapters.data_source.sina import Sina
from quantdesk.adapters.data_source.state import Limits, SourceState
from quantdesk.adapters.data_source.tencent import Tencent
from quantdesk.adapters.data_source.tushare import Tushare
from quantdesk.adapters.data_source.web import WebSource
from quantdesk.ports.data_source import Answer
from tests.adapters.data_source.made_answers import Case

TOKEN = "a-token-for-tests"
UNHURRIED = Limits(interval_s=0, failures=1000, per_day=100_000)


def polite(
    path: Path, *, limits: Limits = UNHURRIED, clock: Callable[[], float] | None = None, **options: Any
) -> Polite:
    state = SourceState(path, limits, **({"clock": clock} if clock else {}))
    settings: dict[str, Any] = {"timeout_s": (1.0, 0.25), "sleep": lambda _: None, "rng": random.Random(1)}  # noqa: S311
    return Polite(state, **settings | options)


class Canned(Polite):
    """Answers from a case instead of the network."""

    def __init__(self, path: Path, case: Case) -> None:
        super().__init__(SourceState(path, UNHURRIED))
        self._case = case

    def send(self, send: Any, session: Any, request: requests.PreparedRequest, options: Any, **_: Any) -> Answer:
        url = request.url or ""
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        said = self._case.answer(unquote(url), body)  # type: ignore[arg-type]  # forms and JSON only
        now = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
        return Answer(url, 200, {"Content-Type": self._case.content_type}, said, now, asked(request))


def canned(case: Case, path: Path) -> WebSource:
    return _build(case.source, Canned(path, case))


def make_source(name: str, path: Path, **options: Any) -> WebSource:
    return _build(name, polite(path, **options))


def _build(name: str, guest: Polite) -> WebSource:
    match name:
        case "eastmoney":
            return Eastmoney(guest)
        case "sina":
            return Sina(guest)
        case "tencent":
            return Tencent(guest)
        case "csindex":
            return Csindex(guest)
        case "exchanges":
            return Exchanges(guest)
        case "tushare":
            return Tushare(guest, TOKEN)
    raise AssertionError(name)
