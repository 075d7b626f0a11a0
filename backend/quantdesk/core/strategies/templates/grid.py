# name_zh: 网格交易
# name_en: Grid trading
# about_zh: 以一段时间的均价为中枢，价格每低一格多持一份，每高一格少持一份，跌破最低一格不再加仓。
# about_en: Around an average price it holds one more part for each step down and one less for each step up.
# category: reversion
# symbols: 4
# teaches_zh: 用目标仓位代替一笔笔买卖：每天算出该有多少，差多少补多少。
# teaches_en: A target position in place of single trades: what should be held today, and the difference is ordered.
# risk_zh: 单边下跌时会一路买到满仓，亏损没有下限；适合长期震荡的品种。
# risk_en: In a steady fall it buys all the way down; it suits what moves sideways for long.

from quantdesk.sdk import Strategy, param


class Grid(Strategy):
    period: int = param(120, min=20, max=250, help="中枢：多少天的均价")
    step: float = param(0.04, min=0.005, max=0.2, help="一格的高度（0.04 是 4%）")
    parts: int = param(5, min=2, max=20, help="上下各几格")
    invest: float = param(0.9, min=0.1, max=1, help="最多投入资金的比例，中枢处投入一半")

    def on_start(self):
        self.average = self.sma(self.period)
        self.level = {}  # 代码 -> 现在在第几格

    def on_bar(self, bar):
        if not self.average.ready:
            return
        symbol = bar.symbol
        # 离中枢几格：负数在下方，要多持
        away = round((bar.close / self.average[0] - 1) / self.step)
        level = max(-self.parts, min(self.parts, away))
        if self.level.get(symbol) == level:
            return  # 还在同一格，不动
        self.level[symbol] = level
        share = (self.parts - level) / (2 * self.parts)
        self.order_target_percent(symbol, self.invest * share / len(self.symbols))
