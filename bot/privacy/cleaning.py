"""The daily clean-up: what is past its time goes; and in between the deletions that had to wait, and their traces."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clock import Clock, local, local_day
from bot.faq import Snapshot
from bot.messages import Lane, OutgoingMessage
from bot.privacy.erasing import GONE, TRACES, delete_inbound, erase_person, forget_tickets
from bot.store import Store, StoreUnavailable, WritePriority, audit, enqueue
from bot.store.tables import (
    Attachment,
    ChannelMemory,
    ConsoleSession,
    Conversation,
    Inbound,
    InboundState,
    Invite,
    InvitePurpose,
    Officer,
    Outgoing,
    OutgoingState,
    PersonCode,
    Question,
    Source,
    Ticket,
    TicketKind,
    TicketState,
)

log = structlog.get_logger(__name__)

#: Rows in one transaction: on SQLite a question must never wait for the clean-up.
CHUNK = 1000
TICKETS = 20
FILES_AT_ONCE = 20
#: The quiet hour, local time, from which on a day's clean-up is done.
QUIET_HOUR = 3
#: A file with somebody's data isn't kept after it was handed over.
FILES = dt.timedelta(hours=1)
#: How often traces and files are looked for: it reads whole tables.
SWEEP = dt.timedelta(hours=1)
_UNDECIDED = (OutgoingState.QUEUED, OutgoingState.SENDING)
_MEMORY = ("cleaning", "last")


@dataclass
class Cleaned:
    """How many rows a clean-up took away, by what they were."""

    messages_in: int = 0
    messages_out: int = 0
    files: int = 0
    questions: int = 0
    tickets: int = 0
    sessions: int = 0
    codes: int = 0
    erasures: int = 0
    traces: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return sum(asdict(self).values())


async def clean(store: Store, snapshot: Snapshot, now: dt.datetime, *, chunk: int = CHUNK) -> Cleaned:
    """Takes away what is past its time, in small transactions, and says so in the audit trail."""
    retention = snapshot.organization.retention
    done = Cleaned()

    def cut(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    done.tickets = await _tickets(store, snapshot, cut(retention.tickets), now)
    done.messages_out = await _outgoing(store, cut(retention.messages), chunk)
    done.questions = await _questions(store, cut(retention.questions), chunk)
    done.messages_in = await _inbound(store, cut(retention.messages), chunk)
    done.files = await _files(store, cut(retention.messages))
    async with store.write(WritePriority.BULK) as session:
        done.sessions = await _sessions(session, cut(retention.sign_ins))
        done.codes = await _codes(session, cut(retention.sign_ins), now)
    if done.total:
        async with store.write(WritePriority.BULK) as session:
            audit(session, "retention.clean", "store", now=now, **asdict(done))
    return done


async def finish_erasures(store: Store, snapshot: Snapshot, now: dt.datetime) -> Cleaned:
    """Completes the deletions that waited for a call for help to be closed."""
    done = Cleaned()
    async with store.read() as session:
        waiting = list(
            await session.scalars(select(col(Conversation.id)).where(col(Conversation.erase_asked_at).is_not(None)))
        )
    for number in waiting:
        async with store.write(WritePriority.BULK) as session:
            chat = await session.get(Conversation, number)
            if chat is None or chat.erase_asked_at is None or await _call_is_open(session, chat):
                continue
            address, language = chat.chat_id, chat.language.value
            if (await erase_person(session, snapshot, chat, now=now, actor="program")).complete:
                done.erasures += 1
                message = OutgoingMessage(text=snapshot.words(language).say("erase.completed"), clear_history=True)
                await enqueue(
                    session,
                    chat,
                    message,
                    lane=Lane.REPLY,
                    source=Source.REPLY,
                    now=now,
                    chat_id=address,
                    dedupe_key=f"erased:{chat.id}",
                )
    if done.erasures:
        store.outbox_wake.ring()
    return done


async def _call_is_open(session: AsyncSession, chat: Conversation) -> bool:
    """Whether nothing has changed yet for a chat whose deletion waits."""
    chats = select(col(Conversation.id)).where(
        or_(
            col(Conversation.id) == chat.id,
            and_(col(Conversation.person_id).is_not(None), col(Conversation.person_id) == chat.person_id),
        )
    )
    found = await session.scalar(
        select(col(Ticket.id))
        .where(
            col(Ticket.conversation_id).in_(chats),
            col(Ticket.kind) != TicketKind.QUESTION,
            col(Ticket.state) != TicketState.CLOSED,
        )
        .limit(1)
    )
    return found is not None


async def sweep_traces(store: Store, now: dt.datetime) -> int:
    """Takes away what deletions of yesterday left for a day, and files that were handed over; returns how many rows."""
    gone = select(col(Conversation.id)).where(col(Conversation.erased_at) < now - TRACES)
    farewells = and_(
        col(Outgoing.conversation_id).in_(gone),
        col(Outgoing.notice_id).is_(None),
        col(Outgoing.created_at) < now - TRACES,
    )
    shells = and_(
        col(Inbound.state) != InboundState.WAITING,
        col(Inbound.chat_id).startswith(GONE, autoescape=True),
        col(Inbound.received_at) < now - TRACES,
    )
    files = and_(
        col(Outgoing.dedupe_key).startswith("export:", autoescape=True),
        col(Outgoing.state).not_in(_UNDECIDED),
        col(Outgoing.created_at) < now - FILES,
    )
    async with store.read() as session:
        rows_out = list(await session.scalars(select(col(Outgoing.id)).where(or_(farewells, files)).limit(CHUNK)))
        rows_in = list(await session.scalars(select(col(Inbound.id)).where(shells).limit(CHUNK)))
    if not rows_out and not rows_in:
        return 0
    async with store.write(WritePriority.BULK) as session:
        await _delete(session, Outgoing, rows_out)
        await delete_inbound(session, rows_in)
    return len(rows_out) + len(rows_in)


async def _tickets(store: Store, snapshot: Snapshot, cut: dt.datetime, now: dt.datetime) -> int:
    """Empties tickets that ended long ago; a call for help that nobody closed isn't one."""
    ended = or_(
        and_(col(Ticket.state) == TicketState.CLOSED, col(Ticket.closed_at) < cut),
        and_(
            col(Ticket.state) == TicketState.ANSWERED,
            col(Ticket.kind) == TicketKind.QUESTION,
            col(Ticket.answered_at) < cut,
        ),
    )
    count = 0
    while True:
        async with store.write(WritePriority.BULK) as session:
            rows = list(
                await session.scalars(
                    select(Ticket)
                    .where(col(Ticket.erased_at).is_(None), ended)
                    .order_by(col(Ticket.id))
                    .limit(TICKETS)
                    .with_for_update(key_share=True, skip_locked=True)
                    .execution_options(populate_existing=True)
                )
            )
            await forget_tickets(session, snapshot, rows, now=now, actor="program")
        count += len(rows)
        if len(rows) < TICKETS:
            return count


async def _outgoing(store: Store, cut: dt.datetime, chunk: int) -> int:
    """Deletes what was sent long ago: all but notices (the proof of delivery) and the cards of tickets still open."""
    open_tickets = select(col(Ticket.id)).where(col(Ticket.state) != TicketState.CLOSED)
    may_go = and_(
        col(Outgoing.state).not_in(_UNDECIDED),
        or_(col(Outgoing.ticket_id).is_(None), col(Outgoing.ticket_id).not_in(open_tickets)),
        col(Outgoing.notice_id).is_(None),
    )
    count, last = 0, 0
    while True:
        async with store.read() as session:
            rows = (
                await session.execute(
                    select(col(Outgoing.id), may_go)
                    .where(col(Outgoing.id) > last, col(Outgoing.created_at) < cut)
                    .order_by(col(Outgoing.id))
                    .limit(chunk)
                )
            ).all()
        numbers = [number for number, may in rows if may]
        if numbers:
            async with store.write(WritePriority.BULK) as session:
                await _delete(session, Outgoing, numbers)
        count += len(numbers)
        if len(rows) < chunk:
            return count
        last = rows[-1][0] or last


async def _questions(store: Store, cut: dt.datetime, chunk: int) -> int:
    count = 0
    while True:
        async with store.read() as session:
            old = select(col(Question.id)).where(col(Question.asked_at) < cut).order_by(col(Question.id)).limit(chunk)
            numbers = list(await session.scalars(old))
        if numbers:
            async with store.write(WritePriority.BULK) as session:
                await _delete(session, Question, numbers)
        count += len(numbers)
        if len(numbers) < chunk:
            return count


async def _inbound(store: Store, cut: dt.datetime, chunk: int) -> int:
    count = 0
    while True:
        async with store.read() as session:
            old = (
                select(col(Inbound.id))
                .where(col(Inbound.received_at) < cut, col(Inbound.state) != InboundState.WAITING)
                .order_by(col(Inbound.id))
                .limit(chunk)
            )
            numbers = list(await session.scalars(old))
        if numbers:
            async with store.write(WritePriority.BULK) as session:
                await delete_inbound(session, numbers)
        count += len(numbers)
        if len(numbers) < chunk:
            return count


async def _files(store: Store, cut: dt.datetime) -> int:
    """Deletes files that people sent long ago, a few at a time: they are large."""
    count = 0
    while True:
        async with store.write(WritePriority.BULK) as session:
            old = select(col(Attachment.id)).where(col(Attachment.created_at) < cut).limit(FILES_AT_ONCE)
            numbers = list(await session.scalars(old))
            await _delete(session, Attachment, numbers)
        count += len(numbers)
        if len(numbers) < FILES_AT_ONCE:
            return count


async def _sessions(session: AsyncSession, cut: dt.datetime) -> int:
    numbers = list(
        await session.scalars(
            select(col(ConsoleSession.id)).where(
                or_(col(ConsoleSession.expires_at) < cut, col(ConsoleSession.revoked_at) < cut)
            )
        )
    )
    await _delete(session, ConsoleSession, numbers)
    return len(numbers)


async def _codes(session: AsyncSession, cut: dt.datetime, now: dt.datetime) -> int:
    """Deletes one-time codes; of each officer the latest used one stays, for it says that they ever signed in."""
    proof = (
        select(func.max(col(Invite.id)))
        .join(Officer, col(Officer.id) == col(Invite.officer_id))
        .where(
            col(Invite.purpose) == InvitePurpose.LOGIN,
            col(Invite.used_at).is_not(None),
            col(Officer.revoked_at).is_(None),
        )
        .group_by(col(Invite.officer_id))
    )
    invites = list(
        await session.scalars(select(col(Invite.id)).where(col(Invite.expires_at) < cut, col(Invite.id).not_in(proof)))
    )
    await _delete(session, Invite, invites)
    # These live for minutes; how many were asked for lately is counted within the hour.
    askers = list(
        await session.scalars(select(col(PersonCode.id)).where(col(PersonCode.expires_at) < now - dt.timedelta(days=1)))
    )
    await _delete(session, PersonCode, askers)
    return len(invites) + len(askers)


async def _delete(session: AsyncSession, table: Any, numbers: list[int | None]) -> None:
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        await session.execute(delete(table).where(col(table.id).in_(part)).execution_options(synchronize_session=False))


class Cleaner:
    """The worker: looks every `poll` seconds for deletions to complete, and once a day for what is past its time.

    One process of a database does it (the composition root elects it); when the last clean-up was is in the store.
    """

    def __init__(self, store: Store, clock: Clock, snapshot: Callable[[], Snapshot], *, poll: float = 60.0) -> None:
        self._store = store
        self._clock = clock
        self._snapshot = snapshot
        self._poll = poll
        self._swept: dt.datetime | None = None

    async def run(self) -> None:
        """Works until it is cancelled; an error is logged, and the next look comes all the same.

        The first look waits as well: whoever starts the program has messages to handle.
        """
        while True:
            await asyncio.sleep(self._poll)
            try:
                await self.tick()
            except StoreUnavailable as error:
                log.warning("clean-up waits for the database", reason=str(error))
            except Exception:
                log.exception("clean-up failed, goes on")

    async def tick(self) -> Cleaned:
        """One look."""
        now, snapshot = self._clock.now(), self._snapshot()
        done = await finish_erasures(self._store, snapshot, now)
        if self._swept is None or now - self._swept >= SWEEP:
            done.traces = await sweep_traces(self._store, now)
            self._swept = now
        if await self._is_due(now):
            daily = await clean(self._store, snapshot, now)
            daily.erasures, daily.traces = done.erasures, done.traces
            done = daily
            async with self._store.write(WritePriority.BULK) as session:
                channel, key = _MEMORY
                await session.merge(ChannelMemory(channel=channel, key=key, value=now.isoformat(), saved_at=now))
            log.info("clean-up done", **asdict(done))
        return done

    async def _is_due(self, now: dt.datetime) -> bool:
        async with self._store.read() as session:
            row = await session.get(ChannelMemory, _MEMORY)
        if row is None:
            return True
        last = dt.datetime.fromisoformat(str(row.value))
        another_day = local_day(last) < local_day(now)
        return another_day and (local(now).hour >= QUIET_HOUR or now - last > dt.timedelta(days=1))
