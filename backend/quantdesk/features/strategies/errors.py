"""Errors of the strategies slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound, PayloadTooLarge, TooManyRequests, Unavailable


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


class FilesRefused(Invalid):
    code = "strategy_files_refused"
    title = "A file has a path that it cannot have, or there are too many"


class NothingToUpdate(Invalid):
    code = "nothing_to_update"
    title = "Give at least one field to change"


class NotInTrash(Conflict):
    code = "strategy_not_in_trash"
    title = "Only a strategy in the trash can be deleted for good"


class DraftConflict(Conflict):
    code = "draft_conflict"
    title = "The draft was changed on another page since"


class NothingToExport(Invalid):
    code = "no_strategy_to_export"
    title = "There is no strategy to export"


class TooMuchToExport(Invalid):
    code = "too_much_to_export"
    title = "These are too many versions for one archive"


class ArchiveNotFound(NotFound):
    code = "archive_not_found"
    title = "There is no such uploaded archive"


class ArchiveTooLarge(PayloadTooLarge):
    code = "archive_too_large"
    title = "The archive is larger than is taken"


class WrongPassword(Invalid):
    code = "archive_wrong_password"
    title = "The password does not open the archive"


class BadArchive(Invalid):
    code = "archive_unreadable"
    title = "The file is no archive of strategies, or is damaged"


class HostileArchive(Invalid):
    code = "archive_refused"
    title = "The archive holds what no export of strategies holds"


class CodeDoesNotParse(Invalid):
    code = "code_does_not_parse"
    title = "The code has a syntax error"


class CodeTooTangled(Invalid):
    code = "code_too_tangled"
    title = "The code is too large or too deeply nested to be checked"


class LinterBusy(TooManyRequests):
    code = "linter_busy"
    title = "Too many sources are being checked; try again in a moment"


class LinterMissing(Unavailable):
    code = "linter_missing"
    title = "ruff, which checks and formats code, is not installed"


class NotebookTooLarge(PayloadTooLarge):
    code = "notebook_too_large"
    title = "The notebook is larger than is taken"


class BadNotebook(Invalid):
    code = "notebook_unreadable"
    title = "The file is no Jupyter notebook, or is damaged"


class OldNotebook(Invalid):
    code = "notebook_format"
    title = "The notebook is of a format that is not read"


class NotebookNotPython(Invalid):
    code = "notebook_not_python"
    title = "The notebook is written in another language than Python"
