"""Errors of the datasets slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class TableNotStored(NotFound):
    code = "table_not_stored"
    title = "Nothing of this table is stored"


class RowNotStored(NotFound):
    code = "row_not_stored"
    title = "The table has never had this row"


class TableRefused(Invalid):
    code = "table_refused"
    title = "The rows are not what the table holds; nothing was stored"


class TableBusy(Conflict):
    code = "table_busy"
    title = "Others are writing this table; try again in a moment"
