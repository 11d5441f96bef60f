"""Erasing a person: everything they said and all that names them, on every channel that they joined.

What stays, and why: a ticket's code, kind and times without person and words (the record that it was dealt with); that
a notice went to somebody, without whom (the proof of delivery); the audit trail, which names nobody. A call for help
that is still open keeps its person and words until an officer has closed it: somebody may be looking for them.

A message that was delivered twice must not be handled twice, and the last confirmation has to be sent: so of the last
day's messages an empty shell stays for `TRACES`, and so does that confirmation; then they go too.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import erase_ticket, may_be_erased
from bot.faq import Snapshot
from bot.people import chats_of
from bot.store import audit
from bot.store.tables import (
    Attachment,
    ChannelMemory,
    Conversation,
    Inbound,
    InboundState,
    OfficerIdentity,
    Outgoing,
    OutgoingState,
    Person,
    PersonCode,
    Purpose,
    Question,
    Subscription,
    Ticket,
    TicketEvent,
)

#: How long a shell without words keeps a redelivered message from being handled again. Telegram keeps updates 24 hours.
TRACES = dt.timedelta(hours=24)
#: What stands in place of a chat's address.
GONE = "erased:"
_NO_LONGER_WANTED = "the recipient's data was erased"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a wish to be erased; `kept` are the calls for help that have to be closed first."""

    kept: tuple[str, ...]
    chats: int

    @property
    def complete(self) -> bool:
        """Whether nothing personal is left."""
        return not self.kept


async def erase_person(
    session: AsyncSession,
    snapshot: Snapshot,
    conversation: Conversation,
    *,
    now: dt.datetime,
    inbound_id: int | None = None,
    actor: str = "asker",
) -> Erasure:
    """Erases the person in a private chat and in every chat joined to it; doing it again goes on where it was.

    `inbound_id` is the message that asks for it: it is being handled, so its shell stays like the others of that day.
    """
    chats = await chats_of(session, conversation)
    person_id = conversation.person_id
    numbers = [chat.id for chat in chats]
    tickets = list(
        await session.scalars(
            select(Ticket)
            .where(col(Ticket.conversation_id).in_(numbers), col(Ticket.erased_at).is_(None))
            .order_by(col(Ticket.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
    kept = [ticket for ticket in tickets if not may_be_erased(ticket)]
    going = [ticket for ticket in tickets if may_be_erased(ticket)]
    await forget_tickets(session, snapshot, going, now=now, actor=actor)
    for chat in chats:
        stays = [ticket for ticket in kept if ticket.conversation_id == chat.id]
        await _erase_chat(session, chat, stays, now=now, inbound_id=inbound_id)
    if person_id is not None:
        await _erase_profile(session, person_id, whole=not kept)
    audit(
        session,
        "person.erase",
        f"person:{person_id}",
        now=now,
        actor=actor,
        chats=numbers,
        tickets=len(going),
        kept=[ticket.code for ticket in kept],
    )
    await session.flush()
    return Erasure(tuple(ticket.code for ticket in kept), len(chats))


async def forget_tickets(
    session: AsyncSession, snapshot: Snapshot, tickets: Sequence[Ticket], *, now: dt.datetime, actor: str
) -> None:
    """Erases tickets, and what officers' chats hold of them: taps and replies come with the whole card inside."""
    if not tickets:
        return
    staff = await _staff_chats(session)
    mentions = [f"%{ticket.code}%" for ticket in tickets]
    since = min(ticket.opened_at for ticket in tickets)
    told = list(
        await session.scalars(
            select(col(TicketEvent.inbound_id)).where(
                col(TicketEvent.ticket_id).in_([ticket.id for ticket in tickets]),
                col(TicketEvent.inbound_id).is_not(None),
            )
        )
    )
    as_text = (cast(col(Inbound.raw), Text), cast(col(Inbound.message), Text))
    for chat in staff:
        told += await session.scalars(
            select(col(Inbound.id)).where(
                col(Inbound.state).in_(tuple(InboundState)),
                col(Inbound.channel) == chat.channel,
                col(Inbound.chat_id) == chat.chat_id,
                col(Inbound.received_at) >= since,
                or_(*(column.like(mention) for column in as_text for mention in mentions)),
            )
        )
    for part in _parts(sorted({number for number in told if number is not None})):
        await session.execute(
            update(Inbound)
            .where(col(Inbound.id).in_(part), col(Inbound.state) != InboundState.WAITING)
            .values(raw={}, message=None, error=None)
            .execution_options(synchronize_session=False)
        )
    # What was shown on command (`/xem`, `/hangdoi`) carries no ticket, only its words.
    shown = cast(col(Outgoing.message), Text)
    await session.execute(
        delete(Outgoing)
        .where(
            col(Outgoing.conversation_id).in_([chat.id for chat in staff]),
            col(Outgoing.ticket_id).is_(None),
            col(Outgoing.created_at) >= since,
            or_(*(shown.like(mention) for mention in mentions)),
        )
        .execution_options(synchronize_session=False)
    )
    for ticket in tickets:
        await _forget_topic(session, ticket)
        await erase_ticket(session, snapshot, ticket, now=now, actor=actor)


async def _forget_topic(session: AsyncSession, ticket: Ticket) -> None:
    """Takes the question out of the name under which a channel remembers a ticket's topic in a group."""
    rows = await session.scalars(select(ChannelMemory).where(col(ChannelMemory.key).like(f"topic:%:{ticket.code}")))
    for row in rows:
        if isinstance(row.value, dict):
            row.value = {**row.value, "name": ""}
    await session.flush()


async def _staff_chats(session: AsyncSession) -> list[Conversation]:
    accounts = select(col(OfficerIdentity.id)).where(
        col(OfficerIdentity.channel) == col(Conversation.channel),
        col(OfficerIdentity.user_id) == col(Conversation.chat_id),
    )
    rows = await session.scalars(
        select(Conversation).where(or_(col(Conversation.purpose) == Purpose.DESK, accounts.exists()))
    )
    return list(rows)


async def _erase_chat(
    session: AsyncSession, chat: Conversation, kept: Sequence[Ticket], *, now: dt.datetime, inbound_id: int | None
) -> None:
    mine = chat.id
    for table in (Question, Subscription, PersonCode):
        await session.execute(
            delete(table).where(col(table.conversation_id) == mine).execution_options(synchronize_session="fetch")
        )
    gone = GONE + secrets.token_urlsafe(16)
    await _erase_outgoing(session, mine, [ticket.id for ticket in kept], gone)
    await _erase_inbound(session, chat, gone, now=now, inbound_id=inbound_id)
    chat.state = {}
    if not kept:  # a photo may show where somebody is whom others are looking for
        await session.execute(
            delete(Attachment)
            .where(col(Attachment.channel) == chat.channel, col(Attachment.chat_id) == chat.chat_id)
            .execution_options(synchronize_session=False)
        )
    if kept:
        chat.erase_asked_at = chat.erase_asked_at or now
        return
    chat.chat_id, chat.person_id, chat.title = gone, None, ""
    chat.language_chosen = False
    chat.last_inbound_at = chat.unreachable_at = chat.unreachable_reason = chat.erase_asked_at = None
    chat.erased_at = now
    await session.flush()


async def _erase_outgoing(session: AsyncSession, chat: int | None, kept: Sequence[int | None], gone: str) -> None:
    """Deletes what went to the chat; that a notice went out stays, without its address."""
    notices = col(Outgoing.notice_id).is_not(None)
    await session.execute(
        update(Outgoing)
        .where(col(Outgoing.conversation_id) == chat, notices, col(Outgoing.state) == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, error=_NO_LONGER_WANTED)
        .execution_options(synchronize_session=False)
    )
    if not kept:
        await session.execute(
            update(Outgoing)
            .where(col(Outgoing.conversation_id) == chat, notices)
            .values(chat_id=gone, platform_message_id=None, inbound_id=None)
            .execution_options(synchronize_session=False)
        )
    rest = delete(Outgoing).where(col(Outgoing.conversation_id) == chat, ~notices)
    if kept:
        rest = rest.where(or_(col(Outgoing.ticket_id).is_(None), col(Outgoing.ticket_id).not_in(kept)))
    await session.execute(rest.execution_options(synchronize_session=False))


async def _erase_inbound(
    session: AsyncSession, chat: Conversation, gone: str, *, now: dt.datetime, inbound_id: int | None
) -> None:
    done = tuple(state for state in InboundState if state is not InboundState.WAITING)
    rows = (
        await session.execute(
            select(col(Inbound.id), col(Inbound.received_at)).where(
                col(Inbound.state).in_(done),
                col(Inbound.channel) == chat.channel,
                col(Inbound.chat_id) == chat.chat_id,
            )
        )
    ).all()
    recent = [number for number, received_at in rows if received_at > now - TRACES or number == inbound_id]
    await delete_inbound(session, [number for number, _ in rows if number not in set(recent)])
    await let_go(session, recent)
    for part in _parts(recent):
        await session.execute(
            update(Inbound)
            .where(col(Inbound.id).in_(part))
            .values(chat_id=gone, raw={}, message=None, error=None)
            .execution_options(synchronize_session=False)
        )


async def delete_inbound(session: AsyncSession, numbers: Sequence[int | None]) -> None:
    """Deletes inbound rows; what came of them lets go of them first."""
    await let_go(session, numbers)
    for part in _parts(numbers):
        await session.execute(
            delete(Inbound).where(col(Inbound.id).in_(part)).execution_options(synchronize_session=False)
        )


async def let_go(session: AsyncSession, numbers: Sequence[int | None]) -> None:
    """Takes the reference to inbound rows out of whatever came of them."""
    for part in _parts(numbers):
        for table in (TicketEvent, Outgoing, Question):
            await session.execute(
                update(table)
                .where(col(table.inbound_id).in_(part))
                .values(inbound_id=None)
                .execution_options(synchronize_session=False)
            )


def _parts(numbers: Sequence[int | None], size: int = 1000) -> list[Sequence[int | None]]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


async def _erase_profile(session: AsyncSession, person_id: int, *, whole: bool) -> None:
    person = await session.get(Person, person_id)
    if person is None:
        return
    person.role = person.area = person.vessel = None
    await session.flush()
    if whole:
        await session.delete(person)
        await session.flush()
