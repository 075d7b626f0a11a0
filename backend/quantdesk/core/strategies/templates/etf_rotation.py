# name_zh: ETF 动量轮动
# name_en: ETF momentum rotation
# about_zh: 每周按“年化斜率 × 拟合优度”给 ETF 排名，持有最强的几只；都不上涨时空仓。适合宽基、行业、债券、黄金 ETF。
# about_en: Each week ranks ETFs by slope times goodness of fit and holds the strongest; cash when none rises.
# category: portfolio
# symbols: 8
# teaches_zh: 用对数价格的线性回归衡量趋势的方向和质量；空仓也是一种仓位。
# teaches_en: Measuring a trend's direction and quality by a regression of log prices; cash as a position.
# risk_zh: 换手高，急跌时来不及反应；跨境和商品 ETF 有溢价风险。
# risk_en: Turnover is high and sudden falls come faster than a week; ETFs may trade above their value.

import numpy as np

from quantdesk.sdk import Strategy, param


class EtfRotation(Strategy):
    lookback: int = param(25, min=5, max=250, help="用多少天拟合趋势")
    top: int = param(1, min=1, max=20, help="持有几只")
    minimum: float = param(0.0, min=-5, max=5, help="得分低于它就空仓")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.every("week", self.rotate)

    def rotate(self):
        scores = {}
        for symbol in self.symbols:
            bar = self.bar(symbol)
            closes = self.history(symbol, "close", self.lookback)
            if bar and bar.date == self.today and len(closes) == self.lookback:
                scores[symbol] = self.score(np.log(closes))
        strong = sorted((s for s in scores if scores[s] > self.minimum), key=lambda s: scores[s], reverse=True)
        chosen = strong[: self.top]
        for symbol in self.positions:
            if symbol not in chosen:
                self.close(symbol)
        for symbol in chosen:
            if not self.position(symbol):
                self.order_target_percent(symbol, self.invest / self.top)

    def score(self, logs):
        """年化斜率乘以 R²：涨得快，而且涨得稳。"""
        days = np.arange(len(logs))
        slope, start = np.polyfit(days, logs, 1)
        rest = logs - (slope * days + start)
        spread = ((logs - logs.mean()) ** 2).sum()
        fit = 1 - (rest**2).sum() / spread if spread > 0 else 0.0
        return float((np.exp(slope * 250) - 1) * fit)
