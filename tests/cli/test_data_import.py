"""`quantdesk data import` and `list`, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.adapters.bar_store.parquet import ParquetBarStore
from quantdesk.cli.main import main

HEADER = "date,code,name,open,high,low,close,volume,amount\n"
GOOD = HEADER + "2024-01-02,sh.600519,贵州茅台,10,11,9,10.5,1000,10500\n"
BAD = HEADER + "2024-01-02,sz.000001,平安银行,10,11,9,10.5,1000,10500\n2024-01-03,sz.000001,平安银行,10,9,11,x,1,1\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    monkeypatch.delenv("QD_DATABASE__URL", raising=False)
    return tmp_path / "home"


def quantdesk(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", *map(str, arguments)])


def file(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_stored_then_unchanged_and_listed_by_name(home: Path, tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", GOOD)
    first = quantdesk("import", path)
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[1].split() == [
        "a.csv", "stored", "1", "1", "0", "1", "0", "0", "600519.SH", "2024-01-02", "to", "2024-01-02",
    ]  # fmt: skip
    second = quantdesk("import", path)
    assert second.exit_code == 0
    assert second.stdout.splitlines()[1].split()[1] == "unchanged"
    assert "贵州茅台" in quantdesk("list", "gzmt").stdout
    assert quantdesk("list", "000001").stdout == ""


def test_a_folder_stands_for_its_data_files_and_a_bad_one_among_them_ends_with_status_1(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    file(folder / "deeper", "a.csv", GOOD)
    file(folder, "b.csv", BAD)
    file(folder, "README.md", "not data")
    result = quantdesk("import", folder, "--json", tmp_path / "out.json")
    assert result.exit_code == 1
    assert "line 3, close 'x'" in result.stdout
    reports = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [(report["name"], report["status"]) for report in reports] == [("b.csv", "refused"), ("a.csv", "stored")]
    assert [item.symbol for item in ParquetBarStore(home / "bars").list_coverage("1d")] == ["600519.SH"]
    skipped = quantdesk("import", folder, "--skip-bad-rows")
    assert skipped.exit_code == 0
    assert len(ParquetBarStore(home / "bars").list_coverage("1d")) == 2


def test_a_dry_run_counts_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    path = file(tmp_path, "a.csv", GOOD)
    for expected in ("1", "0"):
        dry = quantdesk("import", path, "--dry-run")
        assert dry.exit_code == 0
        assert dry.stdout.splitlines()[1].split()[5] == expected
        if expected == "1":
            assert not (home / "bars").exists()
            assert quantdesk("list").stdout == ""
            quantdesk("import", path)


def test_columns_symbol_and_unit_can_be_said(home: Path, tmp_path: Path) -> None:
    path = file(tmp_path, "mine.csv", "d,o,h,l,c,v\n2024-01-02,10,11,9,10.5,10\n")
    pairs = ("date=d", "open=o", "high=h", "low=l", "close=c", "volume=v")
    options = [word for pair in pairs for word in ("--map", pair)]
    result = quantdesk("import", path, *options, "--symbol", "600519.SH", "--volume-unit", "lot")
    assert result.exit_code == 0, result.output
    bars = ParquetBarStore(home / "bars").read("600519.SH", "1d")
    assert bars is not None
    assert bars.volume.tolist() == [1000]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give the files or folders"),
        (["x.csv", "--map", "nonsense"], "FIELD=COLUMN"),
        (["x.csv", "--map", "price=close"], "FIELD=COLUMN"),
        (["x.csv", "--volume-unit", "kg"], "kg"),
    ],
)
def test_a_wrong_command_is_explained(home: Path, arguments: list[str], said: str) -> None:
    result = quantdesk("import", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_that_is_not_there_is_refused_in_one_line(home: Path, tmp_path: Path) -> None:
    result = quantdesk("import", tmp_path / "no.csv")
    assert result.exit_code == 1
    assert "There is no file 'no.csv'" in result.stdout


def test_reports_for_programs_are_json_lines(home: Path, tmp_path: Path) -> None:
    result = quantdesk("import", file(tmp_path, "a.csv", GOOD), "--json-lines")
    messages = [json.loads(line) for line in result.stdout.splitlines()]
    assert messages[0]["type"] == "progress"
    assert messages[-1]["type"] == "result"
    assert messages[-1]["data"]["reports"][0]["inserted"] == 1
