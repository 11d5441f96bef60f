"""What askers add to a ticket: words, files, where they are. A ticket that was done with is opened again by it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.alarm import start_alarm
from bot.desk.errors import UnknownTicket, WrongState
from bot.desk.history import locked, record
from bot.desk.posting import DESK_LANGUAGE, is_danger, post_card, post_follow_up, post_media
from bot.desk.routing import due_for
from bot.desk.states import Move, after
from bot.faq import Snapshot
from bot.messages import Location, MediaRef
from bot.store.tables import Conversation, EventKind, Ticket, TicketEvent, TicketState

#: Who writes again within this time after the end goes on with the same ticket; later it is a new question.
REOPEN_WITHIN = dt.timedelta(days=7)
#: A live position comes every few seconds; history and group get at most one point in this time.
POSITION_EVERY = dt.timedelta(minutes=2)


async def add_detail(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    *,
    conversation: Conversation,
    text: str = "",
    location: Location | None = None,
    media: MediaRef | None = None,
    inbound_id: int | None = None,
    now: dt.datetime,
) -> Ticket:
    """Adds what the asker says, sends, or where they are; a ticket that was done with is opened again.

    Raises `UnknownTicket` when the ticket isn't this conversation's, `WrongState` when it ended too long ago (then it
    is a new question).
    """
    ticket = await own_ticket(session, code, conversation)
    moving_only = location is not None and location.live and not text and media is None
    # A position that the phone goes on sending is no new word from the person: it reopens nothing.
    if not moving_only and (reopened := await wake(session, snapshot, ticket, now=now)) is not None:
        await post_card(session, snapshot, ticket, reopened, now=now, reopened=True)
    if text or media is not None:
        event = await record(
            session, ticket, EventKind.DETAIL, now=now, text=text, inbound_id=inbound_id, data=media_data(media)
        )
        if text:
            message = cards.detail(snapshot.words(DESK_LANGUAGE), ticket.code, text, danger=is_danger(ticket))
            await post_follow_up(session, snapshot, ticket, event, message, now=now)
        if media is not None:
            await post_media(session, snapshot, ticket, event, media, channel=conversation.channel, now=now)
    if location is not None:
        await _position(session, snapshot, ticket, location, inbound_id=inbound_id, now=now)
    return ticket


async def reopened_event(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime) -> TicketEvent:
    """Writes down that a ticket is open again: free for anybody, with a new time to answer."""
    ticket.officer_id = None
    ticket.taken_at = ticket.answered_at = ticket.closed_at = None
    ticket.due_at = due_for(snapshot, ticket.priority, now)
    event = await record(session, ticket, EventKind.REOPENED, now=now)
    await start_alarm(session, snapshot, ticket, now=now)
    return event


async def own_ticket(session: AsyncSession, code: str, conversation: Conversation) -> Ticket:
    """The ticket of the person in that chat, claimed; somebody else's is as unknown as one that doesn't exist.

    It may have come from another chat of the same person.
    """
    ticket = await locked(session, code)
    if ticket.erased_at is not None or not await _is_of(session, ticket, conversation):
        raise UnknownTicket(f"{ticket.code} is not of conversation {conversation.id}", code=ticket.code)
    return ticket


async def _is_of(session: AsyncSession, ticket: Ticket, conversation: Conversation) -> bool:
    if ticket.conversation_id == conversation.id:
        return True
    if conversation.person_id is None:
        return False
    owner = await session.get_one(Conversation, ticket.conversation_id)
    return owner.person_id == conversation.person_id


def media_data(media: MediaRef | None) -> dict[str, Any]:
    """How a history line remembers a file."""
    return {} if media is None else {"media": media.model_dump()}


async def _position(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    location: Location,
    *,
    inbound_id: int | None,
    now: dt.datetime,
) -> None:
    ticket.latitude, ticket.longitude = location.latitude, location.longitude
    last = await session.scalar(
        select(TicketEvent)
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.kind) == EventKind.POSITION)
        .order_by(col(TicketEvent.id).desc())
        .limit(1)
    )
    if location.live and last is not None and now - last.at < POSITION_EVERY:
        return  # the ticket shows it; its history and the group get one point in two minutes
    event = await record(
        session,
        ticket,
        EventKind.POSITION,
        now=now,
        text=str(cards.Position.of(location)),
        inbound_id=inbound_id,
        data=location.model_dump(include={"latitude", "longitude", "accuracy_m"}),
    )
    # A pin is a message of its own: a position that goes on moving has its link in the words.
    pin = location if is_danger(ticket) and not location.live else None
    message = cards.new_position(snapshot.words(DESK_LANGUAGE), ticket.code, cards.Position.of(location), pin)
    await post_follow_up(session, snapshot, ticket, event, message, now=now)


async def wake(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime) -> TicketEvent | None:
    """Opens a ticket again that was done with; the event, or None when it still was open."""
    before = ticket.state
    ended = ticket.closed_at or ticket.answered_at
    if before in (TicketState.ANSWERED, TicketState.CLOSED) and ended is not None and now - ended > REOPEN_WITHIN:
        raise WrongState(f"{ticket.code} ended at {ended:%Y-%m-%d}", code=ticket.code, state=before.value)
    ticket.state = after(before, Move.DETAIL, code=ticket.code)
    if ticket.state is before:
        return None
    return await reopened_event(session, snapshot, ticket, now=now)
