"""The channels' small memory: offsets and tokens that survive a restart."""

from __future__ import annotations

from typing import Any

from bot.clock import Clock
from bot.store.engine import Store, WritePriority
from bot.store.tables import ChannelMemory


class StoredChannelState:
    """`ChannelState` in the database."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def load(self, channel: str, key: str) -> Any:
        """The stored value, or None."""
        async with self._store.read() as session:
            row = await session.get(ChannelMemory, (channel, key))
            return row.value if row else None

    async def save(self, channel: str, key: str, value: Any) -> None:
        """Stores a value; committed on return."""
        async with self._store.write(WritePriority.INBOUND) as session:
            await session.merge(ChannelMemory(channel=channel, key=key, value=value, saved_at=self._clock.now()))
