"""The rule files: what the loader refuses, and what every row of ours has."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from quantdesk.core.rules.book import Rulebook, rulebook
from quantdesk.core.rules.describe import describe
from quantdesk.core.rules.loader import RuleDataError, load, packaged


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    texts = packaged()
    assert old.encode() in texts[file], f"{old!r} is no longer in {file}"
    return {**texts, file: texts[file].replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("price_limits.toml", "until = 2026-07-05", "until = 2026-07-06",
         "limit of main.st: limit.main.st.5 overlaps limit.main.st.10"),
        ("price_limits.toml", "until = 2026-07-05\n", "\n", "limit.main.st.5 overlaps"),
        ("price_limits.toml", "until = 2026-07-05", "until = 2026-07-01",
         "nothing holds between limit.main.st.5 (until 2026-07-01) and limit.main.st.10 (since 2026-07-06)"),
        ("costs.toml", "until = 1997-05-11", "until = 1990-05-11", "until 1990-05-11 is before since 1992-06-12"),
        ("costs.toml", 'id = "duty.1997"', 'id = "duty.1992"', "id duty.1992 is used twice"),
        ("costs.toml", 'source = "duty_2023"', 'source = "hearsay"', "duty.2023: source hearsay"),
        ("costs.toml", 'sell = "0.0005"', 'sell = "5"', "stamp_duty.10.sell"),
        ("units.toml", "minimum = 200", 'minimum = "many"', "lot.4.minimum"),
        ("units.toml", "minimum = 200", "minimum = 200\nmaximal = 3", "lot.4.maximal: Extra inputs"),
        ("settlement.toml", '"518.SH"', '"511.SH"', "511.SH is listed twice"),
        ("futures_contracts.toml", 'unit = "cny_kg"', 'unit = "cny_lb"', "contract.ag.SHFE: unit cny_lb"),
        ("futures_contracts.toml", 'last_day = "last_monday"', 'last_day = "never"', "contract.ec.INE: last_day never"),
        ("futures_fees.toml", '"IM.CFFEX"', '"IX.CFFEX"', "ffee.index.2010: product IX.CFFEX has no contract row"),
        ("futures_limits.toml", 'until = 2015-12-31', 'until = 2016-01-01', "flimit.index.10.2010 overlaps"),
        ("futures_contracts.toml", "multiplier = 300", "multiplier = 0", "contract.0.multiplier"),
        ("crypto.toml", 'tick = "0.01"', 'tick = "0"', "crypto_pair.0.tick"),
        ("units.toml", "[[tick]]", "[[tick", "units.toml"),
        ("units.toml", "[[tick]]", "[[session]]", "table session stands in another file too"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_the_row_at_fault(file: str, old: str, new: str, says: str) -> None:
    with pytest.raises(RuleDataError, match=re.escape(says)):
        load(changed(file, old, new))


def test_a_change_of_any_byte_changes_the_version() -> None:
    assert Rulebook(load(changed("costs.toml", "# Rates", "#  Rates"))).version != rulebook().version
    assert Rulebook(load(packaged())).version == rulebook().version


def test_an_uncertain_row_says_what_is_uncertain() -> None:
    for _, table in rulebook().tables.dated:
        for row in table:
            assert not row.uncertain or row.note is not None, row.id


@pytest.mark.parametrize("symbol", ["600519.SH", "900901.SH", "300750.SZ", "688981.SH", "430047.BJ", "511880.SH"])
def test_every_rule_of_a_day_is_told_in_two_languages_with_its_source(symbol: str) -> None:
    book = rulebook()
    statements = describe(book, book.subject(symbol), dt.date(2024, 1, 2))
    assert statements[0].topic == "limit"
    assert len({statement.id for statement in statements}) == len(statements) >= 8
    for statement in statements:
        assert re.search(r"[\u4e00-\u9fff]", statement.zh), statement
        assert not re.search(r"[\u4e00-\u9fff]", statement.en), statement
        assert statement.source.zh
        assert statement.source.en


def test_the_words_carry_the_numbers_of_the_rows() -> None:
    book = rulebook()
    zh = {s.topic: s.zh for s in describe(book, book.subject("600519.SH"), dt.date(2024, 1, 2), is_st=True)}
    assert zh["limit"] == "主板风险警示（ST）股票涨跌幅限制为前收盘价的 ±5%"
    assert zh["stamp_duty"] == "印花税 0.05%，仅卖出"
    assert zh["transfer_fee"] == "过户费为成交金额的 0.001%，双向"
    first = describe(book, book.subject("688981.SH"), dt.date(2020, 7, 16), list_date=dt.date(2020, 7, 16))
    assert first[0].en == "STAR: the first 5 trading days of a new listing have no price limit"
    assert "rounding" not in {statement.topic for statement in first}


def test_an_index_has_no_rules() -> None:
    book = rulebook()
    assert describe(book, book.subject("000300.SH"), dt.date(2024, 1, 2)) == []
