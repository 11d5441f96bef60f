"""An answer that can't reach its asker: the officers are told why, and what is left to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import cards
from bot.desk.history import record
from bot.desk.posting import DESK_LANGUAGE, post_follow_up
from bot.faq import Snapshot, UnknownWording, Wording
from bot.messages import Means
from bot.store.tables import EventKind, Outgoing, Source, Ticket

#: What platforms and the courier say, by a part of it, to the wordings below `console.reason`.
_REASONS = (
    ("window closed", "window"),
    ("quota used up", "quota"),
    ("not a follower", "unfollowed"),
    ("set-up:", "setup"),
    ("blocked", "blocked"),
    ("deactivated", "deactivated"),
    ("chat not found", "unknown_chat"),
)


async def undelivered(
    session: AsyncSession,
    snapshot: Snapshot,
    row: Outgoing,
    reason: str,
    means: Sequence[Means],
    *,
    now: dt.datetime,
) -> None:
    """Notes on the ticket, and says under its card, that an answer was given up; other messages are nobody's wait.

    The note is internal: it stands in the ticket's history for those who work in the console.
    """
    if row.source is not Source.ANSWER or row.ticket_id is None:
        return
    ticket = await session.get(Ticket, row.ticket_id)
    if ticket is None:
        return
    words = snapshot.words(DESK_LANGUAGE)
    # Whoever has the code and its secret finds every answer on the website, whatever the platform does.
    message = cards.undelivered(words, ticket.code, _in_words(words, reason), [*(way.value for way in means), "web"])
    event = await record(session, ticket, EventKind.NOTE, now=now, text=message.plain, internal=True)
    await post_follow_up(session, snapshot, ticket, event, message, now=now, part="undelivered")


def _in_words(words: Wording, reason: str) -> str:
    known = next((key for part, key in _REASONS if part in reason.lower()), None)
    if known is not None:
        try:
            return words.line(f"console.reason.{known}")
        except UnknownWording:
            pass
    return reason
