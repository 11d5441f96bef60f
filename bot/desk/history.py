"""Finding a ticket's row, and writing down what happened to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk.cards import shortened
from bot.desk.codes import normalise_code
from bot.desk.errors import UnknownTicket
from bot.store.tables import EventKind, Officer, Ticket, TicketEvent

_SUBJECT_LENGTH = 200


async def by_code(session: AsyncSession, code: str) -> Ticket:
    """The ticket with that code, however it was typed; raises `UnknownTicket`."""
    return await _find(session, code, lock=False)


async def locked(session: AsyncSession, code: str) -> Ticket:
    """The ticket as it is now, claimed until the transaction ends: of two officers at once, the second waits here."""
    return await _find(session, code, lock=True)


async def _find(session: AsyncSession, code: str, *, lock: bool) -> Ticket:
    query = select(Ticket).where(col(Ticket.code) == (normalise_code(code) or code))
    if lock:
        # `key_share`: rows that merely point at the ticket (an outgoing answer) may be written meanwhile.
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    ticket: Ticket | None = await session.scalar(query)
    if ticket is None:
        raise UnknownTicket(f"no ticket {code[:32]!r}", code=code[:32])
    return ticket


async def record(
    session: AsyncSession,
    ticket: Ticket,
    kind: EventKind,
    *,
    now: dt.datetime,
    officer: Officer | None = None,
    text: str = "",
    internal: bool = False,
    inbound_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> TicketEvent:
    """Adds one line to a ticket's history; its number is known afterwards."""
    assert ticket.id is not None
    event = TicketEvent(
        ticket_id=ticket.id,
        kind=kind,
        at=now,
        officer_id=officer.id if officer else None,
        text=text,
        internal=internal,
        inbound_id=inbound_id,
        data=data or {},
    )
    session.add(event)
    await session.flush()
    return event


async def question_of(session: AsyncSession, ticket: Ticket) -> str:
    """The question in full; the ticket itself keeps only a line of it."""
    text: str | None = await session.scalar(
        select(col(TicketEvent.text))
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.kind) == EventKind.OPENED)
        .order_by(col(TicketEvent.id))
        .limit(1)
    )
    return text or ticket.subject


async def headline_of(session: AsyncSession, ticket: Ticket) -> str:
    """What officers have to read first: the cry that made it a ticket of danger, else the question."""
    cry: str | None = await session.scalar(
        select(col(TicketEvent.text))
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.kind) == EventKind.RAISED)
        .where(col(TicketEvent.text) != "")
        .order_by(col(TicketEvent.id).desc())
        .limit(1)
    )
    return cry or await question_of(session, ticket)


def subject_line(text: str) -> str:
    """The one line of a ticket that a queue shows."""
    return shortened(" ".join(text.split()), _SUBJECT_LENGTH)


async def officer_name(session: AsyncSession, officer_id: int | None) -> str | None:
    """The name of the officer with that number."""
    if officer_id is None:
        return None
    name: str | None = await session.scalar(select(col(Officer.name)).where(col(Officer.id) == officer_id))
    return name
