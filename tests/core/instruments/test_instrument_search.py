"""Search ranking, as one types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.instruments.search import InstrumentIndex, Searchable

ROWS = [
    Searchable("600519.SH", "贵州茅台", "gzmt", "stock", delisted=False),
    Searchable("600000.SH", "浦发银行", "pfyh", "stock", delisted=False),
    Searchable("000001.SZ", "平安银行", "payh", "stock", delisted=False),
    Searchable("000001.SH", "上证指数", "szzs", "index", delisted=False),
    Searchable("601318.SH", "中国平安", "zgpa", "stock", delisted=False),
    Searchable("600001.SH", "邯郸钢铁", "hdgt", "stock", delisted=True),
    Searchable("600001.DEMO", "远川模拟", "ycmn", "stock", delisted=False),
    Searchable("600002.DEMO", "退市平川模拟", "tspcmn", "stock", delisted=True),
    Searchable("000002.SZ", "万  科Ａ", "wka", "stock", delisted=False),
    Searchable("512800.SH", "银行ETF", "yhetf", "etf", delisted=False),
]
INDEX = InstrumentIndex(ROWS)


def found(query: str, limit: int = 20) -> list[str]:
    return [hit.symbol for hit in INDEX.search(query, limit)]


def test_initials_find_the_stock() -> None:
    assert found("gzmt")[0] == "600519.SH"
    assert found("GZ")[0] == "600519.SH"


def test_a_code_prefix_comes_first_and_delisted_and_simulated_come_last_in_it() -> None:
    assert found("6000") == ["600000.SH", "600001.SH", "600001.DEMO", "600002.DEMO"]


def test_a_stock_comes_before_an_index_of_the_same_code() -> None:
    assert found("000001")[:2] == ["000001.SZ", "000001.SH"]


@pytest.mark.parametrize("query", ["sh600519", "600519.XSHG", "sh.600519", "ＳＨ６００５１９", "600519.sh", "SH6005"])
def test_every_spelling_of_a_symbol_finds_it(query: str) -> None:
    assert found(query)[0] == "600519.SH"


def test_an_index_is_found_by_its_spelling() -> None:
    assert found("sh000001")[0] == "000001.SH"


def test_a_name_from_its_beginning_comes_before_one_that_contains_the_word() -> None:
    assert found("平安") == ["000001.SZ", "601318.SH"]
    assert found("银行") == ["512800.SH", "000001.SZ", "600000.SH"]


def test_an_exact_name_comes_before_a_longer_one() -> None:
    index = InstrumentIndex(
        [
            Searchable("600100.SH", "同方股份A", "tfgfa", "stock", delisted=False),
            Searchable("600200.SH", "同方", "tf", "stock", delisted=False),
        ]
    )
    assert [hit.symbol for hit in index.search("同方")] == ["600200.SH", "600100.SH"]
    assert [hit.symbol for hit in index.search("tf")] == ["600200.SH", "600100.SH"]


def test_width_case_and_blanks_do_not_matter() -> None:
    assert found("万科a") == ["000002.SZ"]
    assert found("万 科Ａ") == ["000002.SZ"]
    assert found("ＷＫＡ") == ["000002.SZ"]


def test_initials_from_the_beginning_come_before_initials_that_contain_them() -> None:
    assert found("pa")[:2] == ["000001.SZ", "601318.SH"]


def test_nothing_is_found_for_blank_or_strange_queries() -> None:
    for query in ("", "  ", "\n", "没有这个", "%_*", "6005199999"):
        assert found(query) == []


def test_the_limit_holds_and_nobody_comes_twice() -> None:
    everything = found("0", 100)
    assert len(everything) == len(set(everything))
    assert found("0", 3) == everything[:3]
    assert found("0", 0) == []


@given(st.text(alphabet="0169shgzmtpa平安银行. ", max_size=8))
def test_a_hit_contains_the_query_and_a_row_that_contains_it_is_a_hit(query: str) -> None:
    wanted = "".join(query.split())
    hits = set(found(query, 100))
    for row in ROWS:
        fields = (row.symbol.lower(), "".join(row.name.split()).lower().replace("ａ", "a"), row.initials)
        if wanted and any(wanted in field for field in fields):
            assert row.symbol in hits


def test_an_empty_index_finds_nothing() -> None:
    assert InstrumentIndex([]).search("6") == []
