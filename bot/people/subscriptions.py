"""Consent: which kinds of notices a conversation wants, since when, until when."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.askers import subject_of
from bot.store import audit
from bot.store.tables import Conversation, NoticeKind, Subscription


async def subscriptions(session: AsyncSession, conversation: Conversation) -> frozenset[str]:
    """The kinds of notices that the conversation gets now."""
    rows = await session.scalars(
        select(col(Subscription.kind)).where(
            col(Subscription.conversation_id) == conversation.id, col(Subscription.until).is_(None)
        )
    )
    return frozenset(rows)


async def subscribe(
    session: AsyncSession, conversation: Conversation, kind: str, *, now: dt.datetime
) -> frozenset[str]:
    """Starts sending one kind of notices; returns all kinds that are on. An unknown kind raises `ValueError`."""
    wanted = NoticeKind(kind).value
    row = await _row(session, conversation, wanted)
    if row is None or row.until is not None:
        if row is None:
            assert conversation.id is not None
            session.add(Subscription(conversation_id=conversation.id, kind=wanted, since=now))
        else:
            row.since, row.until = now, None
        audit(session, "subscription.on", subject_of(conversation), now=now, actor="asker", kind=wanted)
        await session.flush()
    return await subscriptions(session, conversation)


async def unsubscribe(
    session: AsyncSession, conversation: Conversation, kind: str, *, now: dt.datetime
) -> frozenset[str]:
    """Stops sending one kind of notices; returns the kinds that are still on. The row stays, with its end."""
    unwanted = NoticeKind(kind).value
    row = await _row(session, conversation, unwanted)
    if row is not None and row.until is None:
        row.until = now
        audit(session, "subscription.off", subject_of(conversation), now=now, actor="asker", kind=unwanted)
        await session.flush()
    return await subscriptions(session, conversation)


async def _row(session: AsyncSession, conversation: Conversation, kind: str) -> Subscription | None:
    found: Subscription | None = await session.scalar(
        select(Subscription)
        .where(col(Subscription.conversation_id) == conversation.id, col(Subscription.kind) == kind)
        .with_for_update()
    )
    return found
