"""`quantdesk backtest check-lookahead`, as a person runs it: the real store, the real locked-down child."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.cli.main import main
from tests.fakes.made_bars import random_walk

CODE = """import backtrader as bt


class S(bt.Strategy):
    def next(self):
        if self.data.close[0] < self.data.close[{}]:
            self.buy(size=100)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    store = ParquetBarStore(tmp_path / "home" / "bars")
    store.merge([random_walk("600519.SH", 200, seed=1)], source="test", now=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    return tmp_path


def check(home: Path, index: str, *more: str) -> Result:
    path = home / "strategy.py"
    path.write_text(CODE.format(index), encoding="utf-8")
    dates = ("--start", "2015-01-01", "--end", "2015-12-31")
    return CliRunner().invoke(
        main, ["backtest", "check-lookahead", str(path), "--symbols", "600519.SH", *dates, "--samples", "4", *more]
    )


def test_look_ahead_exits_with_1_and_names_the_line(home: Path) -> None:
    done = check(home, "1")
    assert done.exit_code == 1, done.output
    assert "strategy.py:6: in Backtrader [1] is 1 bar(s) ahead" in done.output
    assert "600519.SH" in done.output


def test_an_honest_strategy_exits_with_0(home: Path) -> None:
    done = check(home, "-1")
    assert done.exit_code == 0, done.output
    assert "no look-ahead was found" in done.output


def test_a_symbol_without_bars_is_refused(home: Path) -> None:
    done = check(home, "-1", "--symbols", "000001.SZ")
    assert done.exit_code != 0
    assert "000001.SZ" in done.output
