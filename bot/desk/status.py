"""How a ticket stands, as its asker reads it in the chat."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import show_time
from bot.desk.cards import shortened
from bot.desk.codes import normalise_code
from bot.desk.errors import UnknownTicket
from bot.desk.history import by_code
from bot.desk.views import WAITING, find_by_secret, public_page_of
from bot.faq import Snapshot
from bot.messages import OutgoingMessage, join
from bot.store.tables import Conversation, TicketState

_LONGEST_ANSWER = 3000


async def status(
    session: AsyncSession,
    snapshot: Snapshot,
    code: str,
    *,
    conversation: Conversation,
    secret: str = "",
    now: dt.datetime,
) -> OutgoingMessage:
    """State, deadline and latest answer of the conversation's own ticket, or of one whose secret is known.

    Raises `UnknownTicket` for everything else: somebody else's ticket is as unknown as one that doesn't exist.
    """
    if secret:
        ticket = await find_by_secret(session, code, secret)
    else:
        ticket = await by_code(session, code)
    if ticket is None or (not secret and ticket.conversation_id != conversation.id):
        raise UnknownTicket("somebody else's ticket", code=normalise_code(code) or code[:32])
    page = await public_page_of(session, ticket)
    words = snapshot.words(conversation.language.value)
    parts = [
        words.say(
            "ticket.status",
            code=page.code,
            state=words.line(f"ticket.state.{page.state}"),
            question=shortened(page.question, 300),
        )
    ]
    if TicketState(page.state) in WAITING:
        parts.append(words.say("ticket.status_due", due=show_time(page.due_at)))
    if page.answers:
        parts.append(words.say("ticket.status_answer", answer=shortened(page.answers[-1].text, _LONGEST_ANSWER)))
    return OutgoingMessage(text=join(parts, "\n"))
