"""The names of what sources give; without an import, for the settings use them."""

from __future__ import annotations

from typing import Literal

Dataset = Literal[
    "stock_daily",
    "stock_minute",
    "index_daily",
    "index_minute",
    "etf_daily",
    "etf_minute",
    "futures_daily",
    "futures_minute",
    "factors",
    "dividends",
    "names",
    "calendar",
    "instruments",
    "suspensions",
    "funds",
    "statements",
    "valuation",
    "constituents",
    "industry_boards",
    "concept_boards",
    "limit_up_pool",
    "fund_nav",
    "futures_contracts",
]
"""What can be asked for.

Of one symbol: bars (those of LOFs are with the ETFs'), factors, dividends, names, statements (always all of them),
valuation, constituents (the index's), fund_nav. Of one day (`start`): suspensions, limit_up_pool. Of all at once:
calendar, instruments, funds (their list: ETFs, LOFs and open funds), industry_boards, concept_boards,
futures_contracts.
"""

SourceName = Literal["eastmoney", "sina", "tencent", "baostock", "csindex", "exchanges", "tushare", "tdx"]

FIRST_ASKED: dict[Dataset, tuple[SourceName, ...]] = {
    "futures_daily": ("sina",),  # with settlement prices, and spliced contracts
    "constituents": ("csindex",),  # with weights
}
"""Sources that are asked before the others, unless the settings say else."""
