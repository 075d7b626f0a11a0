"""Which module does which kind of job; it is imported when its first job arrives, which keeps an idle worker small."""

from __future__ import annotations

from importlib import import_module
from typing import get_args

from quantdesk.features.jobs.handlers import JobHandler
from quantdesk.features.jobs.schemas import JobKind

MODULES: dict[JobKind, str] = {
    "backtest": "quantdesk.features.backtests.tasks",
    "import": "quantdesk.features.data.tasks",
    "demo": "quantdesk.features.market.tasks",
    "fetch": "quantdesk.features.market.tasks",
    "tables": "quantdesk.features.market.tasks",
    "welcome": "quantdesk.features.backtests.tasks",
    "optimisation": "quantdesk.features.optimisations.tasks",
    "sweep": "quantdesk.features.optimisations.tasks",
    "truncation": "quantdesk.features.lookahead.tasks",
    "export": "quantdesk.features.exports.tasks",
    "quality": "quantdesk.features.quality.tasks",
    "refresh": "quantdesk.features.refresh.tasks",
    "factor": "quantdesk.features.factors.tasks",
}
assert set(MODULES) == set(get_args(JobKind)), "each kind of job has a module"  # noqa: S101


def find_handler(kind: JobKind) -> JobHandler:
    """Give the handler that the slice's tasks.py lists in HANDLERS."""
    handlers: tuple[JobHandler, ...] = import_module(MODULES[kind]).HANDLERS
    return next(handler for handler in handlers if handler.kind == kind)
