"""Errors of the trial ledger."""

from __future__ import annotations

from quantdesk.kit.errors import NotFound


class TrialNotNoted(NotFound):
    code = "trial_not_noted"
    title = "This backtest is not in the ledger of trials: it has no result yet, or ran before the ledger was kept"
