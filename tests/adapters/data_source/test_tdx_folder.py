"""The folder of a 通达信 program, made up here; with its real files where a test is marked `data`."""

from __future__ import annotations

import datetime as dt
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from quantdesk.adapters.data_source.tdx import TdxFolder
from quantdesk.ports.data_source import Request, bars_of
from quantdesk.ports.datasets import Dataset
from quantdesk.ports.errors import SourceError
from tests.support.requirements import DATA

DAILY = Request("stock_daily", "600001.SH")


def day(date: int, *, close: int = 1020, volume: int = 100_000, amount: float = 1_020_000) -> bytes:
    return struct.pack("<IiiiifII", date, 1000, 1030, 990, close, amount, volume, 0)


GOOD = day(20240102) + day(20240103)


@pytest.fixture
def vipdoc(tmp_path: Path) -> Path:
    folder = tmp_path / "vipdoc"
    (folder / "sh" / "lday").mkdir(parents=True)
    (folder / "sh" / "fzline").mkdir()
    (folder / "sh" / "minline").mkdir()
    return folder


def kind_of(folder: Path, request: Request, body: bytes | None = None) -> str:
    source = TdxFolder(folder)
    if body is not None:
        (folder / "sh" / "lday" / "sh600001.day").write_bytes(body)
    with pytest.raises(SourceError) as caught:
        source.parse(request, source.fetch(request))
    return caught.value.kind


def test_days_are_read_and_cut_to_the_request(vipdoc: Path) -> None:
    (vipdoc / "sh" / "lday" / "sh600001.day").write_bytes(GOOD)
    source = TdxFolder(vipdoc)
    bars = source.daily_bars("600001.SH", dt.date(2024, 1, 3), dt.date(2024, 1, 31))
    assert bars.time.tolist() == [dt.date(2024, 1, 3)]
    assert (bars.open[0], bars.close[0], bars.volume[0]) == (10.0, 10.2, 100_000)
    assert source.health() == []
    assert source.fetch(DAILY)[0].url.startswith("file://")


def minute(at: int, *, volume: int, amount: float) -> bytes:
    date = (2024 - 2004) * 2048 + 102
    return struct.pack("<HHfffffII", date, 570 + at, 10.0, 10.3, 9.9, 10.2, amount, volume, 0)


@pytest.mark.parametrize(
    ("dataset", "symbol", "volume", "shares"),
    [
        ("stock_minute", "600001.SH", 100_000, 100_000),
        ("etf_minute", "510001.SH", 100_000, 100_000),
        ("etf_minute", "501001.SH", 100_000, 100_000),
        ("index_minute", "000300.SH", 1_000, 100_000),
    ],
)
def test_minutes_of_shares_funds_and_indices_are_read(
    vipdoc: Path, dataset: Dataset, symbol: str, volume: int, shares: float
) -> None:
    file = vipdoc / "sh" / "minline" / f"sh{symbol[:6]}.lc1"
    file.write_bytes(b"".join(minute(at, volume=volume, amount=1_020_000) for at in (5, 6)))
    source = TdxFolder(vipdoc)
    request = Request(dataset, symbol, "1m")
    bars = bars_of(source.parse(request, source.fetch(request)))
    assert (len(bars), bars.volume[0]) == (2, shares)
    assert bars.time[0] == np.datetime64("2024-01-02T01:35:00")  # 09:35 in Shanghai
    file.write_bytes(minute(5, volume=volume * 100, amount=1_020_000))
    with pytest.raises(SourceError) as caught:
        source.parse(request, source.fetch(request))
    assert caught.value.kind == "units"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "truncated"),
        (GOOD[:-1], "truncated"),
        (b"<html>" + GOOD[6:], "invalid"),
        (day(20240103) + day(20240102), "out_of_order"),
        (day(20240102) * 2, "out_of_order"),
        (day(20240102, close=100), "invalid"),
        (day(20240102, volume=1000), "units"),
        (day(20240102, amount=1_020), "units"),
    ],
)
def test_a_file_that_is_wrong_is_named_so(vipdoc: Path, body: bytes, kind: str) -> None:
    expected = "invalid" if body == b"" else kind
    assert kind_of(vipdoc, DAILY, body) in (kind, expected)


def test_what_is_not_there_says_what_to_do(vipdoc: Path, tmp_path: Path) -> None:
    assert kind_of(vipdoc, DAILY) == "unknown_symbol"
    assert kind_of(tmp_path / "nowhere", DAILY) == "not_set_up"
    assert kind_of(vipdoc, Request("stock_daily", "rb2410.SHFE")) == "unsupported"
    assert kind_of(vipdoc, Request("factors", "600001.SH")) == "unsupported"
    assert kind_of(vipdoc, Request("stock_daily", "600001.SH", start=dt.date(2030, 1, 1)), GOOD) == "empty"


@pytest.mark.parametrize("symbol", ["../x", "777777.SH", "600001.DEMO", "BTC-USDT.OKX"])
def test_what_is_no_share_is_not_looked_for(vipdoc: Path, symbol: str) -> None:
    with pytest.raises(SourceError) as caught:
        TdxFolder(vipdoc).daily_bars(symbol, dt.date(2024, 1, 1), dt.date(2024, 1, 31))
    assert caught.value.kind in ("unknown_symbol", "unsupported")


def test_the_file_of_another_share_is_refused(vipdoc: Path) -> None:
    (vipdoc / "sh" / "lday" / "sh600001.day").write_bytes(GOOD)
    source = TdxFolder(vipdoc)
    with pytest.raises(SourceError) as caught:
        source.parse(Request("stock_daily", "600002.SH"), source.fetch(DAILY))
    assert caught.value.kind == "wrong_symbol"


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the market files in ../shared/data are not here")
def test_the_real_files_are_read(vipdoc: Path) -> None:
    places = {
        "hikyuu_sh600000.day": "sh/lday/sh600000.day",
        "sh000001.day": "sh/lday/sh000001.day",
        "sh688001.lc1": "sh/minline/sh688001.lc1",
        "sh688001.lc5": "sh/fzline/sh688001.lc5",
    }
    for name, place in places.items():
        shutil.copy(DATA / "tdx" / name, vipdoc / place)
    source = TdxFolder(vipdoc)

    def read(request: Request) -> int:
        bars = bars_of(source.parse(request, source.fetch(request)))
        assert (np.diff(bars.time) > np.timedelta64(0, "s")).all()
        return len(bars)

    assert read(Request("stock_daily", "600000.SH")) == 195_808 // 32
    assert read(Request("index_daily", "000001.SH")) == 164_992 // 32
    assert read(Request("stock_minute", "688001.SH", "5m")) == 4_608 // 32
    assert read(Request("stock_minute", "688001.SH", "1m")) == 92_160 // 32
