"""Erasing what is known of a person, where the platform passes on that they ask for it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.askers import subject_of
from bot.store import audit
from bot.store.tables import (
    Conversation,
    Inbound,
    InboundState,
    Outgoing,
    OutgoingState,
    Person,
    Question,
    Subscription,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketState,
)

_OPEN = (TicketState.OPEN, TicketState.TAKEN)


async def erase(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> None:
    """Takes words, names, positions and wishes out of everything that hangs on the conversation.

    Codes, kinds and times stay, for the authority has to account for its work; a call for help that is still open
    keeps its words until it ends, for it may be what saves the person.
    """
    there = col(Inbound.channel) == conversation.channel, col(Inbound.chat_id) == conversation.chat_id
    await session.execute(
        update(Inbound).where(*there, col(Inbound.state) != InboundState.WAITING).values(raw={}, message=None)
    )
    for table in (Subscription, Question):
        await session.execute(delete(table).where(col(table.conversation_id) == conversation.id))
    mine = col(Outgoing.conversation_id) == conversation.id
    await session.execute(
        update(Outgoing)
        .where(mine, col(Outgoing.state) == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, error="the person asked that everything be erased")
    )
    await session.execute(update(Outgoing).where(mine).values(message={}))
    await _erase_tickets(session, conversation)
    if conversation.person_id is not None:
        await session.execute(update(Person).where(col(Person.id) == conversation.person_id).values(name=""))
    conversation.state, conversation.title = {}, ""
    audit(session, "conversation.erase", subject_of(conversation), now=now, actor="asker")
    await session.flush()


async def _erase_tickets(session: AsyncSession, conversation: Conversation) -> None:
    kept = (col(Ticket.kind) == TicketKind.DISTRESS) & col(Ticket.state).in_(_OPEN)
    mine = (col(Ticket.conversation_id) == conversation.id) & ~kept
    tickets = select(col(Ticket.id)).where(mine)
    words = {"text": "", "data": {}}
    await session.execute(update(TicketEvent).where(col(TicketEvent.ticket_id).in_(tickets)).values(**words))
    await session.execute(
        update(Outgoing)
        .where(col(Outgoing.ticket_id).in_(tickets), col(Outgoing.state) != OutgoingState.QUEUED)
        .values(message={})
    )
    await session.execute(update(Ticket).where(mine).values(subject="", latitude=None, longitude=None))
