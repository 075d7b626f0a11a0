"""Errors of the quality slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, NotFound, Unavailable


class QualityReportNotFound(NotFound):
    code = "quality_report_not_found"
    title = "The data has not been checked yet"


class BarsNotThere(NotFound):
    code = "bars_not_there"
    title = "No bar of this symbol and day is stored"


class QuarantineNotFound(NotFound):
    code = "quarantine_not_found"
    title = "No bar of this symbol and day is in quarantine"


class QuarantineConflict(Conflict):
    code = "quarantine_conflict"
    title = "Another bar of that day is stored by now"


class UnknownSource(NotFound):
    code = "unknown_source"
    title = "There is no online source of this name"


class RefetchFailed(Unavailable):
    code = "refetch_failed"
    title = "No online source gave these bars; what is stored is unchanged"
