"""Notices as staff and the public see them: one by its code, the list, what holds now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.notices.errors import UnknownNotice
from bot.store.tables import Notice, NoticeState, Officer


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as the list shows it."""

    code: str
    kind: str
    severity: str
    state: str
    title: str
    author: str | None
    approver: str | None
    created_at: dt.datetime
    send_at: dt.datetime | None
    expires_at: dt.datetime | None
    completed_at: dt.datetime | None


async def get(session: AsyncSession, code: str) -> Notice:
    """The notice with that code; raises `UnknownNotice`."""
    notice: Notice | None = await session.scalar(select(Notice).where(col(Notice.code) == code.strip().upper()))
    if notice is None:
        raise UnknownNotice(f"no notice {code[:32]!r}", code=code[:32])
    return notice


async def list_notices(
    session: AsyncSession, *, states: Sequence[NoticeState] | None = None, limit: int = 100
) -> list[NoticeLine]:
    """The notices, newest first."""
    author, approver = aliased(Officer), aliased(Officer)
    query = (
        select(Notice, col(author.name), col(approver.name))
        .outerjoin(author, col(Notice.author_id) == col(author.id))
        .outerjoin(approver, col(Notice.approver_id) == col(approver.id))
        .order_by(col(Notice.id).desc())
        .limit(limit)
    )
    if states is not None:
        query = query.where(col(Notice.state).in_(states))
    return [
        NoticeLine(
            code=notice.code,
            kind=notice.kind.value,
            severity=notice.severity.value,
            state=notice.state.value,
            title=notice.title_vi,
            author=written_by,
            approver=approved_by,
            created_at=notice.created_at,
            send_at=notice.send_at,
            expires_at=notice.expires_at,
            completed_at=notice.completed_at,
        )
        for notice, written_by, approved_by in await session.execute(query)
    ]


async def public_notices(session: AsyncSession, now: dt.datetime, *, limit: int = 50) -> list[Notice]:
    """The notices that anybody may read now: approved, their time has come, not stopped, not expired; newest first."""
    rows = await session.scalars(
        select(Notice)
        .where(
            col(Notice.state).in_((NoticeState.SENDING, NoticeState.COMPLETED)),
            col(Notice.send_at) <= now,
            or_(col(Notice.expires_at).is_(None), col(Notice.expires_at) > now),
        )
        .order_by(col(Notice.send_at).desc(), col(Notice.id).desc())
        .limit(limit)
    )
    return list(rows)
