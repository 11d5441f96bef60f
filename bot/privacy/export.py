"""Everything that is stored about a person, for the person: as data that another program can read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.faq import Snapshot
from bot.messages import plain
from bot.people import chats_of
from bot.store import message_of
from bot.store.tables import (
    Attachment,
    Conversation,
    EventKind,
    Inbound,
    InboundState,
    Outgoing,
    Person,
    Question,
    Subscription,
    Ticket,
    TicketEvent,
)

#: What officers write among themselves about a case is theirs, and the export says that it is left out.
_SHOWN = frozenset(EventKind) - {EventKind.NOTE, EventKind.ALERTED}


@dataclass(frozen=True, slots=True)
class Export:
    """A person's data: `data` is JSON's own types, `made_at` when it was read."""

    data: dict[str, Any]
    made_at: dt.datetime

    @property
    def text(self) -> str:
        """The data as JSON that people can read too."""
        return json.dumps(self.data, ensure_ascii=False, indent=2)

    @property
    def filename(self) -> str:
        """A name without anything personal in it."""
        return f"hai-dang-{self.made_at:%Y-%m-%d}.json"

    def count(self, part: str) -> int:
        """How many there are of something, over all chats."""
        return sum(len(chat[part]) for chat in self.data["chats"])


async def export_of(
    session: AsyncSession, snapshot: Snapshot, conversation: Conversation, *, now: dt.datetime
) -> Export:
    """All that is stored about the person in a chat, over all chats that they joined."""
    person = await session.get(Person, conversation.person_id) if conversation.person_id is not None else None
    retention = snapshot.organization.retention
    area = snapshot.organization.area(person.area if person else None)
    data: dict[str, Any] = {
        "exported_at": _time(now),
        "operator": snapshot.organization.name.model_dump(),
        "kept_days": retention.model_dump(),
        "left_out": ["internal notes of officers", "names of officers", "backup files", "photos: see them in the chat"],
        "person": {
            "name": person.name if person else "",
            "role": person.role if person else None,
            "area": area.name.vi if area else (person.area if person else None),
            "vessel": person.vessel if person else None,
            "first_seen": _time(person.created_at) if person else None,
            "last_seen": _time(person.last_seen_at) if person else None,
        },
        "chats": [await _chat(session, chat) for chat in await chats_of(session, conversation)],
    }
    return Export(data, now)


async def _chat(session: AsyncSession, chat: Conversation) -> dict[str, Any]:
    subscriptions = await session.scalars(
        select(Subscription).where(col(Subscription.conversation_id) == chat.id).order_by(col(Subscription.id))
    )
    questions = await session.scalars(
        select(Question).where(col(Question.conversation_id) == chat.id).order_by(col(Question.id))
    )
    tickets = await session.scalars(
        select(Ticket)
        .where(col(Ticket.conversation_id) == chat.id, col(Ticket.erased_at).is_(None))
        .order_by(col(Ticket.id))
    )
    return {
        "channel": chat.channel,
        "address": chat.chat_id,
        "language": chat.language.value,
        "language_chosen": chat.language_chosen,
        "since": _time(chat.created_at),
        "remembered": chat.state,
        "subscriptions": [
            {"kind": row.kind, "since": _time(row.since), "until": _time(row.until)} for row in subscriptions
        ],
        "questions": [
            {
                "at": _time(row.asked_at),
                "text": row.text,
                "decision": row.decision,
                "entry": row.entry,
                "helpful": row.helpful,
            }
            for row in questions
        ],
        "tickets": [await _ticket(session, row) for row in tickets],
        "files": await _files(session, chat),
        "received": await _received(session, chat),
        "sent": await _sent(session, chat),
    }


async def _ticket(session: AsyncSession, ticket: Ticket) -> dict[str, Any]:
    events = await session.scalars(
        select(TicketEvent)
        .where(
            col(TicketEvent.ticket_id) == ticket.id,
            col(TicketEvent.internal).is_(False),
            col(TicketEvent.kind).in_(_SHOWN),
        )
        .order_by(col(TicketEvent.id))
    )
    return {
        "code": ticket.code,
        "kind": ticket.kind.value,
        "state": ticket.state.value,
        "department": ticket.department,
        "subject": ticket.subject,
        "danger": ticket.distress_kind,
        "latitude": ticket.latitude,
        "longitude": ticket.longitude,
        "opened_at": _time(ticket.opened_at),
        "due_at": _time(ticket.due_at),
        "answered_at": _time(ticket.answered_at),
        "closed_at": _time(ticket.closed_at),
        "events": [
            {"at": _time(event.at), "what": event.kind.value, "text": event.text, **_data(event)} for event in events
        ],
    }


def _data(event: TicketEvent) -> dict[str, Any]:
    return {"data": event.data} if event.data and event.kind in (EventKind.POSITION, EventKind.DETAIL) else {}


async def _received(session: AsyncSession, chat: Conversation) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(Inbound)
        .where(
            col(Inbound.state).in_(tuple(InboundState)),
            col(Inbound.channel) == chat.channel,
            col(Inbound.chat_id) == chat.chat_id,
        )
        .order_by(col(Inbound.id))
    )
    return [
        {
            "at": _time(row.received_at),
            "sender": (row.message or {}).get("sender"),
            "content": (row.message or {}).get("content"),
            "as_it_came": row.raw,
        }
        for row in rows
    ]


async def _files(session: AsyncSession, chat: Conversation) -> list[dict[str, Any]]:
    columns = (col(Attachment.created_at), col(Attachment.content_type), col(Attachment.size))
    rows = await session.execute(
        select(*columns)
        .where(col(Attachment.channel) == chat.channel, col(Attachment.chat_id) == chat.chat_id)
        .order_by(col(Attachment.id))
    )
    return [{"at": _time(at), "type": kind, "bytes": size} for at, kind, size in rows]


async def _sent(session: AsyncSession, chat: Conversation) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(Outgoing).where(col(Outgoing.conversation_id) == chat.id).order_by(col(Outgoing.id))
    )
    return [{"at": _time(row.created_at), "state": row.state.value, "text": _words(row)} for row in rows]


def _words(row: Outgoing) -> str:
    message = message_of(row)
    return f"[{message.document.name}]" if message.document is not None else plain(message.text)


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
