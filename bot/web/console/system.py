"""How the program is doing: its parts, what waits to be sent, and what could not be sent or handled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people import Permission
from bot.store.tables import Inbound, InboundState, Notice, Outgoing, OutgoingState, Ticket
from bot.web.console import show
from bot.web.console.visits import Page, Visit

#: The latest failures; the whole list is in the database.
LATEST = 30
_WATCHED = (OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.FAILED, OutgoingState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be sent or handled: never its words, which are the asker's."""

    at: str
    state: str
    channel: str
    what: str
    about: str
    link: str
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The figures of both queues."""

    waiting_in: int
    dead_in: int
    queued: int
    sending: int
    failed: int
    uncertain: int
    oldest: dt.datetime | None


async def show_system(visit: Visit) -> Response:
    """Health and queues; the database itself may be what fails, so health is asked first."""
    health = await visit.parts.ready()
    async with visit.parts.store.read() as session:
        lines = await _lines(session)
        unsent = await _unsent(visit, session)
        dead = await _dead(visit, session)
    context = {
        "health": health,
        "checks": sorted(health.checks.items()),
        "lines": lines,
        "oldest": show.ago(visit, lines.oldest) if lines.oldest else "",
        "unsent": unsent,
        "dead": dead,
        "latest": LATEST,
        "version": visit.snapshot.version,
        "database": "SQLite" if visit.parts.store.is_sqlite else "PostgreSQL",
    }
    return visit.render("system.html", context)


async def _lines(session: AsyncSession) -> Lines:
    # not SENT: counting what is done with would read the whole table
    outgoing = await session.execute(
        select(col(Outgoing.state), func.count()).where(col(Outgoing.state).in_(_WATCHED)).group_by(col(Outgoing.state))
    )
    sent = {row[0]: row[1] for row in outgoing}
    inbound = await session.execute(
        select(col(Inbound.state), func.count())
        .where(col(Inbound.state).in_((InboundState.WAITING, InboundState.DEAD)))
        .group_by(col(Inbound.state))
    )
    came = {row[0]: row[1] for row in inbound}
    oldest = await session.scalar(
        select(func.min(col(Outgoing.created_at))).where(col(Outgoing.state) == OutgoingState.QUEUED)
    )
    return Lines(
        waiting_in=came.get(InboundState.WAITING, 0),
        dead_in=came.get(InboundState.DEAD, 0),
        queued=sent.get(OutgoingState.QUEUED, 0),
        sending=sent.get(OutgoingState.SENDING, 0),
        failed=sent.get(OutgoingState.FAILED, 0),
        uncertain=sent.get(OutgoingState.UNCERTAIN, 0),
        oldest=oldest,
    )


async def _unsent(visit: Visit, session: AsyncSession) -> list[Failure]:
    rows = await session.execute(
        select(Outgoing, col(Ticket.code), col(Notice.code))
        .outerjoin(Ticket, col(Outgoing.ticket_id) == col(Ticket.id))
        .outerjoin(Notice, col(Outgoing.notice_id) == col(Notice.id))
        .where(col(Outgoing.state).in_((OutgoingState.FAILED, OutgoingState.UNCERTAIN)))
        .order_by(col(Outgoing.id).desc())
        .limit(LATEST)
    )
    return [
        Failure(
            at=show.short_time(visit, row.sending_at or row.created_at),
            state=visit.t(f"delivery.{row.state.value}_short"),
            channel=visit.name_of("channel", row.channel),
            what=visit.name_of("source", row.source.value),
            about=ticket or notice or "",
            link=f"/console/tickets/{ticket}" if ticket else f"/console/notices/{notice}" if notice else "",
            attempts=row.attempts,
            reason=row.error or visit.t("reason.unknown"),
        )
        for row, ticket, notice in rows
    ]


async def _dead(visit: Visit, session: AsyncSession) -> list[Failure]:
    rows = await session.scalars(
        select(Inbound).where(col(Inbound.state) == InboundState.DEAD).order_by(col(Inbound.id).desc()).limit(LATEST)
    )
    return [
        Failure(
            at=show.short_time(visit, row.received_at),
            state="",
            channel=visit.name_of("channel", row.channel),
            what=row.platform_id,
            about="",
            link="",
            attempts=row.attempts,
            reason=row.error or visit.t("reason.unknown"),
        )
        for row in rows
    ]


PAGES = (Page("GET", "/system", Permission.SEE_AUDIT, show_system),)
