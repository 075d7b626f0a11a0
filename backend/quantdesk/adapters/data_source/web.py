"""The common half of the sources on the network: each dataset is a recipe of how to ask and how to read."""

from __future__ import annotations

import datetime as dt
import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from quantdesk.adapters.data_source.http_watch import recording, replaying
from quantdesk.adapters.data_source.polite import Judge, Polite
from quantdesk.adapters.data_source.reading import Reader
from quantdesk.core.bars.frame import Bars
from quantdesk.core.instruments.symbol import SymbolError
from quantdesk.ports.data_source import (
    Answer,
    HostHealth,
    InstrumentInfo,
    Request,
    Table,
    bars_dataset,
    bars_of,
)
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one dataset is asked for and read."""

    version: int
    """Counts up when the same bytes are read differently."""
    ask: Callable[[Request], Any]
    """Calls what asks through `requests`; what it gives is of use only in a replay."""
    judge: Callable[[Request], Judge]
    """Gives the check of each answer to the request, as it comes."""
    read: Callable[[Request, Sequence[Answer]], Table]
    """Pure."""
    same_day: bool = False
    """The answer holds for the rest of its day."""


class WebSource:
    """A DataSource over HTTP. A subclass gives its name, its hosts and its recipes."""

    name: str
    hosts: tuple[str, ...]
    library = "akshare"
    """The package that builds the questions and may read the answers, a part of the parser's version; or empty."""

    def __init__(self, polite: Polite) -> None:
        self._polite = polite
        self._reader = Reader(self.name)
        self._recipes = self._make_recipes()

    def _make_recipes(self) -> Mapping[Dataset, Recipe]:
        raise NotImplementedError

    @property
    def datasets(self) -> frozenset[Dataset]:
        return frozenset(self._recipes)

    def parser(self, dataset: Dataset) -> str:
        library = f" {self.library} {version(self.library)}" if self.library else ""
        return f"{self.name}.{dataset}/{self._recipe(dataset).version}{library}"

    def fetch(self, request: Request) -> list[Answer]:
        recipe = self._recipe(request.dataset)
        judge = recipe.judge(request)
        with recording(self._polite, self.name, judge, same_day=recipe.same_day) as record:
            try:
                recipe.ask(request)
            except SourceError as error:
                if record.error is None:  # our own, about what came
                    self.refuse(record.answers, error)
                raise
            except Exception as error:  # the library reads along as it asks; `parse` will say what is wrong
                if record.error is None and not record.answers:
                    raise SourceError(self.name, "changed", f"asking failed ({error!r}); update akshare") from error
        if record.error is not None:
            raise record.error
        return record.answers

    def parse(self, request: Request, answers: Sequence[Answer]) -> Table:
        recipe = self._recipe(request.dataset)
        try:
            if not answers:
                raise SourceError(self.name, "empty", "there is no answer to read")
            judge = recipe.judge(request)
            for answer in answers:
                judge(answer)
            with replaying(self.name, answers):
                return recipe.read(request, answers)
        except SourceError:
            raise
        except Exception as error:  # akshare raises whatever its reading runs into
            raise SourceError(
                self.name, "changed", f"the answer is not built as expected ({error!r:.200}); update akshare"
            ) from error

    def refuse(self, answers: Sequence[Answer], error: SourceError) -> None:
        self._polite.refuse(answers, error)

    def health(self) -> list[HostHealth]:
        return self._polite.health(self.hosts)

    def get(self, request: Request) -> Table:
        """Fetch and parse; answers that do not parse are not given again from the cache. Raise SourceError."""
        answers = self.fetch(request)
        try:
            return self.parse(request, answers)
        except SourceError as error:
            self.refuse(answers, error)
            raise

    def instruments(self) -> list[InstrumentInfo]:
        table = self.get(Request("instruments"))
        assert isinstance(table, list)  # noqa: S101 - a recipe of instruments gives a list
        return table  # type: ignore[return-value]

    def daily_bars(self, symbol: str, start: dt.date, end: dt.date) -> Bars:
        try:
            dataset = bars_dataset(symbol)
        except SymbolError as error:
            raise SourceError(self.name, "unknown_symbol", str(error)) from error
        if dataset is None:
            raise SourceError(self.name, "unsupported", f"{symbol} has no daily bars here; import a file for it")
        return bars_of(self.get(Request(dataset, symbol, "1d", start, end)))

    def _recipe(self, dataset: Dataset) -> Recipe:
        try:
            return self._recipes[dataset]
        except KeyError:
            raise SourceError(self.name, "unsupported", f"has no {dataset}; it gives {_list(self.datasets)}") from None


def akshare() -> Any:
    """Import akshare when it is needed: it takes seconds and half a hundred megabytes."""
    os.environ.setdefault("TQDM_DISABLE", "1")  # its progress bars would fill the logs
    return importlib.import_module("akshare")


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
