"""The courier's rounds: claim what is due, send it, write down what became of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clock import Clock
from bot.courier.limits import Limiter
from bot.courier.policy import MOVES, Verdict, after_crash, after_error, outside
from bot.messages import Channel, ChatKind, Lane, SendError, Sent, Uncertain
from bot.people import mark_unreachable, move_conversation
from bot.store import Store, StoreUnavailable, WritePriority, message_of
from bot.store.tables import Conversation, Outgoing, OutgoingState

log = structlog.get_logger(__name__)

#: Rows looked at in one round; more wait for the next, which follows at once.
ROUND = 200
#: A send that takes longer counts as perhaps arrived; the channels' own time-outs are shorter.
SEND_TIMEOUT = 60.0
#: Chats that wait are kept out of the look for what is due, up to so many: databases bind only some 32,000 values.
HELD_IN_QUERY = 1_000


#: Is told, in the same transaction, of each message that was given up, and why: somebody may be waiting for it.
Undelivered = Callable[[AsyncSession, Outgoing, Verdict, dt.datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is being sent, and the kind of chat that it goes to."""

    row: Outgoing
    kind: ChatKind
    lane: Lane


@dataclass
class Courier:
    """The only one that sends: outgoing rows to channels, by lane, within the rates, once where that can be had."""

    store: Store
    channels: Mapping[str, Channel]
    clock: Clock
    jitter: random.Random = field(default_factory=random.SystemRandom)
    idle: float = 1.0
    undelivered: Undelivered | None = None

    def __post_init__(self) -> None:
        self._limits = {name: Limiter(channel.capabilities) for name, channel in self.channels.items()}
        #: Chats to which something is being sent, by whether it is distress: that waits for nothing but its own kind.
        self._busy: set[tuple[str, str]] = set()
        self._busy_in_distress: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Works until it is cancelled; then finishes what is under way."""
        async with self.store.lead("courier"):
            await self._recover()
            try:
                while True:
                    try:
                        pause = await self.round()
                    except StoreUnavailable as error:
                        log.error("courier can't read the database", reason=str(error))
                        pause = self.idle
                    await self.store.outbox_wake.wait(pause)
            finally:
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=5)

    async def drain(self) -> None:
        """Sends what is due now and returns when it is done; for tests and one-shot commands."""
        await self.round()
        while self._tasks:
            await asyncio.wait(self._tasks)
            await self.round()

    async def round(self) -> float:
        """Claims what may go now and starts sending it; returns for how many seconds nothing more is due."""
        now = self.clock.now()
        claimed, pause = await self._claim(now)
        for item in claimed:
            task = asyncio.create_task(self._deliver(item))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return 0.0 if len(claimed) >= ROUND else pause

    async def _recover(self) -> None:
        """Decides about rows that a process was sending when it died."""
        async with self.store.write(WritePriority.INBOUND) as session:
            rows = (await session.scalars(select(Outgoing).where(col(Outgoing.state) == OutgoingState.SENDING))).all()
            for row in rows:
                row.state = after_crash(Lane(row.lane))
                row.error = "the program ended while this was being sent"
        if rows:
            log.warning("found messages that were being sent when the program ended", count=len(rows))

    async def _claim(self, now: dt.datetime) -> tuple[list[Claimed], float]:
        claimed: list[Claimed] = []
        pause = self.idle
        every = ((name, chat) for name, limiter in self._limits.items() for chat in limiter.held(now))
        held = list(itertools.islice(every, HELD_IN_QUERY))
        if held:
            # They are left out of the look below, so it can't tell when they are due.
            free = [at for limiter in self._limits.values() if (at := limiter.free_at(now)) is not None]
            pause = min([pause, *((at - now).total_seconds() for at in free)])
        due = (
            select(
                Outgoing, col(Conversation.kind), col(Conversation.unreachable_at), col(Conversation.last_inbound_at)
            )
            .join(Conversation, col(Conversation.id) == col(Outgoing.conversation_id))
            .where(
                col(Outgoing.state) == OutgoingState.QUEUED,
                col(Outgoing.channel).in_(list(self.channels)),
                or_(col(Outgoing.not_before).is_(None), col(Outgoing.not_before) <= now),
            )
            .order_by(col(Outgoing.lane), col(Outgoing.id))
            .limit(ROUND)
        )
        chat = tuple_(col(Outgoing.channel), col(Outgoing.chat_id))
        if held:
            due = due.where(or_(col(Outgoing.lane) == int(Lane.DISTRESS), chat.not_in(held)))
        urgent = col(Outgoing.lane) == int(Lane.DISTRESS)
        if self._busy:
            due = due.where(or_(urgent, chat.not_in(list(self._busy))))
        if self._busy_in_distress:
            due = due.where(chat.not_in(list(self._busy_in_distress)))
        async with self.store.read() as session:
            if (await session.execute(due.limit(1))).first() is None:
                return [], pause
        busy, in_distress = set(self._busy), set(self._busy_in_distress)
        async with self.store.write(WritePriority.INBOUND) as session:
            claim = due.with_for_update(of=Outgoing, skip_locked=True)
            for row, kind, unreachable_at, last_word in (await session.execute(claim)).all():
                lane, key = Lane(row.lane), (row.channel, row.chat_id)
                window = self.channels[row.channel].capabilities.window if kind is ChatKind.PRIVATE else None
                if row.expires_at is not None and row.expires_at <= now:
                    _move(row, OutgoingState.FAILED, "expired before it could be sent")
                elif unreachable_at is not None and lane >= Lane.URGENT_NOTICE:
                    _move(row, OutgoingState.FAILED, "the recipient can't be reached on this platform")
                elif (closed := outside(window, last_word, lane=lane, now=now)) is not None:
                    _move(row, OutgoingState.FAILED, closed.reason)
                    await self._tell_undelivered(session, row, closed, now)
                elif key in in_distress or (key in busy and lane is not Lane.DISTRESS):
                    pause = 0.0
                else:
                    limiter, group = self._limits[row.channel], kind is not ChatKind.PRIVATE
                    wait = limiter.wait(row.chat_id, lane, now, group=group)
                    if wait > dt.timedelta(0):
                        pause = min(pause, wait.total_seconds())
                        continue
                    limiter.took(row.chat_id, now, group=group)
                    _move(row, OutgoingState.SENDING)
                    row.attempts += 1
                    row.sending_at = now
                    (in_distress if lane is Lane.DISTRESS else busy).add(key)
                    claimed.append(Claimed(row, kind, lane))
        # Only once it is committed: a claim that failed must not keep its chats busy for ever.
        for item in claimed:
            self._under_way(item).add((item.row.channel, item.row.chat_id))
        return claimed, pause

    def _under_way(self, item: Claimed) -> set[tuple[str, str]]:
        return self._busy_in_distress if item.lane is Lane.DISTRESS else self._busy

    async def _deliver(self, item: Claimed) -> None:
        row, key = item.row, (item.row.channel, item.row.chat_id)
        try:
            verdict, sent = await self._send(item)
            while True:
                try:
                    await self._record(row, verdict, sent)
                    break
                except StoreUnavailable as error:
                    # Sent but not written down: keep trying, or a restart would send it twice.
                    log.error("courier can't write what became of a message", outgoing=row.id, reason=str(error))
                    await asyncio.sleep(self.idle)
        except Exception:
            log.critical("courier failed; the next start decides about this message", outgoing=row.id, exc_info=True)
        finally:
            self._under_way(item).discard(key)
            self.store.outbox_wake.ring()

    async def _send(self, item: Claimed) -> tuple[Verdict, Sent | None]:
        row = item.row
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent = await self.channels[row.channel].send(row.chat_id, message_of(row))
        except TimeoutError:
            error: SendError = Uncertain(f"no answer within {SEND_TIMEOUT:.0f} s")
        except SendError as failure:
            error = failure
        except Exception:
            # A fault in a channel must not end the courier; the row is tried again and then a dead letter.
            log.exception("channel failed", outgoing=row.id, channel=row.channel)
            error = Uncertain("the channel failed; see the log")
        else:
            if sent.cost > 1:
                group = item.kind is not ChatKind.PRIVATE
                self._limits[row.channel].also_took(row.chat_id, sent.cost - 1, self.clock.now(), group=group)
            return Verdict(OutgoingState.SENT), sent
        verdict = after_error(error, lane=item.lane, attempts=row.attempts, jitter=self.jitter.random())
        limiter = self._limits[row.channel]
        if verdict.pause:
            until = self.clock.now() + verdict.pause
            if verdict.throttled:
                limiter.pause(row.chat_id, until)
            else:
                limiter.hold_chat(row.chat_id, until)
        report = log.error if verdict.alarm else log.warning
        report("message not sent", outgoing=row.id, channel=row.channel, next=verdict.state.value, reason=error.reason)
        return verdict, None

    async def _record(self, row: Outgoing, verdict: Verdict, sent: Sent | None) -> None:
        now = self.clock.now()
        assert verdict.state in MOVES[OutgoingState.SENDING]
        changes: dict[str, object] = {"state": verdict.state, "error": verdict.reason or None}
        if sent is not None:
            changes |= {"sent_at": now, "platform_message_id": sent.message_id, "platform_topic_id": sent.topic_id}
        if verdict.pause is not None:
            changes["not_before"] = now + verdict.pause
        if verdict.throttled:
            changes["attempts"] = row.attempts - 1
        async with self.store.write(WritePriority.INBOUND) as session:
            await session.execute(
                update(Outgoing)
                .where(col(Outgoing.id) == row.id, col(Outgoing.state) == OutgoingState.SENDING)
                .values(**changes)
            )
            if verdict.state is OutgoingState.FAILED:
                await self._tell_undelivered(session, row, verdict, now)
            if verdict.new_chat_id is not None:
                await move_conversation(session, row.channel, row.chat_id, verdict.new_chat_id, now=now)
            if verdict.unreachable:
                conversation = await session.get(Conversation, row.conversation_id)
                if conversation is not None:  # else it was merged into another one meanwhile
                    await mark_unreachable(session, conversation, verdict.reason, now=now)

    async def _tell_undelivered(self, session: AsyncSession, row: Outgoing, verdict: Verdict, now: dt.datetime) -> None:
        """Whatever goes wrong in telling, what became of the message itself is written down."""
        if self.undelivered is None:
            return
        try:
            async with session.begin_nested():
                await self.undelivered(session, row, verdict, now)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("nobody could be told that a message was given up", outgoing=row.id)


def _move(row: Outgoing, to: OutgoingState, reason: str | None = None) -> None:
    if to not in MOVES[row.state]:
        raise ValueError(f"outgoing row {row.id} can't go from {row.state} to {to}")
    row.state = to
    row.error = reason
