# name_zh: 多因子选股
# name_en: Multi-factor selection
# about_zh: 每月按动量、低波动、短期反转三个因子打分，等权持有总分最高的几只。请选多只股票。
# about_en: Each month scores stocks by momentum, low volatility and short-term reversal and holds the best equally.
# category: portfolio
# symbols: 60
# teaches_zh: 横截面标准化、因子加权、每月调仓到目标权重。
# teaches_en: Standardising across stocks, weighing factors, and a monthly move to target weights.
# risk_zh: 因子会失效，权重也容易过拟合；先看各因子单独的表现。
# risk_en: Factors stop working and weights are easily overfitted; look at each factor alone first.

import numpy as np

from quantdesk.sdk import Strategy, param


class MultiFactor(Strategy):
    lookback: int = param(120, min=40, max=250, help="动量看多少天，跳过最近一个月")
    volatility: int = param(60, min=10, max=250, help="波动率看多少天")
    top: int = param(10, min=1, max=100, help="持有几只")
    momentum_weight: float = param(1.0, min=-3, max=3, help="动量的权重")
    calm_weight: float = param(1.0, min=-3, max=3, help="低波动的权重")
    reversal_weight: float = param(0.5, min=-3, max=3, help="近一个月反转的权重")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.every("month", self.rebalance)

    def rebalance(self):
        trading = [s for s in self.symbols if (bar := self.bar(s)) and bar.date == self.today]
        factors = {s: found for s in trading if (found := self.factors(s)) is not None}
        if not factors:
            return
        names = list(factors)
        table = np.array([factors[s] for s in names])
        # 横截面标准化：每个因子减均值、除以标准差，极端值截到 ±3
        spread = table.std(axis=0)
        scores = np.clip((table - table.mean(axis=0)) / np.where(spread > 0, spread, 1), -3, 3)
        total = scores @ [self.momentum_weight, self.calm_weight, self.reversal_weight]
        best = [names[place] for place in np.argsort(-total, kind="stable")[: self.top]]
        # 停牌的持仓卖不掉，占着名额
        stuck = [s for s in self.positions if s not in trading]
        chosen = best[: max(self.top - len(stuck), 0)]
        for symbol in self.positions:
            if symbol not in chosen and symbol not in stuck:
                self.close(symbol)
        for symbol in chosen:
            self.order_target_percent(symbol, self.invest / self.top)

    def factors(self, symbol):
        """动量、低波动、反转；历史不够时没有。"""
        closes = self.history(symbol, "close", max(self.lookback, self.volatility) + 1)
        if len(closes) <= max(self.lookback, self.volatility):
            return None
        moves = np.diff(np.log(closes[-self.volatility - 1 :]))
        return closes[-21] / closes[-self.lookback - 1] - 1, -moves.std(), 1 - closes[-1] / closes[-21]
