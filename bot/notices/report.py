"""What became of a notice: how many got it, how many didn't and why, and when it is complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.notices.states import Move, after
from bot.store import audit
from bot.store.tables import Notice, NoticeState, Outgoing, OutgoingState

#: A row in one of these may still be sent.
_UNDECIDED = (OutgoingState.QUEUED, OutgoingState.SENDING)
_NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery figures of a notice; `reasons` says why rows failed or were cancelled, by count."""

    total: int
    queued: int
    sending: int
    sent: int
    failed: int
    uncertain: int
    cancelled: int
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many rows need nothing more."""
        return self.total - self.queued - self.sending


async def delivery(session: AsyncSession, notice: Notice) -> Delivery:
    """Counts the notice's rows by what became of them."""
    rows = await session.execute(
        select(col(Outgoing.state), col(Outgoing.error), func.count())
        .where(col(Outgoing.notice_id) == notice.id)
        .group_by(col(Outgoing.state), col(Outgoing.error))
    )
    counts = dict.fromkeys(OutgoingState, 0)
    reasons: dict[str, int] = {}
    for state, error, count in rows:
        counts[state] += count
        if state in (OutgoingState.FAILED, OutgoingState.CANCELLED):
            reasons[error or _NO_REASON] = reasons.get(error or _NO_REASON, 0) + count
    return Delivery(
        total=sum(counts.values()),
        queued=counts[OutgoingState.QUEUED],
        sending=counts[OutgoingState.SENDING],
        sent=counts[OutgoingState.SENT],
        failed=counts[OutgoingState.FAILED],
        uncertain=counts[OutgoingState.UNCERTAIN],
        cancelled=counts[OutgoingState.CANCELLED],
        reasons=dict(sorted(reasons.items(), key=lambda item: -item[1])),
    )


async def complete_finished(session: AsyncSession, now: dt.datetime) -> list[str]:
    """Completes the notices of which every row was delivered or failed for a stated reason; returns their codes."""
    undecided = exists().where(col(Outgoing.notice_id) == col(Notice.id), col(Outgoing.state).in_(_UNDECIDED))
    finished = await session.scalars(
        select(Notice)
        .where(col(Notice.state) == NoticeState.SENDING, col(Notice.expanded_at).is_not(None), ~undecided)
        .order_by(col(Notice.id))
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    codes = []
    for notice in finished:
        notice.state, notice.completed_at = after(notice.state, Move.COMPLETE, code=notice.code), now
        audit(session, "notice.complete", f"notice:{notice.code}", now=now)
        codes.append(notice.code)
    await session.flush()
    return codes
