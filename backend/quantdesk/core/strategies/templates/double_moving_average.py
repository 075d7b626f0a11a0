# name_zh: 双均线
# name_en: Double moving average
# about_zh: 快线上穿慢线时买入，下穿时卖出。资金平均分给每只股票。
# about_en: Buys when the fast average crosses above the slow one, sells when it crosses below. Money is split evenly.
# category: trend
# symbols: 8
# teaches_zh: 声明指标、用 [0] 和 [-1] 判断上穿下穿、按目标比例下单。
# teaches_en: Declaring indicators, seeing a cross by [0] and [-1], and ordering towards a weight.
# risk_zh: 均线总是慢一步，震荡市里会反复买在高点、卖在低点。
# risk_en: Averages lag, and without a trend it buys high and sells low again and again.

from quantdesk.sdk import Strategy, param


class DoubleMovingAverage(Strategy):
    fast: int = param(10, min=2, max=120, help="快线周期（天）")
    slow: int = param(30, min=5, max=250, help="慢线周期（天）")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例，留一点现金应对跳空高开")

    def on_start(self):
        self.fast_ma = self.sma(self.fast)
        self.slow_ma = self.sma(self.slow)

    def on_bar(self, bar):
        # [0] 是今天，[-1] 是前一根 K 线；数据不够时是 NaN，任何比较都不成立
        above = self.fast_ma[0] > self.slow_ma[0]
        if above and self.fast_ma[-1] <= self.slow_ma[-1] and not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, self.invest / len(self.symbols))
        elif self.fast_ma[0] < self.slow_ma[0] and self.position(bar.symbol):
            self.close(bar.symbol)

    def on_fill(self, fill):
        side = "买入" if fill.side == "buy" else "卖出"
        self.log(f"{side} {fill.symbol} {fill.quantity} 股，价格 {fill.price:.2f}")
