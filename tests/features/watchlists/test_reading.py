"""Pasted text: what is a code, what is a name, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.features.watchlists.reading import read

NAMES = {"600519.SH": "贵州茅台", "000858.SZ": "五粮液", "600001.DEMO": "星河模拟", "000300.SH": "沪深300"}


@pytest.mark.parametrize(
    "text",
    [
        "600519 000858",
        "600519,000858",
        "sh600519；sz000858",
        "600519.XSHG\n000858.XSHE\n",
        "600519/000858",
        "600519-000858",
        "600519、000858。",
        "贵州茅台\t五粮液",
        "1. 贵州茅台(600519)\n2. 五粮液(000858)".replace("1. ", "").replace("2. ", ""),
        "SH600519|SZ000858|SH600519",
        "６００５１９　０００８５８",
        "贵州茅台600519 五粮液000858",
    ],
)
def test_codes_and_names_are_read_however_they_are_written(text: str) -> None:
    found = read(text, NAMES)
    assert (found.symbols, found.unknown) == (["600519.SH", "000858.SZ"], [])


def test_what_is_neither_is_told_once() -> None:
    found = read("茅台 600519 xyz 茅台 999999 12345 rb2410.SHFE -- ... 600519", NAMES)
    assert found.symbols == ["600519.SH", "rb2410.SHFE"]
    assert found.unknown == ["茅台", "xyz", "999999", "12345"]


def test_a_bare_code_that_only_the_demo_market_has_is_the_demo_markets() -> None:
    assert read("600001 600519", NAMES).symbols == ["600001.DEMO", "600519.SH"]
    assert read("600001.SH sh600001", NAMES).symbols == ["600001.SH"]


def test_an_index_is_named_by_its_name() -> None:
    assert read("沪深300", NAMES).symbols == ["000300.SH"]


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    found = read(text, NAMES)
    assert len(found.symbols) == len(set(found.symbols))
    assert len(found.unknown) <= 100
