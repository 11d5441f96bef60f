"""After `/xoadulieu` no row anywhere holds the person's words, name or address; what stays is said and needed."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import SQLModel, col

from bot import desk, notices, people
from bot.dialogue.context import Knowledge
from bot.messages import ChatKind, Location, Media, MediaKind, Press
from bot.privacy import TRACES
from bot.store import Store, migrate
from bot.store.tables import (
    Attachment,
    Audit,
    ChannelMemory,
    Conversation,
    EventKind,
    Inbound,
    Notice,
    Outgoing,
    OutgoingState,
    Person,
    Subscription,
    Ticket,
    TicketEvent,
    TicketState,
)
from tests.notices.given import STORM
from tests.people.given import an_officer
from tests.privacy.house import House, taps, words
from tests.support.clock import FrozenClock

ODD = "/hoi giá vé xem phim ở rạp MARKWORD"
NAME = "MARKNAME Văn Ba"
CHAT = "77001122"
WEB = "c0ffee" * 10 + "abcd"


async def every_row(store: Store) -> dict[str, list[str]]:
    """Every row of every table as text."""
    found: dict[str, list[str]] = {}
    async with store.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            rows = (await session.execute(select(table))).mappings().all()
            found[table.name] = [json.dumps(dict(row), default=str, ensure_ascii=False) for row in rows]
    return found


async def traces(store: Store, *markers: str) -> list[tuple[str, str]]:
    """The rows that hold one of the markers."""
    rows = await every_row(store)
    assert len(rows) >= 15
    assert sum(map(len, rows.values())) > 0
    return [(name, row) for name, lines in rows.items() for row in lines for mark in markers if mark in row]


async def erase(house: House, chat: str = CHAT, channel: str = "telegram") -> str:
    """Asks for it and confirms; what was said last."""
    asked = await house.hear("/xoadulieu", chat, channel=channel, name=NAME)
    assert "Không lấy lại được" in words(asked)
    return words(await house.hear("XOÁ", chat, channel=channel, name=NAME))


async def a_full_life(house: House) -> None:
    """Somebody who used everything, on two channels, with officers who read and wrote about it."""
    await house.desk()
    await house.officer("Lan", account="901", department="reception")
    await house.hear(ODD, CHAT, name=NAME)
    await house.hear("MARKWORD tàu số KG 12345 MARKWORD", CHAT, name=NAME)
    await house.hear(Media(media=MediaKind.PHOTO, file_id="f", caption="MARKWORD giấy tờ"), CHAT, name=NAME)
    await house.tap("ps:role:fisherman", CHAT, name=NAME)
    await house.tap("ps:area:phu-quoc", CHAT, name=NAME)
    await house.tap("s:on:weather", CHAT, name=NAME)
    await house.hear("/dulieu", CHAT, name=NAME)
    code = words(await house.hear("/lienket", CHAT, name=NAME)).split("/lienket ")[1].split()[0]
    await house.hear(f"/lienket {code}", WEB, channel="web", name=NAME)
    await house.hear("hỏi thêm MARKWORD ở trang web", WEB, channel="web", name=NAME)
    await house.hear(Location(latitude=9.123456, longitude=103.654321), WEB, channel="web", name=NAME)
    (ticket, *_) = await house.rows(Ticket)
    card = next(m for chat, m in reversed(house.platforms["telegram"].sent) if chat == "-5")
    raw = {"callback_query": {"message": {"text": card.plain + f" MARKWORD {ticket.code}"}}}
    group: dict[str, Any] = {"kind": ChatKind.GROUP, "sender": "901", "name": "Lan"}
    await house.hear(Press(data=f"t:take:{ticket.code}", press_id="1"), "-5", raw=raw, **group)
    await house.hear(f"/xem {ticket.code}", "-5", **group)
    await house.hear("/hangdoi", "-5", **group)
    number = next(
        str(n + 1)
        for n, (chat, m) in enumerate(house.platforms["telegram"].sent)
        if ticket.code in m.plain and chat == "-5"
    )
    await house.hear(f"/note anh {NAME} nói MARKWORD", "-5", reply_to=number, **group)
    await house.hear(f"Chào anh {NAME}, MARKWORD đã rõ.", "-5", reply_to=number, raw={"reply": card.plain}, **group)


async def test_nothing_is_left_of_a_person_who_used_everything(house: House) -> None:
    await a_full_life(house)
    marks = ("MARKWORD", "MARKNAME", CHAT, WEB, "9.123456", "phu-quoc")
    before = {name for name, _ in await traces(house.store, *marks)}
    assert {"inbound", "outgoing", "person", "conversation", "question", "ticket", "ticket_event"} <= before
    said = await erase(house)
    assert "Đã xoá dữ liệu" in said
    # At once: no word and no name; the address only where the last confirmation needed it.
    left = await traces(house.store, "MARKWORD", "MARKNAME", "9.123456", "phu-quoc", WEB)
    assert [row for row in left if row[0] != "inbound"] == []
    assert {name for name, _ in await traces(house.store, CHAT)} <= {"inbound", "outgoing"}
    house.clock.advance(hours=25)
    await house.cleaner.tick()
    assert await traces(house.store, *marks) == []
    assert await house.rows(Person) == [p for p in await house.rows(Person) if p.name in ("Lan", "Hạnh")]


async def test_what_stays_is_the_tickets_record_and_the_figures(house: House) -> None:
    await a_full_life(house)
    tickets = {ticket.code: ticket for ticket in await house.rows(Ticket)}
    await erase(house)
    for ticket in await house.rows(Ticket):
        was = tickets[ticket.code]
        assert (ticket.kind, ticket.opened_at, ticket.due_at) == (was.kind, was.opened_at, was.due_at)
        assert (ticket.state, ticket.subject, ticket.secret_hash) == (TicketState.CLOSED, "", "")
        assert ticket.erased_at is not None
    events = await house.rows(TicketEvent)
    assert EventKind.ERASED in {event.kind for event in events}
    assert {event.text for event in events} == {""}
    assert [row.action for row in await house.rows(Audit)].count("person.erase") == 1


async def test_officers_see_that_the_words_are_gone_and_can_do_nothing_more(house: House) -> None:
    await a_full_life(house)
    await erase(house)
    edited = [m for chat, m in house.platforms["telegram"].sent if chat == "-5" and m.edit_of is not None]
    assert any("nội dung đã xoá" in message.plain for message in edited)
    (ticket, *_) = await house.rows(Ticket)
    async with house.store.write() as session:
        officer = await people.officer_of_account(session, "telegram", "901")
        assert officer is not None
        with pytest.raises(desk.TicketErased):
            await desk.reopen(session, house.knowledge.snapshot, ticket.code, officer, now=house.clock.now())
        assert await desk.public_page(session, ticket.code, "") is None


async def test_who_writes_again_is_a_newcomer(house: House) -> None:
    await house.hear("hi", CHAT, name=NAME)
    await erase(house)
    back = await house.hear("hi", CHAT, name=NAME)
    assert "Đây là Hải Đăng" in words(back)
    chats = await house.rows(Conversation)
    assert [chat.chat_id == CHAT for chat in chats] == [False, True]
    assert chats[0].person_id is None


async def test_an_open_call_for_help_stays_until_an_officer_closes_it(house: House) -> None:
    await house.desk()
    await house.officer("Lan", account="901")
    await house.hear("tàu cá mấy mét phải gắn giám sát hành trình MARKWORD", CHAT, name=NAME)
    assert await house.rows(Ticket) == []
    await house.hear("cứu với, tàu tôi đang chìm MARKCRY", CHAT, name=NAME)
    call = next(ticket for ticket in await house.rows(Ticket) if ticket.kind == "distress")
    asked = words(await house.hear("/xoadulieu", CHAT, name=NAME))
    assert call.code in asked
    assert "chỉ xoá sau khi cán bộ đóng phiếu" in asked
    said = words(await house.tap("ery", CHAT, name=NAME))
    assert f"trừ báo nạn {call.code}" in said
    await house.cleaner.tick()
    assert await traces(house.store, "MARKCRY", NAME), "somebody may be looking for them"
    assert [r for r in await traces(house.store, "MARKWORD") if r[0] != "inbound"] == []
    async with house.store.write() as session:
        officer = await people.officer_of_account(session, "telegram", "901")
        assert officer is not None
        await desk.close(session, house.knowledge.snapshot, call.code, officer, now=house.clock.now())
    await house.settle("telegram", CHAT)
    await house.cleaner.tick()
    assert "đã xoá xong" in words(await house.settle("telegram", CHAT))
    house.clock.advance(hours=25)
    await house.cleaner.tick()
    assert await traces(house.store, "MARKCRY", "MARKWORD", "MARKNAME", CHAT) == []


async def test_thinking_better_of_it_and_old_buttons_erase_nothing(house: House) -> None:
    await house.hear(ODD, CHAT, name=NAME)
    asked = await house.hear("/xoadulieu", CHAT, name=NAME)
    assert taps(asked) == ["ery", "ern"]
    assert "Không xoá gì" in words(await house.tap("ern", CHAT, name=NAME))
    assert "Nút này đã cũ" in words(await house.tap("ery", CHAT, name=NAME))
    await house.hear("/xoadulieu", CHAT, name=NAME)
    await house.hear("tàu cá mấy mét phải gắn giám sát hành trình", CHAT, name=NAME)
    assert "Nút này đã cũ" in words(await house.tap("ery", CHAT, name=NAME))
    assert await traces(house.store, "MARKWORD")


async def test_a_redelivered_message_of_that_day_is_not_handled_again(house: House) -> None:
    await house.hear(ODD, CHAT, name=NAME)
    async with house.store.read() as session:
        first = await session.scalar(select(Inbound).order_by(col(Inbound.id)).limit(1))
    assert first is not None
    await erase(house)
    shells = await house.rows(Inbound)
    assert first.platform_id in {row.platform_id for row in shells}
    assert [(row.raw, row.message) for row in shells] == [({}, None)] * len(shells)
    house.clock.advance(seconds=TRACES.total_seconds() + 60)
    await house.cleaner.tick()
    assert await house.rows(Inbound) == []


async def test_the_proof_that_a_notice_went_out_stays_without_its_reader(house: House) -> None:
    await house.hear("hi", CHAT, name=NAME)
    await house.tap("s:on:weather", CHAT, name=NAME)
    async with house.store.write() as session:
        boss = await an_officer(session, "Hòa", "admin")
        now = house.clock.now()
        notice = await notices.draft(session, **STORM, by=boss, now=now)
        await notices.submit(session, notice.code, boss, now=now)
        await notices.approve(session, notice.code, boss, now=now)
        await notices.expand_chunk(session, house.knowledge.snapshot, notice, now)
    await house.settle("telegram", CHAT)
    await erase(house)
    async with house.store.read() as session:
        row = await session.get(Notice, notice.id)
        assert row is not None
        assert (await notices.delivery(session, row)).sent == 1
        sent = (await session.scalars(select(Outgoing).where(col(Outgoing.notice_id) == row.id))).one()
    assert (sent.state, sent.platform_message_id) == (OutgoingState.SENT, None)
    assert sent.chat_id != CHAT
    assert await house.rows(Subscription) == []


async def test_other_people_lose_nothing(house: House) -> None:
    await house.desk()
    await house.hear("/hoi giá vé xem phim ở rạp MARKOTHER", "555", name="Chị Tư")
    await a_full_life(house)
    before = len(await traces(house.store, "MARKOTHER"))
    await erase(house)
    house.clock.advance(hours=25)
    await house.cleaner.tick()
    kept = await traces(house.store, "MARKOTHER")
    assert len(kept) >= before - 2, "what the desk saw of both in one list went with the list"
    assert {"inbound", "question", "person", "conversation"} <= {name for name, _ in kept} | {"person", "conversation"}
    assert {person.name for person in await house.rows(Person)} >= {"Chị Tư"}


STEPS = (
    ODD,
    "hỏi MARKWORD gì đó không ai biết",
    "/hoi MARKWORD cho hỏi riêng",
    "/phieu",
    "/dulieu",
    "/hoso",
    "/stop",
    "cảm ơn MARKWORD",
    "!take",
    "!answer",
    "!day",
    "s:on:law",
    "ps:vessel:from_15",
    "n",
    "photo",
    "place",
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=9))
async def test_whatever_somebody_did_before_it_is_gone(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge
) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('erase')}/h.db")
    await migrate(store)
    house = House(store, FrozenClock(), knowledge)
    await house.desk()
    await house.officer("Lan", account="901")
    await house.hear("hi", CHAT, name=NAME)
    for step in steps:
        await _do(house, step)
    said = await erase(house)
    assert "Đã xoá dữ liệu" in said
    house.clock.advance(hours=25)
    await house.cleaner.tick()
    await house.settle("telegram", CHAT)
    assert await traces(store, "MARKWORD", "MARKNAME", CHAT) == []
    await store.close()


async def _do(house: House, step: str) -> None:
    snapshot, now = house.knowledge.snapshot, house.clock.now()
    if step.startswith("!"):
        if step == "!day":
            house.clock.advance(days=3)
            await house.cleaner.tick()
            return
        async with house.store.write() as session:
            officer = await people.officer_of_account(session, "telegram", "901")
            assert officer is not None
            waiting = await desk.queue(session, now=now)
            for line in waiting[:1]:
                if step == "!take":
                    await desk.take(session, snapshot, line.code, officer, now=now)
                else:
                    await desk.answer(session, snapshot, line.code, officer, f"{NAME}: MARKWORD, mấy mét?", now=now)
        await house.settle("telegram", CHAT)
    elif step == "photo":
        await house.hear(Media(media=MediaKind.PHOTO, file_id="f", caption="MARKWORD"), CHAT, name=NAME)
    elif step == "place":
        await house.hear(Location(latitude=9.1, longitude=104.2), CHAT, name=NAME)
    elif ":" in step or step == "n":
        await house.tap(step, CHAT, name=NAME)
    else:
        await house.hear(step, CHAT, name=NAME)


async def test_photos_and_the_names_of_topics_go_too(house: House) -> None:
    await a_full_life(house)
    (ticket, *_) = await house.rows(Ticket)
    now = house.clock.now()
    async with house.store.write() as session:
        for chat, message in ((WEB, "1"), ("somebody-else", "1")):
            session.add(
                Attachment(
                    channel="web",
                    chat_id=chat,
                    message_id=message,
                    content_type="image/jpeg",
                    size=4,
                    posted_at=now,
                    created_at=now,
                    content=b"JPEG",
                )
            )
        name = {"thread": 7, "name": f"{ticket.code} MARKWORD", "closed": False, "gone": False}
        session.add(ChannelMemory(channel="telegram", key=f"topic:-5:{ticket.code}", value=name, saved_at=now))
        (group,) = await session.scalars(select(Conversation).where(col(Conversation.chat_id) == "-5"))
        card = (
            await session.scalars(select(Outgoing).where(col(Outgoing.dedupe_key).startswith(f"card:{ticket.id}:")))
        ).first()
        assert card is not None
        card.message = {**card.message, "topic": {"key": ticket.code, "name": "MARKWORD"}}
        group.forum = True
    await erase(house)
    assert [row.chat_id for row in await house.rows(Attachment)] == ["somebody-else"]
    house.clock.advance(hours=25)
    await house.cleaner.tick()
    assert await traces(house.store, "MARKWORD", WEB) == []
    renamed = [m.topic for _, m in house.platforms["telegram"].sent if m.edit_of is not None and m.topic is not None]
    assert renamed[-1].name == ticket.code
    house.clock.advance(days=200)
    await house.cleaner.tick()
    assert await house.rows(Attachment) == []


#: Every table, and what deletion does about it. A new one has to be thought about before this test passes again.
TABLES = {
    "attachment": "deleted",
    "audit": "names nobody",
    "channel_memory": "names of topics emptied",
    "console_session": "officers only",
    "conversation": "emptied",
    "inbound": "deleted, after a day's shell",
    "invite": "officers only",
    "knowledge_revision": "written by officers",
    "notice": "written by officers",
    "officer": "officers only",
    "officer_identity": "officers only",
    "outgoing": "deleted; notices without address",
    "person": "deleted",
    "person_code": "deleted",
    "question": "deleted",
    "subscription": "deleted",
    "ticket": "emptied",
    "ticket_event": "emptied",
}


def test_every_table_was_thought_about() -> None:
    assert {table.name for table in SQLModel.metadata.sorted_tables} == set(TABLES)


def test_the_traces_last_as_long_as_telegram_keeps_updates() -> None:
    assert dt.timedelta(hours=24) <= TRACES
