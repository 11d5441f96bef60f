"""What a visitor's page pulls: the conversation's rows since a cursor, both directions, as JSON.

The cursor is a moment with the rows seen shortly before it, not a row number: rows of one chat become visible out of
order (a lane overtakes another; two processes commit in their own order), and none may be skipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import InboundMessage, Location, Media, MediaKind, OutgoingMessage, Press, Text
from bot.store import Store, StoreUnavailable, message_of
from bot.store.tables import Inbound, InboundState, Outgoing, OutgoingState
from bot.store.tables.types import UtcDateTime
from bot.web.ports import ChatPort

log = structlog.get_logger(__name__)

CHANNEL = "web"
#: What the courier has taken in hand; what it hasn't may still be cancelled.
VISIBLE = (OutgoingState.SENDING, OutgoingState.SENT, OutgoingState.UNCERTAIN)
#: How much later than a later one a row may become visible.
OVERLAP = dt.timedelta(seconds=60)
HISTORY = 60
PULL = 200


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a page has read: the latest moment, and the rows seen within the overlap before it."""

    moment: dt.datetime
    keys: frozenset[str]

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """The cursor that a page sends back; None when it has none, or a damaged one: it reads the history anew."""
        head, _, tail = (text or "").partition("~")
        try:
            moment = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=abs(int(head)))
        except (ValueError, OverflowError):
            return None
        return cls(moment, frozenset(filter(None, tail.split("."))))

    def __str__(self) -> str:
        micros = (self.moment - dt.datetime.fromtimestamp(0, dt.UTC)) // dt.timedelta(microseconds=1)
        return f"{micros}~{'.'.join(sorted(self.keys))}"


@dataclass(frozen=True, slots=True)
class Item:
    """One bubble: `key` is unique in the chat, `order` breaks ties of the moment."""

    key: str
    at: dt.datetime
    order: tuple[int, int]
    data: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The bubble for the page."""
        return {"key": self.key, "at": self.at.isoformat(), **self.data}


@dataclass(frozen=True, slots=True)
class Page:
    """What there is after a cursor, oldest first, and the cursor for the next pull."""

    items: tuple[Item, ...]
    cursor: str


async def messages_after(store: Store, chat: ChatPort, chat_id: str, cursor: str | None) -> Page:
    """The rows of a chat after `cursor`. While the store is away: what this process remembers of it."""
    since = Cursor.parse(cursor)
    try:
        async with store.read() as session:
            found = [*await _outgoing(session, chat_id, since), *await _inbound(session, chat_id, since)]
            found += await _unstored(session, chat, chat_id)
    except StoreUnavailable as error:
        log.warning("chat served from memory", reason=str(error))
        found = [_item(r.key, r.at, (2, n), r.message) for n, r in enumerate(chat.recent(chat_id))]
    return _page(found, since)


def _page(found: Iterable[Item], since: Cursor | None) -> Page:
    ordered = sorted(found, key=lambda item: (item.at, item.order))
    if since is None:
        ordered = ordered[-HISTORY:]
    known = since.keys if since else frozenset()
    latest = max([*(item.at for item in ordered), *((since.moment,) if since else ())], default=None)
    if latest is None:
        return Page((), "")
    keys = frozenset(item.key for item in ordered if item.at >= latest - OVERLAP)
    return Page(tuple(item for item in ordered if item.key not in known), str(Cursor(latest, keys)))


async def _outgoing(session: AsyncSession, chat_id: str, since: Cursor | None) -> list[Item]:
    moment = func.coalesce(
        col(Outgoing.sending_at), col(Outgoing.sent_at), col(Outgoing.created_at), type_=UtcDateTime()
    )
    query = select(Outgoing, moment).where(
        col(Outgoing.channel) == CHANNEL, col(Outgoing.chat_id) == chat_id, col(Outgoing.state).in_(VISIBLE)
    )
    if since is None:
        query = query.order_by(col(Outgoing.id).desc()).limit(HISTORY)
    else:
        query = query.where(moment >= since.moment - OVERLAP).order_by(moment, col(Outgoing.id)).limit(PULL)
    return [
        _item(f"o{row.id}", at, (1, row.id or 0), message_of(row)) for row, at in (await session.execute(query)).all()
    ]


async def _inbound(session: AsyncSession, chat_id: str, since: Cursor | None) -> list[Item]:
    query = select(Inbound).where(
        col(Inbound.channel) == CHANNEL,
        col(Inbound.chat_id) == chat_id,
        # all states, named so that the index on (state, channel, chat) serves
        col(Inbound.state).in_(tuple(InboundState)),
    )
    if since is None:
        query = query.order_by(col(Inbound.id).desc()).limit(HISTORY)
    else:
        query = query.where(col(Inbound.received_at) >= since.moment - OVERLAP).order_by(col(Inbound.id)).limit(PULL)
    items = (_inbound_item(row) for row in (await session.scalars(query)).all())
    return [item for item in items if item is not None]


async def _unstored(session: AsyncSession, chat: ChatPort, chat_id: str) -> list[Item]:
    """What was handed to the channel and has no row: a first reply in danger that could not be written."""
    remembered = chat.recent(chat_id)
    if not remembered:
        return []
    rows = await session.scalars(
        select(Outgoing)
        .where(col(Outgoing.channel) == CHANNEL, col(Outgoing.chat_id) == chat_id)
        .order_by(col(Outgoing.id).desc())
        .limit(PULL)
    )
    stored = [message_of(row) for row in rows]
    lost = []
    for number, item in enumerate(remembered):
        if item.message in stored:
            chat.forget(chat_id, item.key)
        else:
            lost.append(_item(item.key, item.at, (2, number), item.message))
    return lost


def _item(key: str, at: dt.datetime, order: tuple[int, int], message: OutgoingMessage) -> Item:
    data = {
        "from": "us",
        "spans": [span.model_dump(mode="json", exclude_defaults=True) for span in message.text],
        "buttons": [[b.model_dump(mode="json", exclude_none=True) for b in row] for row in message.buttons],
        "location": message.request_location,
        "no_location": message.clear_location_request,
        "clear": message.clear_history,
    }
    return Item(key, at, order, data)


def _inbound_item(row: Inbound) -> Item | None:
    """The visitor's own message; None for what has nothing to show."""
    try:
        message = InboundMessage.model_validate(row.message)
    except ValidationError:
        return None
    data: dict[str, Any] = {"from": "you", "id": message.message_id}
    match message.content:
        case Text(text=text):
            data |= {"kind": "text", "text": text}
        case Press():
            data |= {"kind": "press", "text": str(row.raw.get("label") or "")}
        case Location(latitude=latitude, longitude=longitude):
            data |= {"kind": "location", "text": f"{latitude:.5f}, {longitude:.5f}"}
        case Media(media=MediaKind.PHOTO, caption=caption):
            data |= {"kind": "photo", "text": caption}
        case _:
            return None
    return Item(f"i{row.id}", row.received_at, (0, row.id or 0), data)
