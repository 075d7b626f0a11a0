"""The trash: what a person deletes is hidden, and can be taken back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit import audit, clock
from quantdesk.kit.db import UtcDateTime
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork


class Trashable:
    """What a table has whose rows can be in the trash."""

    id: Mapped[str]
    name: Mapped[str]
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


def put(uow: UnitOfWork, principal: Principal, kind: str, row: Trashable) -> None:
    """Move it to the trash and note who did, e.g. as `backtest.deleted`; nothing happens where it is there already."""
    if row.deleted_at is None:
        row.deleted_at = clock.utcnow()
        audit.record(uow, principal, f"{kind}.deleted", row.id, {"name": row.name})


def take_back(uow: UnitOfWork, principal: Principal, kind: str, row: Trashable) -> None:
    """Bring it back from the trash, e.g. as `backtest.restored`; nothing happens where it is not there."""
    if row.deleted_at is not None:
        row.deleted_at = None
        audit.record(uow, principal, f"{kind}.restored", row.id, {"name": row.name})
