"""A difference in words, in both languages."""

from __future__ import annotations

import datetime as dt

from quantdesk.core.backtest.truncation import Difference
from quantdesk.core.backtest.truncation_words import about_difference

DAY = dt.date(2024, 1, 5)


def test_an_order_of_the_whole_data_alone_is_chinese_in_chinese() -> None:
    found = Difference(
        cut=DAY, symbol="600519.SH", date=DAY, field="order", whole="sell 100 stop_limit 9.5", truncated=None
    )
    words = about_difference(found)
    assert "卖出 100 止损限价 9.5" in words.zh
    assert "sell 100 stop_limit 9.5" in words.en


def test_another_side_is_chinese_in_chinese() -> None:
    words = about_difference(
        Difference(cut=DAY, symbol="600519.SH", date=DAY, field="side", whole="buy", truncated="sell")
    )
    assert words.zh.count("买入") == words.zh.count("卖出") == 1
    assert "buy" not in words.zh
