"""Symbols in every spelling people and files use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.instruments.symbol import (
    SymbolError,
    SymbolFormatError,
    UnknownCodeError,
    UnknownExchangeError,
    board_of,
    classify,
    fund_symbol,
    is_simulated,
    kind_of,
    normalise,
    product_of,
    split,
)

SPELLINGS = [
    ("600519.SH", "600519.SH"),
    ("SH600519", "600519.SH"),
    ("sh600519", "600519.SH"),
    ("sh.600519", "600519.SH"),
    ("SH#600519", "600519.SH"),
    ("600519.XSHG", "600519.SH"),
    ("600519.ss", "600519.SH"),
    ("SHSE.600519", "600519.SH"),
    ("600519.SSE", "600519.SH"),
    (" 600519 ", "600519.SH"),
    ("６００５１９．ＳＨ", "600519.SH"),
    ("000001.XSHE", "000001.SZ"),
    ("SZ000001", "000001.SZ"),
    ("SZSE.000001", "000001.SZ"),
    ("000001", "000001.SZ"),
    ("300750", "300750.SZ"),
    ("688981", "688981.SH"),
    ("430047.BJ", "430047.BJ"),
    ("bj430047", "430047.BJ"),
    ("920002", "920002.BJ"),
    ("830799", "830799.BJ"),
    ("900901", "900901.SH"),
    ("200012", "200012.SZ"),
    ("000300.SH", "000300.SH"),
    ("sh000300", "000300.SH"),
    ("399006", "399006.SZ"),
    ("899050", "899050.BJ"),
    ("510300", "510300.SH"),
    ("159915.SZ", "159915.SZ"),
    ("600001.DEMO", "600001.DEMO"),
    ("demo600001", "600001.DEMO"),
    ("110011.OF", "110011.OF"),
    ("of110011", "110011.OF"),
    ("IF2406.CFFEX", "IF2406.CFFEX"),
    ("if2406.ccfx", "IF2406.CFFEX"),
    ("RB2410.XSGE", "rb2410.SHFE"),
    ("SHFE.rb2410", "rb2410.SHFE"),
    ("TA2409.CZC", "TA2409.CZCE"),
    ("sc2409.INE", "sc2409.INE"),
    ("si2409.GFE", "si2409.GFEX"),
    ("rb.SHFE", "rb.SHFE"),
    ("CFFEX.IF_HOT", "IF.CFFEX"),
    ("DCE.a_HOT", "a.DCE"),
    ("IF9999.CCFX", "IF.CFFEX"),
    ("BTC-USDT.BINANCE", "BTC-USDT.BINANCE"),
    ("btcusdt.binance", "BTC-USDT.BINANCE"),
    ("BINANCE:BTCUSDT", "BTC-USDT.BINANCE"),
    ("BTC/USDT.OKX", "BTC-USDT.OKX"),
    ("1INCH_USDT.BINANCE", "1INCH-USDT.BINANCE"),
]


@pytest.mark.parametrize(("text", "symbol"), SPELLINGS)
def test_each_spelling_gives_the_canonical_symbol(text: str, symbol: str) -> None:
    assert normalise(text) == symbol
    assert normalise(symbol) == symbol


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", SymbolFormatError, "six digits"),
        ("60051", SymbolFormatError, "six digits"),
        ("6005199", SymbolFormatError, "six digits"),
        ("贵州茅台", SymbolFormatError, "six digits"),
        ("../600519", SymbolFormatError, "six digits"),
        ("600519.SH\n600519.SH", SymbolFormatError, "six digits"),
        ("600519.NYSE", UnknownExchangeError, "NYSE"),
        ("SH600519.SZ", SymbolFormatError, "two exchanges"),
        ("600519.SZ", UnknownCodeError, "600519.SH"),
        ("300750.SH", UnknownCodeError, "300750.SZ"),
        ("777777", UnknownCodeError, "777777"),
        ("113050.SH", UnknownCodeError, "113050.SH"),
        ("510300.DEMO", UnknownCodeError, "demo market"),
        ("rb2410", SymbolFormatError, "rb2410.SHFE"),
        ("rb2410.NYMEX", SymbolFormatError, "rb2410.SHFE"),
        ("zz2410.SHFE", UnknownCodeError, "SHFE has no product zz"),
        ("TA409.CZCE", SymbolFormatError, "TA2609.CZCE"),
        ("IF2413.CFFEX", SymbolFormatError, "month is 2413"),
        ("BTC-DOGE.BINANCE", SymbolFormatError, "BTC-USDT.BINANCE"),
        ("BTC-USDT", SymbolFormatError, "BTC-USDT.BINANCE"),
    ],
)
def test_what_is_no_symbol_says_what_to_write(text: str, error: type[SymbolError], says: str) -> None:
    with pytest.raises(error, match=says.replace(".", r"\.")):
        normalise(text)


@given(st.text(max_size=30))
def test_any_text_gives_a_symbol_or_a_symbol_error(text: str) -> None:
    try:
        symbol = normalise(text)
    except SymbolError:
        return
    assert normalise(symbol) == symbol
    kind, _ = classify(symbol)
    assert split(symbol)[0].isdigit() or kind in ("future", "crypto")


@given(st.from_regex(r"[A-Za-z]{1,2}[0-9]{0,4}\.(CFFEX|SHFE|INE|DCE|CZCE|GFEX)", fullmatch=True))
def test_a_future_is_canonical_in_its_exchanges_case_only(text: str) -> None:
    try:
        symbol = normalise(text)
    except SymbolError:
        return
    assert normalise(symbol) == symbol
    assert classify(symbol) == ("future", None)
    product = product_of(symbol)
    assert product is not None
    assert symbol.startswith(product)
    assert product.isupper() is (symbol.rpartition(".")[2] in ("CFFEX", "CZCE"))
    with pytest.raises(SymbolFormatError):
        split(symbol.replace(product, product.swapcase(), 1))


@given(st.integers(0, 999_999), st.sampled_from(["SH", "SZ", "BJ", "DEMO", "OF"]))
def test_all_spellings_of_one_code_agree(number: int, exchange: str) -> None:
    code = f"{number:06d}"
    spellings = [f"{code}.{exchange}", f"{exchange}{code}", f"{exchange.lower()}.{code}"]
    answers = set()
    for spelling in spellings:
        try:
            answers.add(normalise(spelling))
        except UnknownCodeError:
            answers.add("unknown")
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("symbol", "kind", "board"),
    [
        ("600519.SH", "stock", "main"),
        ("900901.SH", "stock", "main"),
        ("000001.SZ", "stock", "main"),
        ("002594.SZ", "stock", "main"),
        ("300750.SZ", "stock", "chinext"),
        ("301269.SZ", "stock", "chinext"),
        ("302132.SZ", "stock", "chinext"),
        ("688981.SH", "stock", "star"),
        ("689009.SH", "stock", "star"),
        ("430047.BJ", "stock", "bse"),
        ("830799.BJ", "stock", "bse"),
        ("920002.BJ", "stock", "bse"),
        ("000001.SH", "index", None),
        ("399001.SZ", "index", None),
        ("899050.BJ", "index", None),
        ("510300.SH", "etf", None),
        ("588000.SH", "etf", None),
        ("159915.SZ", "etf", None),
        ("501018.SH", "fund", None),
        ("519300.SH", "fund", None),
        ("161725.SZ", "fund", None),
        ("110011.OF", "fund", None),
        ("000001.OF", "fund", None),
        ("600001.DEMO", "stock", "main"),
        ("000002.DEMO", "stock", "main"),
        ("300001.DEMO", "stock", "chinext"),
        ("688001.DEMO", "stock", "star"),
        ("830001.DEMO", "stock", "bse"),
        ("900001.DEMO", "index", None),
        ("rb2410.SHFE", "future", None),
        ("IF.CFFEX", "future", None),
        ("BTC-USDT.OKX", "crypto", None),
    ],
)
def test_the_code_tells_kind_and_board(symbol: str, kind: str, board: str | None) -> None:
    assert (kind_of(symbol), board_of(symbol)) == (kind, board)


def test_a_known_kind_overrules_the_guess() -> None:
    assert board_of("600519.SH", "index") is None


def test_only_demo_symbols_are_simulated() -> None:
    assert is_simulated("600001.DEMO")
    assert not is_simulated("600001.SH")


@pytest.mark.parametrize(
    "symbol",
    [
        "600519",
        "sh600519",
        "600519.XX",
        "600519.sh",
        "60519.SH",
        "RB2410.SHFE",
        "if.CFFEX",
        "rb241.SHFE",
        "BTCUSDT.BINANCE",
    ],
)
def test_split_takes_canonical_symbols_only(symbol: str) -> None:
    with pytest.raises(SymbolFormatError):
        split(symbol)


@pytest.mark.parametrize(
    ("code", "name", "symbol"),
    [
        ("510300", "测试300ETF", "510300.SH"),
        ("159915", "测试创业板ETF", "159915.SZ"),
        ("161725", "测试白酒指数(LOF)A", "161725.SZ"),
        ("501018", "测试原油", "501018.SH"),
        ("180101", "测试产园REIT", "180101.SZ"),
        ("110011", "测试优质精选混合", "110011.OF"),
        ("560002", "测试红利成长混合", "560002.OF"),
        ("180012", "测试富裕主题混合", "180012.OF"),
        ("160119", "测试500ETF联接A", "160119.OF"),
        ("000001", "测试成长混合", "000001.OF"),
        ("600519", "测试ETF", "600519.OF"),
    ],
)
def test_a_fund_is_of_its_exchange_or_of_none(code: str, name: str, symbol: str) -> None:
    assert fund_symbol(code, name) == symbol


def test_a_bare_code_is_never_an_open_fund() -> None:
    assert normalise("000001") == "000001.SZ"
    with pytest.raises(UnknownCodeError):
        normalise("777777")
    with pytest.raises(SymbolFormatError):
        fund_symbol("11001", "测试混合")
