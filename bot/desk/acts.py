"""What officers do to tickets. Every act checks the right, claims the row, moves the state, and leaves a trace.

Of two officers at once the second waits for the first, and is then told who has the ticket.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk.alarm import start_alarm, stop_alarm, tell_taken
from bot.desk.details import reopened_event
from bot.desk.errors import AlreadyTaken, EmptyText, MediaCannotReach, TicketErased
from bot.desk.history import locked, officer_name, question_of, record
from bot.desk.posting import post_card, refresh_card
from bot.desk.routing import department_name
from bot.desk.states import Move, after
from bot.faq import Snapshot
from bot.messages import ChatKind, Lane, MediaRef, OutgoingMessage, Window
from bot.people import Permission, can, require
from bot.store import audit, enqueue
from bot.store.tables import Conversation, EventKind, Officer, Outgoing, Source, Ticket, TicketKind, TicketState

#: The asker is reminded of the question in one line; the answer is what matters.
_QUESTION_IN_ANSWER = 160
NO_WINDOWS: Mapping[str, Window] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer on its way. `queued` is False when the same form came twice.

    `reachable` is False when the asker has gone, or wrote too long ago for their platform to take the answer now.
    """

    ticket: Ticket
    queued: bool
    reachable: bool


async def take(session: AsyncSession, snapshot: Snapshot, code: str, officer: Officer, *, now: dt.datetime) -> Ticket:
    """The officer cares for the ticket from now on; taking one's own again changes nothing.

    Raises `NotAllowed`, `UnknownTicket`, `WrongState`, and `AlreadyTaken` for all but leaders and administrators.
    """
    require(officer, Permission.TAKE)
    ticket = await locked(session, code)
    state = after(ticket.state, Move.TAKE, code=ticket.code)
    if ticket.officer_id == officer.id:
        return ticket
    await _must_be_free(session, ticket, officer)
    earlier = ticket.officer_id
    ticket.state, ticket.officer_id, ticket.taken_at = state, officer.id, now
    stop_alarm(ticket)
    event = await record(session, ticket, EventKind.TAKEN, now=now, officer=officer, data={"taken_over_from": earlier})
    audit(session, "ticket.take", _subject(ticket), now=now, by=officer, taken_over_from=earlier)
    await refresh_card(session, snapshot, ticket, event, now=now)
    if ticket.kind is TicketKind.DISTRESS:
        await tell_taken(session, snapshot, ticket, officer, now=now)
    return ticket


async def release(
    session: AsyncSession, snapshot: Snapshot, code: str, officer: Officer, *, now: dt.datetime
) -> Ticket:
    """Puts a taken ticket back into the queue."""
    require(officer, Permission.TAKE)
    ticket = await locked(session, code)
    state = after(ticket.state, Move.RELEASE, code=ticket.code)
    await _must_be_free(session, ticket, officer)
    await _release(session, snapshot, ticket, state, by=officer, now=now)
    return ticket


async def release_all_of(
    session: AsyncSession, snapshot: Snapshot, officer: Officer, *, now: dt.datetime, by: Officer | None = None
) -> list[str]:
    """Puts everything that an officer has taken back into the queue (they leave, or fell ill); returns the codes."""
    codes = await session.scalars(
        select(col(Ticket.code))
        .where(col(Ticket.officer_id) == officer.id, col(Ticket.state) == TicketState.TAKEN)
        .order_by(col(Ticket.id))
    )
    released = []
    for code in list(codes):
        ticket = await locked(session, code)
        if ticket.officer_id == officer.id and ticket.state is TicketState.TAKEN:
            await _release(session, snapshot, ticket, TicketState.OPEN, by=by, now=now)
            released.append(code)
    return released


async def _release(
    session: AsyncSession,
    snapshot: Snapshot,
    ticket: Ticket,
    state: TicketState,
    *,
    by: Officer | None,
    now: dt.datetime,
) -> None:
    ticket.state, ticket.officer_id, ticket.taken_at = state, None, None
    event = await record(session, ticket, EventKind.RELEASED, now=now, officer=by)
    audit(session, "ticket.release", _subject(ticket), now=now, by=by)
    await refresh_card(session, snapshot, ticket, event, now=now)
    await start_alarm(session, snapshot, ticket, now=now)


async def answer(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    officer: Officer,
    text: str,
    *,
    now: dt.datetime,
    media: MediaRef | None = None,
    media_channel: str | None = None,
    inbound_id: int | None = None,
    once: str | None = None,
    windows: Mapping[str, Window] = NO_WINDOWS,
) -> Answered:
    """Sends an answer to the asker, in the department's name; a second one is a follow-up.

    `once` marks one filled-in form: sent twice, it is answered once. `media` is relayed within `media_channel` only.
    `windows` are the channels that take messages only for a while after the asker's last word.
    Raises what `take` raises, `EmptyText`, `MediaCannotReach`. In distress no answer waits for the colleague who has
    the ticket.
    """
    require(officer, Permission.ANSWER)
    ticket = await locked(session, code)
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    window = windows.get(conversation.channel) if conversation.kind is ChatKind.PRIVATE else None
    closed = (
        window is not None
        and ticket.kind is not TicketKind.DISTRESS
        and window.is_closed(conversation.last_inbound_at, now)
    )
    reachable = conversation.unreachable_at is None and not closed
    key = f"answer:{ticket.id}:{once}" if once else None
    if key is not None and await _is_there(session, key):
        return Answered(ticket, queued=False, reachable=reachable)
    state = after(ticket.state, Move.ANSWER, code=ticket.code)
    if ticket.kind is not TicketKind.DISTRESS:
        await _must_be_free(session, ticket, officer)
    text = text.strip()
    if not text and media is None:
        raise EmptyText(f"an empty answer to {ticket.code}", code=ticket.code)
    if media is not None and media_channel != conversation.channel:
        raise MediaCannotReach(f"the asker of {ticket.code} is on {conversation.channel}", code=ticket.code)

    if ticket.officer_id is None or can(officer, Permission.TAKE_OVER):
        ticket.officer_id = officer.id
    ticket.state, ticket.answered_at = state, now
    ticket.taken_at = ticket.taken_at or now
    stop_alarm(ticket)
    data: dict[str, object] = {} if media is None else {"media": media.model_dump()}
    event = await record(
        session, ticket, EventKind.ANSWERED, now=now, officer=officer, text=text, inbound_id=inbound_id, data=data
    )
    message = await _answer_message(session, snapshot, ticket, conversation, text)
    await _to_asker(session, ticket, conversation, message, now=now, key=key or f"answer:{ticket.id}:event-{event.id}")
    if media is not None:
        relay = OutgoingMessage(relay=media)
        await _to_asker(session, ticket, conversation, relay, now=now, key=f"answer:{ticket.id}:media-{event.id}")
    audit(session, "ticket.answer", _subject(ticket), now=now, by=officer, event=event.id)
    await refresh_card(session, snapshot, ticket, event, now=now)
    return Answered(ticket, queued=True, reachable=reachable)


async def note(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    officer: Officer,
    text: str,
    *,
    now: dt.datetime,
    inbound_id: int | None = None,
) -> Ticket:
    """Writes something down for colleagues. It queues nothing for anybody, so it can't reach the asker."""
    require(officer, Permission.NOTE)
    ticket = await locked(session, code)
    if not text.strip():
        raise EmptyText(f"an empty note on {ticket.code}", code=ticket.code)
    await record(
        session,
        ticket,
        EventKind.NOTE,
        now=now,
        officer=officer,
        text=text.strip(),
        internal=True,
        inbound_id=inbound_id,
    )
    audit(session, "ticket.note", _subject(ticket), now=now, by=officer)
    return ticket


async def close(session: AsyncSession, snapshot: Snapshot, code: str, officer: Officer, *, now: dt.datetime) -> Ticket:
    """Ends a ticket. An asker who never got an answer is told, so that nobody waits for one that won't come."""
    require(officer, Permission.CLOSE)
    ticket = await locked(session, code)
    state = after(ticket.state, Move.CLOSE, code=ticket.code)
    await _must_be_free(session, ticket, officer)
    ticket.state, ticket.closed_at = state, now
    ticket.officer_id = ticket.officer_id or officer.id
    stop_alarm(ticket)
    event = await record(session, ticket, EventKind.CLOSED, now=now, officer=officer)
    if ticket.answered_at is None:
        conversation = await session.get_one(Conversation, ticket.conversation_id)
        words = snapshot.words(conversation.language.value)
        message = OutgoingMessage(text=words.say("desk.closed_to_asker", code=ticket.code))
        await _to_asker(session, ticket, conversation, message, now=now, key=f"answer:{ticket.id}:closed-{event.id}")
    audit(session, "ticket.close", _subject(ticket), now=now, by=officer)
    await refresh_card(session, snapshot, ticket, event, now=now)
    return ticket


async def reopen(session: AsyncSession, snapshot: Snapshot, code: str, officer: Officer, *, now: dt.datetime) -> Ticket:
    """Puts a ticket that was done with back into the queue, with a new card and a new time to answer."""
    require(officer, Permission.TAKE)
    ticket = await locked(session, code)
    if ticket.erased_at is not None:
        raise TicketErased(f"person and words of {ticket.code} are gone", code=ticket.code)
    ticket.state = after(ticket.state, Move.REOPEN, code=ticket.code)
    event = await reopened_event(session, snapshot, ticket, now=now)
    event.officer_id = officer.id
    audit(session, "ticket.reopen", _subject(ticket), now=now, by=officer)
    await post_card(session, snapshot, ticket, event, now=now, reopened=True)
    return ticket


async def _must_be_free(session: AsyncSession, ticket: Ticket, officer: Officer) -> None:
    """Raises `AlreadyTaken` when a colleague has the ticket and the officer may not take over."""
    if ticket.officer_id in (None, officer.id) or can(officer, Permission.TAKE_OVER):
        return
    holder = await officer_name(session, ticket.officer_id) or "?"
    raise AlreadyTaken(f"{ticket.code} is with {holder}", code=ticket.code, name=holder)


async def _answer_message(
    session: AsyncSession, snapshot: Snapshot, ticket: Ticket, conversation: Conversation, text: str
) -> OutgoingMessage:
    language = conversation.language.value
    words = snapshot.words(language)
    question = " ".join((await question_of(session, ticket)).split())
    if len(question) > _QUESTION_IN_ANSWER:
        question = question[:_QUESTION_IN_ANSWER].rstrip() + " …"
    return OutgoingMessage(
        text=words.say(
            "desk.answer_to_asker",
            code=ticket.code,
            department=department_name(snapshot, ticket.department, language),
            question=question,
            answer=text or words.say("desk.see_media"),
        )
    )


async def _to_asker(
    session: AsyncSession,
    ticket: Ticket,
    conversation: Conversation,
    message: OutgoingMessage,
    *,
    now: dt.datetime,
    key: str,
) -> None:
    """The only way from the desk to an asker."""
    await enqueue(
        session,
        conversation,
        message,
        lane=Lane.DISTRESS if ticket.kind is TicketKind.DISTRESS else Lane.ANSWER,
        source=Source.ANSWER,
        now=now,
        dedupe_key=key,
        ticket_id=ticket.id,
    )


async def _is_there(session: AsyncSession, key: str) -> bool:
    found = await session.scalar(select(col(Outgoing.id)).where(col(Outgoing.dedupe_key) == key))
    return found is not None


def _subject(ticket: Ticket) -> str:
    return f"ticket:{ticket.code}"
