"""The exchanges' lists of futures contracts and the index company's spreadsheets: what is particular to them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from quantdesk.adapters.data_source.futures_contracts import contract, last_weekday
from quantdesk.adapters.data_source.polite import Polite
from quantdesk.adapters.data_source.reading import Reader
from quantdesk.ports.data_source import Request
from quantdesk.ports.errors import SourceError
from tests.adapters.data_source.made_answers import CASES_BY_ID
from tests.adapters.data_source.making import make_source
from tests.support.source_server import Reply, SourceServer, source_server

__all__ = ["source_server"]

READER = Reader("test")


@pytest.mark.parametrize(
    ("code", "last", "symbol"),
    [
        ("TA409", "2024-09-13", "TA2409.CZCE"),
        ("TA409", "2034-09-13", "TA3409.CZCE"),
        ("ZC001", "2019-12-27", "ZC2001.CZCE"),  # the last day lies before the year of delivery
        ("CF2411", "2024-11-14", "CF2411.CZCE"),
    ],
)
def test_zhengzhous_year_of_one_digit_is_that_of_the_last_day(code: str, last: str, symbol: str) -> None:
    found = contract(READER, "CZCE", code, 5, 2, "2015-01-05", last)
    assert found is not None
    assert found.symbol == symbol


@pytest.mark.parametrize("code", ["TA409C5000", "IO2409-C-3000", "SPD TA409&TA501", ""])
def test_options_and_combinations_are_left_out(code: str) -> None:
    assert contract(READER, "CZCE", code, 5, 2, "2024-01-05", "2024-09-13") is None


def test_a_product_that_is_not_supported_is_left_out() -> None:
    assert contract(READER, "SHFE", "zz2410", 5, 2, "2024-01-05", "2024-10-15") is None


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2024-01-03T02:00:00+00:00", "2024-01-02"),
        ("2024-01-02T17:00:00+00:00", "2024-01-02"),  # the third in Shanghai
        ("2024-01-08T02:00:00+00:00", "2024-01-05"),
        ("2024-01-07T02:00:00+00:00", "2024-01-05"),
    ],
)
def test_lists_are_asked_for_the_last_weekday_that_is_over_in_shanghai(now: str, day: str) -> None:
    assert last_weekday(dt.datetime.fromisoformat(now)).isoformat() == day


def test_without_a_day_the_lists_are_those_of_the_last_weekday(
    source_server: SourceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES_BY_ID["exchanges-futures_contracts-1d"]
    source_server.script = lambda url, posted: Reply(case.answer(url, posted))
    monkeypatch.setattr(Polite, "now", lambda self: dt.datetime(2024, 1, 8, 2, tzinfo=dt.UTC))
    case.check(make_source("exchanges", tmp_path / "state.db").get(Request("futures_contracts")))
    dated = [url for url in source_server.asked if "2024" in url]
    assert len(dated) == 4
    assert all("20240105" in url.replace("/05/", "05/") for url in dated)


def test_an_index_without_a_spreadsheet_is_unknown(source_server: SourceServer, tmp_path: Path) -> None:
    body = b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'
    source_server.script = lambda url, posted: Reply(body, 404, content_type="application/xml")
    with pytest.raises(SourceError) as caught:
        make_source("csindex", tmp_path / "state.db").get(Request("constituents", "399006.SZ"))
    assert caught.value.kind == "unknown_symbol"
