"""Askers and their conversations: who writes from where, in which language, and whether they can be reached."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import ChatKind, InboundMessage, Language, Membership
from bot.store import audit
from bot.store.tables import Conversation, Person

#: Longer names are jokes or attacks; what officers see on a card stays readable.
NAME_LIMIT = 80


def tidy_name(name: str) -> str:
    """A name as it may stand on a card: one line, no control characters, not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:NAME_LIMIT]


def first_language(hint: str | None) -> Language:
    """The language in which a newcomer is greeted, from their app's language: Vietnamese unless it says otherwise."""
    return Language.VI if not hint or hint.lower().startswith("vi") else Language.EN


async def conversation_of(session: AsyncSession, channel: str, chat_id: str) -> Conversation | None:
    """The conversation of a chat, if anybody ever wrote there."""
    found: Conversation | None = await session.scalar(
        select(Conversation).where(col(Conversation.channel) == channel, col(Conversation.chat_id) == chat_id)
    )
    return found


async def conversation_for(session: AsyncSession, message: InboundMessage, *, now: dt.datetime) -> Conversation:
    """The conversation that a message belongs to, made if it is new, brought up to date in any case.

    Whoever writes can be reached again. A change of membership is the platform's word, not the person's: it changes
    nothing here.
    """
    conversation = await conversation_of(session, message.channel, message.chat_id)
    if conversation is None:
        conversation = await _create(session, message, now)
    if isinstance(message.content, Membership):
        return conversation
    conversation.last_inbound_at = now
    if message.forum is not None:
        conversation.forum = message.forum
    if conversation.unreachable_at is not None:
        await mark_reachable(session, conversation, now=now)
    if conversation.person_id is not None:
        person = await session.get_one(Person, conversation.person_id)
        person.last_seen_at = now
        person.name = tidy_name(message.sender.name) or person.name
    await session.flush()
    return conversation


async def _create(session: AsyncSession, message: InboundMessage, now: dt.datetime) -> Conversation:
    try:
        async with session.begin_nested():
            person = None
            if message.chat_kind is ChatKind.PRIVATE:
                person = Person(name=tidy_name(message.sender.name), created_at=now, last_seen_at=now)
                session.add(person)
                await session.flush()
            conversation = Conversation(
                channel=message.channel,
                chat_id=message.chat_id,
                kind=message.chat_kind,
                person_id=person.id if person else None,
                language=first_language(message.sender.language_hint),
                created_at=now,
            )
            session.add(conversation)
            await session.flush()
    except IntegrityError:
        # Another process met the same newcomer in this very moment; its row is the one.
        there = await conversation_of(session, message.channel, message.chat_id)
        if there is None:
            raise
        return there
    return conversation


async def set_language(
    session: AsyncSession, conversation: Conversation, language: Language, *, now: dt.datetime, chosen: bool = True
) -> None:
    """Speaks this language from now on; `chosen` when the person said so, not when it was guessed."""
    if conversation.language == language and conversation.language_chosen >= chosen:
        return
    conversation.language = language
    conversation.language_chosen = conversation.language_chosen or chosen
    if chosen:
        audit(
            session, "conversation.language", subject_of(conversation), now=now, actor="asker", language=language.value
        )
    await session.flush()


async def mark_unreachable(session: AsyncSession, conversation: Conversation, reason: str, *, now: dt.datetime) -> None:
    """Remembers that the platform won't deliver to this chat; what is due to it says so."""
    if conversation.unreachable_at is not None:
        return
    conversation.unreachable_at = now
    conversation.unreachable_reason = reason
    audit(session, "conversation.unreachable", subject_of(conversation), now=now, reason=reason)
    await session.flush()


async def mark_reachable(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> None:
    """Forgets that the chat couldn't be reached."""
    if conversation.unreachable_at is None:
        return
    conversation.unreachable_at = None
    conversation.unreachable_reason = None
    audit(session, "conversation.reachable", subject_of(conversation), now=now)
    await session.flush()


def subject_of(conversation: Conversation) -> str:
    """How the audit trail names a conversation."""
    return f"conversation:{conversation.id}"
