"""What a child that runs a strategy is given, and how its end is told as a job's. Also for other slices' children."""

from __future__ import annotations

from quantdesk.core.backtest.result import CodeError
from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.core.bars.frame import Bars
from quantdesk.features.jobs.schemas import JobError
from quantdesk.ports.bar_store import BarStore
from quantdesk.sandbox.capabilities import IsolationUnavailableError
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.outcome import Stopped
from quantdesk.settings import SandboxSettings


def limits_of(sandbox: SandboxSettings) -> Limits:
    """Give the limits of one backtest."""
    return Limits(cpu_seconds=sandbox.cpu_seconds, wall_seconds=sandbox.wall_seconds, memory_mb=sandbox.memory_mb)


def load_bars(store: BarStore, spec: BacktestSpec) -> dict[str, Bars]:
    """Give all raw bars of the spec's symbols and its benchmark: factors need the days before, too. Blocking."""
    wanted = dict.fromkeys([*spec.symbols, *([spec.benchmark] if spec.benchmark else [])])
    found = {symbol: store.read(symbol, spec.interval) for symbol in wanted}
    return {symbol: bars for symbol, bars in found.items() if bars is not None}


def code_error(error: CodeError) -> JobError:
    """Say that the user's code failed, with the place.

    Jobs are kept as they are, code is kept encrypted: the lines themselves are left out, and read from the version
    again by whoever shows the error.
    """
    file = f"{error.file} " if error.file else ""
    where_zh = f"{file}第 {error.line} 行：" if error.line else ""
    where_en = f"{file}line {error.line}: " if error.line else ""
    return JobError(
        code="strategy_error",
        message_zh=f"{where_zh}{error.type}: {error.message}",
        message_en=f"{where_en}{error.type}: {error.message}",
        detail=without_lines(error).model_dump(mode="json"),
    )


def without_lines(error: CodeError) -> CodeError:
    """Leave the lines of the source out, and keep their numbers."""
    frames = [frame.split(": ", 1)[0] for frame in error.traceback[:-1]]
    return error.model_copy(update={"source_line": None, "traceback": [*frames, *error.traceback[-1:]]})


def stopped_error(ended: Stopped) -> JobError:
    """Say why the child had to be ended."""
    return JobError(code=f"stopped_{ended.reason}", message_zh=ended.message_zh, message_en=ended.message_en)


def isolation_unavailable(error: IsolationUnavailableError) -> JobError:
    """Say that this machine cannot lock user code in."""
    return JobError(
        code="isolation_unavailable",
        message_zh=f"这台机器的内核不能隔离策略代码（{'；'.join(error.capabilities.missing)}）。"
        "请升级内核；若只运行自己信任的代码，可设置 QD_SANDBOX__KIND=none。",
        message_en=f"{error}. Upgrade the kernel; if you only run code you trust, set QD_SANDBOX__KIND=none.",
    )
