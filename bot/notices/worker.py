"""The worker that turns approved notices into outgoing rows in time, and completes those that are through."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clock import Clock
from bot.faq import Snapshot
from bot.notices.expand import CHUNK, expand_chunk
from bot.notices.public import mark_public_posts, over_and_unmarked
from bot.notices.report import complete_finished
from bot.notices.service import cancel_queued
from bot.notices.wording import lane_of
from bot.store import Store, StoreUnavailable, Wake, WritePriority
from bot.store.tables import Notice, NoticeState, Outgoing, OutgoingState

log = structlog.get_logger(__name__)


class NoticeWorker:
    """Expands notices chunk by chunk, each in a transaction of its own, so that a question never waits for a broadcast.

    `poll` seconds pass between two looks, since other processes (the command line) can't ring. Any number of processes
    may run one: the rows are claimed.
    """

    def __init__(
        self, store: Store, clock: Clock, snapshot: Callable[[], Snapshot], *, chunk: int = CHUNK, poll: float = 1.0
    ) -> None:
        self._store = store
        self._clock = clock
        self._snapshot = snapshot
        self._chunk = chunk
        self._poll = poll
        self._wake = Wake()

    def ring(self) -> None:
        """A notice was approved or stopped: look at once."""
        self._wake.ring()

    async def run(self) -> None:
        """Works until it is cancelled; an error is logged, and the next look comes all the same."""
        while True:
            try:
                busy = await self.tick()
            except StoreUnavailable as error:
                log.warning("notices wait for the database", reason=str(error))
                busy = False
            except Exception:
                log.exception("notice worker failed, goes on")
                busy = False
            if not busy:
                await self._wake.wait(self._poll)

    async def tick(self) -> bool:
        """Does one piece of work: a chunk of the most urgent notice, or the tidying up; False when there was none."""
        now = self._clock.now()
        async with self._store.read() as session:
            due = list(
                await session.scalars(
                    select(Notice)
                    .where(
                        col(Notice.state) == NoticeState.SENDING,
                        col(Notice.expanded_at).is_(None),
                        or_(col(Notice.send_at).is_(None), col(Notice.send_at) <= now),
                    )
                    .order_by(col(Notice.send_at), col(Notice.id))
                )
            )
            tidy = await _needs_tidying(session)
            over = list(await session.scalars(over_and_unmarked(now).limit(10)))
        for notice in sorted(due, key=lane_of):
            async with self._store.write(WritePriority.BULK) as session:
                written = await expand_chunk(session, self._snapshot(), notice, now, self._chunk)
            if written:
                self._store.outbox_wake.ring()
                log.info("notice expanded", notice=notice.code, recipients=written)
                return True
        for notice in over:
            async with self._store.write(WritePriority.BULK) as session:
                current = await session.scalar(over_and_unmarked(now).where(col(Notice.id) == notice.id))
                marked = current is not None and await mark_public_posts(session, self._snapshot(), current, now)
            if marked:
                self._store.outbox_wake.ring()
                log.info("notice is over, its public posts say so", notice=notice.code, posts=marked)
        if tidy:
            async with self._store.write(WritePriority.BULK) as session:
                for code in await complete_finished(session, now):
                    log.info("notice completed", notice=code)
                for notice in await session.scalars(_stopped_with_rows()):
                    # A row that the courier had in hand when the notice was stopped, and gave back for another try.
                    await cancel_queued(session, notice)
        return False


def _stopped_with_rows() -> Select[Notice]:
    queued = exists().where(col(Outgoing.notice_id) == col(Notice.id), col(Outgoing.state) == OutgoingState.QUEUED)
    return select(Notice).where(col(Notice.state) == NoticeState.STOPPED, queued)


async def _needs_tidying(session: AsyncSession) -> bool:
    undecided = exists().where(
        col(Outgoing.notice_id) == col(Notice.id),
        col(Outgoing.state).in_((OutgoingState.QUEUED, OutgoingState.SENDING)),
    )
    finished = select(col(Notice.id)).where(
        col(Notice.state) == NoticeState.SENDING, col(Notice.expanded_at).is_not(None), ~undecided
    )
    if await session.scalar(finished.limit(1)) is not None:
        return True
    return await session.scalar(_stopped_with_rows().limit(1)) is not None
