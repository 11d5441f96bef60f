"""The worker that looks for calls for help that nobody has taken, and wakes the next ring in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlmodel import col

from bot.clock import Clock
from bot.desk.alarm import ring_due, waiting_alarms
from bot.faq import Snapshot
from bot.store import Store, StoreUnavailable, WritePriority
from bot.store.tables import Ticket

log = structlog.get_logger(__name__)


class AlarmWorker:
    """Looks every `poll` seconds. Any number of processes may run one: each ring is claimed."""

    def __init__(self, store: Store, clock: Clock, snapshot: Callable[[], Snapshot], *, poll: float = 2.0) -> None:
        self._store = store
        self._clock = clock
        self._snapshot = snapshot
        self._poll = poll

    async def run(self) -> None:
        """Works until it is cancelled; an error is logged, and the next look comes all the same."""
        while True:
            try:
                await self.tick()
            except StoreUnavailable as error:
                log.critical("alarms wait for the database", reason=str(error))
            except Exception:
                log.critical("alarm worker failed, goes on", exc_info=True)
            await asyncio.sleep(self._poll)

    async def tick(self) -> int:
        """Wakes what is due now; returns how many rings were woken."""
        now, snapshot = self._clock.now(), self._snapshot()
        async with self._store.read() as session:
            due = [ticket.id for ticket in await waiting_alarms(session, snapshot, now)]
        woken = 0
        for number in due:
            async with self._store.write(WritePriority.INBOUND) as session:
                ticket = await session.scalar(select(Ticket).where(col(Ticket.id) == number))
                if ticket is None:
                    continue
                rings = await ring_due(session, snapshot, ticket, now=now)
            if rings:
                woken += rings
                log.critical("DISTRESS not taken: the next ring was woken", code=ticket.code, rings=rings)
        if woken:
            self._store.outbox_wake.ring()
        return woken
