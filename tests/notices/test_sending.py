"""From an approved notice to the proof of delivery."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.faq import Snapshot
from bot.messages import Lane, Language
from bot.notices import (
    NoticeWorker,
    complete_finished,
    delivery,
    expand_chunk,
    get,
    notice_message,
    reach,
    stop,
)
from bot.people import mark_unreachable, subscribe, unsubscribe
from bot.store import Store, message_of
from bot.store.tables import Conversation, Notice, NoticeState, Outgoing, OutgoingState, Purpose
from tests.notices.given import a_subscriber, an_approved_notice
from tests.people.given import NOW, a_group, an_asker, an_officer, rows_to
from tests.support.clock import FrozenClock

HOUR = dt.timedelta(hours=1)


async def rows_of(session: AsyncSession, notice: Notice) -> list[Outgoing]:
    query = select(Outgoing).where(col(Outgoing.notice_id) == notice.id).order_by(col(Outgoing.id))
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def test_a_notice_reaches_who_asked_for_it_and_can_be_reached(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        viet = await a_subscriber(session)
        english = await a_subscriber(session, language=Language.EN, channel="web")
        public = await a_group(session, Purpose.PUBLIC)
        others = [await a_subscriber(session, "law"), await an_asker(session), await a_group(session)]
        await subscribe(session, others[-1], "weather", now=NOW)  # the officers' group is no audience
        blocked, stopped = await a_subscriber(session), await a_subscriber(session)
        await mark_unreachable(session, blocked, "blocked", now=NOW)
        await unsubscribe(session, stopped, "weather", now=NOW)
        notice = await an_approved_notice(session)
        counted = await reach(session, notice)
        assert (counted.total, counted.unreachable, counted.public) == (3, 1, 1)
        assert counted.by_channel == {"telegram": 2, "web": 1}
        assert counted.by_language == {"vi": 2, "en": 1}
        assert await expand_chunk(session, snapshot, notice, NOW) == 3
        rows = await rows_of(session, notice)
        assert {row.conversation_id for row in rows} == {viet.id, english.id, public.id}
        assert {row.lane for row in rows} == {Lane.URGENT_NOTICE}
        texts = {row.conversation_id: message_of(row) for row in rows}
        assert "Bão số 9" in texts[viet.id or 0].plain
        assert "Storm no. 9" in texts[english.id or 0].plain
        assert "Bão số 9" in texts[public.id or 0].plain
        assert "Storm no. 9" in texts[public.id or 0].plain
        assert texts[viet.id or 0].buttons[0][0].data == "s:off:weather"
        assert texts[public.id or 0].buttons == ()


@pytest.mark.parametrize(
    ("audience", "reached"),
    [({}, 4), ({"public": False}, 3), ({"languages": ["en"]}, 2), ({"channels": ["web"], "public": False}, 1)],
)
async def test_a_narrower_audience(store: Store, snapshot: Snapshot, audience: dict[str, object], reached: int) -> None:
    async with store.write() as session:
        await a_subscriber(session)
        await a_subscriber(session, language=Language.EN)
        await a_subscriber(session, channel="web")
        await a_group(session, Purpose.PUBLIC)
        notice = await an_approved_notice(session, audience=audience)
        assert (await reach(session, notice)).total == reached
        assert await expand_chunk(session, snapshot, notice, NOW) == reached


LANES = [
    ("weather", "extreme", Lane.URGENT_NOTICE, False),
    ("weather", "severe", Lane.URGENT_NOTICE, False),
    ("safety", "severe", Lane.URGENT_NOTICE, False),
    ("weather", "moderate", Lane.NOTICE, False),
    ("safety", "minor", Lane.NOTICE, True),
    ("law", "extreme", Lane.NOTICE, False),
    ("event", "minor", Lane.NOTICE, True),
]


@pytest.mark.parametrize(("kind", "severity", "lane", "silent"), LANES)
async def test_which_lane_a_notice_takes(
    sqlite_store: Store, snapshot: Snapshot, kind: str, severity: str, lane: Lane, silent: bool
) -> None:
    async with sqlite_store.write() as session:
        asker = await a_subscriber(session, kind)
        notice = await an_approved_notice(session, kind=kind, severity=severity, expires_at=NOW + HOUR)
        await expand_chunk(session, snapshot, notice, NOW)
        (row,) = await rows_to(session, asker)
        assert (row.lane, message_of(row).silent, row.expires_at) == (lane, silent, NOW + HOUR)


async def test_an_english_reader_is_told_when_there_is_no_english(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        notice = await an_approved_notice(session, title_en="", text_en="", text_vi="Gió **giật** {code}.")
        text = notice_message(snapshot, notice, "en").plain
        assert "available in Vietnamese only" in text
        assert "Gió **giật** {code}." in text
        assert "Vietnamese only" not in notice_message(snapshot, notice, "vi").plain


class PulledPlug(Exception):
    """The process dies."""


async def test_a_kill_in_the_middle_writes_to_no_one_twice_and_forgets_no_one(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        askers = [await a_subscriber(session) for _ in range(7)]
        notice = await an_approved_notice(session)
    async with store.write() as session:
        assert await expand_chunk(session, snapshot, notice, NOW, size=3) == 3
    with pytest.raises(PulledPlug):
        async with store.write() as session:
            assert await expand_chunk(session, snapshot, notice, NOW, size=3) == 3
            raise PulledPlug
    counts = []
    for _ in range(4):
        async with store.write() as session:
            counts.append(await expand_chunk(session, snapshot, notice, NOW, size=3))
    assert counts == [3, 1, 0, 0]
    async with store.read() as session:
        reached = Counter(row.conversation_id for row in await rows_of(session, notice))
    assert reached == Counter(asker.id for asker in askers)


async def test_a_lost_cursor_doubles_nobody(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        for _ in range(3):
            await a_subscriber(session)
        notice = await an_approved_notice(session)
        await expand_chunk(session, snapshot, notice, NOW)
        notice.expanded_to, notice.expanded_at = None, None
    async with store.write() as session:
        assert await expand_chunk(session, snapshot, notice, NOW) == 3
        assert len(await rows_of(session, notice)) == 3


async def test_two_processes_that_expand_at_once_double_nobody(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        for _ in range(5):
            await a_subscriber(session)
        notice = await an_approved_notice(session)

    async def expand() -> int:
        async with store.write() as session:
            done = await expand_chunk(session, snapshot, notice, NOW)
            await asyncio.sleep(0.02)
            return done

    assert sorted(await asyncio.gather(expand(), expand())) == [0, 5]


async def test_a_stopped_notice_cancels_what_waits_and_writes_no_more(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        for _ in range(4):
            await a_subscriber(session)
        notice = await an_approved_notice(session)
        await expand_chunk(session, snapshot, notice, NOW, size=2)
        (await rows_of(session, notice))[0].state = OutgoingState.SENT
        admin = await an_officer(session, "Admin", "admin")
        await stop(session, notice.code, admin, now=NOW)
        assert await expand_chunk(session, snapshot, notice, NOW) == 0
        figures = await delivery(session, notice)
        assert (figures.total, figures.sent, figures.cancelled, figures.queued) == (2, 1, 1, 0)
        assert figures.reasons == {"the notice was stopped": 1}


async def test_a_broadcast_is_complete_only_when_every_row_is_delivered_or_failed_for_a_reason(
    store: Store, snapshot: Snapshot
) -> None:
    async with store.write() as session:
        for _ in range(4):
            await a_subscriber(session)
        notice = await an_approved_notice(session)
        await expand_chunk(session, snapshot, notice, NOW, size=3)
        for row in await rows_of(session, notice):
            row.state = OutgoingState.SENT
        assert await complete_finished(session, NOW) == [], "not everybody has a row yet"
        await expand_chunk(session, snapshot, notice, NOW, size=3)
        last = (await rows_of(session, notice))[-1]
        for state in (OutgoingState.QUEUED, OutgoingState.SENDING):
            last.state = state
            await session.flush()
            assert await complete_finished(session, NOW) == []
        last.state, last.error = OutgoingState.FAILED, "blocked by the user"
        await session.flush()
        assert await complete_finished(session, NOW) == [notice.code]
        assert await complete_finished(session, NOW) == []
        done = await get(session, notice.code)
        assert (done.state, done.completed_at) == (NoticeState.COMPLETED, NOW)
        figures = await delivery(session, notice)
        assert (figures.total, figures.sent, figures.failed, figures.done) == (4, 3, 1, 4)
        assert figures.reasons == {"blocked by the user": 1}


async def test_an_uncertain_row_is_counted_and_holds_nothing_up(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        await a_subscriber(session, "law")
        notice = await an_approved_notice(session, kind="law", severity="minor")
        await expand_chunk(session, snapshot, notice, NOW)
        (await rows_of(session, notice))[0].state = OutgoingState.UNCERTAIN
        await session.flush()
        assert await complete_finished(session, NOW) == [notice.code]
        assert (await delivery(session, notice)).uncertain == 1


async def test_a_warning_that_no_longer_holds_is_sent_to_nobody_more(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        for _ in range(3):
            await a_subscriber(session)
        notice = await an_approved_notice(session, expires_at=NOW + HOUR)
        await expand_chunk(session, snapshot, notice, NOW, size=2)
        clock.advance(hours=1)
        assert await expand_chunk(session, snapshot, notice, clock.now(), size=2) == 0
        assert len(await rows_of(session, notice)) == 2
        assert (await get(session, notice.code)).expanded_at == clock.now()


async def test_the_worker_sends_urgent_first_in_time_and_completes(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        for _ in range(3):
            asker = await a_subscriber(session)
            await subscribe(session, asker, "law", now=NOW)
        law = await an_approved_notice(session, kind="law")
        storm = await an_approved_notice(session)
        later = await an_approved_notice(session, send_at=NOW + HOUR)
    worker = NoticeWorker(store, clock, lambda: snapshot, chunk=2)
    while await worker.tick():
        pass
    async with store.write() as session:
        rows = list(await session.scalars(select(Outgoing).order_by(col(Outgoing.id))))
        assert [row.notice_id for row in rows] == [storm.id] * 3 + [law.id] * 3
        for row in rows:
            row.state = OutgoingState.SENT
    await worker.tick()
    async with store.read() as session:
        assert (await get(session, storm.code)).state is NoticeState.COMPLETED
        assert (await get(session, law.code)).state is NoticeState.COMPLETED
        assert (await get(session, later.code)).state is NoticeState.SENDING
    clock.advance(hours=1)
    while await worker.tick():
        pass
    async with store.read() as session:
        assert len(await rows_of(session, later)) == 3


async def test_a_row_that_was_given_back_after_the_stop_is_cancelled_too(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        await a_subscriber(session)
        notice = await an_approved_notice(session)
        await expand_chunk(session, snapshot, notice, NOW)
        (row,) = await rows_of(session, notice)
        row.state = OutgoingState.SENDING
        await session.flush()
        await stop(session, notice.code, await an_officer(session, "Admin", "admin"), now=NOW)
        row.state = OutgoingState.QUEUED
    await NoticeWorker(store, clock, lambda: snapshot).tick()
    async with store.read() as session:
        assert (await delivery(session, notice)).cancelled == 1


async def test_the_worker_goes_on_after_an_error(store: Store, snapshot: Snapshot, clock: FrozenClock) -> None:
    async with store.write() as session:
        await a_subscriber(session)
        notice = await an_approved_notice(session)
    failures = iter([RuntimeError("the snapshot is away")])

    def knowledge() -> Snapshot:
        if (error := next(failures, None)) is not None:
            raise error
        return snapshot

    worker = NoticeWorker(store, clock, knowledge, poll=0.01)
    running = asyncio.create_task(worker.run())
    deadline = asyncio.get_running_loop().time() + 10
    written = 0
    while not written and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.01)
        async with store.read() as session:
            written = await session.scalar(select(func.count()).where(col(Outgoing.notice_id) == notice.id)) or 0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert written == 1
    async with store.read() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
