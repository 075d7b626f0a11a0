# name_zh: 双均线（Backtrader）
# name_en: Double moving average (Backtrader)
# about_zh: 快线上穿慢线时买入，下穿时卖出。资金平均分给每只股票。
# about_en: Buys when the fast average crosses above the slow one, sells when it crosses below. Money is split evenly.
# category: trend
# symbols: 8
# teaches_zh: Backtrader 写法：__init__ 声明指标，CrossOver，notify_order。
# teaches_en: Backtrader's way: indicators in __init__, CrossOver, notify_order.
# risk_zh: 均线总是慢一步，震荡市里会反复买在高点、卖在低点。
# risk_en: Averages lag, and without a trend it buys high and sells low again and again.

import backtrader as bt


class DoubleMovingAverage(bt.Strategy):
    params = (
        ("fast", 10),  # 快线周期（天） [2, 120]
        ("slow", 30),  # 慢线周期（天） [5, 250]
        ("invest", 0.95),  # 投入资金的比例，留一点现金应对跳空高开 [0.1, 1]
    )

    def __init__(self):
        self.crosses = []
        for data in self.datas:
            fast = bt.indicators.SMA(data.close, period=self.p.fast)
            slow = bt.indicators.SMA(data.close, period=self.p.slow)
            self.crosses.append(bt.indicators.CrossOver(fast, slow))

    def prenext(self):
        # 有的股票上市晚：不等它们，有数据的先交易
        self.next()

    def next(self):
        for data, cross in zip(self.datas, self.crosses):
            if len(data) <= self.p.slow or data.datetime.date(0) != self.datetime.date(0):
                continue  # 数据还不够，或今天停牌
            if cross[0] > 0 and not self.getposition(data):
                self.order_target_percent(data, target=self.p.invest / len(self.datas))
            elif cross[0] < 0 and self.getposition(data):
                self.close(data)

    def notify_order(self, order):
        if order.status == order.Completed:
            side = "买入" if order.isbuy() else "卖出"
            self.log(f"{side} {order.data._name} {abs(order.executed.size):.0f} 股，价格 {order.executed.price:.2f}")
