# name_zh: 模型 TopkDropout
# name_en: Model TopkDropout
# about_zh: 每月用岭回归在全部股票上训练一次，每天打分；持有得分最高的 k 只，每天最多换掉 n 只得分最低的。请选多只股票。
# about_en: A ridge regression, trained monthly, scores all stocks daily; the top k are held, n swapped a day.
# category: model
# symbols: 60
# teaches_zh: 把机器学习模型接进策略：特征、标签不看未来、滚动训练，以及 qlib 的 TopkDropout 换仓规则。
# teaches_en: A model inside a strategy: features, labels without the future, rolling training, qlib's TopkDropout rule.
# risk_zh: 日线特征的信噪比很低，样本外常常不如样本内；换手成本要算清。
# risk_en: Daily features carry little signal, and out of sample is mostly worse than in sample; mind the turnover.

import numpy as np

from quantdesk.sdk import Strategy, param

LAGS = (1, 5, 10, 20)


class TopkDropout(Strategy):
    topk: int = param(10, min=1, max=100, help="持有几只")
    drop: int = param(1, min=1, max=20, help="每天最多换掉几只")
    horizon: int = param(10, min=1, max=60, help="预测未来多少天的涨跌")
    window: int = param(250, min=60, max=750, help="用最近多少天训练")
    ridge: float = param(1.0, min=0, max=1000, help="岭回归的惩罚，越大越保守")
    invest: float = param(0.95, min=0.1, max=1, help="投入资金的比例")

    def on_start(self):
        self.factors = None
        self.every("month", self.train)

    def features(self, closes):
        """每一天、每只股票的特征：过去几段的涨跌和波动，每天在股票之间标准化。closes：天数 × 股票数。"""
        logs = np.log(closes)
        parts = [logs[max(LAGS) :] - logs[max(LAGS) - lag : len(logs) - lag] for lag in LAGS]
        moves = np.abs(np.diff(logs, axis=0))
        steps = np.cumsum(np.vstack([np.zeros(closes.shape[1]), moves]), axis=0)
        parts.append((steps[max(LAGS) :] - steps[: -max(LAGS)]) / max(LAGS))
        table = np.stack(parts, axis=2)
        spread = table.std(axis=1, keepdims=True)
        return (table - table.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)

    def closes(self, days):
        """够历史的股票和它们的收盘价。"""
        found = {s: self.history(s, "close", days) for s in self.symbols}
        names = [s for s, values in found.items() if len(values) == days]
        return names, np.column_stack([found[s] for s in names]) if names else np.empty((days, 0))

    def train(self):
        names, closes = self.closes(self.window)
        if not names:
            return
        table = self.features(closes)
        # 标签：之后 horizon 天的涨跌，减去当天所有股票的平均；最后 horizon 天还没有答案，不参加训练
        logs = np.log(closes[max(LAGS) :])
        labels = logs[self.horizon :] - logs[: -self.horizon]
        labels = labels - labels.mean(axis=1, keepdims=True)
        known = table[: -self.horizon].reshape(-1, table.shape[2])
        penalty = (self.ridge + 1e-9) * np.eye(known.shape[1])
        self.factors = np.linalg.solve(known.T @ known + penalty, known.T @ labels.ravel())

    def on_day(self):
        if self.factors is None:
            return
        names, closes = self.closes(max(LAGS) + 1)
        if not names:
            return
        scores = dict(zip(names, self.features(closes)[-1] @ self.factors))
        trading = [s for s in names if self.bar(s).date == self.today]
        ranked = sorted(trading, key=lambda s: scores[s], reverse=True)
        held = [s for s in self.positions if s in scores]
        # TopkDropout：持仓和新人一起排名，持仓里排在最后的、最多 drop 只，让给排在前面的新人
        fresh = [s for s in ranked if s not in held][: self.drop + max(self.topk - len(held), 0)]
        together = sorted(held + fresh, key=lambda s: scores[s], reverse=True)
        last = together[-self.drop :] if len(together) > self.topk else []
        leaving = [s for s in held if s in last and s in trading]
        places = self.topk - (len(self.positions) - len(leaving))
        for symbol in leaving:
            self.close(symbol)
        for symbol in fresh[: max(places, 0)]:
            self.order_target_percent(symbol, self.invest / self.topk)
