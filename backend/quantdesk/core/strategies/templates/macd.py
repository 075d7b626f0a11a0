# name_zh: MACD 趋势
# name_en: MACD trend
# about_zh: DIF 上穿 DEA 且价格在长期均线之上时买入，DIF 下穿 DEA 时卖出。长期均线用来躲开下跌市里的假金叉。
# about_en: Buys when DIF crosses above DEA while the price is above a long average, and sells when it crosses below.
# category: trend
# symbols: 8
# teaches_zh: 一次声明返回三条线的指标；用第二个条件过滤信号。
# teaches_en: An indicator of three lines, and a second condition that filters its signals.
# risk_zh: 震荡市里金叉死叉频繁，来回止损和手续费会吃掉收益。
# risk_en: In a market without a trend it crosses back and forth, and costs eat the gains.

from quantdesk.sdk import Strategy, param


class Macd(Strategy):
    fast: int = param(12, min=2, max=60, help="快速 EMA 周期（天）")
    slow: int = param(26, min=5, max=120, help="慢速 EMA 周期（天）")
    signal: int = param(9, min=2, max=60, help="DEA 周期（天）")
    trend: int = param(60, min=2, max=250, help="价格高于这条均线才买（天）")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.dif, self.dea, self.histogram = self.macd(self.fast, self.slow, self.signal)
        self.average = self.sma(self.trend)

    def on_bar(self, bar):
        golden = self.dif[0] > self.dea[0] and self.dif[-1] <= self.dea[-1]
        if golden and bar.close > self.average[0] and not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, self.invest / len(self.symbols))
        elif self.dif[0] < self.dea[0] and self.position(bar.symbol):
            self.close(bar.symbol)
