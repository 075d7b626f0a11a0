"""Errors of the factors slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class FactorNotFound(NotFound):
    code = "factor_not_found"
    title = "There is no such factor"


class StudyNotFound(NotFound):
    code = "factor_study_not_found"
    title = "There is no such study of a factor"


class FactorNameTaken(Conflict):
    code = "factor_name_taken"
    title = "You have a factor of this name already"


class ExpressionRefused(Invalid):
    """`reason`, `position` (from 0) and `advice` say what is wrong, where, and what to do."""

    code = "expression_refused"
    title = "The expression cannot be used"


class PreviewTooLarge(Invalid):
    code = "preview_too_large"
    title = "Too many symbols over too many days for a preview"


class NothingToPreview(Invalid):
    code = "nothing_to_preview"
    title = "None of the symbols has bars in these days"
