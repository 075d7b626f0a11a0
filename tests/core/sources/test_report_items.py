"""The items of financial reports: each has one name, one statement, both languages and a unit."""

from __future__ import annotations

import re
from typing import get_args

from quantdesk.core.sources.items import ITEMS, Unit, items_of
from quantdesk.core.sources.records import Statement


def test_every_item_has_a_plain_name_both_languages_and_a_unit() -> None:
    assert len(ITEMS) >= 40
    for name, item in ITEMS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name), name
        assert item.name == name
        assert item.unit in get_args(Unit)
        assert re.search("[\u4e00-\u9fff]", item.zh)
        assert item.en.isascii()


def test_the_statements_share_the_items_among_them() -> None:
    parts = [items_of(statement) for statement in get_args(Statement)]
    assert all(parts)
    assert [item for part in parts for item in part] == list(ITEMS.values())
    assert len({item.zh for item in ITEMS.values()}) == len(ITEMS)
