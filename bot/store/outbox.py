"""Writing what is to be sent; the courier alone sends it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import Lane, OutgoingMessage
from bot.store.tables import Conversation, Outgoing, Source


async def enqueue(
    session: AsyncSession,
    conversation: Conversation,
    message: OutgoingMessage,
    *,
    lane: Lane,
    source: Source,
    now: dt.datetime,
    dedupe_key: str | None = None,
    expires_at: dt.datetime | None = None,
    inbound_id: int | None = None,
    ticket_id: int | None = None,
    notice_id: int | None = None,
    chat_id: str | None = None,
) -> Outgoing | None:
    """Writes one outgoing row within the caller's transaction; ring `store.outbox_wake` after the commit.

    `chat_id` is for the last word to somebody whose conversation no longer knows its address.

    With a `dedupe_key` that is there already nothing is written and None comes back: the same thing is said once.
    """
    if dedupe_key is not None:
        there = await session.scalar(select(col(Outgoing.id)).where(col(Outgoing.dedupe_key) == dedupe_key))
        if there is not None:
            return None
    assert conversation.id is not None, "flush the conversation before writing to it"
    row = Outgoing(
        conversation_id=conversation.id,
        channel=conversation.channel,
        chat_id=chat_id or conversation.chat_id,
        lane=int(lane),
        source=source,
        message=message.model_dump(mode="json", exclude_defaults=True),
        created_at=now,
        dedupe_key=dedupe_key,
        expires_at=expires_at,
        inbound_id=inbound_id,
        ticket_id=ticket_id,
        notice_id=notice_id,
    )
    session.add(row)
    await session.flush()
    return row


def message_of(row: Outgoing) -> OutgoingMessage:
    """The message that a row carries."""
    return OutgoingMessage.model_validate(row.message)


async def latest_sent(session: AsyncSession, channel: str, chat_id: str, platform_message_id: str) -> Outgoing | None:
    """The row that made a message on its platform what it is now: the one that sent it, or edited it last."""
    found: Outgoing | None = await session.scalar(
        select(Outgoing)
        .where(
            col(Outgoing.channel) == channel,
            col(Outgoing.chat_id) == chat_id,
            col(Outgoing.platform_message_id) == platform_message_id,
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return found
