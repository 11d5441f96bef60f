"""What officers and askers see of tickets: queue, page, and the way from a card or a secret to its ticket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk.cards import buttons, card, shortened
from bot.desk.codes import normalise_code, secret_hash, secret_matches
from bot.desk.history import by_code, officer_name, question_of
from bot.desk.posting import DESK_LANGUAGE, face_of
from bot.faq import Snapshot
from bot.messages import FileRef, OutgoingMessage, StoredFile, join
from bot.store import describe_files, load_file, message_of
from bot.store.tables import (
    Conversation,
    EventKind,
    Inbound,
    Officer,
    Outgoing,
    OutgoingState,
    Person,
    Source,
    Ticket,
    TicketEvent,
    TicketState,
)

WAITING = (TicketState.OPEN, TicketState.TAKEN)
_HISTORY_ON_CARD = 6
#: So many of an asker's latest messages are looked through for the one that is corrected.
_CORRECTABLE = 50


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket as the queue shows it."""

    code: str
    kind: str
    priority: str
    state: str
    subject: str
    language: str
    department: str
    opened_at: dt.datetime
    due_at: dt.datetime
    officer: str | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened to a ticket, with the officer's name."""

    id: int
    kind: str
    at: dt.datetime
    officer: str | None
    text: str
    internal: bool
    data: dict[str, Any]

    @property
    def media(self) -> tuple[str, str] | None:
        """The chat and the id of the message with a file that came with it."""
        found = self.data.get("media")
        return (found["chat_id"], found["message_id"]) if found else None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """What became of something that was sent to the asker."""

    at: dt.datetime
    state: OutgoingState
    sent_at: dt.datetime | None
    error: str | None
    text: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket's page in the console."""

    ticket: Ticket
    question: str
    channel: str
    chat_kind: str
    asker: str
    reachable: bool
    unreachable_reason: str | None
    officer: str | None
    events: tuple[EventLine, ...]
    #: the files that this house keeps, by their message: those of a platform stay there
    files: Mapping[tuple[str, str], FileRef]
    deliveries: tuple[DeliveryLine, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said about a ticket in the asker's sight."""

    at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class PublicTicket:
    """A ticket as its asker may see it: never an internal note, never an officer's name."""

    code: str
    kind: str
    state: str
    department: str
    question: str
    opened_at: dt.datetime
    due_at: dt.datetime
    details: tuple[Said, ...]
    answers: tuple[Said, ...]


def _lines() -> Select[Ticket, str | None]:
    return (
        select(Ticket, col(Officer.name))
        .outerjoin(Officer, col(Ticket.officer_id) == col(Officer.id))
        .order_by(col(Ticket.rank), col(Ticket.due_at), col(Ticket.id))
    )


def _line(row: Row[Ticket, str | None], now: dt.datetime) -> TicketLine:
    ticket, name = row
    return TicketLine(
        code=ticket.code,
        kind=ticket.kind.value,
        priority=ticket.priority.value,
        state=ticket.state.value,
        subject=ticket.subject,
        language=ticket.language.value,
        department=ticket.department,
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        officer=name,
        overdue=ticket.state in WAITING and ticket.due_at < now,
    )


async def queue(
    session: AsyncSession,
    *,
    now: dt.datetime,
    states: Sequence[TicketState] = WAITING,
    department: str | None = None,
    mine: Officer | None = None,
    limit: int = 200,
) -> list[TicketLine]:
    """The tickets in the order in which they are to be dealt with: danger first, then the soonest due."""
    query = _lines().where(col(Ticket.state).in_(states)).limit(limit)
    if department is not None:
        query = query.where(col(Ticket.department) == department)
    if mine is not None:
        query = query.where(col(Ticket.officer_id) == mine.id)
    return [_line(row, now) for row in await session.execute(query)]


async def overdue(session: AsyncSession, *, now: dt.datetime) -> list[TicketLine]:
    """The tickets that wait although their time has come."""
    query = _lines().where(col(Ticket.state).in_(WAITING), col(Ticket.due_at) < now)
    return [_line(row, now) for row in await session.execute(query)]


async def events_of(session: AsyncSession, ticket: Ticket) -> tuple[EventLine, ...]:
    """A ticket's history, oldest first, internal notes among it: for officers only."""
    rows = await session.execute(
        select(TicketEvent, col(Officer.name))
        .outerjoin(Officer, col(TicketEvent.officer_id) == col(Officer.id))
        .where(col(TicketEvent.ticket_id) == ticket.id)
        .order_by(col(TicketEvent.id))
    )
    return tuple(
        EventLine(
            id=event.id or 0,
            kind=event.kind.value,
            at=event.at,
            officer=name,
            text=event.text,
            internal=event.internal,
            data=event.data,
        )
        for event, name in rows
    )


async def ticket_page(session: AsyncSession, code: str) -> TicketView:
    """Everything about a ticket, for officers; raises `UnknownTicket`."""
    ticket = await by_code(session, code)
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    person = await session.get(Person, conversation.person_id) if conversation.person_id is not None else None
    sent = await session.scalars(
        select(Outgoing)
        .where(col(Outgoing.ticket_id) == ticket.id, col(Outgoing.source) == Source.ANSWER)
        .order_by(col(Outgoing.id))
    )
    events = await events_of(session, ticket)
    return TicketView(
        ticket=ticket,
        question=await question_of(session, ticket),
        channel=conversation.channel,
        chat_kind=conversation.kind.value,
        asker=person.name if person else conversation.title,
        reachable=conversation.unreachable_at is None,
        unreachable_reason=conversation.unreachable_reason,
        officer=await officer_name(session, ticket.officer_id),
        events=events,
        files=await describe_files(session, conversation.channel, [e.media for e in events if e.media]),
        deliveries=tuple(
            DeliveryLine(row.created_at, row.state, row.sent_at, row.error, message_of(row).plain) for row in sent
        ),
    )


async def file_of_event(session: AsyncSession, code: str, event_id: int) -> StoredFile | None:
    """The file that came with a line of a ticket's history, for officers; raises `UnknownTicket`, None without one."""
    ticket = await by_code(session, code)
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    media = next((e.media for e in await events_of(session, ticket) if e.id == event_id), None)
    return None if media is None else await load_file(session, conversation.channel, *media)


async def find_by_secret(session: AsyncSession, code: str, secret: str) -> Ticket | None:
    """The ticket that code and secret open together; an unknown code takes as long as a wrong secret."""
    wanted = normalise_code(code) or ""
    ticket: Ticket | None = await session.scalar(select(Ticket).where(col(Ticket.code) == wanted))
    stored = ticket.secret_hash if ticket is not None else secret_hash(wanted, "")
    right = secret_matches(wanted, secret, stored)
    return ticket if right else None


async def public_page(session: AsyncSession, code: str, secret: str) -> PublicTicket | None:
    """What the asker may see of their ticket after code and secret; None when they don't fit."""
    ticket = await find_by_secret(session, code, secret)
    return await public_page_of(session, ticket) if ticket is not None else None


async def public_page_of(session: AsyncSession, ticket: Ticket) -> PublicTicket:
    """What a ticket's asker may see of it."""
    rows = await session.scalars(
        select(TicketEvent)
        .where(
            col(TicketEvent.ticket_id) == ticket.id,
            col(TicketEvent.internal).is_(False),
            col(TicketEvent.kind).in_((EventKind.DETAIL, EventKind.ANSWERED)),
        )
        .order_by(col(TicketEvent.id))
    )
    said = list(rows)
    return PublicTicket(
        code=ticket.code,
        kind=ticket.kind.value,
        state=ticket.state.value,
        department=ticket.department,
        question=await question_of(session, ticket),
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        details=tuple(Said(e.at, e.text) for e in said if e.kind is EventKind.DETAIL),
        answers=tuple(Said(e.at, e.text) for e in said if e.kind is EventKind.ANSWERED),
    )


async def ticket_of_card(session: AsyncSession, channel: str, chat_id: str, platform_message_id: str) -> str | None:
    """The code of the ticket whose card, or a line below it, that message in the officers' group is."""
    code: str | None = await session.scalar(
        select(col(Ticket.code))
        .join(Outgoing, col(Outgoing.ticket_id) == col(Ticket.id))
        .where(
            col(Outgoing.channel) == channel,
            col(Outgoing.chat_id) == chat_id,
            col(Outgoing.platform_message_id) == platform_message_id,
            col(Outgoing.source).in_((Source.CARD, Source.ALERT)),
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return code


async def ticket_of_topic(session: AsyncSession, channel: str, chat_id: str, topic_id: str) -> str | None:
    """The code of the ticket whose topic in the officers' group that is."""
    code: str | None = await session.scalar(
        select(col(Ticket.code))
        .join(Outgoing, col(Outgoing.ticket_id) == col(Ticket.id))
        .where(
            col(Outgoing.channel) == channel,
            col(Outgoing.chat_id) == chat_id,
            col(Outgoing.platform_topic_id) == topic_id,
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return code


async def code_of(session: AsyncSession, ticket_id: int) -> str | None:
    """The code of a ticket by its number."""
    code: str | None = await session.scalar(select(col(Ticket.code)).where(col(Ticket.id) == ticket_id))
    return code


async def went_into(session: AsyncSession, ticket: Ticket, message_id: str) -> bool:
    """Whether the asker's message with that id on its platform is part of the ticket; only the latest are looked at."""
    latest = (
        select(col(TicketEvent.inbound_id))
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.inbound_id).is_not(None))
        .order_by(col(TicketEvent.id).desc())
        .limit(_CORRECTABLE)
    )
    messages = await session.scalars(select(col(Inbound.message)).where(col(Inbound.id).in_(latest)))
    return any(message is not None and message.get("message_id") == message_id for message in messages)


async def open_ticket_of(session: AsyncSession, conversation: Conversation) -> Ticket | None:
    """The conversation's ticket that an officer still owes an answer to: the most urgent one, then the newest."""
    found: Ticket | None = await session.scalar(
        select(Ticket)
        .where(col(Ticket.conversation_id) == conversation.id, col(Ticket.state).in_(WAITING))
        .order_by(col(Ticket.rank), col(Ticket.id).desc())
        .limit(1)
    )
    return found


async def show_card(session: AsyncSession, snapshot: Snapshot, code: str) -> OutgoingMessage:
    """The card as it stands now with the latest of its history: what "show" gives in the officers' group."""
    ticket = await by_code(session, code)
    words = snapshot.words(DESK_LANGUAGE)
    face = await face_of(session, snapshot, ticket)
    told = (EventKind.DETAIL.value, EventKind.POSITION.value, EventKind.ANSWERED.value, EventKind.NOTE.value)
    history = [line for line in await events_of(session, ticket) if line.kind in told][-_HISTORY_ON_CARD:]
    lines = [
        words.say(f"card.history_{line.kind}", officer=line.officer or "–", text=shortened(line.text, 300))
        for line in history
    ]
    text = join([card(words, face).text, *lines], "\n")
    return OutgoingMessage(text=text, buttons=buttons(words, ticket.code, ticket.state))
