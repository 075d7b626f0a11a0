"""A data source over a server of the test's own, with made-up bars and tables, put in the place of the real ones.

`patch_folder` gives a folder that, on PYTHONPATH, does so in each process of a stack: the product has no switch for it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np

from quantdesk.core.bars.frame import COLUMNS, Bars
from quantdesk.core.calendar.trading import TradingCalendar
from quantdesk.core.sources.tables import Dividend, Suspension
from quantdesk.ports.data_source import Answer, HostHealth, InstrumentInfo, Request, Table, bars_of
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.fakes.made_bars import random_walk

URL = "REFRESH_TEST_URL"
ROOT = Path(__file__).resolve().parents[2]
SYMBOLS = tuple(f"{600000 + number}.SH" for number in range(300))
_DAYS = 60
_PATCH = """
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder


class AfterBootstrap(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "quantdesk.bootstrap":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            from tests.stack.refresh_source import LoopbackSource
            module.make_sources = lambda settings: {"loopback": LoopbackSource()}

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, AfterBootstrap())
"""


def market_bars(symbol: str, today: dt.date) -> Bars:
    """Give the business days up to today."""
    start = np.busday_offset(np.datetime64(today), -_DAYS, roll="backward")
    return random_walk(symbol, _DAYS + 1, seed=int(symbol[:6]), start=str(start)).between(end=today)


def market_days(today: dt.date) -> list[dt.date]:
    """Give the calendar's days: weekdays around today."""
    days = np.arange(np.datetime64(today) - 200, np.datetime64(today) + 30)
    found: list[dt.date] = days[np.is_busday(days)].tolist()
    return found


class LoopbackSource:
    """Bars of stocks and indices, and tables of each kind: of the whole market, of a day, of a stock."""

    name = "loopback"
    datasets: frozenset[Dataset] = frozenset(("stock_daily", "index_daily", "calendar", "suspensions", "dividends"))

    def parser(self, dataset: Dataset) -> str:
        return f"loopback.{dataset}/1"

    def fetch(self, request: Request) -> list[Answer]:
        asked = {"dataset": request.dataset, "symbol": request.symbol, "start": request.start, "end": request.end}
        url = f"{os.environ[URL]}?{urlencode({name: value for name, value in asked.items() if value is not None})}"
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the test's own server
            return [Answer(url, answer.status, {}, answer.read(), dt.datetime.now(dt.UTC), url)]

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        try:
            said = json.loads(answers[0].body)
        except ValueError:
            raise SourceError(self.name, "page", "a web page instead of data; open it in a browser") from None
        if request.dataset == "calendar":
            return TradingCalendar.from_dates(said)
        if request.dataset == "suspensions":
            return [Suspension(symbol, dt.date.fromisoformat(day), None, None, "made up") for symbol, day in said]
        if request.dataset == "dividends":
            days = [dt.date.fromisoformat(day) for day in said]
            nothing = Decimal(0)
            return [
                Dividend(str(request.symbol), day, "实施分配", Decimal("0.5"), nothing, nothing, day, None, day)
                for day in days
            ]
        columns = {name: np.array(values) for name, values in said.items()}
        columns["time"] = columns["time"].astype("datetime64[D]")
        return Bars(symbol=str(request.symbol), interval="1d", **columns)

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None: ...

    def health(self) -> list[HostHealth]:
        return []

    def instruments(self) -> list[InstrumentInfo]:
        return []

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        request = Request("stock_daily", symbol, "1d", start, end)
        return bars_of(self.parse(request, self.fetch(request)))


def _answer(query: dict[str, str], today: dt.date) -> Any:
    match query["dataset"]:
        case "calendar":
            return [str(day) for day in market_days(today)]
        case "suspensions":
            return [[SYMBOLS[0], query["start"]]]
        case "dividends":
            return [str(market_days(today)[int(query["symbol"][3:6]) % 100])]
        case _:
            bars = market_bars(query["symbol"], today).between(query["start"], query["end"])
            columns: dict[str, Any] = {name: getattr(bars, name).tolist() for name in COLUMNS}
            return columns | {"time": [str(day) for day in bars.time]}


@contextmanager
def bar_server(
    today: dt.date, *, seconds: float = 0.0, broken: Collection[str] = ()
) -> Iterator[tuple[str, Counter[tuple[str, str]]]]:
    """Serve what is made up, each answer after so many seconds; give the address and the asks by dataset and key.

    Of the datasets `broken` it gives a web page.
    """
    asked: Counter[tuple[str, str]] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            asked[query["dataset"], query.get("symbol") or query.get("start", "cn")] += 1
            time.sleep(seconds)  # as long as a real one takes, so that kills find a fetch under way
            self.send_response(200)
            self.end_headers()
            said = "<html>" if query["dataset"] in broken else json.dumps(_answer(query, today))
            self.wfile.write(said.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: who asked has been killed."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/bars", asked
    finally:
        server.shutdown()
        server.server_close()


def environment(folder: Path, url: str) -> dict[str, str]:
    """Give the variables under which each process has this source and no other."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_PATCH)
    paths = [str(folder), str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {"PYTHONPATH": os.pathsep.join(paths), URL: url}
