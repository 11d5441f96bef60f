"""Calls for help: one danger is one ticket, whatever it was before and however often they call."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.alarm import start_alarm
from bot.desk.details import add_detail, own_ticket
from bot.desk.history import record, subject_line
from bot.desk.posting import DESK_LANGUAGE, post_card, post_follow_up
from bot.desk.routing import PRIORITY, RANK, due_for
from bot.desk.states import Move, after
from bot.faq import Snapshot
from bot.messages import Location, MediaRef
from bot.store import audit
from bot.store.tables import Conversation, EventKind, Ticket, TicketKind, TicketState

#: A call for help within this time after the answer to one is about the same danger; later it is a new one.
SAME_DANGER = dt.timedelta(days=1)


async def raise_to_distress(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    *,
    conversation: Conversation,
    distress_kind: str | None,
    text: str = "",
    location: Location | None = None,
    inbound_id: int | None = None,
    now: dt.datetime,
) -> Ticket:
    """Makes a distress ticket of one that was something less; everybody at the desk is woken by a new card."""
    ticket = await own_ticket(session, code, conversation)
    await _raise(
        session,
        snapshot,
        ticket,
        distress_kind=distress_kind,
        text=text,
        location=location,
        inbound_id=inbound_id,
        now=now,
    )
    return ticket


async def danger_of(session: AsyncSession, conversation: Conversation, now: dt.datetime) -> Ticket | None:
    """The ticket of the danger that the conversation is in already, claimed."""
    # Of two calls at once on two processes the second waits here and finds the first one's ticket.
    await session.execute(
        select(col(Conversation.id)).where(col(Conversation.id) == conversation.id).with_for_update(key_share=True)
    )
    found: Ticket | None = await session.scalar(
        select(Ticket)
        .where(
            col(Ticket.conversation_id) == conversation.id,
            or_(
                col(Ticket.state).in_((TicketState.OPEN, TicketState.TAKEN)),
                and_(col(Ticket.state) == TicketState.ANSWERED, col(Ticket.answered_at) > now - SAME_DANGER),
            ),
            col(Ticket.kind).in_((TicketKind.DISTRESS, TicketKind.POSSIBLE_DISTRESS)),
        )
        .order_by(col(Ticket.rank), col(Ticket.id).desc())
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def call_again(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    *,
    conversation: Conversation,
    kind: TicketKind,
    text: str,
    distress_kind: str | None,
    location: Location | None,
    inbound_id: int | None,
    media: MediaRef | None,
    now: dt.datetime,
) -> Ticket:
    """Adds another call for help to the ticket of the first one, and raises it if that was less certain."""
    if kind is TicketKind.DISTRESS and ticket.kind is not TicketKind.DISTRESS:
        await _raise(
            session,
            snapshot,
            ticket,
            distress_kind=distress_kind,
            text=text,
            location=location,
            inbound_id=inbound_id,
            now=now,
        )
        text, location = "", None
    elif distress_kind is not None and ticket.distress_kind is None:
        ticket.distress_kind = distress_kind
    if text or location is not None or media is not None:
        await add_detail(
            session,
            snapshot,
            ticket.code,
            conversation=conversation,
            text=text,
            location=location,
            media=media,
            inbound_id=inbound_id,
            now=now,
        )
    return ticket


async def _raise(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    *,
    distress_kind: str | None,
    text: str,
    location: Location | None,
    inbound_id: int | None,
    now: dt.datetime,
) -> None:
    ticket.state = after(ticket.state, Move.RAISE, code=ticket.code)
    if ticket.state is TicketState.OPEN:
        ticket.officer_id = None
    ticket.kind = TicketKind.DISTRESS
    ticket.priority = PRIORITY[ticket.kind]
    ticket.rank = RANK[ticket.priority]
    ticket.distress_kind = distress_kind or ticket.distress_kind
    ticket.due_at = min(ticket.due_at, due_for(snapshot, ticket.priority, now))
    ticket.answered_at = ticket.closed_at = None
    if text:
        # The queue must show the cry, not the harmless question that came before it.
        ticket.subject = subject_line(text)
    if location is not None:
        ticket.latitude, ticket.longitude = location.latitude, location.longitude
    event = await record(session, ticket, EventKind.RAISED, now=now, text=text, inbound_id=inbound_id)
    audit(session, "ticket.raise", f"ticket:{ticket.code}", now=now, actor="asker")
    await post_card(session, snapshot, ticket, event, now=now)
    await start_alarm(session, snapshot, ticket, now=now)
    if text:
        message = cards.detail(snapshot.words(DESK_LANGUAGE), ticket.code, text, danger=True)
        await post_follow_up(session, snapshot, ticket, event, message, now=now)
