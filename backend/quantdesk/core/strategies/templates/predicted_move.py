# name_zh: 预测阈值与移动止损（期货）
# name_en: Predicted move with a trailing stop (futures)
# about_zh: 用线性回归预测下一根 K 线的涨跌，超过阈值就开多或开空，价格从最有利处回撤超过比例就平仓。股票只做多。
# about_en: A regression predicts the next move; beyond a threshold it goes long or short, and a trailing stop closes.
# category: model
# symbols: 2
# teaches_zh: 在策略里滚动训练预测模型，阈值开仓，移动止损；期货双向、股票只做多。
# teaches_en: A model fitted while running, a threshold to enter and a trailing stop; two-way on futures.
# risk_zh: 一步预测几乎不含信息，阈值太低就是在付手续费。
# risk_en: One step ahead there is hardly any information; a low threshold only pays costs.

import numpy as np

from quantdesk.sdk import Strategy, param

FUTURES = ("CFFEX", "SHFE", "INE", "DCE", "CZCE", "GFEX")


class PredictedMove(Strategy):
    lags: int = param(5, min=1, max=20, help="用前几根 K 线的涨跌来预测")
    window: int = param(120, min=40, max=500, help="用最近多少根 K 线拟合")
    threshold: float = param(0.002, min=0, max=0.1, help="预测涨跌超过它才开仓（0.002 是 0.2%）")
    trail: float = param(0.03, min=0.002, max=0.5, help="从持仓期最有利的收盘价回撤这个比例就平仓")
    invest: float = param(0.9, min=0.1, max=3, help="持仓名义价值占权益的倍数，平均分给每个代码")

    def on_start(self):
        self.best = {}  # 代码 -> 持仓以来最有利的收盘价

    def on_bar(self, bar):
        symbol, position = bar.symbol, self.position(bar.symbol)
        if position:
            side = 1 if position > 0 else -1
            best = self.best.get(symbol, bar.close)
            self.best[symbol] = max(best, bar.close) if side > 0 else min(best, bar.close)
            if side * (bar.close / self.best[symbol] - 1) < -self.trail:
                self.log(f"{symbol} 移动止损")
                self.close(symbol)
            return
        self.best.pop(symbol, None)
        predicted = self.predict(symbol)
        weight = self.invest / len(self.symbols)
        if predicted > self.threshold:
            self.order_target_percent(symbol, weight)
        elif predicted < -self.threshold and symbol.endswith(FUTURES):
            self.order_target_percent(symbol, -weight)

    def predict(self, symbol):
        """用过去的涨跌做最小二乘，给出下一根 K 线的预测涨跌；换成自己的模型只需改这里。"""
        closes = self.history(symbol, "close", self.window + self.lags + 1)
        if len(closes) < self.window + self.lags + 1:
            return 0.0
        moves = np.diff(np.log(closes))
        features = np.lib.stride_tricks.sliding_window_view(moves, self.lags)
        known = np.column_stack([np.ones(len(features) - 1), features[:-1]])
        factors = np.linalg.lstsq(known, moves[self.lags :], rcond=None)[0]
        return float(factors[0] + features[-1] @ factors[1:])
