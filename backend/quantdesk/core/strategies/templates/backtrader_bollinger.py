# name_zh: 布林带（Backtrader）
# name_en: Bollinger bands (Backtrader)
# about_zh: 收盘价从下方重新站上下轨时买入，触及上轨，或从持仓高点回落超过止损比例时卖出。
# about_en: Buys when the close comes back above the lower band and sells at the upper band or below a trailing stop.
# category: reversion
# symbols: 8
# teaches_zh: Backtrader 写法：多个 data 的通道指标和移动止损。
# teaches_en: Backtrader's way: bands over many datas, and a trailing stop.
# risk_zh: 趋势形成时价格会贴着轨道走，逆势买入会连续亏损。
# risk_en: When a trend forms prices walk along the band, and buying against it loses in a row.

import backtrader as bt


class Bollinger(bt.Strategy):
    params = (
        ("period", 20),  # 均线周期（天） [5, 120]
        ("width", 2.0),  # 带宽：标准差的倍数 [0.5, 4]
        ("trail", 0.06),  # 从持仓期最高收盘价回落这个比例就卖出 [0.01, 0.5]
        ("invest", 0.95),  # 投入资金的比例 [0.1, 1]
    )

    def __init__(self):
        self.bands = [
            bt.indicators.BollingerBands(data.close, period=self.p.period, devfactor=self.p.width)
            for data in self.datas
        ]
        self.highest = {}  # 代码 -> 买入后的最高收盘价

    def prenext(self):
        # 有的股票上市晚：不等它们，有数据的先交易
        self.next()

    def next(self):
        for data, band in zip(self.datas, self.bands):
            if len(data) <= self.p.period or data.datetime.date(0) != self.datetime.date(0):
                continue  # 数据还不够，或今天停牌
            name, close = data._name, data.close[0]
            if not self.getposition(data):
                self.highest.pop(name, None)
                if data.close[-1] < band.bot[-1] and close >= band.bot[0]:
                    self.order_target_percent(data, target=self.p.invest / len(self.datas))
                continue
            self.highest[name] = max(self.highest.get(name, close), close)
            if close >= band.top[0]:
                self.close(data)
            elif close < self.highest[name] * (1 - self.p.trail):
                self.log(f"{name} 从高点回落，卖出")
                self.close(data)
