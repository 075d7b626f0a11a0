"""`quantdesk data tables` and `fetch-tables`, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quantdesk.cli.main import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QD_SOURCES__ONLINE", "false")
    monkeypatch.delenv("QD_DATABASE__URL", raising=False)
    return tmp_path


def quantdesk(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["data", *arguments])


def test_what_is_stored_is_listed_with_its_age_and_source(home: Path) -> None:
    empty = quantdesk("tables")
    assert empty.exit_code == 0, empty.output
    assert "valuation               0 parts          0 rows  never" in empty.stdout
    subprocess.run([sys.executable, "-m", "tests.support.made_company", "600519.SH"], check=True, timeout=120)
    filled = quantdesk("tables").stdout
    assert "dividends               1 parts         11 rows" in filled
    assert filled.count("made") == 4
    assert quantdesk("tables", "dividends").stdout.startswith("600519.SH      2015-12-31 to 2025-12-31       11 rows")
    assert quantdesk("tables", "bars").exit_code == 2


def test_a_fetch_without_sources_says_so_and_ends_with_status_1(home: Path) -> None:
    result = quantdesk("fetch-tables", "600519", "--table", "names", "--json-lines")
    assert result.exit_code == 1
    last = json.loads(result.stdout.splitlines()[-1])
    assert (last["type"], last["code"]) == ("error", "source_unsupported")
