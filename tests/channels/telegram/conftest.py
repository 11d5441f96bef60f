"""An emulated Telegram, and the bot's side of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel, Timeouts
from bot.messages import Arrival
from tests.fakes.telegram import TelegramEmulator

#: Short, so that a test of a silent server ends soon; a long poll comes back as soon as there is something.
TIMEOUTS = Timeouts(connect=2, read=0.2, write=2, pool=2, poll=1, poll_margin=2)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """Telegram, with nobody on it yet."""
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def channel(telegram: TelegramEmulator) -> AsyncIterator[TelegramChannel]:
    """The channel under test, not signed in yet."""
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS)
    yield channel
    await channel.aclose()


class MemoryInbox:
    """An inbox that keeps what it is given, once per platform id, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.arrivals: dict[str, Arrival] = {}
        self.puts = 0
        self.failures: list[Exception] = []

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """Stores what is new."""
        self.puts += 1
        if self.failures:
            raise self.failures.pop(0)
        new = [arrival for arrival in arrivals if arrival.platform_id not in self.arrivals]
        self.arrivals |= {arrival.platform_id: arrival for arrival in new}
        return len(new)

    @property
    def texts(self) -> list[str]:
        """The words that came in, in order."""
        contents = [arrival.message.content for arrival in self.arrivals.values() if arrival.message]
        return [content.text for content in contents if content.kind == "text"]

    @property
    def errors(self) -> list[str]:
        """Why updates became dead letters."""
        return [arrival.error for arrival in self.arrivals.values() if arrival.error]


class MemoryState:
    """A channel's memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], Any] = {}

    async def load(self, channel: str, key: str) -> Any:
        """What was saved, or None."""
        return self.values.get((channel, key))

    async def save(self, channel: str, key: str, value: Any) -> None:
        """Saves it."""
        self.values[channel, key] = value


@pytest.fixture
def inbox() -> MemoryInbox:
    """Where arrivals go."""
    return MemoryInbox()


@pytest.fixture
def state() -> MemoryState:
    """What survives a restart."""
    return MemoryState()
