"""Why an order was refused, in words."""

from __future__ import annotations

from quantdesk.core.backtest.recorder import RejectionRecord
from quantdesk.core.backtest.words import Words


def words(record: RejectionRecord) -> Words:
    """Say in Chinese and English which rule refused the order and the numbers it compared."""
    n, symbol, quantity = record.numbers, record.symbol, record.quantity
    match record.rule:
        case "lot":
            return Words(
                f"{symbol} 委托 {n['asked']} 股不足一手（最少 {n['minimum']} 股）",
                f"{symbol}: {n['asked']} shares are less than one lot (at least {n['minimum']})",
            )
        case "cash":
            return Words(
                f"{symbol} 买入 {quantity} 股需要 {n['needed']} 元（含费用），可用现金 {n['cash']} 元",
                f"{symbol}: buying {quantity} shares needs {n['needed']} yuan with costs, there are {n['cash']}",
            )
        case "position":
            return Words(
                f"{symbol} 卖出 {n['asked']} 股，持仓只有 {n['held']} 股",
                f"{symbol}: {n['asked']} shares to sell, {n['held']} held",
            )
        case "price":
            return Words(
                f"{symbol} 委托价 {n['price']} 无效，必须大于 0",
                f"{symbol}: the order's price {n['price']} must be above 0",
            )
        case "data":
            return Words(
                f"{symbol} 还没有行情（未上市或数据尚未开始），不能委托",
                f"{symbol} has no bars yet (not listed, or its data start later)",
            )
