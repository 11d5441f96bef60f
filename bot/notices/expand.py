"""From one notice to a row for each recipient, in chunks: after a crash it goes on where it was, and doubles nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.faq import Snapshot
from bot.messages import Language
from bot.notices.audience import wanted
from bot.notices.wording import lane_of, notice_message
from bot.store.tables import Conversation, Notice, NoticeState, Outgoing, OutgoingState, Purpose, Source

CHUNK = 1000


async def expand_chunk(
    session: AsyncSession, snapshot: Snapshot, notice: Notice, now: dt.datetime, size: int = CHUNK
) -> int:
    """Writes the rows of the next `size` recipients; returns how many there were, 0 when there is nothing (more) to do.

    The cursor moves in the same transaction as the rows, and each row's dedupe key names notice and conversation. A
    notice that another process is expanding, or that was stopped meanwhile, is left alone.
    """
    current: Notice | None = await session.scalar(
        select(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.state) == NoticeState.SENDING)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if current is None or current.expanded_at is not None or (current.send_at is not None and current.send_at > now):
        return 0
    if current.expires_at is not None and current.expires_at <= now:
        # Nobody is sent a warning that no longer holds; the report shows how far it got.
        current.expanded_at = now
        return 0
    rows = await session.execute(
        select(Conversation)
        .where(
            wanted(current),
            col(Conversation.unreachable_at).is_(None),
            col(Conversation.id) > (current.expanded_to or 0),
        )
        .order_by(col(Conversation.id))
        .limit(size)
    )
    recipients = [conversation for (conversation,) in rows]
    if recipients:
        await _write(session, snapshot, current, recipients, now)
        current.expanded_to = recipients[-1].id
    if len(recipients) < size:
        current.expanded_at = now
    await session.flush()
    return len(recipients)


async def _write(
    session: AsyncSession, snapshot: Snapshot, notice: Notice, recipients: list[Conversation], now: dt.datetime
) -> None:
    messages: dict[tuple[Language, bool], dict[str, Any]] = {}

    def message_for(conversation: Conversation) -> dict[str, Any]:
        key = (conversation.language, conversation.purpose is Purpose.PUBLIC)
        if key not in messages:
            message = notice_message(snapshot, notice, key[0], public=key[1])
            messages[key] = message.model_dump(mode="json", exclude_defaults=True)
        return messages[key]

    values = [
        {
            "conversation_id": conversation.id,
            "channel": conversation.channel,
            "chat_id": conversation.chat_id,
            "lane": int(lane_of(notice)),
            "source": Source.NOTICE,
            "message": message_for(conversation),
            "state": OutgoingState.QUEUED,
            "attempts": 0,
            "expires_at": notice.expires_at,
            "created_at": now,
            "dedupe_key": f"notice:{notice.id}:{conversation.id}",
            "notice_id": notice.id,
        }
        for conversation in recipients
    ]
    # Both dialects know "on conflict", each by an insert of its own.
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(postgresql_insert(Outgoing).on_conflict_do_nothing(), values)
    else:
        await session.execute(sqlite_insert(Outgoing).on_conflict_do_nothing(), values)
