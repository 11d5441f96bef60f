"""A notice's posts in public channels once it is over: the post itself says so, for channels are read days later.

Personal messages stay as they are: a phone that buzzes for what no longer matters is a phone that gets muted.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.faq import Snapshot
from bot.messages import Lane
from bot.notices.wording import PUBLISHED, over_mark, public_message_when_over
from bot.store import enqueue
from bot.store.tables import Conversation, Notice, NoticeState, Outgoing, OutgoingState, Purpose, Source

#: What was over longer ago than this when the program looked is left as it is.
LOOK_BACK = dt.timedelta(days=2)
_PENDING = (OutgoingState.QUEUED, OutgoingState.SENDING)


def over_and_unmarked(now: dt.datetime) -> Select[Notice]:
    """The notices that were stopped or have expired, and whose public posts don't say so yet."""
    expired = and_(
        col(Notice.state).in_(PUBLISHED), col(Notice.expires_at) <= now, col(Notice.expires_at) > now - LOOK_BACK
    )
    stopped = and_(col(Notice.state) == NoticeState.STOPPED, col(Notice.approved_at) > now - LOOK_BACK * 15)
    return select(Notice).where(col(Notice.public_marked_at).is_(None), or_(expired, stopped))


async def mark_public_posts(session: AsyncSession, snapshot: Snapshot, notice: Notice, now: dt.datetime) -> int:
    """Queues the edits of a notice's public posts; returns how many. Posts still under way are waited for."""
    mark = over_mark(notice, now)
    if mark is None:
        return 0
    rows = (
        await session.execute(
            select(Outgoing, Conversation)
            .join(Conversation, col(Conversation.id) == col(Outgoing.conversation_id))
            .where(
                col(Outgoing.notice_id) == notice.id,
                col(Outgoing.source) == Source.NOTICE,
                col(Conversation.purpose) == Purpose.PUBLIC,
                col(Outgoing.state).in_((*_PENDING, OutgoingState.SENT)),
            )
        )
    ).all()
    if any(row.state in _PENDING for row, _ in rows):
        return 0
    marked = 0
    for row, conversation in rows:
        if row.platform_message_id is None or row.chat_id != conversation.chat_id:
            continue
        message = public_message_when_over(snapshot, notice, mark)
        queued = await enqueue(
            session,
            conversation,
            message.model_copy(update={"edit_of": row.platform_message_id}),
            lane=Lane.NOTICE,
            source=Source.REPLY,
            now=now,
            dedupe_key=f"over:{notice.id}:{conversation.id}",
        )
        marked += queued is not None
    notice.public_marked_at = now
    await session.flush()
    return marked
