"""The items of financial reports that are kept, by one name each, whatever a source calls them.

Companies of other kinds have other sheets: a bank has no inventory and no gross margin. What a report does not have is
absent or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quantdesk.core.sources.records import Statement

Unit = Literal["yuan", "yuan_per_share", "shares", "fraction", "times"]
"""fraction: 0.12 is 12 %. times: one number over another."""


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    statement: Statement
    zh: str
    en: str
    unit: Unit


_TABLE: dict[Statement, tuple[tuple[str, str, str, Unit], ...]] = {
    "income": (
        ("total_revenue", "营业总收入", "Total revenue", "yuan"),
        ("revenue", "营业收入", "Operating revenue", "yuan"),
        ("total_operating_cost", "营业总成本", "Total operating cost", "yuan"),
        ("operating_cost", "营业成本", "Cost of revenue", "yuan"),
        ("rd_expense", "研发费用", "R&D expense", "yuan"),
        ("selling_expense", "销售费用", "Selling expense", "yuan"),
        ("admin_expense", "管理费用", "Administrative expense", "yuan"),
        ("finance_expense", "财务费用", "Finance expense", "yuan"),
        ("operating_profit", "营业利润", "Operating profit", "yuan"),
        ("total_profit", "利润总额", "Profit before tax", "yuan"),
        ("income_tax", "所得税费用", "Income tax", "yuan"),
        ("net_profit", "净利润", "Net profit", "yuan"),
        ("net_profit_parent", "归母净利润", "Net profit to the parent", "yuan"),
        ("net_profit_deducted", "扣非归母净利润", "Net profit to the parent, less one-off items", "yuan"),
        ("eps_basic", "基本每股收益", "Basic EPS", "yuan_per_share"),
        ("eps_diluted", "稀释每股收益", "Diluted EPS", "yuan_per_share"),
    ),
    "balance": (
        ("total_assets", "资产总计", "Total assets", "yuan"),
        ("current_assets", "流动资产合计", "Current assets", "yuan"),
        ("cash", "货币资金", "Cash", "yuan"),
        ("receivables", "应收账款", "Receivables", "yuan"),
        ("inventory", "存货", "Inventory", "yuan"),
        ("fixed_assets", "固定资产", "Fixed assets", "yuan"),
        ("goodwill", "商誉", "Goodwill", "yuan"),
        ("total_liabilities", "负债合计", "Total liabilities", "yuan"),
        ("current_liabilities", "流动负债合计", "Current liabilities", "yuan"),
        ("short_loans", "短期借款", "Short-term loans", "yuan"),
        ("long_loans", "长期借款", "Long-term loans", "yuan"),
        ("total_equity", "所有者权益合计", "Total equity", "yuan"),
        ("equity_parent", "归母所有者权益", "Equity of the parent", "yuan"),
        ("minority_equity", "少数股东权益", "Minority interests", "yuan"),
        ("share_capital", "股本", "Share capital", "yuan"),
    ),
    "cash_flow": (
        ("operating_cash_flow", "经营现金流净额", "Cash flow from operations", "yuan"),
        ("investing_cash_flow", "投资现金流净额", "Cash flow from investing", "yuan"),
        ("financing_cash_flow", "筹资现金流净额", "Cash flow from financing", "yuan"),
        ("capex", "购建长期资产支付的现金", "Capital expenditure", "yuan"),
        ("cash_end", "期末现金余额", "Cash at the end", "yuan"),
    ),
    "indicators": (
        ("roe", "净资产收益率（加权）", "Return on equity (weighted)", "fraction"),
        ("roa", "总资产收益率", "Return on assets", "fraction"),
        ("gross_margin", "毛利率", "Gross margin", "fraction"),
        ("net_margin", "净利率", "Net margin", "fraction"),
        ("debt_ratio", "资产负债率", "Liabilities over assets", "fraction"),
        ("current_ratio", "流动比率", "Current ratio", "times"),
        ("revenue_yoy", "营收同比", "Revenue, year on year", "fraction"),
        ("net_profit_yoy", "归母净利润同比", "Net profit to the parent, year on year", "fraction"),
        ("bps", "每股净资产", "Book value per share", "yuan_per_share"),
    ),
}

ITEMS: dict[str, Item] = {
    name: Item(name, statement, zh, en, unit) for statement, rows in _TABLE.items() for name, zh, en, unit in rows
}
"""All of them by name, in the order in which a report shows them."""


def items_of(statement: Statement) -> list[Item]:
    """Give a statement's items, in the order in which a report shows them."""
    return [item for item in ITEMS.values() if item.statement == statement]
