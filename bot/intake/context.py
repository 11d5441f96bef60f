"""Loading what dialogue is told about a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import col

from bot import desk, people
from bot.dialogue.context import (
    Context,
    DialogueState,
    FollowUpBrief,
    OfficerBrief,
    ProfileBrief,
    Tapped,
    TicketBrief,
)
from bot.intake.handling import Handling
from bot.messages import Capabilities, ChatKind, Press
from bot.store import latest_sent, message_of
from bot.store.tables import Inbound, InboundState, Purpose, Source, Ticket


async def load_context(h: Handling, capabilities: Capabilities) -> Context:
    """Everything that bears on the message: the conversation's state, its open ticket, the officer behind it."""
    conversation, message = h.conversation, h.message
    is_desk = conversation.purpose is Purpose.DESK
    first_contact = await _first_contact(h)
    replied = alerted = tapped = corrected = None
    mine = _Mine()
    if isinstance(message.content, Press) and message.content.message_id and capabilities.edit:
        tapped = await _tapped(h, message.content.message_id)
    if message.chat_kind is ChatKind.PRIVATE:
        mine = await _mine(h, first_contact=first_contact)
        corrected = await _corrected(h)
        if message.reply_to is not None:
            replied = await desk.ticket_of_answer(h.session, conversation, message.reply_to)
            if h.officer is not None:
                alerted = await desk.ticket_of_card(h.session, message.channel, message.chat_id, message.reply_to)
    elif is_desk and message.reply_to is not None:
        replied = await desk.ticket_of_card(h.session, message.channel, message.chat_id, message.reply_to)
    if replied is None and is_desk and message.topic is not None:
        replied = await desk.ticket_of_topic(h.session, message.channel, message.chat_id, message.topic)
    return Context(
        language=conversation.language,
        language_chosen=conversation.language_chosen,
        chat_kind=message.chat_kind,
        state=_state(conversation.state),
        capabilities=capabilities,
        first_contact=first_contact,
        is_desk=is_desk,
        officer=OfficerBrief(id=h.officer.id, name=h.officer.name, roles=frozenset(h.officer.roles))
        if h.officer is not None and h.officer.id is not None
        else None,
        open_ticket=mine.open_ticket,
        replied_ticket=replied,
        tapped=tapped,
        corrected_ticket=corrected,
        alerted_ticket=alerted,
        follow_up=mine.follow_up,
        tickets=mine.tickets,
        profile=mine.profile,
        subscriptions=mine.subscriptions,
    )


@dataclass(frozen=True, slots=True)
class _Mine:
    """What belongs to the person who writes."""

    open_ticket: TicketBrief | None = None
    follow_up: FollowUpBrief | None = None
    tickets: tuple[TicketBrief, ...] = ()
    profile: ProfileBrief = field(default_factory=ProfileBrief)
    subscriptions: frozenset[str] = frozenset()


async def _mine(h: Handling, *, first_contact: bool) -> _Mine:
    session, conversation, now = h.session, h.conversation, h.now
    told = await people.profile_of(session, conversation)
    profile = ProfileBrief(role=told.role, area=told.area, vessel=told.vessel)
    subscriptions = await people.subscriptions(session, conversation)
    tickets = await desk.tickets_of(session, conversation)
    if not tickets:
        return _Mine(profile=profile, subscriptions=subscriptions)
    opened = await desk.open_ticket_of(session, conversation)
    follow_up = None
    if opened is None and not first_contact:
        found = await desk.follow_up_of(session, conversation, tickets, inbound_id=h.inbound_id, now=now)
        follow_up = FollowUpBrief(found.code, found.kind, found.asks) if found is not None else None
    return _Mine(
        open_ticket=_brief(opened, h) if opened is not None else None,
        follow_up=follow_up,
        tickets=tuple(_brief(ticket, h) for ticket in tickets),
        profile=profile,
        subscriptions=subscriptions,
    )


async def _tapped(h: Handling, message_id: str) -> Tapped | None:
    """The message whose button was tapped, as it was sent or edited last."""
    row = await latest_sent(h.session, h.message.channel, h.message.chat_id, message_id)
    if row is None:
        return None
    card = (row.dedupe_key or "").partition(":")[0] in ("card", "edit") or row.source is Source.CARD
    code = await desk.code_of(h.session, row.ticket_id) if card and row.ticket_id is not None else None
    return Tapped(message_id, message_of(row), code)


async def _corrected(h: Handling) -> str | None:
    """The open ticket to which the message that is now corrected went."""
    message = h.message
    if not message.edited or message.message_id is None:
        return None
    opened = await desk.open_ticket_of(h.session, h.conversation)
    if opened is None or not await desk.went_into(h.session, opened, message.message_id):
        return None
    return opened.code


def _brief(ticket: Ticket, h: Handling) -> TicketBrief:
    may_reopen = desk.may_reopen(ticket, h.now)
    return TicketBrief(code=ticket.code, kind=ticket.kind.value, state=ticket.state.value, may_reopen=may_reopen)


def _state(stored: dict[str, object]) -> DialogueState:
    try:
        return DialogueState.model_validate(stored)
    except ValidationError:
        # Written by another version, or damaged: the dialogue starts anew, nobody is left without an answer.
        return DialogueState()


async def _first_contact(h: Handling) -> bool:
    handled = (
        select(col(Inbound.id))
        .where(
            col(Inbound.channel) == h.message.channel,
            col(Inbound.chat_id) == h.message.chat_id,
            col(Inbound.state) == InboundState.HANDLED,
            col(Inbound.id) != h.inbound_id,
        )
        .limit(1)
    )
    return await h.session.scalar(handled) is None
