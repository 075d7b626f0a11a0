"""Errors of the exports slice."""

from __future__ import annotations

from quantdesk.kit.errors import AppError, Conflict, InsufficientStorage, Invalid, NotFound


class ExportNotFound(NotFound):
    code = "export_not_found"
    title = "There is no such export"


class ExportNotReady(Conflict):
    code = "export_not_ready"
    title = "The export has no file yet"


class ExportGone(NotFound):
    code = "export_gone"
    title = "The export's file is not there any more; export again"


class ExportRunning(Conflict):
    code = "export_running"
    title = "The export is still running; cancel it first"


class NothingToExport(Invalid):
    code = "nothing_to_export"
    title = "No stored bars match the selection"


class ExportTooLarge(Invalid):
    code = "export_too_large"
    title = "An Excel workbook of so many rows would be of no use"


class BadExport(Invalid):
    code = "bad_export"
    title = "The choices do not go together"


class ExportDiskFull(InsufficientStorage):
    code = "export_disk_full"
    title = "The disk has no room for the export; free some space, or choose fewer symbols or days"


class RangeNotSatisfiable(AppError):
    status = 416
    code = "range_not_satisfiable"
    title = "The file has no such bytes; `Content-Range` says how many it has"

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size:,} bytes, and the Range header asks for later ones", field="Range")
        self.headers = {"Content-Range": f"bytes */{size}"}
