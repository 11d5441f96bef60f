"""Consent: which kinds of notices a person wants, since when, until when.

A row belongs to a chat, a wish to the person: whoever uses two chats gets the notices in both (a storm warning reaches
the phone that is switched on), and switches them off in both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.askers import subject_of
from bot.store import audit
from bot.store.tables import Conversation, NoticeKind, Subscription


async def subscriptions(session: AsyncSession, conversation: Conversation) -> frozenset[str]:
    """The kinds of notices that the person gets now."""
    rows = await session.scalars(
        select(col(Subscription.kind)).where(_of_person(conversation), col(Subscription.until).is_(None))
    )
    return frozenset(rows)


async def subscribe(
    session: AsyncSession, conversation: Conversation, kind: str, *, now: dt.datetime
) -> frozenset[str]:
    """Starts sending one kind of notices; returns all kinds that are on. An unknown kind raises `ValueError`."""
    wanted = NoticeKind(kind).value
    changed = False
    for chat in await _chats(session, conversation):
        changed = await _switch_on(session, chat, wanted, now=now) or changed
    if changed:
        audit(session, "subscription.on", subject_of(conversation), now=now, actor="asker", kind=wanted)
        await session.flush()
    return await subscriptions(session, conversation)


async def unsubscribe(
    session: AsyncSession, conversation: Conversation, kind: str, *, now: dt.datetime
) -> frozenset[str]:
    """Stops sending one kind of notices; returns the kinds that are still on. The row stays, with its end."""
    await _switch_off(session, conversation, (NoticeKind(kind).value,), now=now)
    return await subscriptions(session, conversation)


async def unsubscribe_all(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> frozenset[str]:
    """Stops sending notices of any kind; returns the kinds that were on."""
    before = await subscriptions(session, conversation)
    await _switch_off(session, conversation, tuple(sorted(before)), now=now)
    return before


async def share_subscriptions(session: AsyncSession, chats: Sequence[Conversation], *, now: dt.datetime) -> None:
    """Gives each of a person's chats the notices that any of them gets."""
    numbers = [chat.id for chat in chats]
    rows = await session.scalars(
        select(col(Subscription.kind)).where(
            col(Subscription.conversation_id).in_(numbers), col(Subscription.until).is_(None)
        )
    )
    for kind in sorted(set(rows)):
        for chat in chats:
            await _switch_on(session, chat, kind, now=now)
    await session.flush()


async def _switch_on(session: AsyncSession, chat: Conversation, kind: str, *, now: dt.datetime) -> bool:
    row = await session.scalar(
        select(Subscription)
        .where(col(Subscription.conversation_id) == chat.id, col(Subscription.kind) == kind)
        .with_for_update()
    )
    if row is not None and row.until is None:
        return False
    if row is None:
        assert chat.id is not None
        session.add(Subscription(conversation_id=chat.id, kind=kind, since=now))
    else:
        row.since, row.until = now, None
    await session.flush()
    return True


async def _switch_off(
    session: AsyncSession, conversation: Conversation, kinds: Iterable[str], *, now: dt.datetime
) -> None:
    for kind in kinds:
        rows = await session.scalars(
            select(Subscription)
            .where(_of_person(conversation), col(Subscription.kind) == kind, col(Subscription.until).is_(None))
            .with_for_update()
        )
        ended = list(rows)
        for row in ended:
            row.until = now
        if ended:
            audit(session, "subscription.off", subject_of(conversation), now=now, actor="asker", kind=kind)
    await session.flush()


async def _chats(session: AsyncSession, conversation: Conversation) -> list[Conversation]:
    if conversation.person_id is None:
        return [conversation]
    rows = await session.scalars(
        select(Conversation).where(col(Conversation.person_id) == conversation.person_id).order_by(col(Conversation.id))
    )
    return list(rows)


def _of_person(conversation: Conversation) -> ColumnElement[bool]:
    if conversation.person_id is None:
        return col(Subscription.conversation_id) == conversation.id
    chats = select(col(Conversation.id)).where(col(Conversation.person_id) == conversation.person_id)
    return col(Subscription.conversation_id).in_(chats)
