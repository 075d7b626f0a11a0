"""What the figures mean, in a sentence a person can act on."""

from __future__ import annotations

from quantdesk.core.backtest.words import Words
from quantdesk.core.optimise.stability import Verdict

LIKELY = 0.95
"""The usual level at which a probability counts as convincing."""
OVERFIT = 0.5
SOME_OVERFIT = 0.2


def about_deflated(sharpe: float, luck: float, probability: float, trials: int, effective: float) -> Words:
    """Say what the Deflated Sharpe Ratio means. Sharpe ratios a year."""
    percent = _percent(probability)
    zh = f"试了 {trials} 次"
    en = f"With {trials} {'try' if trials == 1 else 'tries'}"
    if effective < 0.95 * trials:
        zh += f"（相互关联，约相当于 {effective:.0f} 次独立尝试）"
        en += f" (they are alike, and amount to about {effective:.0f} independent ones)"
    zh += f"，纯靠运气的最好夏普比率约为 {luck:.2f}；这里是 {sharpe:.2f}，真实夏普比率大于零的概率为 {percent}。"
    en += (
        f", the best Sharpe ratio of pure luck would be about {luck:.2f}; this one is {sharpe:.2f}, "
        f"and the probability that its true value is above zero is {percent}."
    )
    if sharpe <= 0:
        return Words(zh + "它没有赚到钱：不要据此交易。", en + " It earned nothing: do not trade on it.")
    if probability >= LIKELY:
        return Words(zh + "很难只用运气解释。", en + " Luck alone hardly explains it.")
    if probability >= 0.5:
        return Words(zh + "还不足以排除运气：不到 95%。", en + " That does not rule out luck: it is below 95 %.")
    return Words(zh + "多半是运气：不要据此交易。", en + " It is most likely luck: do not trade on it.")


def about_overfitting(probability: float, probability_of_loss: float, slope: float | None) -> Words:
    """Say what the probability of backtest overfitting means."""
    zh = (
        f"把日期切成样本内外两半的所有组合里，有 {_percent(probability)} 的情况下，"
        f"样本内最好的参数在样本外落到中位数以下；{_percent(probability_of_loss)} 的情况下亏损。"
    )
    en = (
        f"Over all ways to halve the days, the parameters that were best in one half fell to the lower half of all "
        f"in the other {_percent(probability)} of the time, and lost money {_percent(probability_of_loss)} of the time."
    )
    if probability >= OVERFIT:
        zh += "挑选最好的参数没有用处，结果是过拟合。"
        en += " Choosing the best does not help: the result is overfitted."
    elif probability >= SOME_OVERFIT:
        zh += "挑选有一点用，但过拟合的风险明显。"
        en += " Choosing helps a little, with a marked risk of overfitting."
    else:
        zh += "样本内好的参数在样本外大多仍好。"
        en += " What is good in one half mostly stays good in the other."
    if slope is not None and slope < 0:
        zh += "样本内夏普越高，样本外越低。"
        en += " The higher the Sharpe ratio in sample, the lower out of sample."
    return Words(zh, en)


def about_stability(verdict: Verdict, neighbours: int, ratio: float | None) -> Words:
    """Say what the neighbours of the best point show."""
    if verdict == "unknown" or ratio is None:
        return Words(
            "最好的参数没有可比的邻近参数，或目标值不为正，无法判断是否稳定。",
            "The best parameters have no neighbours to compare with, or no objective above zero: "
            "whether they are stable cannot be said.",
        )
    zh = f"最好参数周围的 {neighbours} 组参数，平均达到它的 {_percent(ratio)}。"
    en = f"The {neighbours} parameter sets around the best one reach {_percent(ratio)} of it on average."
    match verdict:
        case "plateau":
            return Words(
                zh + "它在一片高地上，参数略有变化影响不大。", en + " It is a plateau: small changes matter little."
            )
        case "slope":
            return Words(zh + "它在斜坡上，参数略有变化就有影响。", en + " It is a slope: small changes matter.")
        case _:
            return Words(
                zh + "它是一个孤立的尖峰，很可能是碰巧。", en + " It is a lonely peak, and probably an accident."
            )


def about_walk_forward(folds: int, efficiency: float | None, total_return: float) -> Words:
    """Say what the tests of a walk-forward show."""
    zh = f"{folds} 段样本外测试连起来的总收益为 {total_return:+.1%}。"
    en = f"The {folds} out-of-sample tests together returned {total_return:+.1%}."
    if efficiency is None:
        return Words(
            zh + "训练期的目标值平均不为正，无法计算效率。",
            en + " The objective was not above zero in training on average, so there is no efficiency.",
        )
    zh += f"样本外的目标值按天数平均，是样本内的 {_percent(efficiency)}（前推效率）。"
    en += f" The objective out of sample was {_percent(efficiency)} of that in sample, on a day's average (efficiency)."
    if total_return <= 0:
        return Words(zh + "合起来没有赚到钱：不要据此交易。", en + " Together they earned nothing: do not trade on it.")
    if efficiency >= 0.5:  # Pardo (2008), chapter 11: robust above 50 %
        return Words(zh + "一半以上算稳健。", en + " Half or more counts as robust.")
    return Words(
        zh + "不到一半：按过去最优选参数在这里不大管用。", en + " Below half: choosing by the past hardly works here."
    )


def about_ledger(runs: int, distinct: int) -> Words:
    """Say how often a strategy was tried."""
    return Words(
        f"这个策略共运行 {runs} 次，其中 {distinct} 次各不相同。试得越多，最好的结果里运气越多。",
        f"The strategy was run {runs} {'time' if runs == 1 else 'times'}, {distinct} of them different. "
        "The more tries, the more luck in the best of them.",
    )


def about_place(number: int, distinct: int) -> Words:
    """Say which of the tries a backtest was."""
    so_far = "it is the only one up to now" if distinct == 1 else f"up to now there are {distinct} different ones"
    return Words(
        f"这是该策略的第 {number} 次不同的尝试，至今共 {distinct} 次。",
        f"This was try number {number} of the strategy; {so_far}.",
    )


def about_cost(runs: int, seconds: float, parallel: int, from_history: bool) -> Words:
    """Say what an optimisation would cost."""
    basis_zh = "按这个策略以往的速度估计" if from_history else "按同类策略的一般速度估计，实际可能差几倍"
    basis_en = (
        "judged by earlier runs of this strategy"
        if from_history
        else "judged by a common speed of its kind; it may be several times off"
    )
    return Words(
        f"共 {runs:,} 次回测，大约 {_duration_zh(seconds)}（同时运行 {parallel} 个；{basis_zh}）。",
        f"{runs:,} {'backtest' if runs == 1 else 'backtests'}, about {_duration_en(seconds)} "
        f"with {parallel} at once ({basis_en}).",
    )


def _percent(share: float) -> str:
    return f"{share:.1%}" if 0.001 <= abs(share) <= 0.999 else "<0.1%" if abs(share) < 0.0005 else f"{share:.2%}"


def _duration_zh(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} 秒"
    return f"{round(seconds / 60)} 分钟" if seconds < 5400 else f"{seconds / 3600:.1f} 小时"


def _duration_en(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
