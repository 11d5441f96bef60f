"""Queueing cards and their follow-ups for every group that is bound as a desk.

A group takes 20 messages a minute, so a change of state edits the card, and of several edits that still wait only the
last is sent. In a group with topics each ticket has its own, unless so many come at once that making topics would hold
up the cards. Without a desk nothing is queued: the ticket is in the console all the same.
"""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.history import headline_of, officer_name
from bot.desk.routing import department_name
from bot.faq import Snapshot, Wording
from bot.messages import Lane, MediaRef, OutgoingMessage
from bot.people import desk_conversations
from bot.store import describe_files, enqueue
from bot.store.tables import Conversation, Outgoing, OutgoingState, Person, Source, Ticket, TicketEvent, TicketKind

log = structlog.get_logger(__name__)

#: Officers read Vietnamese whatever the asker writes.
DESK_LANGUAGE = "vi"
#: From so many cards that wait for a group on, it is a rush: no topic is made for a question, and the group is told.
RUSH = 10
#: The group is told of a rush once in this time.
RUSH_TOLD_EVERY = dt.timedelta(minutes=10)
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
    words = snapshot.words(DESK_LANGUAGE)
    face = await face_of(session, snapshot, ticket, reopened=reopened)
    message = cards.card(words, face)
    if face.position is not None and is_danger(ticket):
        message = message.model_copy(update={"pin": face.position.location})
    lane, source = _lane(ticket)
    desks = await desk_conversations(session)
    if not desks and is_danger(ticket):
        log.critical("DISTRESS ticket and no officers' group to alert: it stands in the console only", code=ticket.code)
    for desk in desks:
        await _drop_waiting(session, ticket, desk, "card", "edit")
        waiting = 0 if is_danger(ticket) else await _cards_waiting(session, desk)
        if waiting >= RUSH:
            await _tell_of_rush(session, words, desk, waiting + 1, now=now)
        topic = cards.topic(words, face) if desk.forum and waiting < RUSH else None
        await enqueue(
            session,
            desk,
            message.model_copy(update={"topic": topic}),
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
        placed = {"topic": cards.topic(words, face) if _in_topic(desk, posted) else None}
        if posted is not None and await _rewrite_queued(session, posted, message.model_copy(update=placed)):
            continue
        if posted is not None and posted.platform_message_id is not None and posted.chat_id == desk.chat_id:
            await _drop_waiting(session, ticket, desk, "edit")
            update_of_card = message.model_copy(update=placed | {"edit_of": posted.platform_message_id})
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
            cards.changed(words, face).model_copy(update=placed),
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"follow:{ticket.id}:{desk.id}:{event.id}",
            ticket_id=ticket.id,
        )


async def post_follow_up(
    session: AsyncSession,
    snapshot: Snapshot,
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
        await enqueue(
            session,
            desk,
            message.model_copy(update=await _below_card(session, snapshot, ticket, desk)),
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
    """Relays what the asker sent on `channel` to the desks on the same platform, and the file itself to the others
    where this house keeps it; else they get a word about it."""
    lane, source = _lane(ticket)
    kept = await describe_files(session, channel, [(media.chat_id, media.message_id)])
    file = kept.get((media.chat_id, media.message_id))
    for desk in await desk_conversations(session):
        if desk.channel == channel:
            message = OutgoingMessage(relay=media)
        elif file is not None:
            message = cards.photo(snapshot.words(DESK_LANGUAGE), ticket.code, file)
        elif media.url is not None:
            message = cards.media_link(snapshot.words(DESK_LANGUAGE), ticket.code, channel, media.url)
        else:
            message = cards.media_elsewhere(snapshot.words(DESK_LANGUAGE), ticket.code, channel)
        await enqueue(
            session,
            desk,
            message.model_copy(update=await _below_card(session, snapshot, ticket, desk)),
            lane=lane,
            source=source,
            now=now,
            dedupe_key=f"media:{ticket.id}:{desk.id}:{event.id}",
            ticket_id=ticket.id,
        )


async def _below_card(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, desk: Conversation
) -> dict[str, object]:
    """Where something about the ticket stands in that group: in its topic, as a reply to its card."""
    posted = await _card_row(session, ticket, desk)
    known = posted.platform_message_id if posted is not None and posted.chat_id == desk.chat_id else None
    topic = None
    if _in_topic(desk, posted):
        topic = cards.topic(snapshot.words(DESK_LANGUAGE), await face_of(session, snapshot, ticket))
    return {"reply_to": known, "topic": topic}


def _in_topic(desk: Conversation, posted: Outgoing | None) -> bool:
    """Whether the ticket has a topic there; one whose card came in a rush stays where its card is."""
    return desk.forum and (posted is None or "topic" in posted.message)


async def _cards_waiting(session: AsyncSession, desk: Conversation) -> int:
    """How many cards haven't left for that group yet."""
    count: int | None = await session.scalar(
        select(func.count())
        .select_from(Outgoing)
        .where(
            col(Outgoing.channel) == desk.channel,
            col(Outgoing.chat_id) == desk.chat_id,
            col(Outgoing.state) == OutgoingState.QUEUED,
            col(Outgoing.source) == Source.CARD,
        )
    )
    return count or 0


async def _tell_of_rush(
    session: AsyncSession, words: Wording, desk: Conversation, waiting: int, *, now: dt.datetime
) -> None:
    spell = int(now.timestamp() // RUSH_TOLD_EVERY.total_seconds())
    message = cards.rush(words, waiting)
    key = f"rush:{desk.id}:{spell}"
    await enqueue(session, desk, message, lane=Lane.REPLY, source=Source.REPLY, now=now, dedupe_key=key)


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
