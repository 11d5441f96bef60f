"""The courier against a real database and a channel that does what the test tells it to."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.courier import Courier, Verdict
from bot.courier.policy import WINDOW_CLOSED
from bot.messages import (
    Capabilities,
    ChatKind,
    Lane,
    Means,
    Moved,
    NotSent,
    OutgoingMessage,
    OutOfReach,
    Rejected,
    RetryLater,
    SendError,
    Sent,
    Uncertain,
    Unreachable,
    Window,
    rich,
)
from bot.store import Store, StoreUnavailable, WritePriority, enqueue, migrate
from bot.store.tables import Conversation, Outgoing, OutgoingState, Source
from tests.support.clock import FrozenClock


class ScriptedChannel:
    """Answers as the test says; remembers what it was given, in order."""

    name = "telegram"
    capabilities = Capabilities(per_second=1000, reserved=100, per_chat_seconds=0)

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.answers: deque[SendError | Callable[[], object]] = deque()
        self.hang: asyncio.Event | None = None

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        if self.hang is not None:
            hang, self.hang = self.hang, None
            await hang.wait()
        if self.answers:
            answer = self.answers.popleft()
            if isinstance(answer, SendError):
                raise answer
            await asyncio.sleep(0)
            answer()
        self.sent.append((chat_id, message.plain))
        return Sent(f"m{len(self.sent)}")


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def courier(store: Store, channel: ScriptedChannel, clock: FrozenClock) -> Courier:
    return Courier(store, {"telegram": channel}, clock, jitter=random.Random(1))


async def chat(store: Store, clock: FrozenClock, chat_id: str, kind: ChatKind = ChatKind.PRIVATE) -> Conversation:
    async with store.write() as session:
        row = Conversation(channel="telegram", chat_id=chat_id, kind=kind, created_at=clock.now())
        session.add(row)
    return row


async def queue(store: Store, clock: FrozenClock, to: Conversation, text: str, lane: Lane = Lane.REPLY) -> int:
    async with store.write() as session:
        row = await enqueue(
            session, to, OutgoingMessage(text=rich("{t}", t=text)), lane=lane, source=Source.REPLY, now=clock.now()
        )
    assert row is not None
    assert row.id is not None
    return row.id


async def rows(store: Store) -> list[Outgoing]:
    async with store.read() as session:
        return list((await session.scalars(select(Outgoing).order_by(col(Outgoing.id)))).all())


async def test_lanes_go_before_the_order_of_writing(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    for number, lane in enumerate([Lane.NOTICE, Lane.URGENT_NOTICE, Lane.ANSWER, Lane.REPLY, Lane.DISTRESS]):
        await queue(store, clock, await chat(store, clock, str(number)), lane.name, lane)
    await courier.drain()
    assert [text for _, text in channel.sent] == ["DISTRESS", "REPLY", "ANSWER", "URGENT_NOTICE", "NOTICE"]
    assert {row.state for row in await rows(store)} == {OutgoingState.SENT}
    assert (await rows(store))[4].platform_message_id == "m1"


async def test_one_chat_keeps_its_order_even_when_a_message_is_tried_again(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    for text in ("một", "hai", "ba"):
        await queue(store, clock, to, text)
    channel.answers.append(NotSent("no connection"))
    await courier.drain()
    assert channel.sent == []
    clock.advance(seconds=2)
    await courier.drain()
    assert [text for _, text in channel.sent] == ["một", "hai", "ba"]


async def test_the_platforms_own_retry_after_is_obeyed_and_not_counted(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    await queue(store, clock, await chat(store, clock, "1"), "chào")
    channel.answers.append(RetryLater("Too Many Requests", 30))
    await courier.drain()
    clock.advance(seconds=29)
    await courier.drain()
    assert channel.sent == []
    clock.advance(seconds=2)
    await courier.drain()
    assert channel.sent == [("1", "chào")]
    assert (await rows(store))[0].attempts == 1


async def test_a_429_on_a_notice_lets_replies_and_distress_through(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    await queue(store, clock, await chat(store, clock, "1"), "bão", Lane.NOTICE)
    channel.answers.append(RetryLater("Too Many Requests", 60))
    await courier.drain()
    await queue(store, clock, await chat(store, clock, "2"), "bão", Lane.NOTICE)
    await queue(store, clock, await chat(store, clock, "3"), "trả lời", Lane.REPLY)
    await queue(store, clock, await chat(store, clock, "4"), "112", Lane.DISTRESS)
    await courier.drain()
    assert channel.sent == [("4", "112"), ("3", "trả lời")]


async def test_a_blocked_person_is_remembered_and_spared_notices(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    await queue(store, clock, to, "chào")
    channel.answers.append(Unreachable("Forbidden: bot was blocked by the user"))
    await courier.drain()
    await queue(store, clock, to, "bão", Lane.URGENT_NOTICE)
    await courier.drain()
    first, second = await rows(store)
    assert (first.state, second.state) == (OutgoingState.FAILED, OutgoingState.FAILED)
    assert first.error == "Forbidden: bot was blocked by the user"
    assert second.error == "the recipient can't be reached on this platform"
    async with store.read() as session:
        conversation = await session.get_one(Conversation, to.id)
    assert conversation.unreachable_at == clock.now()


async def test_a_group_that_became_a_supergroup_gets_its_messages_at_the_new_id(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    group = await chat(store, clock, "-5", ChatKind.GROUP)
    await queue(store, clock, group, "phiếu 1", Lane.ANSWER)
    await queue(store, clock, group, "phiếu 2", Lane.ANSWER)
    channel.answers.append(Moved("group migrated", "-1005"))
    await courier.drain()
    clock.advance(seconds=1)
    await courier.drain()
    assert channel.sent == [("-1005", "phiếu 1"), ("-1005", "phiếu 2")]


async def test_a_malformed_message_is_a_dead_letter_and_stops_nothing(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    await queue(store, clock, to, "hỏng")
    await queue(store, clock, to, "lành")
    channel.answers.append(Rejected("Bad Request: can't parse entities"))
    await courier.drain()
    assert channel.sent == [("1", "lành")]
    assert [row.state for row in await rows(store)] == [OutgoingState.FAILED, OutgoingState.SENT]


async def test_an_uncertain_notice_is_counted_and_not_repeated(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    await queue(store, clock, await chat(store, clock, "1"), "sự kiện", Lane.NOTICE)
    channel.answers.append(Uncertain("connection broken"))
    await courier.drain()
    clock.advance(hours=1)
    await courier.drain()
    assert channel.sent == []
    assert (await rows(store))[0].state is OutgoingState.UNCERTAIN


async def test_what_expired_is_not_sent(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    async with store.write() as session:
        await enqueue(
            session,
            to,
            OutgoingMessage(text=rich("bão")),
            lane=Lane.URGENT_NOTICE,
            source=Source.NOTICE,
            now=clock.now(),
            expires_at=clock.now(),
        )
    await courier.drain()
    assert channel.sent == []
    assert (await rows(store))[0].error == "expired before it could be sent"


async def test_after_a_crash_replies_are_sent_again_and_ordinary_notices_are_not(
    store: Store, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    for text, lane in (("trả lời", Lane.REPLY), ("sự kiện", Lane.NOTICE), ("bão", Lane.URGENT_NOTICE)):
        await queue(store, clock, to, text, lane)
    async with store.write() as session:
        for row in (await session.scalars(select(Outgoing))).all():
            row.state = OutgoingState.SENDING
    courier = Courier(store, {"telegram": channel}, clock, idle=0.01)
    running = asyncio.create_task(courier.run())
    async with asyncio.timeout(10):
        while len(channel.sent) < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    assert sorted(text for _, text in channel.sent) == ["bão", "trả lời"]
    states = {row.message["text"][0]["text"]: row.state for row in await rows(store)}
    assert states["sự kiện"] is OutgoingState.UNCERTAIN


async def test_a_claim_that_could_not_be_written_keeps_no_chat_busy(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(store, clock, await chat(store, clock, "1"), "xin chào")
    write = store.write

    @asynccontextmanager
    async def full(priority: WritePriority) -> AsyncIterator[AsyncSession]:
        async with write(priority) as session:
            yield session
            raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(StoreUnavailable):
        await courier.round()
    monkeypatch.undo()
    await courier.drain()
    assert channel.sent == [("1", "xin chào")]


async def test_a_second_courier_waits_until_the_first_is_gone(database_url: str, clock: FrozenClock) -> None:
    stores = [Store(database_url), Store(database_url)]
    await migrate(stores[0])
    order: list[str] = []

    async def lead(store: Store, name: str, hold: asyncio.Event) -> None:
        async with store.lead("courier"):
            order.append(name)
            await hold.wait()

    first_may_go, second_may_go = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(lead(stores[0], "first", first_may_go))
    async with asyncio.timeout(10):
        while order != ["first"]:
            await asyncio.sleep(0.01)
        second = asyncio.create_task(lead(stores[1], "second", second_may_go))
        await asyncio.sleep(0.05)
        assert order == ["first"]
        first_may_go.set()
        second_may_go.set()
        await asyncio.gather(first, second)
    assert order == ["first", "second"]
    for store in stores:
        await store.close()


async def test_a_fault_in_a_channel_ends_neither_courier_nor_message(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    await queue(store, clock, await chat(store, clock, "1"), "chào")

    def fail() -> None:
        raise ZeroDivisionError

    channel.answers.append(fail)
    await courier.drain()
    clock.advance(seconds=5)
    await courier.drain()
    assert channel.sent == [("1", "chào")]


async def test_distress_does_not_wait_for_a_message_that_hangs(
    store: Store, courier: Courier, channel: ScriptedChannel, clock: FrozenClock
) -> None:
    to = await chat(store, clock, "1")
    await queue(store, clock, to, "trả lời")
    hanging = asyncio.Event()
    channel.hang = hanging
    await courier.round()
    await queue(store, clock, to, "112", Lane.DISTRESS)
    await queue(store, clock, to, "mã phiếu", Lane.DISTRESS)
    async with asyncio.timeout(10):
        while len(channel.sent) < 2:
            await courier.round()
            await asyncio.sleep(0.01)
    assert channel.sent == [("1", "112"), ("1", "mã phiếu")]
    hanging.set()
    await courier.drain()
    assert channel.sent[-1] == ("1", "trả lời")


class WindowedChannel(ScriptedChannel):
    """A platform that takes messages only for a while after a person's last word."""

    capabilities = replace(
        ScriptedChannel.capabilities,
        window=Window(dt.timedelta(hours=48), dt.timedelta(days=7), means=(Means.PHONE,)),
    )


async def test_outside_the_window_only_distress_is_tried_and_what_is_given_up_is_told(
    store: Store, clock: FrozenClock
) -> None:
    told: list[tuple[int | None, str, tuple[Means, ...]]] = []

    async def tell(session: AsyncSession, row: Outgoing, verdict: Verdict, now: dt.datetime) -> None:
        told.append((row.id, verdict.reason, verdict.means))

    channel = WindowedChannel()
    courier = Courier(store, {"telegram": channel}, clock, jitter=random.Random(1), undelivered=tell)
    lately, long_ago = await chat(store, clock, "1"), await chat(store, clock, "2")
    never, group = await chat(store, clock, "3"), await chat(store, clock, "-4", ChatKind.GROUP)
    async with store.write() as session:
        for row, hours in ((lately, 47), (long_ago, 49)):
            (await session.get_one(Conversation, row.id)).last_inbound_at = clock.now() - dt.timedelta(hours=hours)
    await queue(store, clock, lately, "miễn phí", Lane.ANSWER)
    closed = await queue(store, clock, long_ago, "quá hạn", Lane.ANSWER)
    await queue(store, clock, long_ago, "112", Lane.DISTRESS)
    silent = await queue(store, clock, never, "bão", Lane.URGENT_NOTICE)
    await queue(store, clock, group, "bão", Lane.NOTICE)
    await courier.drain()
    assert sorted(channel.sent) == [("-4", "bão"), ("1", "miễn phí"), ("2", "112")]
    found = {row.id: row for row in await rows(store)}
    for number in (closed, silent):
        assert found[number].state is OutgoingState.FAILED
        assert (found[number].error or "").startswith("window closed")
    assert sorted(told, key=lambda one: one[0] or 0) == [
        (closed, WINDOW_CLOSED, (Means.PHONE,)),
        (silent, WINDOW_CLOSED, (Means.PHONE,)),
    ]


@pytest.mark.parametrize(
    "error", [OutOfReach("quota used up", (Means.PHONE,)), Unreachable("blocked"), Rejected("malformed")]
)
async def test_whatever_is_given_up_is_told_and_written_down_even_if_telling_fails(
    store: Store, channel: ScriptedChannel, clock: FrozenClock, error: SendError
) -> None:
    told: list[str] = []

    async def tell(session: AsyncSession, row: Outgoing, verdict: Verdict, now: dt.datetime) -> None:
        told.append(verdict.reason)
        raise ValueError("the desk is confused")

    courier = Courier(store, {"telegram": channel}, clock, jitter=random.Random(1), undelivered=tell)
    channel.answers.append(error)
    await queue(store, clock, await chat(store, clock, "1"), "trả lời", Lane.ANSWER)
    await courier.drain()
    assert told == [error.reason]
    assert [(row.state, row.error) for row in await rows(store)] == [(OutgoingState.FAILED, error.reason)]
