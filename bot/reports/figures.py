"""How the service stands at a moment: what waits, what failed, what is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import Lane
from bot.store.tables import Inbound, InboundState, Outgoing, OutgoingState, Ticket, TicketState

Key = TypeVar("Key")

OPEN = (TicketState.OPEN, TicketState.TAKEN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts at a moment; `queued` by the lane's name."""

    inbound_waiting: int
    inbound_dead: int
    queued: dict[str, int]
    outgoing_failed: int
    outgoing_uncertain: int
    tickets_open: int
    tickets_overdue: int


async def figures(session: AsyncSession, now: dt.datetime) -> Figures:
    """Counts everything that somebody may have to act on."""
    inbound = await _by(
        session,
        select(col(Inbound.state), func.count())
        .group_by(col(Inbound.state))
        .where(col(Inbound.state).in_((InboundState.WAITING, InboundState.DEAD))),
    )
    outgoing = await _by(
        session,
        select(col(Outgoing.state), func.count())
        .group_by(col(Outgoing.state))
        .where(col(Outgoing.state).in_((OutgoingState.FAILED, OutgoingState.UNCERTAIN))),
    )
    lanes = await _by(
        session,
        select(col(Outgoing.lane), func.count())
        .group_by(col(Outgoing.lane))
        .where(col(Outgoing.state) == OutgoingState.QUEUED),
    )
    tickets = select(func.count()).select_from(Ticket).where(col(Ticket.state).in_(OPEN))
    return Figures(
        inbound_waiting=inbound.get(InboundState.WAITING, 0),
        inbound_dead=inbound.get(InboundState.DEAD, 0),
        queued={lane.name.lower(): lanes.get(int(lane), 0) for lane in Lane},
        outgoing_failed=outgoing.get(OutgoingState.FAILED, 0),
        outgoing_uncertain=outgoing.get(OutgoingState.UNCERTAIN, 0),
        tickets_open=await session.scalar(tickets) or 0,
        tickets_overdue=await session.scalar(tickets.where(col(Ticket.due_at) < now)) or 0,
    )


async def _by(session: AsyncSession, counts: Select[Key, int]) -> dict[Key, int]:
    return {row[0]: row[1] for row in (await session.execute(counts)).all()}
