# name_zh: 交易所回调风格（突破）
# name_en: Exchange-style callbacks (breakout)
# about_zh: 用行情、K 线、委托三种回调写成：在前高上方挂条件买单，跌破前低卖出，委托的每次变化都有回报。
# about_en: Written with quote, K-line and order callbacks: a stop order above the high, an exit below the low.
# category: breakout
# symbols: 4
# teaches_zh: 行情、K 线、委托三种回调，条件单，委托回报。
# teaches_en: Quote, bar and order callbacks, stop orders, and reports of orders.
# risk_zh: 条件单在跳空时会以更差的价格成交。
# risk_en: A stop order fills at a worse price when the market gaps.

from quantdesk.sdk import Strategy, param


class Breakout(Strategy):
    entry: int = param(20, min=2, max=250, help="突破前多少根 K 线的最高价买入")
    exit: int = param(10, min=2, max=250, help="跌破前多少根 K 线的最低价卖出")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.high_line = self.highest(self.entry)
        self.low_line = self.lowest(self.exit)
        self.prices = {}  # 代码 -> 最新价

    def on_market_data(self, quote):
        # 行情：日线回测里每根 K 线一次，价格是收盘价
        self.prices[quote.symbol] = quote.price

    def on_kline(self, kline):
        symbol, price = kline.symbol, self.prices[kline.symbol]
        if self.position(symbol):
            if price < self.low_line[-1]:
                self.close(symbol)
        elif self.high_line.ready:
            # 条件单：明天涨过前高才触发；当日有效，没触发就作废。价格是真实价格，不要配合后复权
            money = self.equity * self.invest / len(self.symbols)
            quantity = int(money / self.high_line[0] // 100) * 100
            self.buy(symbol, quantity, stop=self.high_line[0])

    def on_order_update(self, order):
        if order.status == "filled":
            self.log(f"委托 {order.id} {order.symbol} 成交 {order.filled} 股，均价 {order.average_price:.2f}")
        elif order.rule not in (None, "not_reached"):
            self.log(f"委托 {order.id} {order.reason}")
