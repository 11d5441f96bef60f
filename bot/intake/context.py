"""Loading what dialogue is told about a conversation."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import col

from bot import desk, people
from bot.dialogue.context import Context, DialogueState, OfficerBrief, Tapped, TicketBrief
from bot.intake.effects import Handling
from bot.messages import Capabilities, ChatKind, Press
from bot.store import latest_sent, message_of
from bot.store.tables import Inbound, InboundState, Purpose, Source


async def load_context(h: Handling, capabilities: Capabilities) -> Context:
    """Everything that bears on the message: the conversation's state, its open ticket, the officer behind it."""
    conversation, message = h.conversation, h.message
    is_desk = conversation.purpose is Purpose.DESK
    ticket = replied = tapped = corrected = None
    if isinstance(message.content, Press) and message.content.message_id and capabilities.edit:
        tapped = await _tapped(h, message.content.message_id)
    subscriptions: frozenset[str] = frozenset()
    private = message.chat_kind is ChatKind.PRIVATE
    if private:
        open_ticket = await desk.open_ticket_of(h.session, conversation)
        if open_ticket is not None:
            ticket = TicketBrief(code=open_ticket.code, kind=open_ticket.kind.value, state=open_ticket.state.value)
        subscriptions = await people.subscriptions(h.session, conversation)
        if (
            message.edited
            and message.message_id is not None
            and open_ticket is not None
            and await desk.went_into(h.session, open_ticket, message.message_id)
        ):
            corrected = open_ticket.code
    if message.reply_to is not None and (is_desk or (private and h.officer is not None)):
        replied = await desk.ticket_of_card(h.session, message.channel, message.chat_id, message.reply_to)
    if replied is None and is_desk and message.topic is not None:
        replied = await desk.ticket_of_topic(h.session, message.channel, message.chat_id, message.topic)
    return Context(
        language=conversation.language,
        language_chosen=conversation.language_chosen,
        chat_kind=message.chat_kind,
        state=_state(conversation.state),
        capabilities=capabilities,
        first_contact=await _first_contact(h),
        is_desk=is_desk,
        officer=OfficerBrief(id=h.officer.id, name=h.officer.name, roles=frozenset(h.officer.roles))
        if h.officer is not None and h.officer.id is not None
        else None,
        open_ticket=ticket,
        replied_ticket=replied,
        tapped=tapped,
        corrected_ticket=corrected,
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
