"""Taking person and words out of a ticket: its code, kind, times and officers stay, for the figures and the record."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.alarm import stop_alarm
from bot.desk.history import record
from bot.desk.posting import DESK_LANGUAGE
from bot.faq import Snapshot
from bot.messages import Lane, Topic
from bot.store import audit, enqueue
from bot.store.tables import (
    Conversation,
    EventKind,
    Outgoing,
    OutgoingState,
    Source,
    Ticket,
    TicketEvent,
    TicketKind,
    TicketState,
)

_ERASED = "erased"
#: Beginnings of the keys of messages with words that can be overwritten in the officers' chats; relayed files can't.
_REWRITABLE = ("card:", "follow:", "ring:")


def may_be_erased(ticket: Ticket) -> bool:
    """Whether person and words may go: a call for help keeps both until an officer has closed it."""
    return ticket.kind is TicketKind.QUESTION or ticket.state is TicketState.CLOSED


async def erase_ticket(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime, actor: str
) -> None:
    """Empties a ticket and overwrites its cards in the officers' chats; an open question is closed by it."""
    if ticket.erased_at is not None:
        return
    if ticket.state is not TicketState.CLOSED:
        ticket.state, ticket.closed_at = TicketState.CLOSED, now
    stop_alarm(ticket)
    ticket.subject = ticket.secret_hash = ""
    ticket.latitude = ticket.longitude = None
    ticket.erased_at = now
    await session.flush()
    await session.execute(
        update(TicketEvent)
        .where(col(TicketEvent.ticket_id) == ticket.id)
        .values(text="", data={}, inbound_id=None)
        .execution_options(synchronize_session=False)
    )
    await record(session, ticket, EventKind.ERASED, now=now)
    await session.execute(
        delete(Outgoing)
        .where(col(Outgoing.ticket_id) == ticket.id, col(Outgoing.conversation_id) == ticket.conversation_id)
        .execution_options(synchronize_session=False)
    )
    await _overwrite(session, snapshot, ticket, now=now)
    audit(session, "ticket.erase", f"ticket:{ticket.code}", now=now, actor=actor)
    await session.flush()


async def _overwrite(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime) -> None:
    message = cards.erased(snapshot.words(DESK_LANGUAGE), ticket.code)
    rows = (
        await session.execute(
            select(Outgoing, Conversation)
            .join(Conversation, col(Conversation.id) == col(Outgoing.conversation_id))
            .where(col(Outgoing.ticket_id) == ticket.id)
            .order_by(col(Outgoing.id))
        )
    ).all()
    # The topic's name holds the question as well; the next message renames it.
    topic = Topic(key=ticket.code, name=ticket.code, closed=True)
    for row, chat in rows:
        placed = {"topic": topic} if "topic" in row.message else {}
        row.message = message.model_dump(mode="json", exclude_defaults=True)
        if row.state is OutgoingState.QUEUED:
            row.state, row.error = OutgoingState.CANCELLED, _ERASED
        shown = row.platform_message_id is not None and row.chat_id == chat.chat_id and chat.unreachable_at is None
        if not shown or not (row.dedupe_key or "").startswith(_REWRITABLE):
            continue
        await enqueue(
            session,
            chat,
            message.model_copy(update={"edit_of": row.platform_message_id, **placed}),
            lane=Lane.ANSWER,
            source=Source.CARD,
            now=now,
            dedupe_key=f"erased:{ticket.id}:{row.id}",
            ticket_id=ticket.id,
        )
