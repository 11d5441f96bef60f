"""Intake, courier and clean-up over a real store, with three platforms: with buttons, with files, with neither."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot import people
from bot.courier import Courier
from bot.desk import AlarmWorker
from bot.dialogue.context import Knowledge
from bot.intake import Intake, Rescue, StoredInbox
from bot.messages import (
    Arrival,
    Capabilities,
    ChatKind,
    Content,
    InboundMessage,
    OutgoingMessage,
    Press,
    Sender,
    Sent,
    Text,
)
from bot.privacy import Cleaner
from bot.store import Store, message_of
from bot.store.tables import Conversation, Inbound, InboundState, Officer, Outgoing
from tests.support.clock import FrozenClock

#: The clock stands still while things are sent: no rate may hold them back.
FAST: dict[str, Any] = {"per_second": 10_000.0, "per_chat_seconds": 0.0, "per_group_minute": 10_000}
#: As far as people can see, the three kinds of platforms.
KINDS = {
    "telegram": Capabilities(files=True, **FAST),
    "web": Capabilities(edit=False, relay=False, **FAST),
    "zalo-oa": Capabilities(buttons=False, edit=False, **FAST),
}


class Platform:
    """Takes every message and remembers it; its ids count up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.capabilities = KINDS[name]
        self.sent: list[tuple[str, OutgoingMessage]] = []

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        self.sent.append((chat_id, message))
        return Sent(str(len(self.sent)))


@dataclass
class House:
    """The house, with the handles that a story needs."""

    store: Store
    clock: FrozenClock
    knowledge: Knowledge
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.platforms = {name: Platform(name) for name in KINDS}
        rescue = Rescue(lambda: self.knowledge, self.platforms)
        self.inbox = StoredInbox(self.store, self.clock, rescue)
        self.intake = Intake(
            self.store,
            self.platforms,
            lambda: self.knowledge,
            self.clock,
            rescue,
            idle=0.01,
            retry_pause=0,
            base_url="https://hotline.example",
        )
        self.courier = Courier(self.store, self.platforms, self.clock, idle=0.01)
        self.cleaner = Cleaner(self.store, self.clock, lambda: self.knowledge.snapshot)
        self.alarms = AlarmWorker(self.store, self.clock, lambda: self.knowledge.snapshot)

    async def hear(
        self,
        content: Content | str,
        chat: str = "1",
        *,
        channel: str = "telegram",
        name: str = "Anh Ba",
        kind: ChatKind = ChatKind.PRIVATE,
        sender: str | None = None,
        reply_to: str | None = None,
        raw: dict[str, Any] | None = None,
    ) -> list[OutgoingMessage]:
        """One message, handled and answered; what was sent to that chat because of it."""
        number = str(next(self.ids))
        message = InboundMessage(
            channel=channel,
            chat_id=chat,
            chat_kind=kind,
            sender=Sender(id=sender or chat, name=name),
            content=Text(text=content) if isinstance(content, str) else content,
            sent_at=self.clock.now(),
            message_id=number,
            reply_to=reply_to,
        )
        await self.inbox.put([Arrival(channel, f"{chat}:{number}", chat, raw or {"from": name}, message)])
        return await self.settle(channel, chat)

    async def settle(self, channel: str, chat: str) -> list[OutgoingMessage]:
        """Handles what waits and sends what is due; what went to that chat."""
        platform = self.platforms[channel]
        before = len(platform.sent)
        await self.intake.drain()
        await self.courier.drain()
        self.clock.advance(seconds=1)
        async with self.store.read() as session:
            dead = await session.scalar(select(col(Inbound.error)).where(col(Inbound.state) == InboundState.DEAD))
        assert dead is None
        return [message for to, message in platform.sent[before:] if to == chat]

    async def tap(self, data: str, chat: str = "1", **rest: Any) -> list[OutgoingMessage]:
        """A tap on a button."""
        return await self.hear(Press(data=data, press_id="p"), chat, **rest)

    async def officer(self, name: str, *roles: str, account: str, department: str | None = None) -> Officer:
        """An officer whose account on Telegram is bound, with a private chat."""
        async with self.store.write() as session:
            officer, code = await people.invite(
                session, name=name, roles=roles or ("officer",), department=department, now=self.clock.now(), by=None
            )
        await self.hear(f"/canbo {code}", account, name=name)
        return officer

    async def desk(self, chat: str = "-5") -> None:
        """A group on Telegram, bound as the officers' desk."""
        async with self.store.write() as session:
            code = await people.invite_desk(session, now=self.clock.now(), by=None)
        await self.hear(f"/desk {code}", chat, kind=ChatKind.GROUP, sender="900", name="Hạnh")

    async def conversation(self, chat: str = "1", channel: str = "telegram") -> Conversation:
        """A chat's row."""
        async with self.store.read() as session:
            found = await people.conversation_of(session, channel, chat)
        assert found is not None
        return found

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        """All rows of a table."""
        async with self.store.read() as session:
            return list(await session.scalars(select(table).order_by(col(table.id))))  # type: ignore[attr-defined]

    async def posted(self, ticket_id: int) -> list[tuple[str, OutgoingMessage]]:
        """What was queued about a ticket, by chat."""
        async with self.store.read() as session:
            rows = await session.scalars(
                select(Outgoing).where(col(Outgoing.ticket_id) == ticket_id).order_by(col(Outgoing.id))
            )
            return [(row.chat_id, message_of(row)) for row in rows]


def words(messages: list[OutgoingMessage]) -> str:
    """All that was said, as plain text."""
    return "\n---\n".join(message.plain for message in messages)


def taps(messages: list[OutgoingMessage]) -> list[str]:
    """The data of all buttons."""
    return [b.data for message in messages for row in message.buttons for b in row if b.data is not None]
