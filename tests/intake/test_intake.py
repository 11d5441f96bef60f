"""Store, acknowledge, handle: nothing is lost, nothing is done twice, one bad message stops nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot import people
from bot.intake import Intake
from bot.intake import worker as worker_module
from bot.messages import Arrival, ChatKind, Lane, Membership, MembershipChange
from bot.store import Store, StoreUnavailable
from bot.store import engine as engine_module
from bot.store.tables import (
    Conversation,
    Inbound,
    InboundState,
    Officer,
    Outgoing,
    Purpose,
    Question,
    Ticket,
)
from tests.intake.conftest import Desk

VMS = "tàu cá mấy mét phải gắn thiết bị giám sát hành trình"
SINKING = "cứu với, tàu tôi đang chìm"


async def count(store: Store, table: Any) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def said(store: Store) -> list[str]:
    async with store.read() as session:
        rows = (await session.scalars(select(Outgoing).order_by(col(Outgoing.id)))).all()
    return ["".join(span["text"] for span in row.message.get("text", [])) for row in rows]


async def states(store: Store) -> list[InboundState]:
    async with store.read() as session:
        return list((await session.scalars(select(col(Inbound.state)).order_by(col(Inbound.id)))).all())


async def test_a_redelivery_changes_nothing(desk: Desk) -> None:
    arrival = desk.arrival(VMS)
    assert await desk.inbox.put([arrival]) == 1
    await desk.intake.drain()
    before = await said(desk.store)
    assert await desk.inbox.put([arrival, arrival]) == 0
    await desk.intake.drain()
    assert await said(desk.store) == before
    assert await count(desk.store, Question) == 1


async def test_messages_of_one_conversation_are_handled_in_order(desk: Desk) -> None:
    await desk.inbox.put([desk.arrival("/ngonngu"), desk.arrival("/thongbao"), desk.arrival("/menu")])
    await desk.intake.drain()
    async with desk.store.read() as session:
        rows = (await session.scalars(select(col(Outgoing.inbound_id)).order_by(col(Outgoing.id)))).all()
    assert list(rows) == sorted(rows)
    assert await states(desk.store) == [InboundState.HANDLED] * 3


async def test_many_conversations_are_each_answered_once(desk: Desk) -> None:
    await desk.inbox.put([desk.arrival(VMS, chat=str(chat)) for chat in range(30)])
    await desk.intake.drain()
    assert await count(desk.store, Conversation) == 30
    assert await count(desk.store, Question) == 30


async def test_two_processes_handle_each_message_once(desk: Desk) -> None:
    await desk.inbox.put([desk.arrival(VMS, chat=str(chat)) for chat in range(10)])
    other_store = Store(desk.store.url.render_as_string(hide_password=False))
    other = Intake(other_store, desk.intake.channels, desk.intake.knowledge, desk.clock, desk.rescue)
    await asyncio.gather(desk.intake.drain(), other.drain())
    await other_store.close()
    assert await count(desk.store, Question) == 10


async def test_what_cannot_be_read_is_kept_as_a_dead_letter(desk: Desk) -> None:
    await desk.inbox.put([Arrival("telegram", "9", "", {"odd": True}, None, "no date"), desk.arrival(VMS)])
    await desk.intake.drain()
    assert await states(desk.store) == [InboundState.DEAD, InboundState.HANDLED]


async def test_a_message_that_breaks_is_kept_with_an_apology_and_the_next_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = worker_module.decide

    def fragile(message: Any, *rest: Any) -> Any:
        if getattr(message.content, "text", "") == "hỏng":
            raise ZeroDivisionError("broken dialogue")
        return decide(message, *rest)

    monkeypatch.setattr(worker_module, "decide", fragile)
    await desk.hear("hỏng", VMS)
    assert await states(desk.store) == [InboundState.DEAD, InboundState.HANDLED]
    texts = await said(desk.store)
    assert "hệ thống gặp lỗi" in texts[0]
    assert any("Căn cứ" in text for text in texts[1:])
    async with desk.store.read() as session:
        dead = (await session.scalars(select(Inbound).where(col(Inbound.state) == InboundState.DEAD))).one()
    assert (dead.attempts, dead.error) == (3, "ZeroDivisionError: broken dialogue")


async def test_a_stored_message_of_another_version_is_a_dead_letter_and_blocks_nothing(desk: Desk) -> None:
    await desk.inbox.put([desk.arrival("cũ"), desk.arrival(VMS)])
    async with desk.store.write() as session:
        oldest = (await session.scalars(select(Inbound).order_by(col(Inbound.id)))).first()
        assert oldest is not None
        oldest.message = {"channel": "telegram", "unknown": True}
    await desk.intake.drain()
    assert await states(desk.store) == [InboundState.DEAD, InboundState.HANDLED]


async def test_a_broken_dialogue_does_not_stand_between_danger_and_the_numbers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(worker_module, "decide", broken)
    await desk.hear(SINKING)
    assert len(desk.channel.sent) == 1
    assert "112" in desk.channel.sent[0][1]


async def test_a_failure_half_way_leaves_nothing_of_the_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(worker_module, "render", broken)
    await desk.hear("cho tôi gặp cán bộ hỏi về giá vé xem phim ở rạp")
    assert await count(desk.store, Ticket) == 0
    assert await count(desk.store, Question) == 0


async def test_distress_opens_one_ticket_and_goes_out_in_its_own_lane(desk: Desk) -> None:
    await desk.hear(SINKING, "CUU TOI VOI CHIM ROI")
    assert await count(desk.store, Ticket) == 1
    async with desk.store.read() as session:
        lanes = set((await session.scalars(select(col(Outgoing.lane)))).all())
        ticket = (await session.scalars(select(Ticket))).one()
    assert lanes == {int(Lane.DISTRESS)}
    assert ticket.rank == 0


async def test_the_numbers_go_out_directly_when_nothing_can_be_stored_once_per_message(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_MS", 50)
    store = Store(str(sqlite_desk.store.url))
    desk = Desk(store, sqlite_desk.clock, sqlite_desk.knowledge)
    assert store.url.database is not None
    blocker = sqlite3.connect(store.url.database, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    distress, ordinary = desk.arrival(SINKING), desk.arrival(VMS, chat="2")
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await desk.inbox.put([distress, ordinary])
    blocker.execute("ROLLBACK")
    blocker.close()
    assert [chat for chat, _ in desk.channel.sent] == ["1"]
    assert "0243.768.3050" in desk.channel.sent[0][1]
    # The platform delivers again, since nothing was acknowledged: now there is a ticket.
    await desk.inbox.put([distress, ordinary])
    await desk.intake.drain()
    assert await count(store, Ticket) == 1
    await store.close()


async def test_a_one_time_code_binds_once_and_the_second_try_is_told_so(desk: Desk) -> None:
    async with desk.store.write() as session:
        _, code = await people.invite(
            session, name="Hạnh", roles=["officer"], department=None, now=desk.clock.now(), by=None
        )
    await desk.hear(f"/canbo {code}", chat="7")
    await desk.hear(f"/canbo {code}", chat="8")
    texts = await said(desk.store)
    assert any("Hạnh" in text for text in texts)
    assert any("đã được dùng" in text for text in texts)
    async with desk.store.read() as session:
        assert await people.officer_of_account(session, "telegram", "7") is not None
        assert await people.officer_of_account(session, "telegram", "8") is None
        assert len((await session.scalars(select(Officer))).all()) == 1


async def test_a_group_is_bound_by_a_code_and_moves_with_its_id(desk: Desk) -> None:
    async with desk.store.write() as session:
        code = await people.invite_desk(session, now=desk.clock.now(), by=None)
    await desk.inbox.put([desk.arrival(f"/desk {code}", chat="-5", kind=ChatKind.GROUP)])
    await desk.intake.drain()
    moved = Membership(change=MembershipChange.MOVED, new_chat_id="-1005")
    for _ in range(2):  # Telegram tells it twice
        await desk.inbox.put([desk.arrival(moved, chat="-5", kind=ChatKind.GROUP)])
        await desk.intake.drain()
    async with desk.store.read() as session:
        groups = (await session.scalars(select(Conversation).where(col(Conversation.purpose) == Purpose.DESK))).all()
    assert [group.chat_id for group in groups] == ["-1005"]


async def test_a_damaged_dialogue_state_starts_anew(desk: Desk) -> None:
    await desk.hear(VMS)
    async with desk.store.write() as session:
        (await session.scalars(select(Conversation))).one().state = {"awaiting": "the end of the world", "offered": 5}
    await desk.hear(VMS)
    assert await states(desk.store) == [InboundState.HANDLED] * 2


async def test_english_is_answered_in_english(desk: Desk) -> None:
    await desk.hear("which fishing vessels must have a vessel monitoring system?")
    assert any("Basis" in text or "Legal basis" in text for text in await said(desk.store))
