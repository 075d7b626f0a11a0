"""A store of bars, and exports written from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.core.bars.frame import Bars
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.features.exports.engine.writing import write_export
from quantdesk.features.exports.schemas import ExportCreate
from quantdesk.ports.bar_store import BarStore

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Export = Callable[..., Path]


def store_of(folder: Path, *bars: Bars) -> BarStore:
    store = ParquetBarStore(folder)
    store.merge(bars, source="test", now=NOW)
    return store


def export_to(target: Path, bars: list[Bars], names: dict[str, str] | None = None, **request: Any) -> Path:
    """Store the bars beside the target and export them all."""
    store = store_of(target.parent / "bars", *bars)
    plan = Plan(ExportCreate(**request), tuple(sorted({one.symbol for one in bars})), names or {})
    write_export(store, plan, target, tick=lambda *_: None, now=NOW)
    return target


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def run(name: str, bars: list[Bars], **request: Any) -> Path:
        return export_to(tmp_path / name, bars, **request)

    return run
