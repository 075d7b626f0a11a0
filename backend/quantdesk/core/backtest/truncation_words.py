"""The truncation test in words."""

from __future__ import annotations

from quantdesk.core.backtest.truncation import Difference, TruncationReport
from quantdesk.core.backtest.words import Words

PENDING = {
    "unchecked": Words("这个版本还没有做过未来函数检查。", "This version has not been checked for look-ahead yet."),
    "queued": Words("未来函数检查在排队。", "The look-ahead check is queued."),
    "running": Words("正在做未来函数检查。", "The look-ahead check is running."),
    "cancelled": Words(
        "检查已取消，或被更新的一次检查取代。", "The check was cancelled, or a newer check has taken its place."
    ),
}

_FIELD = {
    "side": Words("方向", "side"),
    "type": Words("类型", "type"),
    "quantity": Words("数量", "quantity"),
    "price": Words("价格", "price"),
}

_VALUES = {
    "buy": "买入",
    "sell": "卖出",
    "market": "市价",
    "limit": "限价",
    "stop": "止损",
    "stop_limit": "止损限价",
    "open": "开盘价",
    "close": "收盘价",
}
"""Chinese words of what a decision holds."""


def about_report(report: TruncationReport | None) -> Words:
    """Say what came of the test; None: there were no bars to run on."""
    if report is None:
        return Words(
            "没有可用的日线数据，无法检查。先导入数据或生成模拟市场。",
            "There are no daily bars to run on. Import data or make the demo market first.",
        )
    cuts, orders = len(report.samples), report.decisions
    if report.verdict == "not_tested":
        return Words(
            "策略在抽查的日子之前没有下过单，无从比较。换一段时间或换标的再检查。",
            "The strategy sent no order before the sampled days, so there is nothing to compare. "
            "Check it on other dates or symbols.",
        )
    if report.verdict == "clean":
        return Words(
            f"在 {cuts} 个抽查日截断数据后，{orders} 次委托与完整数据上的完全一致：没有发现未来函数。",
            f"With the data cut at {cuts} sampled days, all {orders} orders are those on the whole data: "
            "no look-ahead was found.",
        )
    days = len({difference.cut for difference in report.differences})
    return Words(
        f"在 {cuts} 个抽查日中，有 {days} 个把之后的数据拿掉，当天或之前的委托就变了：策略用到了当时还没有的数据，"
        "回测结果不可信，实盘做不出来。",
        f"At {days} of {cuts} sampled days, taking the later data away changes orders up to that day: the strategy "
        "uses data that was not there yet. Its backtest cannot be believed, nor traded.",
    )


def about_difference(found: Difference) -> Words:
    """Say what changes in one decision."""
    if found.field == "error":
        return Words(
            f"数据截断到 {found.cut} 时策略报错：{found.truncated}",
            f"With the data cut at {found.cut} the strategy fails: {found.truncated}",
        )
    symbol = found.symbol or ""
    zh, en = f"{found.date} {symbol}", f"{found.date} {symbol}"
    if found.field == "order":
        if found.truncated is None:
            return Words(
                f"{zh}：完整数据上有委托（{_in_chinese(found.whole)}），数据截断到 {found.cut} 时没有。",
                f"{en}: on the whole data there is an order ({found.whole}), with the data cut at {found.cut} none.",
            )
        return Words(
            f"{zh}：完整数据上没有委托，数据截断到 {found.cut} 时有（{_in_chinese(found.truncated)}）。",
            f"{en}: on the whole data there is no order, with the data cut at {found.cut} there is one "
            f"({found.truncated}).",
        )
    field = _FIELD[found.field]
    none = Words("无", "none")
    return Words(
        f"{zh}：委托{field.zh}在完整数据上是 {_in_chinese(found.whole) or none.zh}，数据截断到 {found.cut} 时是 "
        f"{_in_chinese(found.truncated) or none.zh}。",
        f"{en}: the order's {field.en} is {found.whole or none.en} on the whole data, and {found.truncated or none.en} "
        f"with the data cut at {found.cut}.",
    )


def _in_chinese(decision: str | None) -> str:
    return " ".join(_VALUES.get(word, word) for word in (decision or "").split())


def about_failure(message_zh: str, message_en: str) -> Words:
    """Say that the strategy could not be run."""
    return Words(f"检查没有完成：{message_zh}", f"The check did not finish: {message_en}")
