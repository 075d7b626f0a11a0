"""The names of what sources give; without an import, for the settings use them."""

from __future__ import annotations

from typing import Literal

Dataset = Literal[
    "stock_daily",
    "stock_minute",
    "index_daily",
    "etf_daily",
    "futures_daily",
    "futures_minute",
    "factors",
    "dividends",
    "names",
    "calendar",
    "instruments",
    "suspensions",
]
"""What can be asked for. The first nine are of one symbol; suspensions are of one day (`start`)."""

SourceName = Literal["eastmoney", "sina", "tencent", "exchanges", "baostock", "tushare", "tdx"]
