# name_zh: 海龟交易
# name_en: Turtle trading
# about_zh: 突破 20 日最高价建仓，每上涨半个 ATR 加一份，最多四份；跌破 10 日最低价或回撤两个 ATR 离场。
# about_en: Enters above the 20-day high, adds each half ATR up to four units, leaves below the 10-day low or 2 ATR.
# category: breakout
# symbols: 8
# teaches_zh: 用 ATR 定每份的大小，让每份承担同样的风险；分批加仓。
# teaches_en: Units sized by ATR so that each carries the same risk, and adding to a position.
# risk_zh: 大多数突破会失败，靠少数大趋势盈利；连续亏损时要能坚持。
# risk_en: Most breakouts fail and few large trends pay for them; long losing streaks are part of it.

from quantdesk.sdk import Strategy, param


class Turtle(Strategy):
    entry: int = param(20, min=5, max=120, help="突破多少天的最高价建仓")
    exit: int = param(10, min=3, max=60, help="跌破多少天的最低价离场")
    period: int = param(20, min=5, max=60, help="ATR 周期（天）")
    units: int = param(4, min=1, max=8, help="最多加到几份")
    risk: float = param(0.01, min=0.001, max=0.05, help="一份在一个 ATR 上的风险占权益的比例")
    stop: float = param(2.0, min=0.5, max=6, help="从最后一次买入价回撤几个 ATR 止损")

    def on_start(self):
        self.high_line = self.highest(self.entry)
        self.low_line = self.lowest(self.exit)
        self.n = self.atr(self.period)
        self.held = {}  # 代码 -> (份数, 最后一次买入价)

    def on_bar(self, bar):
        symbol, close, n = bar.symbol, bar.close, self.n[0]
        if not self.position(symbol):
            self.held.pop(symbol, None)
            # [-1]：昨天为止的最高价，不含今天
            if close > self.high_line[-1] and n > 0:
                self.add(symbol, close, n, 1)
            return
        count, last = self.held.get(symbol, (1, close))
        if close < self.low_line[-1] or close < last - self.stop * n:
            self.close(symbol)
        elif count < self.units and close > last + 0.5 * n:
            self.add(symbol, close, n, count + 1)

    def add(self, symbol, close, n, count):
        unit = self.risk * self.equity / n * close / self.equity  # 占权益的比例
        most = 0.95 / len(self.symbols)
        self.order_target_percent(symbol, min(unit * count, most))
        self.held[symbol] = (count, close)
