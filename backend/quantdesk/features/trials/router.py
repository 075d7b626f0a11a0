"""Routes of the trial ledger."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from quantdesk.features.strategies.errors import StrategyNotFound
from quantdesk.features.trials import schemas, service
from quantdesk.features.trials.errors import TrialNotNoted
from quantdesk.kit.http import COMMON_PROBLEMS, ReadUnit, problems, require
from quantdesk.kit.principal import Principal

router = APIRouter(tags=["backtests"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "backtests:read"))]


@router.get("/strategies/{strategy_id}/trials", responses=problems(StrategyNotFound))
async def get_strategy_trials(strategy_id: str, principal: Reader, uow: ReadUnit) -> schemas.StrategyTrials:
    """How often the strategy was tried, by backtests and optimisations, and the Deflated Sharpe Ratio of the best."""
    return await service.of_strategy(uow, strategy_id, principal.user_id)


@router.get("/backtests/{backtest_id}/significance", responses=problems(TrialNotNoted))
async def get_significance(backtest_id: str, principal: Reader, uow: ReadUnit) -> schemas.Significance:
    """The backtest's number among the tries of its strategy, and its Deflated Sharpe Ratio after all of them."""
    return await service.of_backtest(uow, backtest_id, principal.user_id)
