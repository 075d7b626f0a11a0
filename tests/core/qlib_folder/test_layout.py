"""The files of a qlib folder, byte by byte."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantdesk.core.instruments.symbol import SymbolError, UnknownCodeError
from quantdesk.core.qlib_folder.codes import from_code, to_code
from quantdesk.core.qlib_folder.errors import WORDS, QlibFolderError
from quantdesk.core.qlib_folder.layout import (
    decode_calendar,
    decode_feature,
    decode_instruments,
    encode_calendar,
    encode_feature,
    encode_instruments,
    feature_file,
    instruments_file,
)

DAYS = np.array(["2024-01-02", "2024-01-03", "2024-01-05"], dtype="datetime64[D]")


def test_a_field_is_float32_little_endian_with_its_place_in_the_calendar_first() -> None:
    assert encode_feature(3, np.array([10.5, np.nan, -1.0])) == struct.pack("<4f", 3, 10.5, float("nan"), -1)


def test_a_calendar_is_a_day_a_line() -> None:
    assert encode_calendar(DAYS) == b"2024-01-02\n2024-01-03\n2024-01-05\n"


def test_instruments_are_tabbed_and_sorted_by_code() -> None:
    listed = [("SZ000001", DAYS[0], DAYS[1]), ("SH600519", DAYS[1], DAYS[2])]
    assert encode_instruments(listed) == (b"SH600519\t2024-01-03\t2024-01-05\nSZ000001\t2024-01-02\t2024-01-03\n")


def test_the_paths_are_qlibs() -> None:
    assert feature_file("SH600519", "close") == "features/sh600519/close.day.bin"
    assert instruments_file("csi300") == "instruments/csi300.txt"


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("600519.SH", "SH600519"),
        ("000001.SZ", "SZ000001"),
        ("000001.SH", "SH000001"),
        ("430047.BJ", "BJ430047"),
        ("600001.DEMO", "DEMO600001"),
        ("rb2410.SHFE", "SHFE_RB2410"),
        ("IF.CFFEX", "CFFEX_IF"),
        ("BTC-USDT.BINANCE", "BINANCE_BTC-USDT"),
    ],
)
def test_a_symbol_has_one_code_and_comes_back_from_it_in_either_case(symbol: str, code: str) -> None:
    assert to_code(symbol) == code
    assert from_code(code) == symbol
    assert from_code(code.lower()) == symbol


@pytest.mark.parametrize("code", ["600519", "XX600519", "SH60051", "", "../SH600519", "SH999999x"])
def test_a_text_that_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(SymbolError):
        from_code(code)


def test_a_code_of_no_instrument_is_refused() -> None:
    with pytest.raises(UnknownCodeError):
        from_code("SZ999999")


@settings(deadline=None)
@given(
    st.lists(st.integers(-7000, 20_000), min_size=1, unique=True).map(sorted),
)
def test_any_calendar_comes_back(numbers: list[int]) -> None:
    days = np.array(numbers, dtype="datetime64[D]")
    np.testing.assert_array_equal(decode_calendar(encode_calendar(days)), days)


@settings(deadline=None)
@given(
    st.integers(0, 8000),
    st.lists(st.floats(width=32, allow_infinity=False), min_size=1, max_size=50),
    st.integers(0, 5),
)
def test_any_field_comes_back_bit_by_bit(start: int, values: list[float], room: int) -> None:
    data = encode_feature(start, np.array(values))
    at, found = decode_feature(data, start + len(values) + room, "x.bin")
    assert at == start
    np.testing.assert_array_equal(found, np.array(values, dtype=np.float32))


@pytest.mark.parametrize(
    ("data", "days", "code"),
    [
        (b"", 9, "qlib_bin_short"),
        (struct.pack("<f", 0), 9, "qlib_bin_short"),
        (struct.pack("<2f", 0, 1)[:-1], 9, "qlib_bin_short"),
        (struct.pack("<2f", -1, 1), 9, "qlib_bin_start"),
        (struct.pack("<2f", 0.5, 1), 9, "qlib_bin_start"),
        (struct.pack("<2f", float("nan"), 1), 9, "qlib_bin_start"),
        (struct.pack("<2f", float("inf"), 1), 9, "qlib_bin_start"),
        (struct.pack("<2f", 9, 1), 9, "qlib_bin_start"),
        (struct.pack("<4f", 7, 1, 2, 3), 9, "qlib_bin_long"),
        (struct.pack(">2f", 1, 1), 9, "qlib_bin_start"),
    ],
    ids=[
        "empty",
        "start only",
        "cut",
        "negative",
        "half",
        "nan",
        "infinite",
        "after the end",
        "too long",
        "big-endian",
    ],
)
def test_a_broken_field_is_named(data: bytes, days: int, code: str) -> None:
    with pytest.raises(QlibFolderError, match=r"features/sh600519/close\.day\.bin") as error:
        decode_feature(data, days, "features/sh600519/close.day.bin")
    assert error.value.code == code


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_are_a_field_of_the_calendar_or_a_named_error(data: bytes, days: int) -> None:
    try:
        start, values = decode_feature(data, days, "x.bin")
    except QlibFolderError:
        return
    assert start >= 0
    assert start + len(values) <= days


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "qlib_calendar_empty", "no trading day"),
        ("2024-01-02\nJanuary", "qlib_calendar_date", "Line 2"),
        ("2024-02-30", "qlib_calendar_date", "2024-02-30"),
        ("2024-01-03\n2024-01-02", "qlib_calendar_order", "2024-01-02"),
        ("2024-01-03\n\n2024-01-03", "qlib_calendar_order", "Line 3"),
    ],
)
def test_a_broken_calendar_is_named(text: str, code: str, words: str) -> None:
    with pytest.raises(QlibFolderError, match=words) as error:
        decode_calendar(text.encode())
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "qlib_instruments_empty"),
        ("SH600519", "qlib_instrument_line"),
        ("SH600519\t2024-01-02", "qlib_instrument_line"),
        ("SH600519 2024-01-02 2024-01-03", "qlib_instrument_line"),
        ("SH600519\t2024-01-02\tnever", "qlib_instrument_line"),
        ("SH600519\t2024-01-03\t2024-01-02", "qlib_instrument_dates"),
        ("AAPL\t2024-01-02\t2024-01-03", "qlib_instrument_unknown"),
    ],
)
def test_a_broken_line_of_instruments_is_named(text: str, code: str) -> None:
    with pytest.raises(QlibFolderError) as error:
        decode_instruments(text.encode(), "instruments/all.txt")
    assert error.value.code == code
    if text:
        assert "ine 1 of instruments/all.txt" in str(error.value)


@pytest.mark.parametrize("decode", [lambda data: decode_calendar(data), lambda data: decode_instruments(data, "x")])
def test_bytes_that_are_no_text_are_named(decode: object) -> None:
    with pytest.raises(QlibFolderError, match="UTF-8"):
        decode(b"\xff\xfe2024")  # type: ignore[operator]


def test_instruments_come_back_with_a_time_of_day_behind_the_dates() -> None:
    first = decode_instruments(b"sh600519\t2024-01-02 00:00:00\t2024-01-03 00:00:00\r\n", "x")[0]
    assert (first.symbol, str(first.first), str(first.last)) == ("600519.SH", "2024-01-02", "2024-01-03")


def test_each_error_has_both_texts_with_the_same_values() -> None:
    import string

    for zh, en in WORDS.values():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, en)]
        assert fields[0] == fields[1]
