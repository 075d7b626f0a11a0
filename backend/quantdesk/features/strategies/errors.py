"""Errors of the strategies slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class StrategyNotFound(NotFound):
    code = "strategy_not_found"
    title = "There is no such strategy"


class VersionNotFound(NotFound):
    code = "version_not_found"
    title = "The strategy has no such version"


class TemplateNotFound(NotFound):
    code = "template_not_found"
    title = "There is no such template"


class VersionConflict(Conflict):
    code = "version_conflict"
    title = "The strategy was saved elsewhere since you opened it"


class CodeAndTemplate(Invalid):
    code = "code_and_template"
    title = "Give either code or a template, not both"


class NothingToUpdate(Invalid):
    code = "nothing_to_update"
    title = "Give at least one field to change"
