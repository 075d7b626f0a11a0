"""Errors of the refresh slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, NotFound


class RefreshNotFound(NotFound):
    code = "refresh_not_found"
    title = "There is no such refresh"


class RefreshRunning(Conflict):
    code = "refresh_running"
    title = "A refresh is under way; wait for its end, or cancel it"


class NothingToRefresh(Conflict):
    code = "nothing_to_refresh"
    title = "Nothing is to be fetched"


class NothingToResume(Conflict):
    code = "nothing_to_resume"
    title = "The refresh has nothing left to fetch"
