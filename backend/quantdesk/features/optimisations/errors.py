"""Errors of the optimisations slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class OptimisationNotFound(NotFound):
    code = "optimisation_not_found"
    title = "There is no such optimisation"


class OptimisationRunning(Conflict):
    code = "optimisation_running"
    title = "The optimisation is still running; cancel it first"


class OptimisationNotFinished(Conflict):
    code = "optimisation_not_finished"
    title = "The optimisation has not come so far yet"


class OptimisationTrialNotFound(NotFound):
    code = "optimisation_trial_not_found"
    title = "The optimisation has no such trial"


class SearchTooLarge(Invalid):
    code = "search_too_large"
    title = "The search has too many runs, or a grid has no end"


class BadWalkForward(Invalid):
    code = "bad_walk_forward"
    title = "The dates cannot be split as the walk-forward asks"


class NoWalkForward(NotFound):
    code = "no_walk_forward"
    title = "The optimisation was made without walk-forward"
