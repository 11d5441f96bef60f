"""The audit trail: who did what to what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import Audit, Officer


def audit(
    session: AsyncSession,
    action: str,
    subject: str,
    *,
    now: dt.datetime,
    by: Officer | None = None,
    actor: str | None = None,
    **data: Any,
) -> None:
    """Adds one line to the trail in the caller's transaction.

    `action` is a verb of the field (`ticket.take`, `notice.approve`), `subject` names the thing (`ticket:KG-7F3K2`).
    Without an officer, `actor` says who else acted (`command line`, `program`).
    """
    name = actor or (by.name if by else "program")
    session.add(
        Audit(at=now, officer_id=by.id if by else None, actor=name[:64], action=action, subject=subject, data=data)
    )
