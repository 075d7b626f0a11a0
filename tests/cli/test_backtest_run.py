"""`quantdesk backtest run`, as a person runs it: the real store, the real locked-down child."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.cli.main import main
from quantdesk.core.backtest.result import BacktestResult
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.core.strategies.catalog import template
from quantdesk.sandbox.outcome import Stopped
from tests.fakes.made_bars import random_walk

NOW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
DATES = ("--start", "2015-06-01", "--end", "2016-06-30")
STRATEGY = template("double_moving_average").source


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    store = ParquetBarStore(tmp_path / "home" / "bars")
    bars = [random_walk(symbol, 500, seed=n) for n, symbol in enumerate(("600519.SH", "000001.SZ", "000300.SH"))]
    store.merge(bars, source="test", now=NOW)
    return tmp_path


def quantdesk(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["backtest", "run", *map(str, arguments)])


def written(folder: Path, code: str | bytes) -> Path:
    path = folder / "strategy.py"
    path.write_bytes(code if isinstance(code, bytes) else code.encode())
    return path


def test_the_result_is_written_and_its_figures_are_shown(home: Path) -> None:
    out = home / "out.json"
    done = quantdesk(
        written(home, STRATEGY), "--symbols", "sh600519, 000001", *DATES, "--cash", "500_000", "--param", "fast=5",
        "--param", "slow=15", "--benchmark", "000300.SH", "--commission-min", "1", "--slippage-ticks", "2",
        "--json", out, "--quiet",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    result = BacktestResult.model_validate_json(out.read_bytes())
    assert result.spec.symbols == ["600519.SH", "000001.SZ"]
    assert result.spec.params == {"fast": 5, "slow": 15}
    assert (str(result.spec.cash), result.spec.costs.slippage.kind) == ("500000", "ticks")
    assert result.fills
    assert result.series.benchmark is not None
    assert f"{result.metrics.total_return:+.2%}" in done.stdout


def test_without_options_the_spec_is_the_pages_default(home: Path) -> None:
    done = quantdesk(written(home, STRATEGY), "--symbols", "600519.SH", *DATES, "--json", "-", "--quiet")
    result = BacktestResult.model_validate_json(done.stdout)
    asked = BacktestSpec(symbols=["600519.SH"], start=dt.date(2015, 6, 1), end=dt.date(2016, 6, 30))
    assert result.spec == asked


def test_every_rule_and_cost_can_be_set(home: Path) -> None:
    done = quantdesk(
        written(home, STRATEGY), "--symbols", "600519.SH", *DATES, "--json", "-", "--quiet", "--fill", "next_average",
        "--commission", "0.0003", "--stamp-duty", "0.001", "--transfer-fee", "0", "--slippage-impact", "0.2",
        "--no-price-limits", "--no-settlement", "--volume-share", "none", "--rights", "take", "--no-dividend-tax",
        "--odd-lots", "--adjustment", "hfq", "--strategy-class", "DoubleMovingAverage",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    spec = BacktestResult.model_validate_json(done.stdout).spec
    assert spec.costs.model_dump(mode="json") == {
        "commission_rate": "0.0003", "commission_min": "5", "stamp_duty_rate": "0.001", "transfer_fee_rate": "0",
        "slippage": {"kind": "impact", "value": "0.2"},
    }  # fmt: skip
    assert spec.rules.model_dump() == {
        "price_limits": False, "settlement": False, "volume_share": None, "rights_issues": "take",
        "dividend_tax": False,
    }  # fmt: skip
    assert (spec.fill, spec.whole_lots, spec.adjustment) == ("next_average", False, "hfq")


def test_the_same_run_twice_gives_the_same_bytes(home: Path) -> None:
    path = written(home, STRATEGY)
    runs = [quantdesk(path, "--symbols", "600519.SH", *DATES, "--json", "-", "--quiet").stdout for _ in range(2)]
    assert runs[0] == runs[1]
    assert BacktestResult.model_validate_json(runs[0]).orders


def test_symbols_may_stand_in_a_file(home: Path) -> None:
    (home / "list.txt").write_text("600519.SH\n000001.SZ\n", encoding="utf-8-sig")
    done = quantdesk(written(home, STRATEGY), "--symbols", f"@{home / 'list.txt'}", *DATES, "--json", "-", "--quiet")
    assert BacktestResult.model_validate_json(done.stdout).spec.symbols == ["600519.SH", "000001.SZ"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import backtrader as bt\nclass S(bt.Strategy):\n    def next(self):\n        x = [1][3]\n", ":4: IndexError"),
        ("import backtrader as bt\nclass S(bt.Strategy)\n    pass\n", ":2: SyntaxError"),
        ("print('no strategy')\n", "define a class that extends bt.Strategy"),
    ],
)
def test_an_error_of_the_strategy_is_told_with_its_line(home: Path, code: str, words: str) -> None:
    done = quantdesk(written(home, code), "--symbols", "600519.SH", *DATES)
    assert done.exit_code in (1, 2)
    assert words in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--symbols", "600000.SH"), "600000.SH: no bars are stored"),
        (("--symbols", "999999.SH"), "999999.SH: Shanghai has no stock"),
        (("--symbols", "600519.SH,sh600519"), "listed twice"),
        (("--symbols", ""), "symbols: "),
        (("--symbols", "@nowhere.txt"), "nowhere.txt"),
        (("--symbols", "600519.SH", "--param", "fast"), "is not of the form NAME=VALUE"),
        (("--symbols", "600519.SH", "--param", "fats=3"), "no such parameter; it has fast"),
        (("--symbols", "600519.SH", "--param", "fast=1000"), "1000 is above the maximum 120"),
        (("--symbols", "600519.SH", "--cash", "-1"), "cash: "),
        (("--symbols", "600519.SH", "--cash", "much"), "'much' is not a number"),
        (("--symbols", "600519.SH", "--slippage", "0.5"), "at most 0.1"),
        (("--symbols", "600519.SH", "--benchmark", "000905.SH"), "spec.benchmark: 000905.SH: no bars"),
        (("--symbols", "600519.SH", "--volume-share", "2"), "rules.volume_share: "),
        (("--symbols", "600519.SH", "--volume-share", "all"), "'all' is not a number"),
        (("--symbols", "600519.SH", "--slippage", "0", "--slippage-ticks", "1"), "give one of --slippage"),
        (("--symbols", "600519.SH", "--end", "2014-12-31"), "end 2014-12-31 must be after start"),
    ],
)
def test_a_request_that_cannot_be_run_is_refused_by_name(home: Path, arguments: tuple[str, ...], words: str) -> None:
    done = quantdesk(written(home, STRATEGY), *DATES, *arguments)
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert "Traceback" not in done.output


def test_a_file_that_is_no_utf8_is_refused(home: Path) -> None:
    done = quantdesk(written(home, "# 策略\n".encode("gbk")), "--symbols", "600519.SH", *DATES)
    assert done.exit_code == 2
    assert "save it as UTF-8" in done.stderr


HELPED = """import backtrader as bt
from signals.cross import above


class S(bt.Strategy):
    def next(self):
        if above(self.data) and not self.position:
            self.buy(size=100)
"""


def test_a_folder_is_run_with_the_files_that_its_strategy_imports(home: Path) -> None:
    folder = written(home, HELPED).parent
    (folder / "signals").mkdir()
    helper = folder / "signals" / "cross.py"
    helper.write_text("def above(data):\n    return data.close[0] > data.open[0]\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "hook-1.py").write_text("no module's name")
    out = folder.parent / "out.json"
    done = quantdesk(folder, "--symbols", "600519.SH", *DATES, "--json", out, "--quiet")
    assert done.exit_code == 0, done.output
    assert BacktestResult.model_validate_json(out.read_bytes()).fills

    helper.write_text("def above(data):\n    return 1 / 0\n")
    done = quantdesk(folder, "--symbols", "600519.SH", *DATES, "--quiet")
    assert done.exit_code == 1
    assert f"{helper}:2: ZeroDivisionError" in done.stderr

    (folder / "json.py").write_text("")
    done = quantdesk(folder, "--symbols", "600519.SH", *DATES, "--quiet")
    assert done.exit_code == 2
    assert "json.py: it would hide the module json" in done.stderr
    done = quantdesk(folder / "signals", "--symbols", "600519.SH", *DATES, "--quiet")
    assert done.exit_code == 2
    assert "main file strategy.py" in done.stderr


def test_stored_corporate_actions_go_to_the_child(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = home / "actions.csv"
    listed.write_text("symbol,ex_date,cash\n600519.SH,2015-07-01,0.5\n000001.SZ,2015-07-01,1\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["data", "import", str(listed)]).exit_code == 0
    given: dict[str, object] = {}

    def child(*_: object, **named: object) -> Stopped:
        given.update(named)
        return Stopped("crashed", "结束", "ended")

    monkeypatch.setattr("quantdesk.cli.backtest.run_local", child)
    assert quantdesk(written(home, STRATEGY), "--symbols", "600519.SH", *DATES).exit_code == 1
    assert given["actions"] == {"600519.SH": [CorporateAction("600519.SH", dt.date(2015, 7, 1), cash=Decimal("0.5"))]}
