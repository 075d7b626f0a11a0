# name_zh: RSI 反转（Backtrader）
# name_en: RSI reversal (Backtrader)
# about_zh: RSI 跌入超卖区时买入，回到超买区或亏损达到止损线时卖出。
# about_en: Buys when the RSI falls into the oversold zone, sells in the overbought zone or at the stop loss.
# category: reversion
# symbols: 8
# teaches_zh: Backtrader 写法：指标的安全除法、按持仓成本止损。
# teaches_en: Backtrader's way: safe division in an indicator, and a stop from the position's price.
# risk_zh: 下跌趋势里超卖可以一直超卖，止损必不可少。
# risk_en: In a downtrend oversold stays oversold; the stop is not optional.

import backtrader as bt


class RsiReversal(bt.Strategy):
    params = (
        ("period", 14),  # RSI 周期（天） [2, 100]
        ("oversold", 30),  # 超卖线 [1, 50]
        ("overbought", 70),  # 超买线 [50, 99]
        ("stop_loss", 0.08),  # 止损：亏损达到这个比例就卖出 [0.01, 0.5]
        ("invest", 0.95),  # 投入资金的比例 [0.1, 1]
    )

    def __init__(self):
        # safediv：连续上涨或停滞时分母为 0，不报错
        self.rsis = [bt.indicators.RSI(data.close, period=self.p.period, safediv=True) for data in self.datas]

    def prenext(self):
        # 有的股票上市晚：不等它们，有数据的先交易
        self.next()

    def next(self):
        for data, rsi in zip(self.datas, self.rsis):
            if len(data) <= self.p.period or data.datetime.date(0) != self.datetime.date(0):
                continue  # 数据还不够，或今天停牌
            position = self.getposition(data)
            if not position:
                if rsi[0] < self.p.oversold:
                    self.order_target_percent(data, target=self.p.invest / len(self.datas))
            elif rsi[0] > self.p.overbought:
                self.close(data)
            elif data.close[0] < position.price * (1 - self.p.stop_loss):
                self.log(f"{data._name} 止损")
                self.close(data)
