"""Opening a ticket: a question or a call for help is handed to the officers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.alarm import start_alarm
from bot.desk.codes import new_code, new_secret, secret_hash
from bot.desk.danger import call_again, danger_of
from bot.desk.details import media_data
from bot.desk.history import record, subject_line
from bot.desk.posting import post_card, post_media
from bot.desk.routing import department_of, route
from bot.faq import Snapshot
from bot.faq.schema import Department
from bot.messages import Language, Location, MediaRef
from bot.store import audit
from bot.store.tables import Conversation, EventKind, Ticket, TicketKind

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket after a call: new, or an earlier one of the same conversation to which the call was added."""

    ticket: Ticket
    secret: str | None
    department: Department
    due_at: dt.datetime
    added: bool = False


async def open_ticket(
    session: AsyncSession,
    snapshot: Snapshot,
    *,
    conversation: Conversation,
    kind: TicketKind | str,
    question: str,
    entry: str | None = None,
    distress_kind: str | None = None,
    location: Location | None = None,
    language: Language,
    inbound_id: int | None = None,
    media: MediaRef | None = None,
    more_media: Sequence[MediaRef] = (),
    now: dt.datetime,
) -> Opened:
    """Hands a question or a call for help to the officers, and queues the card for their groups.

    A call for help from a conversation that has one already is added to it (`added`): one danger, one ticket, and the
    officers read everything in one place.
    """
    kind = TicketKind(kind)
    if kind is not TicketKind.QUESTION and (there := await danger_of(session, conversation, now)) is not None:
        again = await call_again(
            session,
            snapshot,
            there,
            conversation=conversation,
            kind=kind,
            text=question,
            distress_kind=distress_kind,
            location=location,
            inbound_id=inbound_id,
            media=media,
            now=now,
        )
        department = department_of(snapshot, again.department)
        return Opened(again, None, department, again.due_at, added=True)
    way = route(snapshot, kind, entry, now)
    assert conversation.id is not None
    secret = new_secret()
    ticket = await _insert(
        session,
        secret,
        Ticket(
            code="",
            secret_hash="",
            conversation_id=conversation.id,
            kind=kind,
            priority=way.priority,
            rank=way.rank,
            subject=subject_line(question),
            language=language,
            topic=way.topic,
            department=way.department.id,
            distress_kind=distress_kind,
            latitude=location.latitude if location else None,
            longitude=location.longitude if location else None,
            opened_at=now,
            due_at=way.due_at,
        ),
    )
    event = await record(
        session, ticket, EventKind.OPENED, now=now, text=question, inbound_id=inbound_id, data=media_data(media)
    )
    audit(session, "ticket.open", f"ticket:{ticket.code}", now=now, actor="asker", kind=kind.value)
    await post_card(session, snapshot, ticket, event, now=now)
    if media is not None:
        await post_media(session, snapshot, ticket, event, media, channel=conversation.channel, now=now)
    for each in more_media:
        event = await record(session, ticket, EventKind.DETAIL, now=now, inbound_id=inbound_id, data=media_data(each))
        await post_media(session, snapshot, ticket, event, each, channel=conversation.channel, now=now)
    await start_alarm(session, snapshot, ticket, now=now)
    return Opened(ticket, secret, way.department, way.due_at)


async def _insert(session: AsyncSession, secret: str, ticket: Ticket) -> Ticket:
    """Gives the ticket a code that nobody has, and writes it."""
    values = ticket.model_dump(exclude={"id"})
    for attempt in range(_ATTEMPTS):
        code = new_code()
        row = Ticket(**{**values, "code": code, "secret_hash": secret_hash(code, secret)})
        try:
            async with session.begin_nested():
                session.add(row)
                await session.flush()
        except IntegrityError:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return row
    raise AssertionError("unreachable")
