# name_zh: 配对交易
# name_en: Pairs trading
# about_zh: 前两个代码是一对：价差偏离均值时买便宜的一只，回到均值时平仓；期货同时做空贵的一只。请选两个相关的代码。
# about_en: Buys the cheap one of two when their spread is wide, leaves at its mean; futures short the other.
# category: arbitrage
# symbols: 2
# teaches_zh: 用两个代码的历史算对冲比例和价差的 z 值；on_day 在当天所有 K 线之后做决定。
# teaches_en: A hedge ratio and a z-score from two histories; on_day decides after the bars of all symbols.
# risk_zh: 价差可能不再回归。A 股不能做空，只买便宜的一只仍有市场风险。
# risk_en: A spread may never close. Without shorting, the cheap leg alone still carries the market's risk.

import numpy as np

from quantdesk.sdk import Strategy, param

FUTURES = ("CFFEX", "SHFE", "INE", "DCE", "CZCE", "GFEX")


class Pairs(Strategy):
    window: int = param(60, min=20, max=250, help="用多少天估计价差")
    entry: float = param(1.5, min=0.5, max=4, help="偏离几个标准差时开仓")
    exit: float = param(0.3, min=0, max=2, help="回到几个标准差之内时平仓")
    stop: float = param(4.0, min=2, max=10, help="偏离超过几个标准差时认错离场")
    invest: float = param(0.9, min=0.1, max=1, help="投入资金的比例")

    def on_day(self):
        if len(self.symbols) < 2:
            return
        pair = self.symbols[:2]
        bars = [self.bar(symbol) for symbol in pair]
        if not all(bar and bar.date == self.today for bar in bars):
            return  # 有一只停牌，价差没有意义
        first, second = (np.log(self.history(symbol, "close", self.window)) for symbol in pair)
        if min(len(first), len(second)) < self.window:
            return
        ratio, base = np.polyfit(second, first, 1)
        spread = first - ratio * second - base
        deviation = spread.std()
        z = spread[-1] / deviation if deviation > 0 else 0.0
        held = [self.position(symbol) for symbol in pair]
        if any(held):
            if abs(z) < self.exit or abs(z) > self.stop:
                self.log(f"价差 z = {z:.2f}，平仓")
                for symbol in pair:
                    self.close(symbol)
        elif self.entry < abs(z) < self.stop:
            cheap, dear = pair if z < 0 else reversed(pair)
            both = all(symbol.endswith(FUTURES) for symbol in pair)
            self.log(f"价差 z = {z:.2f}，买 {cheap}")
            self.order_target_percent(cheap, self.invest / 2 if both else self.invest)
            if both:
                self.order_target_percent(dear, -self.invest / 2)
