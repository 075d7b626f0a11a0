"""How a child's run ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Generic, Literal

from typing_extensions import TypeVar

from quantdesk.core.backtest.result import BacktestResult, CodeError
from quantdesk.sandbox.limits import Limits

StopReason = Literal["memory", "cpu_time", "wall_time", "output", "threads", "disk", "cancelled", "killed", "crashed"]


ResultT = TypeVar("ResultT", default=BacktestResult)


@dataclass(frozen=True, slots=True)
class Finished(Generic[ResultT]):
    result: ResultT


@dataclass(frozen=True, slots=True)
class Failed:
    """The user's code is wrong or raised."""

    error: CodeError


@dataclass(frozen=True, slots=True)
class Stopped:
    """The run was ended from outside, or broke down."""

    reason: StopReason
    message_zh: str
    message_en: str
    detail: str = ""
    """For the log: the end of what the child wrote to its standard error."""


Outcome = Finished[ResultT] | Failed | Stopped


@dataclass(frozen=True, slots=True)
class Exit:
    """How the process ended."""

    code: int
    """Exit status, or minus the signal's number."""
    cpu_seconds: float
    peak_mb: float
    """Largest resident memory of the run itself; 0 where it is not known."""


def stopped(reason: StopReason, limits: Limits, *, peak_mb: float = 0.0, code: int = 0, detail: str = "") -> Stopped:
    """Say in plain words why a run has no result."""
    match reason:
        case "memory":
            zh = f"内存用完：占用 {peak_mb:.0f} MB，上限 {limits.memory_mb} MB"
            en = f"out of memory: {peak_mb:.0f} MB used, the limit is {limits.memory_mb} MB"
        case "cpu_time":
            zh = f"运算时间超过上限 {limits.cpu_seconds} 秒，可能有死循环"
            en = f"more than {limits.cpu_seconds} s of computing time; is there an endless loop?"
        case "wall_time":
            zh = f"运行时间超过上限 {limits.wall_seconds:g} 秒"
            en = f"ran longer than {limits.wall_seconds:g} s"
        case "output":
            zh = f"输出超过上限 {limits.messages_mb} MB"
            en = f"more than {limits.messages_mb} MB of output"
        case "threads":
            zh = f"线程数超过上限 {limits.threads}"
            en = f"more than {limits.threads} threads"
        case "disk":
            zh = f"工作文件夹超过上限 {limits.disk_mb} MB 或 {limits.files} 个文件"
            en = f"more than {limits.disk_mb} MB or {limits.files} files in the work folder"
        case "cancelled":
            zh, en = "已取消", "cancelled"
        case "killed":
            zh = "进程被系统强制结束，可能是系统内存不足"
            en = "the process was killed by the system; the machine may be out of memory"
        case "crashed" if code < 0:
            name = signal.Signals(-code).name
            zh = f"进程崩溃（{name}），可能是无限递归或扩展库出错"
            en = f"the process crashed ({name}): endless recursion, or an error in a compiled library"
        case "crashed":
            zh = f"进程没有给出结果就退出了（退出码 {code}）"
            en = f"the process ended without a result (exit code {code})"
    return Stopped(reason=reason, message_zh=zh, message_en=en, detail=detail)


def explain(ended: Exit, limits: Limits, detail: str) -> Stopped:
    """Find out why a process that sent no final message ended."""
    reason: StopReason = "crashed"
    if ended.code == -signal.SIGXCPU or (ended.code == -signal.SIGKILL and ended.cpu_seconds >= limits.cpu_seconds):
        reason = "cpu_time"
    elif ended.code < 0 and ended.peak_mb >= 0.9 * limits.memory_mb:
        reason = "memory"
    elif ended.code == -signal.SIGKILL:
        reason = "killed"
    return stopped(reason, limits, peak_mb=ended.peak_mb, code=ended.code, detail=detail)
