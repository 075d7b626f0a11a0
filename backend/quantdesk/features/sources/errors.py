"""Errors of the sources slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, NotFound


class SourceNotFound(NotFound):
    code = "source_not_found"
    title = "No such source is set up"


class CrossCheckImpossible(Conflict):
    code = "cross_check_impossible"
    title = "The bars cannot be held against another source"
