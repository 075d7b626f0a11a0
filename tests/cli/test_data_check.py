"""`quantdesk data check`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.cli.main import main

FILE = """date,code,open,high,low,close,preclose,volume,amount,tradestatus,isST
2023-12-25,sh.600519,10.00,10.10,9.90,10.00,10.00,900,9000.00,1,0
2023-12-26,sh.600519,10.00,10.10,9.90,10.00,10.00,910,9100.00,1,0
2023-12-27,sh.600519,10.00,10.10,9.90,10.00,10.00,920,9200.00,1,0
2023-12-28,sh.600519,10.00,10.10,9.90,10.00,10.00,930,9300.00,1,0
2023-12-29,sh.600519,10.00,10.10,9.90,10.00,10.00,940,9400.00,1,0
2024-01-02,sh.600519,10.00,10.20,9.90,10.10,10.00,1000,10050.00,1,0
2024-01-03,sh.600519,10.10,10.30,10.00,10.20,10.10,1100,11165.00,1,0
2024-01-04,sh.600519,10.20,14.00,10.10,14.00,10.20,1200,14460.00,1,0
2024-01-05,sh.600519,10.20,10.40,10.10,10.30,10.20,1300,13325.00,1,0
2024-01-02,sz.000001,20.00,20.20,19.90,20.10,20.00,1000,20050.00,1,0
"""
"""The first five bars may be the first days of a listing, which have no limits: the wrong one comes after them."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    monkeypatch.delenv("QD_DATABASE__URL", raising=False)
    (tmp_path / "bars.csv").write_text(FILE)
    assert quantdesk("import", tmp_path / "bars.csv").exit_code == 0
    return tmp_path


def quantdesk(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["data", *map(str, arguments)])


def test_a_price_beyond_its_limit_is_told_and_ends_with_status_1(home: Path) -> None:
    result = quantdesk("check")
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("10 bars of 2 series")
    assert "600519.SH (1d)" in result.stdout
    assert "2024-01-04 error    high is 14, the limit is 11.22" in result.stdout


def test_all_findings_are_written_as_json_of_the_symbols_asked_for(home: Path) -> None:
    out = home / "findings.json"
    assert quantdesk("check", "--symbols", "sh600519", "--json", out).exit_code == 1
    [report] = json.loads(out.read_text())
    assert (report["symbol"], report["errors"]) == ("600519.SH", 1)
    [finding] = [one for one in report["findings"] if one["severity"] == "error"]
    assert (finding["date"], finding["kind"], finding["zh"]) == (
        "2024-01-04",
        "beyond_limit",
        "最高价为 14，涨跌停价为 11.22",
    )
    assert quantdesk("check", "--symbols", "000001.SZ").exit_code == 0  # only stale, which is a warning
