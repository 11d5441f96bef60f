"""Intake over a real store and the shipped knowledge, with a channel that only remembers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest

from bot.dialogue.context import Knowledge
from bot.faq import Snapshot
from bot.intake import Intake, Rescue, StoredInbox
from bot.matching import Matcher
from bot.messages import (
    Arrival,
    Capabilities,
    ChatKind,
    Content,
    InboundMessage,
    OutgoingMessage,
    Sender,
    Sent,
    Text,
)
from bot.store import Store
from tests.support.clock import FrozenClock


class RememberingChannel:
    """Takes every message and remembers it."""

    name = "telegram"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        self.sent.append((chat_id, message.plain))
        return Sent("1")


@dataclass
class Desk:
    """Intake with everything around it."""

    store: Store
    clock: FrozenClock
    knowledge: Knowledge
    channel: RememberingChannel = field(default_factory=RememberingChannel)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        channels = {"telegram": self.channel}
        self.rescue = Rescue(lambda: self.knowledge, channels)
        self.inbox = StoredInbox(self.store, self.clock, self.rescue)
        self.intake = Intake(
            self.store, channels, lambda: self.knowledge, self.clock, self.rescue, idle=0.01, retry_pause=0
        )

    def arrival(
        self,
        content: Content | str,
        chat: str = "1",
        *,
        platform_id: str | None = None,
        kind: ChatKind = ChatKind.PRIVATE,
    ) -> Arrival:
        """Something that somebody did."""
        number = platform_id or str(next(self.ids))
        message = InboundMessage(
            channel="telegram",
            chat_id=chat,
            chat_kind=kind,
            sender=Sender(id=chat, name="Tư"),
            content=Text(text=content) if isinstance(content, str) else content,
            sent_at=self.clock.now(),
            message_id=number,
        )
        return Arrival("telegram", number, chat, {"update_id": number}, message)

    async def hear(self, *contents: Content | str, chat: str = "1") -> None:
        """Stores and handles messages."""
        await self.inbox.put([self.arrival(content, chat) for content in contents])
        await self.intake.drain()


@pytest.fixture(scope="session")
def knowledge(shipped: Snapshot) -> Knowledge:
    """The shipped knowledge with its matcher."""
    return Knowledge(shipped, Matcher(shipped))


@pytest.fixture
def desk(store: Store, clock: FrozenClock, knowledge: Knowledge) -> Desk:
    """Intake on each database in turn."""
    return Desk(store, clock, knowledge)


@pytest.fixture
def sqlite_desk(sqlite_store: Store, clock: FrozenClock, knowledge: Knowledge) -> Desk:
    """Intake where the database doesn't matter."""
    return Desk(sqlite_store, clock, knowledge)
