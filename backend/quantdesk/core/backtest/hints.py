"""What usually lies behind an exception in a strategy, in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from quantdesk.core.backtest.words import Words


@dataclass(frozen=True, slots=True)
class _Rule:
    type: str
    pattern: str
    hint: Callable[[re.Match[str]], Words]


def _fixed(zh: str, en: str) -> Callable[[re.Match[str]], Words]:
    return lambda match: Words(zh, en)


_RULES = (
    _Rule("IndexError", r"array (index|assignment index) out of range|out of range", _fixed(
        "数据不够长：取值的位置超出了已有的 K 线。请先用 len(data) 判断，或把回测开始日期提前。",
        "There are not enough bars: the position is outside of the data. Check len(data) first, or start earlier.",
    )),
    _Rule("AttributeError", r"module 'backtrader\.?\w*' has no attribute '(\w+)'", lambda m: Words(
        f"backtrader 里没有 {m[1]}，请检查指标名的拼写和大小写，例如 bt.indicators.SMA。",
        f"backtrader has no {m[1]}; check the indicator's spelling and case, e.g. bt.indicators.SMA.",
    )),
    _Rule("AttributeError", r"'AutoInfoClass_\w+' object has no attribute '(\w+)'", lambda m: Words(
        f"策略参数里没有 {m[1]}，请在 params 中声明它。",
        f"The strategy has no parameter {m[1]}; declare it in params.",
    )),
    _Rule("AttributeError", r"'Lines_\w+' object has no attribute '(\w+)'", lambda m: Words(
        f"没有名为 {m[1]} 的属性或数据线，请检查拼写，或在 __init__ 中先给它赋值。",
        f"There is no attribute or line named {m[1]}; check the spelling, or assign it in __init__ first.",
    )),
    _Rule("IndexError", r"\[\d+\] would be the future", _fixed(
        "指标线用 [0] 取当天、[-1] 取前一根 K 线；正数下标是未来，取不到。",
        "A line is read as [0] for now and [-1] for the bar before; a positive index would be the future.",
    )),
    _Rule("AttributeError", r"'Bar' object has no attribute '(\w+)'", lambda m: Words(
        f"K 线里没有 {m[1]}；可用的有 symbol、date、open、high、low、close、volume、amount、preclose。",
        f"A bar has no {m[1]}; it has symbol, date, open, high, low, close, volume, amount, preclose.",
    )),
    _Rule("AttributeError", r"property '(\w+)' of '\w+' object has no setter", lambda m: Words(
        f"{m[1]} 是策略自带的属性，不能赋值，请换一个名字。",
        f"{m[1]} is the strategy's own and cannot be set; choose another name.",
    )),
    _Rule("NameError", r"name '((?:Vector)?Strategy|param|Signals|Weights)' is not defined", lambda m: Words(
        f"请在文件开头写 from quantdesk.sdk import {m[1]}。", f"Write from quantdesk.sdk import {m[1]} at the top.",
    )),
    _Rule("ZeroDivisionError", r"", _fixed(
        "除数为零：停牌或价格不变时，差值或波动可能是 0，请先判断。",
        "Division by zero: a difference or a volatility can be 0 when the price does not move; check first.",
    )),
    _Rule("TypeError", r"__init__\(\) got an unexpected keyword argument '(\w+)'", lambda m: Words(
        f"参数 {m[1]} 不存在，请检查名称。", f"There is no argument {m[1]}; check the name.",
    )),
    _Rule("NameError", r"name '(bt|backtrader)' is not defined", _fixed(
        "请在文件开头写 import backtrader as bt。", "Write import backtrader as bt at the top of the file.",
    )),
    _Rule("NameError", r"name '(\w+)' is not defined", lambda m: Words(
        f"名称 {m[1]} 没有定义，请检查拼写或先导入。", f"{m[1]} is not defined; check the spelling or import it.",
    )),
    _Rule("ImportError", r"cannot import name '(\w+)' from [a-z ]*'strategy'", lambda m: Words(
        f"strategy.py 还没有运行到定义 {m[1]} 的地方（循环导入）。请把 {m[1]} 移到另一个文件，让两边都从那里导入。",
        f"strategy.py has not come to {m[1]} yet (a circular import); move it to a file that both import.",
    )),
    _Rule("ModuleNotFoundError", r"No module named '([\w.]+)'", lambda m: Words(
        f"没有安装模块 {m[1]}。", f"The module {m[1]} is not installed.",
    )),
    _Rule("RecursionError", r"", _fixed(
        "函数不停地调用自己，请检查递归的结束条件。", "A function calls itself without end; check where it stops.",
    )),
    _Rule("MemoryError", r"", _fixed(
        "内存用完了：请少保存一些数据，或在设置中提高内存上限。",
        "Out of memory: keep less data, or raise the memory limit in the settings.",
    )),
    _Rule("SystemExit", r"", _fixed(
        "策略不能调用 sys.exit() 或 exit()；要提前结束请用 self.stop()（Backtrader 策略用 self.env.runstop()）。",
        "A strategy cannot call sys.exit() or exit(); to end early use self.stop(), in Backtrader self.env.runstop().",
    )),
    _Rule("PermissionError", r"", _fixed(
        "策略在隔离环境中运行：不能联网、写文件、启动程序，也不能读取数据目录以外的文件。请用 print 或 self.log 输出。",
        "A strategy runs isolated: no network, no writing of files, no other programs, no files of yours. "
        "Use print or self.log for output.",
    )),
    _Rule("BlockingIOError", r"Resource temporarily unavailable", _fixed(
        "策略在隔离环境中运行，不能启动其他进程。", "A strategy runs isolated and cannot start other processes.",
    )),
    _Rule("NoStrategyError", r"", _fixed(
        "请定义一个策略类：继承 bt.Strategy，或 quantdesk.sdk 的 Strategy、VectorStrategy。",
        "Define a class that extends bt.Strategy, or Strategy or VectorStrategy of quantdesk.sdk.",
    )),
    _Rule("TabError", r"", _fixed("缩进混用了 Tab 和空格。", "The indentation mixes tabs and spaces.")),
    _Rule("IndentationError", r"", _fixed(
        "缩进不对：请检查这一行和上一行开头的空格。",
        "The indentation is wrong: check the spaces at the start of this line and the one above.",
    )),
    _Rule("SyntaxError", r"", _fixed(
        "语法错误：请检查这一行和上一行的括号、引号、冒号（不要用中文标点）。",
        "Syntax error: check brackets, quotes and colons of this line and the one above (no Chinese punctuation).",
    )),
    _Rule("ValueError", r"an indicator has no value on the first bars", _fixed(
        "指标在前几根 K 线还没有值（NaN）：请先判断 line.ready，或设置 warmup 跳过开头的 K 线。",
        "The indicator has no value (NaN) on the first bars: check line.ready first, or set warmup to skip them.",
    )),
    _Rule("ValueError", r"order size is (nan|inf)", _fixed(
        "下单数量不是数字：指标在前几根 K 线还没有值，请先判断 len(data) 或指标是否有效。",
        "The order's size is not a number: the indicator has no value on the first bars; check len(data) first.",
    )),
)  # fmt: skip


def hint_for(type_name: str, message: str) -> Words | None:
    """Give the plain-word hint for an exception's class name and message, or None."""
    for rule in _RULES:
        if rule.type == type_name and (match := re.search(rule.pattern, message)):
            return rule.hint(match)
    return None
