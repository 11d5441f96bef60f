"""An alarm goes on until somebody takes it: when nobody has, the next ring of people is woken, each ring once.

The alarm stands in the ticket's own row: since when it waits and how many rings were woken. A ring is claimed by moving
that number on in the transaction that queues its messages, so a restart goes on where it was and of two processes one
wakes. Who is in which ring stands in `organization.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import cards
from bot.desk.history import record
from bot.desk.posting import DESK_LANGUAGE, face_of
from bot.dialogue import buttons as taps
from bot.faq import Snapshot
from bot.faq.schema import AlarmRing, AlarmTarget
from bot.messages import Button, ChatKind, Lane, OutgoingMessage
from bot.people import Permission, can, desk_conversations
from bot.store import audit, enqueue
from bot.store.tables import (
    Conversation,
    EventKind,
    Officer,
    OfficerIdentity,
    Outgoing,
    Role,
    Source,
    Ticket,
    TicketKind,
    TicketState,
)

log = structlog.get_logger(__name__)

_LEADERS = frozenset({Role.LEADER.value, Role.ADMIN.value})


async def start_alarm(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime) -> None:
    """A call for help waits for an officer from now on; rings without delay are woken in the same transaction."""
    if ticket.kind is not TicketKind.DISTRESS or ticket.state is not TicketState.OPEN:
        return
    ticket.alarm_at, ticket.alarm_ring = now, 0
    await session.flush()
    await ring_due(session, snapshot, ticket, now=now)


def stop_alarm(ticket: Ticket) -> None:
    """Somebody cares for it."""
    ticket.alarm_at = None


async def waiting_alarms(session: AsyncSession, snapshot: Snapshot, now: dt.datetime) -> list[Ticket]:
    """The calls for help whose next ring is due."""
    rows = await session.scalars(
        select(Ticket)
        .where(col(Ticket.alarm_at).is_not(None), col(Ticket.state) == TicketState.OPEN)
        .order_by(col(Ticket.alarm_at))
    )
    return [ticket for ticket in rows if _due(snapshot, ticket, now) is not None]


async def ring_due(session: AsyncSession, snapshot: Snapshot, ticket: Ticket, *, now: dt.datetime) -> int:
    """Wakes every ring whose time has come; returns how many rings this call woke."""
    woken = 0
    while (ring := _due(snapshot, ticket, now)) is not None:
        number = ticket.alarm_ring + 1
        claimed = await session.scalar(
            update(Ticket)
            .where(
                col(Ticket.id) == ticket.id,
                col(Ticket.state) == TicketState.OPEN,
                col(Ticket.alarm_at) == ticket.alarm_at,
                col(Ticket.alarm_ring) == number - 1,
            )
            .values(alarm_ring=number)
            .returning(col(Ticket.id))
            .execution_options(synchronize_session=False)
        )
        await session.refresh(ticket)
        if claimed is None:
            return woken  # taken meanwhile, or another process was quicker
        await _wake(session, snapshot, ticket, ring, number, now=now)
        woken += 1
    return woken


async def tell_taken(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, officer: Officer, *, now: dt.datetime
) -> None:
    """The asker hears that a person has the call for help now, and so do those who were woken privately."""
    asker = await session.get_one(Conversation, ticket.conversation_id)
    key = f"taken:{ticket.id}:{now.timestamp():.0f}"
    said = snapshot.words(asker.language.value).say("danger.taken", code=ticket.code)
    await enqueue(
        session,
        asker,
        OutgoingMessage(text=said),
        lane=Lane.DISTRESS,
        source=Source.DISTRESS,
        now=now,
        dedupe_key=f"{key}:asker",
        ticket_id=ticket.id,
    )
    woken = await session.scalars(
        select(Conversation)
        .where(
            col(Conversation.id).in_(
                select(col(Outgoing.conversation_id)).where(
                    col(Outgoing.ticket_id) == ticket.id,
                    col(Outgoing.source) == Source.ALERT,
                    col(Outgoing.dedupe_key).startswith(f"ring:{ticket.id}:", autoescape=True),
                )
            ),
            col(Conversation.kind) == ChatKind.PRIVATE,
        )
        .order_by(col(Conversation.id))
    )
    words = snapshot.words(DESK_LANGUAGE)
    line = OutgoingMessage(text=words.say("desk_group.take", name=officer.name, code=ticket.code))
    for chat in woken:
        await enqueue(
            session,
            chat,
            line,
            lane=Lane.ANSWER,
            source=Source.CARD,
            now=now,
            dedupe_key=f"{key}:{chat.id}",
            ticket_id=ticket.id,
        )


def _due(snapshot: Snapshot, ticket: Ticket, now: dt.datetime) -> AlarmRing | None:
    rings = snapshot.organization.alarm.rings
    if ticket.alarm_at is None or ticket.state is not TicketState.OPEN or ticket.alarm_ring >= len(rings):
        return None
    ring = rings[ticket.alarm_ring]
    return ring if ticket.alarm_at + dt.timedelta(minutes=ring.after_minutes) <= now else None


async def _wake(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, ring: AlarmRing, number: int, *, now: dt.datetime
) -> None:
    assert ticket.alarm_at is not None
    words = snapshot.words(DESK_LANGUAGE)
    waited = int((now - ticket.alarm_at).total_seconds() // 60)
    head = words.say("card.alarm", code=ticket.code, minutes=waited)
    whole = cards.alarm(words, head, cards.card(words, await face_of(session, snapshot, ticket)))
    take = Button(label=words.line("card.button_take"), data=taps.ticket("take", ticket.code))
    short = OutgoingMessage(text=head, buttons=((take,),))
    chats = {chat.id: (chat, whole) for chat in await _private_chats(session, ticket, ring.to)}
    if AlarmTarget.GROUPS in ring.to:
        chats |= {chat.id: (chat, short) for chat in await desk_conversations(session)}
    for chat, message in chats.values():
        await enqueue(
            session,
            chat,
            message,
            lane=Lane.DISTRESS,
            source=Source.ALERT,
            now=now,
            dedupe_key=f"ring:{ticket.id}:{ticket.alarm_at.timestamp():.0f}:{number}:{chat.id}",
            ticket_id=ticket.id,
        )
    if chats or waited:
        text = words.line("card.alarm_history", ring=number, reached=len(chats))
        data = {"ring": number, "reached": len(chats)}
        await record(session, ticket, EventKind.ALERTED, now=now, text=text, internal=True, data=data)
    audit(session, "ticket.alarm", f"ticket:{ticket.code}", now=now, ring=number, reached=len(chats))
    if not chats and waited:
        log.critical("DISTRESS ticket not taken and nobody to wake in this ring", code=ticket.code, ring=number)
    if waited >= 1:
        await _tell_asker(session, snapshot, ticket, number, reached=bool(chats), now=now)


async def _tell_asker(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, number: int, *, reached: bool, now: dt.datetime
) -> None:
    """The truth to somebody who waits: nobody has confirmed yet, and whom to call."""
    assert ticket.alarm_at is not None
    asker = await session.get_one(Conversation, ticket.conversation_id)
    words = snapshot.words(asker.language.value)
    numbers = ", ".join(c.value for c in snapshot.organization.rescue if c.kind == "phone")
    key = "danger.not_confirmed" if reached else "danger.not_confirmed_nobody"
    safe = Button(label=words.line("button.safe"), data=taps.SAFE)
    await enqueue(
        session,
        asker,
        OutgoingMessage(text=words.say(key, code=ticket.code, numbers=numbers), buttons=((safe,),)),
        lane=Lane.DISTRESS,
        source=Source.DISTRESS,
        now=now,
        dedupe_key=f"waits:{ticket.id}:{ticket.alarm_at.timestamp():.0f}:{number}",
        ticket_id=ticket.id,
    )


async def _private_chats(session: AsyncSession, ticket: Ticket, to: Iterable[AlarmTarget]) -> list[Conversation]:
    """The private chats of the ring's officers; who never wrote to the bot privately has none."""
    wanted = frozenset(to)
    rows = await session.execute(
        select(Conversation, Officer)
        .join(
            OfficerIdentity,
            and_(
                col(OfficerIdentity.channel) == col(Conversation.channel),
                col(OfficerIdentity.user_id) == col(Conversation.chat_id),
            ),
        )
        .join(Officer, col(Officer.id) == col(OfficerIdentity.officer_id))
        .where(
            col(Officer.revoked_at).is_(None),
            col(Conversation.kind) == ChatKind.PRIVATE,
            col(Conversation.unreachable_at).is_(None),
        )
        .order_by(col(Conversation.id))
    )
    return [chat for chat, officer in rows if _is_in(officer, ticket, wanted)]


def _is_in(officer: Officer, ticket: Ticket, to: frozenset[AlarmTarget]) -> bool:
    if not can(officer, Permission.TAKE):
        return False
    return (
        AlarmTarget.OFFICERS in to
        or (AlarmTarget.DEPARTMENT in to and officer.department == ticket.department)
        or (AlarmTarget.LEADERS in to and bool(_LEADERS & set(officer.roles)))
    )
