# name_zh: 布林带
# name_en: Bollinger bands
# about_zh: 收盘价从下方重新站上下轨时买入，触及上轨，或从持仓高点回落超过止损比例时卖出。
# about_en: Buys when the close comes back above the lower band and sells at the upper band or below a trailing stop.
# category: reversion
# symbols: 8
# teaches_zh: 通道指标、记住持仓天数、移动止损。
# teaches_en: A band indicator, remembering how long a position is held, and a trailing stop.
# risk_zh: 趋势形成时价格会贴着轨道走，逆势买入会连续亏损。
# risk_en: When a trend forms prices walk along the band, and buying against it loses in a row.

from quantdesk.sdk import Strategy, param


class Bollinger(Strategy):
    period: int = param(20, min=5, max=120, help="均线周期（天）")
    width: float = param(2.0, min=0.5, max=4, help="带宽：标准差的倍数")
    trail: float = param(0.06, min=0.01, max=0.5, help="从持仓期最高收盘价回落这个比例就卖出")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.middle, self.upper, self.lower = self.boll(self.period, self.width)
        self.last_close = self.sma(1)  # 当天为基准的复权收盘价，[-1] 是前一天
        self.held = {}  # 代码 -> 已持有的天数

    def on_bar(self, bar):
        symbol = bar.symbol
        if not self.position(symbol):
            self.held.pop(symbol, None)
            if self.last_close[-1] < self.lower[-1] and bar.close >= self.lower[0]:
                self.order_target_percent(symbol, self.invest / len(self.symbols))
            return
        self.held[symbol] = self.held.get(symbol, 0) + 1
        highest = self.history(symbol, "close", self.held[symbol]).max()
        if bar.close >= self.upper[0]:
            self.close(symbol)
        elif bar.close < highest * (1 - self.trail):
            self.log(f"{symbol} 从高点回落，卖出")
            self.close(symbol)
