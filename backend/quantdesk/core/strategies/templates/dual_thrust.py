# name_zh: Dual Thrust 突破
# name_en: Dual thrust
# about_zh: 用前几天的高低收算出波动区间，收盘高于“开盘价 + k1 × 区间”做多，低于“开盘价 - k2 × 区间”平仓；期货反向做空。
# about_en: Long when the close is k1 ranges above the open, out (futures: short) when it is k2 ranges below it.
# category: breakout
# symbols: 4
# teaches_zh: 用 history 取一段历史自己算指标；股票只做多、期货可做空的写法。
# teaches_en: Computing an indicator from history yourself; code that is long-only on stocks and two-way on futures.
# risk_zh: 原版用分钟线盘中突破，这里在日线收盘判断、次日开盘成交，跳空会让成交价变差。
# risk_en: The original trades within the day; here it decides at the close and fills at the next open, gaps included.

from quantdesk.sdk import Strategy, param

FUTURES = ("CFFEX", "SHFE", "INE", "DCE", "CZCE", "GFEX")


class DualThrust(Strategy):
    days: int = param(4, min=1, max=60, help="用前几天算区间")
    k1: float = param(0.4, min=0.05, max=2, help="上轨：开盘价加几倍区间")
    k2: float = param(0.4, min=0.05, max=2, help="下轨：开盘价减几倍区间")
    invest: float = param(0.9, min=0.1, max=3, help="持仓名义价值占权益的倍数，平均分给每个代码")

    def on_bar(self, bar):
        symbol = bar.symbol
        high, low, close = (self.history(symbol, field, self.days + 1)[:-1] for field in ("high", "low", "close"))
        if len(close) < self.days:
            return
        spread = max(high.max() - close.min(), close.max() - low.min())
        weight = self.invest / len(self.symbols)
        position = self.position(symbol)
        if bar.close > bar.open + self.k1 * spread and position <= 0:
            self.order_target_percent(symbol, weight)
        elif bar.close < bar.open - self.k2 * spread and position >= 0:
            if symbol.endswith(FUTURES):
                self.order_target_percent(symbol, -weight)
            elif position:
                self.close(symbol)
