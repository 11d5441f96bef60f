"""Queueing cards and their follow-ups for every group that is bound as a desk.

A group takes 20 messages a minute, so a change of state edits the card, and of several edits that still wait only the
last is sent. Without a desk nothing is queued: the ticket is in the console all the same.
"""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.history import headline_of, officer_name
from bot.desk.routing import department_name
from bot.faq import Snapshot
from bot.messages import Lane, MediaRef, OutgoingMessage
from bot.people import desk_conversations
from bot.store import enqueue
from bot.store.tables import Conversation, Outgoing, OutgoingState, Person, Source, Ticket, TicketEvent, TicketKind

log = structlog.get_logger(__name__)

#: Officers read Vietnamese whatever the asker writes.
DESK_LANGUAGE = "vi"
_SUPERSEDED = "superseded by a later state of the card"


def is_danger(ticket: Ticket) -> bool:
    """Whether somebody is, or may be, in danger."""
    return ticket.kind is not TicketKind.QUESTION


def _lane(ticket: Ticket) -> tuple[Lane, Source]:
    return (Lane.DISTRESS, Source.ALERT) if is_danger(ticket) else (Lane.ANSWER, Source.CARD)


async def face_of(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, reopened: bool = False) -> cards.Face:
    """What the ticket's card shows now."""
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    person = await session.get(Person, conversation.person_id) if conversation.person_id is not None else None
    dangers = {kind.id: kind.title.get(DESK_LANGUAGE) for kind in snapshot.emergency.kinds}
    position = None
    if ticket.latitude is not None and ticket.longitude is not None:
        position = cards.Position(ticket.latitude, ticket.longitude)
    return cards.Face(
        code=ticket.code,
        kind=ticket.kind,
        state=ticket.state,
        department=department_name(snapshot, ticket.department, DESK_LANGUAGE),
        question=await headline_of(session, ticket),
        asker=person.name if person else conversation.title,
        channel=conversation.channel,
        language=ticket.language.value,
        due_at=ticket.due_at,
        officer=await officer_name(session, ticket.officer_id),
        danger=dangers.get(ticket.distress_kind or "", ticket.distress_kind),
        position=position,
        reopened=reopened,
    )


async def post_card(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    event: TicketEvent,
    *,
    now: dt.datetime,
    reopened: bool = False,
) -> None:
    """Queues a new card (a ticket was opened, raised or opened again) for every desk."""
    message = cards.card(snapshot.words(DESK_LANGUAGE), await face_of(session, snapshot, ticket, reopened=reopened))
    lane, source = _lane(ticket)
    desks = await desk_conversations(session)
    if not desks and is_danger(ticket):
        log.critical("DISTRESS ticket and no officers' group to alert: it stands in the console only", code=ticket.code)
    for desk in desks:
        await _drop_waiting(session, ticket, desk, "card", "edit")
        await enqueue(
            session,
            desk,
            message,
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"card:{ticket.id}:{desk.id}:{event.id}",
            ticket_id=ticket.id,
        )


async def refresh_card(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, event: TicketEvent, *, now: dt.datetime
) -> None:
    """Brings the ticket's cards up to date after `event`, without a new message where that can be."""
    words = snapshot.words(DESK_LANGUAGE)
    face = await face_of(session, snapshot, ticket)
    message = cards.card(words, face)
    lane, source = _lane(ticket)
    for desk in await desk_conversations(session):
        posted = await _card_row(session, ticket, desk)
        if posted is not None and await _rewrite_queued(session, posted, message):
            continue
        if posted is not None and posted.platform_message_id is not None and posted.chat_id == desk.chat_id:
            await _drop_waiting(session, ticket, desk, "edit")
            update_of_card = message.model_copy(update={"edit_of": posted.platform_message_id})
            await enqueue(
                session,
                desk,
                update_of_card,
                lane=Lane.ANSWER,
                source=Source.CARD,
                now=now,
                dedupe_key=f"edit:{ticket.id}:{desk.id}:{event.id}",
                ticket_id=ticket.id,
            )
            continue
        await enqueue(
            session,
            desk,
            cards.changed(words, face),
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"follow:{ticket.id}:{desk.id}:{event.id}",
            ticket_id=ticket.id,
        )


async def post_follow_up(
    session: AsyncSession,
    ticket: Ticket,
    event: TicketEvent,
    message: OutgoingMessage,
    *,
    now: dt.datetime,
    part: str = "text",
) -> None:
    """Queues a short line under the card, as a reply to it where its id is known."""
    lane, source = _lane(ticket)
    for desk in await desk_conversations(session):
        posted = await _card_row(session, ticket, desk)
        known = posted.platform_message_id if posted is not None and posted.chat_id == desk.chat_id else None
        await enqueue(
            session,
            desk,
            message.model_copy(update={"reply_to": known}),
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"follow:{ticket.id}:{desk.id}:{event.id}:{part}",
            ticket_id=ticket.id,
        )


async def post_media(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    event: TicketEvent,
    media: MediaRef,
    *,
    channel: str,
    now: dt.datetime,
) -> None:
    """Relays what the asker sent on `channel` to the desks on the same platform; to the others goes a word about it."""
    lane, source = _lane(ticket)
    for desk in await desk_conversations(session):
        if desk.channel == channel:
            message = OutgoingMessage(relay=media)
        else:
            message = cards.media_elsewhere(snapshot.words(DESK_LANGUAGE), ticket.code, channel)
        await enqueue(
            session,
            desk,
            message,
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"media:{ticket.id}:{desk.id}:{event.id}",
            ticket_id=ticket.id,
        )


async def _card_row(session: AsyncSession, ticket: Ticket, desk: Conversation) -> Outgoing | None:
    """The row of the ticket's latest card in that group."""
    found: Outgoing | None = await session.scalar(
        select(Outgoing)
        .where(
            col(Outgoing.ticket_id) == ticket.id,
            col(Outgoing.source).in_((Source.CARD, Source.ALERT)),
            col(Outgoing.dedupe_key).startswith(f"card:{ticket.id}:{desk.id}:", autoescape=True),
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return found


async def _rewrite_queued(session: AsyncSession, row: Outgoing, message: OutgoingMessage) -> bool:
    """Changes a card that hasn't left yet; False when the courier has it in hand already."""
    rewritten = await session.scalar(
        update(Outgoing)
        .where(col(Outgoing.id) == row.id, col(Outgoing.state) == OutgoingState.QUEUED)
        .values(message=message.model_dump(mode="json", exclude_defaults=True))
        .returning(col(Outgoing.id))
        .execution_options(synchronize_session=False)
    )
    return rewritten is not None


async def _drop_waiting(session: AsyncSession, ticket: Ticket, desk: Conversation, *parts: str) -> None:
    """Takes back what hasn't left yet and would show an earlier state of the ticket."""
    keys = (f"{part}:{ticket.id}:{desk.id}:" for part in parts)
    await session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.ticket_id) == ticket.id,
            col(Outgoing.source).in_((Source.CARD, Source.ALERT)),
            col(Outgoing.state) == OutgoingState.QUEUED,
            or_(*(col(Outgoing.dedupe_key).startswith(key, autoescape=True) for key in keys)),
        )
        .values(state=OutgoingState.CANCELLED, error=_SUPERSEDED)
        .execution_options(synchronize_session=False)
    )
