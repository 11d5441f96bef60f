"""The inbox: what arrived is committed here before the platform is told that it was received."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlmodel import col

from bot.clock import Clock
from bot.intake.rescue import Rescue
from bot.messages import Arrival
from bot.store import Store, StoreUnavailable, WritePriority
from bot.store.tables import Inbound, InboundState

log = structlog.get_logger(__name__)


class StoredInbox:
    """`Inbox` in the database; a redelivery changes nothing."""

    def __init__(self, store: Store, clock: Clock, rescue: Rescue) -> None:
        self._store = store
        self._clock = clock
        self._rescue = rescue

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """Commits what arrived; returns how many were new.

        Raises `StoreUnavailable`: then nothing was stored, the platform must not be told otherwise, and whoever is in
        danger among them has been given the rescue numbers directly.
        """
        rows = [self._row(arrival) for arrival in arrivals]
        if not rows:
            return 0
        try:
            async with self._store.write(WritePriority.INBOUND) as session:
                result = await session.scalars(self._insert(rows))
                new = len(result.all())
        except StoreUnavailable:
            for arrival in arrivals:
                if arrival.message is not None:
                    await self._rescue.send_directly(arrival.platform_id, arrival.message)
            raise
        for arrival in arrivals:
            if arrival.error is not None:
                log.error(
                    "unreadable update kept", channel=arrival.channel, update=arrival.platform_id, why=arrival.error
                )
        if new:
            self._store.inbox_wake.ring()
        return new

    def _insert(self, rows: list[dict[str, object]]) -> Insert:
        statement: PostgresInsert | SqliteInsert
        statement = (sqlite if self._store.is_sqlite else postgresql).insert(Inbound)
        return (
            statement.values(rows)
            .on_conflict_do_nothing(index_elements=["channel", "platform_id"])
            .returning(col(Inbound.id))
        )

    def _row(self, arrival: Arrival) -> dict[str, object]:
        state = InboundState.WAITING if arrival.message is not None else InboundState.IGNORED
        if arrival.error is not None:
            state = InboundState.DEAD
        return {
            "channel": arrival.channel,
            "platform_id": arrival.platform_id,
            "chat_id": arrival.chat_id,
            "raw": arrival.raw,
            "message": arrival.message.model_dump(mode="json") if arrival.message else None,
            "state": state,
            "attempts": 0,
            "error": arrival.error,
            "received_at": self._clock.now(),
        }
