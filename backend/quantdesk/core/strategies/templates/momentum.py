# name_zh: 多股动量轮动
# name_en: Multi-stock momentum
# about_zh: 每月第一个交易日按过去一段时间的涨幅排名，等权持有最强的几只，卖出掉队的。请选多只股票。
# about_en: Each month ranks the stocks by past return and holds the strongest in equal weights. Choose many stocks.
# category: portfolio
# symbols: 60
# teaches_zh: 每月定时器、多股排名、停牌股票的处理。
# teaches_en: A monthly timer, ranking many stocks, and what to do about suspended ones.
# risk_zh: 动量会突然反转，强势股的回撤也大。
# risk_en: Momentum turns suddenly, and strong stocks fall hard.

from quantdesk.sdk import Strategy, param


class Momentum(Strategy):
    lookback: int = param(120, min=5, max=250, help="计算涨幅的天数")
    top: int = param(10, min=1, max=100, help="持有几只")
    minimum: float = param(0.0, min=-1, max=5, help="涨幅低于它就不买（0.1 是 10%）")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.change = self.roc(self.lookback)  # 百分数
        self.every("month", self.rebalance)

    def rebalance(self):
        # 今天没有成交（停牌）的不参加排名；持有的停牌股卖不掉，占着名额
        trading = [s for s in self.symbols if (bar := self.bar(s)) and bar.date == self.today]
        stuck = [s for s in self.positions if s not in trading]
        change = {s: self.change.of(s)[0] for s in trading}
        strong = [s for s in trading if change[s] > self.minimum * 100]
        strong.sort(key=lambda s: change[s], reverse=True)
        chosen = strong[: max(self.top - len(stuck), 0)]

        weight = self.invest / self.top
        for symbol in self.positions:  # 先卖后买：卖出的钱当天就能用来买入
            if symbol not in chosen and symbol not in stuck:
                self.close(symbol)
        value = {s: self.position(s) * self.bar(s).close for s in chosen}
        for symbol in sorted(chosen, key=lambda s: value[s], reverse=True):
            self.order_target_percent(symbol, weight)
        if chosen:
            self.log("持有 " + "、".join(sorted(chosen)))
