"""The qlib folder: its bytes, and what qlib itself reads in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.bars.adjust import adjusting_factor
from quantdesk.core.bars.frame import Bars
from quantdesk.core.qlib_folder.codes import to_code
from quantdesk.core.qlib_folder.features import FIELDS, to_bars, to_fields
from quantdesk.core.qlib_folder.layout import decode_calendar, decode_feature, decode_instruments, feature_file
from quantdesk.features.exports.engine.plan import Plan
from quantdesk.features.exports.engine.writing import write_export
from quantdesk.features.exports.schemas import ExportCreate
from tests.fakes.rough_bars import rough_bars
from tests.features.exports.conftest import NOW, Export, export_to, store_of

PEERS = os.environ.get("QD_PEERS_PYTHON", sys.executable)
SYMBOLS = ("600519.SH", "000001.SZ", "000001.SH", "600001.DEMO")


def market(seed: int, days: int = 120) -> list[Bars]:
    """Give stocks of which one is listed late and one is delisted early."""
    spans = ((0, days), (days // 3, days - days // 3), (0, days), (0, days // 2))
    return [
        rough_bars(symbol, seed * 10 + at, first=first, days=count)
        for at, (symbol, (first, count)) in enumerate(zip(SYMBOLS, spans, strict=True))
    ]


def read_back(folder: Path) -> dict[str, Bars]:
    """Read a folder with the core's own decoders."""
    calendar = decode_calendar((folder / "calendars/day.txt").read_bytes())
    found = {}
    for listed in decode_instruments((folder / "instruments/all.txt").read_bytes(), "all.txt"):
        code = to_code(listed.symbol)
        stored = {
            field: decode_feature((folder / feature_file(code, field)).read_bytes(), len(calendar), field)
            for field in FIELDS
        }
        bars = to_bars(listed.symbol, code, calendar, stored)
        assert (bars.time[0], bars.time[-1]) == (listed.first, listed.last)
        found[listed.symbol] = bars
    return found


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**20), st.sampled_from(["none", "qfq", "hfq"]))
def test_any_market_comes_back_to_the_tick(seed: int, adjustment: Any) -> None:
    stored = market(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = export_to(Path(place) / "q", stored, format="qlib", adjustment=adjustment)
        found = read_back(folder)
    for bars in stored:
        there, back = bars.take(~bars.suspended), found[bars.symbol].take(~found[bars.symbol].suspended)
        for name in ("time", "open", "high", "low", "close", "preclose"):
            np.testing.assert_array_equal(getattr(back, name), getattr(there, name), err_msg=name)
        np.testing.assert_allclose(back.volume, there.volume, rtol=3e-7)


def test_the_folder_by_hand(export: Export, tmp_path: Path) -> None:
    folder = export("q", market(1), format="qlib", start="2020-03-02", end="2020-03-06")
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == sorted(
        [
            "README.txt",
            "calendars/day.txt",
            "instruments/all.txt",
            *(f"features/{to_code(symbol).lower()}/{field}.day.bin" for symbol in SYMBOLS for field in FIELDS),
        ]
    )
    days = (folder / "calendars/day.txt").read_text().split()
    assert days[0] >= "2020-03-02"
    assert days[-1] <= "2020-03-06"
    assert "hfq" in (folder / "README.txt").read_text()


def test_kinds_and_given_groups_have_files_of_their_own(tmp_path: Path) -> None:
    request = ExportCreate(format="qlib", groups={"csi300": ["600519.SH", "000001.SZ", "600000.SH"]})
    plan = Plan(
        request,
        tuple(sorted(SYMBOLS)),
        kinds={symbol: "index" if symbol == "000001.SH" else "stock" for symbol in SYMBOLS},
        groups={"csi300": ("000001.SZ", "600000.SH", "600519.SH")},
    )
    store = store_of(tmp_path / "bars", *market(1))
    write_export(store, plan, tmp_path / "q.zip", tick=lambda *_: None, now=NOW)
    with zipfile.ZipFile(tmp_path / "q.zip") as archive:
        members = {
            name: [line.split("\t")[0] for line in archive.read(f"instruments/{name}.txt").decode().splitlines()]
            for name in ("all", "stock", "index", "csi300")
        }
    assert members == {
        "all": ["DEMO600001", "SH000001", "SH600519", "SZ000001"],
        "stock": ["DEMO600001", "SH600519", "SZ000001"],
        "index": ["SH000001"],
        "csi300": ["SH600519", "SZ000001"],  # 600000.SH is not exported
    }


@pytest.mark.peers
def test_qlib_itself_reads_the_folder(tmp_path: Path) -> None:
    if subprocess.run([PEERS, "-c", "import qlib"], capture_output=True, check=False).returncode:
        pytest.skip("qlib is not installed; QD_PEERS_PYTHON names the interpreter of an environment that has it")
    stored = market(3)
    plan = Plan(ExportCreate(format="qlib"), tuple(sorted(SYMBOLS)), groups={"csi300": ("000001.SZ", "600519.SH")})
    write_export(store_of(tmp_path / "bars", *stored), plan, tmp_path / "q", tick=lambda *_: None, now=NOW)

    script = Path(__file__).with_name("read_by_qlib.py")
    done = subprocess.run([PEERS, script, tmp_path / "q"], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout[done.stdout.index('{"calendar"') :])
    calendar = np.unique(np.concatenate([bars.time for bars in stored]))
    assert found["calendar"] == [str(day) for day in calendar]
    assert set(found["csi300"]) == {"SH600519", "SZ000001"}
    for bars in stored:
        code = to_code(bars.symbol)
        assert found["all"][code] == [[str(bars.time[0]), str(bars.time[-1])]]
        seen = found["features"][code]
        days = calendar[(calendar >= bars.time[0]) & (calendar <= bars.time[-1])]
        assert seen["date"] == [str(day) for day in days]
        factor = adjusting_factor(bars, "hfq")
        at = np.searchsorted(days, bars.time)
        for name, values in to_fields(bars, factor).items():
            _equal(seen[f"${name}"], at, values, 1e-7)
        traded = ~bars.suspended
        _equal(seen["$close / $factor"], at, np.where(traded, bars.close, np.nan), 3e-7)
        _equal(seen["$volume * $factor"], at, np.where(traded, bars.volume, np.nan), 3e-7)
        closes = np.full(len(days), np.nan)
        closes[at] = np.where(traded, bars.close * factor, np.nan)
        returns = np.append(np.nan, closes[1:] / closes[:-1] - 1)
        _equal(seen["$close / Ref($close, 1) - 1"], np.arange(len(days)), returns, 1e-5)


def _equal(seen: list[float | None], at: np.ndarray, wanted: np.ndarray, tolerance: float) -> None:
    """Compare what qlib gives on the days of the bars; on all other days it gives nothing."""
    values = np.array([np.nan if value is None else value for value in seen])
    np.testing.assert_allclose(values[at], wanted, rtol=tolerance, atol=1e-6 if tolerance == 1e-5 else 0)
    others = np.setdiff1d(np.arange(len(values)), at)
    assert np.isnan(values[others]).all()
