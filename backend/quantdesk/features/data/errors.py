"""Errors of the data slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, InsufficientStorage, Invalid, NotFound, PayloadTooLarge


class UploadNotFound(NotFound):
    code = "upload_not_found"
    title = "There is no such upload; uploads are kept for a day"


class UploadInUse(Conflict):
    code = "upload_in_use"
    title = "The file is being imported"


class UploadTooLarge(PayloadTooLarge):
    code = "upload_too_large"
    title = "The file is larger than 1 GiB; split it by year or by symbol"


class UploadDiskFull(InsufficientStorage):
    title = "The disk has no room for this file; free some space and try again"


class BadUpload(Invalid):
    code = "bad_upload"
    title = "The request is not a form with one file"


class ImportNotFound(NotFound):
    code = "import_not_found"
    title = "There is no such import"
