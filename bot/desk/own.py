"""Askers and their own tickets: seeing them, going on with one, taking one back, saying that one is safe.

A ticket belongs to the person: whoever joined two chats sees and may touch it from both. Somebody else's ticket is as
unknown as one that doesn't exist.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.details import REOPEN_WITHIN, own_ticket, wake
from bot.desk.errors import CallForHelpStays, WrongState
from bot.desk.history import question_of, record
from bot.desk.posting import DESK_LANGUAGE, is_danger, post_card, post_follow_up, refresh_card
from bot.desk.states import Move, after
from bot.faq import Snapshot
from bot.store import audit
from bot.store.tables import (
    Conversation,
    EventKind,
    Inbound,
    InboundState,
    Outgoing,
    Source,
    Ticket,
    TicketEvent,
    TicketState,
)

#: A list on a phone, each ticket with a button.
MOST_LISTED = 8
_ENDED = (TicketState.ANSWERED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """A ticket as its asker sees it in the chat: never an internal note, never an officer's name."""

    code: str
    kind: str
    state: str
    department: str
    question: str
    opened_at: dt.datetime
    due_at: dt.datetime
    answer: str = ""
    answered_at: dt.datetime | None = None
    may_reopen: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An answered ticket that what the asker says next belongs to; `asks` when the officer asked something back."""

    code: str
    kind: str
    asks: bool


async def tickets_of(session: AsyncSession, conversation: Conversation, *, limit: int = MOST_LISTED) -> list[Ticket]:
    """The person's tickets: what is still open first, then the newest."""
    waits = case((col(Ticket.state).in_((TicketState.OPEN, TicketState.TAKEN)), 0), else_=1)
    rows = await session.scalars(
        select(Ticket)
        .where(of_person(conversation), col(Ticket.erased_at).is_(None))
        .order_by(waits, col(Ticket.id).desc())
        .limit(limit)
    )
    return list(rows)


async def own_page(session: AsyncSession, code: str, conversation: Conversation, *, now: dt.datetime) -> OwnTicket:
    """One of the person's tickets with the latest answer; raises `UnknownTicket`."""
    ticket = await own_ticket(session, code, conversation)
    answer = await _last_answer(session, ticket)
    return OwnTicket(
        code=ticket.code,
        kind=ticket.kind.value,
        state=ticket.state.value,
        department=ticket.department,
        question=await question_of(session, ticket),
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        answer=answer.text if answer is not None else "",
        answered_at=answer.at if answer is not None else None,
        may_reopen=may_reopen(ticket, now),
    )


async def follow_up_of(
    session: AsyncSession,
    conversation: Conversation,
    tickets: list[Ticket],
    *,
    inbound_id: int,
    now: dt.datetime,
) -> FollowUp | None:
    """The ticket that an officer answered after the asker's last word; None when they said something since.

    `tickets` are the person's, as `tickets_of` gives them.
    """
    answered = [
        ticket
        for ticket in tickets
        if ticket.conversation_id == conversation.id
        and ticket.state is TicketState.ANSWERED
        and ticket.answered_at is not None
        and now - ticket.answered_at <= REOPEN_WITHIN
    ]
    if not answered:
        return None
    ticket = max(answered, key=lambda found: (found.answered_at, found.id))
    spoke_since = await session.scalar(
        select(col(Inbound.id))
        .where(
            col(Inbound.state) == InboundState.HANDLED,
            col(Inbound.channel) == conversation.channel,
            col(Inbound.chat_id) == conversation.chat_id,
            col(Inbound.id) != inbound_id,
            col(Inbound.received_at) > ticket.answered_at,
        )
        .limit(1)
    )
    if spoke_since is not None:
        return None
    answer = await _last_answer(session, ticket)
    return FollowUp(ticket.code, ticket.kind.value, asks="?" in (answer.text if answer is not None else ""))


async def ticket_of_answer(session: AsyncSession, conversation: Conversation, platform_message_id: str) -> str | None:
    """The code of the ticket whose answer that message in the asker's chat is."""
    code: str | None = await session.scalar(
        select(col(Ticket.code))
        .join(Outgoing, col(Outgoing.ticket_id) == col(Ticket.id))
        .where(
            col(Outgoing.channel) == conversation.channel,
            col(Outgoing.chat_id) == conversation.chat_id,
            col(Outgoing.platform_message_id) == platform_message_id,
            col(Outgoing.source) == Source.ANSWER,
            of_person(conversation),
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return code


async def withdraw(
    session: AsyncSession, snapshot: Snapshot, code: str, *, conversation: Conversation, now: dt.datetime
) -> Ticket:
    """The asker takes a question back; officers are told. Raises `UnknownTicket`, `WrongState`, `CallForHelpStays`."""
    ticket = await own_ticket(session, code, conversation)
    if is_danger(ticket):
        raise CallForHelpStays(f"{ticket.code} is a call for help", code=ticket.code)
    ticket.state, ticket.closed_at = after(ticket.state, Move.WITHDRAW, code=ticket.code), now
    event = await record(session, ticket, EventKind.WITHDRAWN, now=now)
    audit(session, "ticket.withdraw", f"ticket:{ticket.code}", now=now, actor="asker")
    await refresh_card(session, snapshot, ticket, event, now=now)
    told = cards.withdrawn(snapshot.words(DESK_LANGUAGE), ticket.code)
    await post_follow_up(session, snapshot, ticket, event, told, now=now)
    return ticket


async def reopen_own(
    session: AsyncSession, snapshot: Snapshot, code: str, *, conversation: Conversation, now: dt.datetime
) -> Ticket:
    """The asker isn't done with a ticket yet. Raises `UnknownTicket`, and `WrongState` when it ended too long ago."""
    ticket = await own_ticket(session, code, conversation)
    if ticket.state not in _ENDED:
        raise WrongState(f"{ticket.code} is {ticket.state.value}", code=ticket.code, state=ticket.state.value)
    event = await wake(session, snapshot, ticket, now=now)
    audit(session, "ticket.reopen", f"ticket:{ticket.code}", now=now, actor="asker")
    if event is not None:
        await post_card(session, snapshot, ticket, event, now=now, reopened=True)
    return ticket


async def told_safe(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    *,
    conversation: Conversation,
    inbound_id: int | None,
    now: dt.datetime,
) -> Ticket:
    """The person says that they are safe: every desk reads it at once. Whether the call is over, an officer says.

    Nothing is reopened, and the alarm goes on: a tap may be a mistake, or somebody else's.
    """
    ticket = await own_ticket(session, code, conversation)
    event = await record(session, ticket, EventKind.SAFE, now=now, inbound_id=inbound_id)
    audit(session, "ticket.safe", f"ticket:{ticket.code}", now=now, actor="asker")
    told = cards.safe(snapshot.words(DESK_LANGUAGE), ticket.code)
    await post_follow_up(session, snapshot, ticket, event, told, now=now)
    return ticket


def of_person(conversation: Conversation) -> ColumnElement[bool]:
    """Which tickets are those of the person in this chat."""
    if conversation.person_id is None:
        return col(Ticket.conversation_id) == conversation.id
    chats = select(col(Conversation.id)).where(col(Conversation.person_id) == conversation.person_id)
    return col(Ticket.conversation_id).in_(chats)


def may_reopen(ticket: Ticket, now: dt.datetime) -> bool:
    """Whether its asker may still go on with a ticket that ended."""
    ended = ticket.closed_at or ticket.answered_at
    return ticket.state in _ENDED and ended is not None and now - ended <= REOPEN_WITHIN


async def _last_answer(session: AsyncSession, ticket: Ticket) -> TicketEvent | None:
    found: TicketEvent | None = await session.scalar(
        select(TicketEvent)
        .where(
            col(TicketEvent.ticket_id) == ticket.id,
            col(TicketEvent.kind) == EventKind.ANSWERED,
            col(TicketEvent.internal).is_(False),
        )
        .order_by(col(TicketEvent.id).desc())
        .limit(1)
    )
    return found
