# name_zh: RSI 反转
# name_en: RSI reversal
# about_zh: RSI 跌入超卖区时买入，回到超买区或亏损达到止损线时卖出。
# about_en: Buys when the RSI falls into the oversold zone, sells in the overbought zone or at the stop loss.
# category: reversion
# symbols: 8
# teaches_zh: 超买超卖信号加止损：一个策略里两个离场理由。
# teaches_en: Overbought and oversold with a stop loss: two reasons to leave in one strategy.
# risk_zh: 下跌趋势里超卖可以一直超卖，止损必不可少。
# risk_en: In a downtrend oversold stays oversold; the stop is not optional.

from quantdesk.sdk import Strategy, param


class RsiReversal(Strategy):
    period: int = param(14, min=2, max=100, help="RSI 周期（天）")
    oversold: int = param(30, min=1, max=50, help="超卖线")
    overbought: int = param(70, min=50, max=99, help="超买线")
    stop_loss: float = param(0.08, min=0.01, max=0.5, help="止损：亏损达到这个比例就卖出")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.strength = self.rsi(self.period)

    def on_bar(self, bar):
        position = self.position(bar.symbol)
        if not position:
            if self.strength[0] < self.oversold:
                self.order_target_percent(bar.symbol, self.invest / len(self.symbols))
        elif self.strength[0] > self.overbought:
            self.close(bar.symbol)
        # 持仓均价是真实成交价，用当天的真实收盘价来比
        elif bar.traded_close < position.average_price * (1 - self.stop_loss):
            self.log(f"{bar.symbol} 止损")
            self.close(bar.symbol)
