"""A call for help that nobody takes wakes ring after ring, each once, whatever restarts and whoever else looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.desk import AlarmWorker, answer, close, open_ticket, raise_to_distress, release, take, told_safe
from bot.faq import Snapshot
from bot.faq.schema import Alarm
from bot.messages import Language
from bot.people import bind_account, conversation_for
from bot.store import Store, message_of
from bot.store.tables import Conversation, Officer, Outgoing, Source, Ticket
from tests.people.given import NOW, a_group, an_asker, an_officer, audited, rows_to, said
from tests.support.clock import FrozenClock

Acts = Callable[[AsyncSession, Snapshot, str, Officer, Conversation], object]


async def awake(session: AsyncSession, name: str, chat_id: str, *roles: str, department: str | None = None) -> Officer:
    """An officer with a private chat."""
    officer = await an_officer(session, name, *roles, department=department)
    await bind_account(session, officer, "telegram", chat_id, now=NOW)
    await conversation_for(session, said(chat_id=chat_id, name=name), now=NOW)
    return officer


async def staff(session: AsyncSession) -> None:
    """A group, an officer of the department, one of another, an editor, a leader and an administrator."""
    await a_group(session, chat_id="-5")
    await awake(session, "Lan", "901", department="reception")
    await awake(session, "Hòa", "902", department="legal")
    await awake(session, "Ý", "903", "editor", department="reception")
    await awake(session, "Sơn", "904", "leader")
    await awake(session, "Hải", "905", "admin")


async def call(session: AsyncSession, snapshot: Snapshot, kind: str = "distress") -> tuple[str, Conversation]:
    asker = await an_asker(session, chat_id="1")
    opened = await open_ticket(
        session, snapshot, conversation=asker, kind=kind, question="cứu", language=Language.VI, now=NOW
    )
    return opened.ticket.code, asker


async def woken(store: Store) -> list[str]:
    """The chats that rings woke, in order."""
    async with store.read() as session:
        rows = await session.scalars(
            select(Outgoing).where(col(Outgoing.dedupe_key).startswith("ring:")).order_by(col(Outgoing.id))
        )
        return [row.chat_id for row in rows]


async def test_ring_after_ring_each_once(store: Store, snapshot: Snapshot, clock: FrozenClock) -> None:
    async with store.write() as session:
        await staff(session)
        code, _ = await call(session, snapshot)
    seen = [await woken(store)]
    for seconds in (60, 59, 1, 60, 60, 3600):
        clock.advance(seconds=seconds)
        worker = AlarmWorker(store, clock, lambda: snapshot)  # a process that has just started
        await worker.tick()
        await worker.tick()
        seen.append((await woken(store))[sum(map(len, seen)) :])
    assert seen == [["901"], [], [], ["901", "902", "904", "905", "-5"], [], ["904", "905"], []]
    async with store.read() as session:
        assert await audited(session, "ticket.alarm") == 3
        rows = await session.scalars(select(Outgoing).where(col(Outgoing.dedupe_key).startswith("ring:")))
        assert {(row.lane, row.source) for row in rows} == {(0, Source.ALERT)}
    assert code


async def test_the_asker_is_told_the_truth_and_the_numbers(
    store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with store.write() as session:
        await staff(session)
        code, asker = await call(session, snapshot)
    for _ in range(2):
        clock.advance(minutes=2)
        await AlarmWorker(store, clock, lambda: snapshot).tick()
    async with store.write() as session:
        told = [message_of(row) for row in await rows_to(session, asker)]
        assert len(told) == 2
        for message in told:
            assert f"{code}: chưa có cán bộ nào xác nhận" in message.plain
            assert "112" in message.plain
            assert [b.data for row in message.buttons for b in row] == ["ok"]
        lan = (await session.scalars(select(Officer).where(col(Officer.name) == "Lan"))).one()
        await take(session, snapshot, code, lan, now=clock.now())
        assert "Cán bộ đã nhận" in message_of((await rows_to(session, asker))[-1]).plain
        for chat in ("901", "902", "904", "905"):
            row = (await session.scalars(select(Conversation).where(col(Conversation.chat_id) == chat))).one()
            assert "Lan nhận" in message_of((await rows_to(session, row))[-1]).plain


async def test_with_nobody_to_wake_the_asker_is_told_that_too(
    sqlite_store: Store, snapshot: Snapshot, clock: FrozenClock
) -> None:
    async with sqlite_store.write() as session:
        _, asker = await call(session, snapshot)
    clock.advance(minutes=2)
    await AlarmWorker(sqlite_store, clock, lambda: snapshot).tick()
    async with sqlite_store.read() as session:
        (row,) = await rows_to(session, asker)
        assert "không liên lạc được thêm ai" in message_of(row).plain


async def test_of_two_processes_one_wakes(store: Store, snapshot: Snapshot, clock: FrozenClock) -> None:
    async with store.write() as session:
        await staff(session)
        await call(session, snapshot)
    clock.advance(minutes=2)
    other = Store(store.url.render_as_string(hide_password=False))
    workers = [AlarmWorker(each, clock, lambda: snapshot) for each in (store, other)]
    assert sum(await asyncio.gather(*(worker.tick() for worker in workers))) == 1
    await other.close()
    assert len(await woken(store)) == 1 + 5


async def _release(session: AsyncSession, snapshot: Snapshot, code: str, lan: Officer, asker: Conversation) -> None:
    await take(session, snapshot, code, lan, now=NOW)
    await release(session, snapshot, code, lan, now=NOW)


async def _safe(session: AsyncSession, snapshot: Snapshot, code: str, lan: Officer, asker: Conversation) -> None:
    await told_safe(session, snapshot, code, conversation=asker, inbound_id=None, now=NOW)


@pytest.mark.parametrize(
    ("act", "goes_on"),
    [
        (lambda s, k, c, lan, a: take(s, k, c, lan, now=NOW), False),
        (lambda s, k, c, lan, a: answer(s, k, c, lan, "Đang tới.", now=NOW), False),
        (lambda s, k, c, lan, a: close(s, k, c, lan, now=NOW), False),
        (_release, True),
        (_safe, True),
    ],
    ids=["taken", "answered", "closed", "released", "said safe"],
)
async def test_what_ends_an_alarm_and_what_does_not(
    sqlite_store: Store, snapshot: Snapshot, clock: FrozenClock, act: Acts, goes_on: bool
) -> None:
    async with sqlite_store.write() as session:
        await staff(session)
        code, asker = await call(session, snapshot)
        lan = (await session.scalars(select(Officer).where(col(Officer.name) == "Lan"))).one()
        await act(session, snapshot, code, lan, asker)  # type: ignore[misc]
    before = len(await woken(sqlite_store))
    clock.advance(minutes=2)
    await AlarmWorker(sqlite_store, clock, lambda: snapshot).tick()
    assert (len(await woken(sqlite_store)) > before) is goes_on


@pytest.mark.parametrize("kind", ["question", "possible_distress"])
async def test_only_a_certain_call_wakes_people_and_a_raised_one_does(
    sqlite_store: Store, snapshot: Snapshot, clock: FrozenClock, kind: str
) -> None:
    async with sqlite_store.write() as session:
        await staff(session)
        code, asker = await call(session, snapshot, kind)
    clock.advance(minutes=10)
    assert await AlarmWorker(sqlite_store, clock, lambda: snapshot).tick() == 0
    async with sqlite_store.write() as session:
        await raise_to_distress(
            session, snapshot, code, conversation=asker, distress_kind=None, text="chìm", now=clock.now()
        )
    assert await woken(sqlite_store) == ["901"]
    async with sqlite_store.read() as session:
        assert (await session.scalars(select(Ticket))).one().alarm_at == clock.now()


def test_rings_follow_each_other() -> None:
    with pytest.raises(ValueError, match="must grow"):
        Alarm.model_validate(
            {"rings": [{"after_minutes": 2, "to": ["groups"]}, {"after_minutes": 2, "to": ["leaders"]}]}
        )
