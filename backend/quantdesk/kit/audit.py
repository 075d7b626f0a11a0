"""The audit trail of sensitive acts. Any slice records; only `auth` reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from quantdesk.kit import clock
from quantdesk.kit.caller import current_caller
from quantdesk.kit.db import Base, UtcDateTime
from quantdesk.kit.ids import new_id
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork

KEPT = dt.timedelta(days=5 * 366)
"""Five years and a little: the shortest time that entries are kept."""


class AuditRow(Base):
    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_at_id", "at", "id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str | None] = mapped_column(String(26), index=True)
    username: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60), index=True)
    target: Mapped[str | None] = mapped_column(String(200))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))
    request_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]


def record(
    uow: UnitOfWork,
    principal: Principal | None,
    action: str,
    target: str | None = None,
    detail: dict[str, str] | None = None,
) -> None:
    """Add an entry to this transaction: it stands exactly when the act stands.

    `action` is dotted, e.g. `strategy.deleted`; `target` names what it was done to; `detail` must hold no secret.
    The caller's address and request id come from the request in progress.
    """
    caller = current_caller()
    uow.session.add(
        AuditRow(
            id=new_id(),
            at=clock.utcnow(),
            user_id=principal.user_id if principal else None,
            username=principal.username if principal else None,
            action=action,
            target=target[:200] if target else None,
            ip=caller.ip[:45] if caller else None,
            user_agent=caller.user_agent[:300] if caller else None,
            request_id=caller.request_id[:64] if caller else None,
            detail=detail or {},
        )
    )


async def purge(uow: UnitOfWork) -> None:
    """Remove entries older than they must be kept."""
    await uow.session.execute(delete(AuditRow).where(AuditRow.at < clock.utcnow() - KEPT))
