"""What a new user finds: an example strategy with a finished backtest on the demo market."""

from __future__ import annotations

import asyncio
import datetime as dt

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.features.backtests import service
from quantdesk.features.backtests.schemas import BacktestCreate
from quantdesk.features.jobs.child import ChildResult, run_command
from quantdesk.features.jobs.handlers import Outcome, RunningJob, Succeeded
from quantdesk.features.jobs.schemas import JobKind
from quantdesk.features.strategies import service as strategies
from quantdesk.features.strategies.schemas import StrategyCreate
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

TEMPLATE = "double_moving_average"
SPEC = BacktestSpec(
    symbols=[
        f"{code}.DEMO" for code in ("600001", "000001", "300001", "600003", "000003", "000004", "300003", "600004")
    ],
    start=dt.date(2018, 1, 2),
    end=dt.date(2025, 12, 31),
    benchmark="900001.DEMO",
)


class WelcomeHandler:
    """Makes the demo market when there is none yet, then the example strategy, and queues its backtest.

    The set-up of the first user queues it, with the user's name as payload.
    """

    kind: JobKind = "welcome"

    async def run(self, job: RunningJob) -> Outcome:
        context = job.context
        if await asyncio.to_thread(context.bars.coverage, SPEC.symbols[0], SPEC.interval) is None:
            answer = await run_command(job, "data", "demo", "--json-lines")
            if not isinstance(answer, ChildResult):
                return answer
        principal = Principal(user_id=job.owner_id, username=job.payload["username"], role="admin")

        async def write(uow: UnitOfWork) -> None:
            body = StrategyCreate(
                name="示例：双均线",
                description="快线上穿慢线买入，下穿卖出。改改参数再运行一次试试。",
                template=TEMPLATE,
            )
            strategy_id = await strategies.create(uow, context, principal, body)
            backtest = BacktestCreate(strategy_id=strategy_id, name="示例：双均线 · 模拟市场", spec=SPEC)
            await service.create(uow, context, principal, backtest)

        return Succeeded(write)
