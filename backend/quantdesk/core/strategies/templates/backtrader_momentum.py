# name_zh: 多股动量轮动（Backtrader）
# name_en: Multi-stock momentum (Backtrader)
# about_zh: 每月第一个交易日按过去一段时间的涨幅排名，等权持有最强的几只，卖出掉队的。请选多只股票。
# about_en: Each month ranks the stocks by past return and holds the strongest in equal weights. Choose many stocks.
# category: portfolio
# symbols: 30
# teaches_zh: Backtrader 写法：多股排名、先卖后买、停牌股占名额。
# teaches_en: Backtrader's way: ranking many stocks, selling before buying, suspended ones keep their place.
# risk_zh: 动量会突然反转，强势股的回撤也大。
# risk_en: Momentum turns suddenly, and strong stocks fall hard.

import backtrader as bt


class Momentum(bt.Strategy):
    params = (
        ("lookback", 120),  # 计算涨幅的天数 [5, 250]
        ("top", 10),  # 持有几只 [1, 100]
        ("minimum", 0.0),  # 涨幅低于它就不买 [-1, 5]
        ("invest", 0.95),  # 投入资金的比例 [0.1, 1]
    )

    def __init__(self):
        self.returns = [bt.indicators.ROC(data.close, period=self.p.lookback) for data in self.datas]
        self.month = None

    def prenext(self):
        # 有的股票上市晚：不等它们，有数据的先交易
        self.next()

    def next(self):
        today = self.datetime.date(0)
        if self.month == (today.year, today.month):
            return
        self.month = (today.year, today.month)

        ranked = [
            (momentum[0], index)
            for index, (data, momentum) in enumerate(zip(self.datas, self.returns))
            # 数据还不够，或今天停牌的不参加排名
            if len(data) > self.p.lookback and data.datetime.date(0) == today and momentum[0] > self.p.minimum
        ]
        ranked.sort(reverse=True)
        # 停牌的持仓今天卖不掉，占着名额，下个月再处理
        stuck = {
            index for index, data in enumerate(self.datas) if self.getposition(data) and data.datetime.date(0) != today
        }
        chosen = {index for _, index in ranked[: max(self.p.top - len(stuck), 0)]}

        # 先卖后买：卖出的钱当天就能用来买入
        for index, data in enumerate(self.datas):
            if index not in chosen | stuck and self.getposition(data):
                self.close(data)
        weight = self.p.invest / self.p.top
        wanted = sorted(chosen, key=lambda index: self.broker.getvalue([self.datas[index]]), reverse=True)
        for index in wanted:
            self.order_target_percent(self.datas[index], target=weight)
        if chosen:
            self.log("持有 " + "、".join(self.datas[index]._name for index in sorted(chosen)))
