"""A chat gets a new id (Telegram: a group became a supergroup): everything that is still to happen happens there."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.askers import conversation_of, subject_of
from bot.store import audit
from bot.store.tables import (
    Conversation,
    Inbound,
    InboundState,
    Outgoing,
    OutgoingState,
    Purpose,
    Question,
    Subscription,
    Ticket,
)

_PENDING = (OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNCERTAIN)


async def move_conversation(
    session: AsyncSession, channel: str, old_chat_id: str, new_chat_id: str, *, now: dt.datetime
) -> Conversation | None:
    """Gives a conversation its new id, in what is queued and what waits to be handled too; doing it twice is harmless.

    Rows that were sent keep the old id: message ids start anew in a supergroup, and a reply there to message 5 must not
    be taken for a reply to the card that was message 5 of the old group. Returns None when nobody knows either chat.
    """
    if old_chat_id == new_chat_id:
        return await conversation_of(session, channel, old_chat_id)
    await _move_inbound(session, channel, old_chat_id, new_chat_id)
    old = await conversation_of(session, channel, old_chat_id)
    new = await conversation_of(session, channel, new_chat_id)
    if old is None:
        return new
    if new is not None:
        # A message from the supergroup was handled before the word of the move came: the older conversation goes on.
        await _merge(session, into=old, other=new)
    old.chat_id = new_chat_id
    await session.flush()
    await _move_outgoing(session, old)
    audit(session, "conversation.moved", subject_of(old), now=now, old=old_chat_id, new=new_chat_id)
    await session.flush()
    return old


async def _move_inbound(session: AsyncSession, channel: str, old_chat_id: str, new_chat_id: str) -> None:
    rows = await session.scalars(
        select(Inbound).where(
            col(Inbound.state) == InboundState.WAITING,
            col(Inbound.channel) == channel,
            col(Inbound.chat_id) == old_chat_id,
        )
    )
    for row in rows:
        row.chat_id = new_chat_id
        # The word of the move itself names the old chat and must go on doing so: handled twice, it changes nothing.
        if row.message is not None and row.message.get("content", {}).get("kind") != "membership":
            row.message = {**row.message, "chat_id": new_chat_id}


async def _move_outgoing(session: AsyncSession, conversation: Conversation) -> None:
    rows = await session.scalars(
        select(Outgoing).where(
            col(Outgoing.channel) == conversation.channel,
            col(Outgoing.conversation_id) == conversation.id,
            col(Outgoing.chat_id) != conversation.chat_id,
            col(Outgoing.state).in_(_PENDING),
        )
    )
    for row in rows:
        row.chat_id = conversation.chat_id
        # The messages that it edits or replies to aren't there under their old ids.
        row.message = {k: v for k, v in row.message.items() if k not in ("edit_of", "reply_to", "thread")}


async def _merge(session: AsyncSession, *, into: Conversation, other: Conversation) -> None:
    for table in (Outgoing, Ticket, Question):
        await session.execute(
            update(table)
            .where(col(table.conversation_id) == other.id)
            .values(conversation_id=into.id)
            .execution_options(synchronize_session="fetch")
        )
    kinds = set(
        await session.scalars(select(col(Subscription.kind)).where(col(Subscription.conversation_id) == into.id))
    )
    for row in await session.scalars(select(Subscription).where(col(Subscription.conversation_id) == other.id)):
        if row.kind in kinds:
            await session.delete(row)
        elif into.id is not None:
            row.conversation_id = into.id
    if into.purpose is Purpose.ASKER:
        into.purpose = other.purpose
    into.unreachable_at, into.unreachable_reason = other.unreachable_at, other.unreachable_reason
    into.last_inbound_at = other.last_inbound_at or into.last_inbound_at
    into.kind, into.forum = other.kind, other.forum
    await session.flush()
    await session.execute(delete(Conversation).where(col(Conversation.id) == other.id))
    session.expunge(other)
