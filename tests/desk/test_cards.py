"""The officers' group: one card for a ticket, edited as things go on."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import (
    add_detail,
    answer,
    close,
    open_ticket,
    raise_to_distress,
    release,
    reopen,
    show_card,
    take,
    ticket_of_card,
)
from bot.desk.cards import Position
from bot.faq import Snapshot
from bot.messages import Lane, Language, Location, MediaRef, OutgoingMessage
from bot.people import mark_unreachable
from bot.store import Store, message_of
from bot.store.tables import Conversation, OutgoingState, Purpose, Source, TicketKind
from tests.people.given import NOW, a_group, an_asker, an_officer, rows_to


async def ask(
    session: AsyncSession,
    snapshot: Snapshot,
    asker: Conversation,
    question: str = "Tàu 12 m?",
    *,
    kind: TicketKind = TicketKind.QUESTION,
    location: Location | None = None,
    media: MediaRef | None = None,
) -> str:
    opened = await open_ticket(
        session,
        snapshot,
        conversation=asker,
        kind=kind,
        question=question,
        distress_kind=None if kind is TicketKind.QUESTION else "sinking",
        location=location,
        media=media,
        language=Language.VI,
        now=NOW,
    )
    return opened.ticket.code


async def sent(session: AsyncSession, desk: Conversation, *ids: str) -> None:
    """The courier has sent what was queued."""
    queued = [row for row in await rows_to(session, desk) if row.state is OutgoingState.QUEUED]
    for row, number in zip(queued, ids, strict=True):
        row.state, row.platform_message_id = OutgoingState.SENT, number
    await session.flush()


def presses(message: OutgoingMessage) -> list[str | None]:
    return [button.data for row in message.buttons for button in row]


async def test_every_desk_gets_a_card_and_nobody_else(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desks = [await a_group(session), await a_group(session, channel="zalo")]
        gone = await a_group(session)
        await mark_unreachable(session, gone, "kicked", now=NOW)
        public = await a_group(session, Purpose.PUBLIC)
        asker = await an_asker(session, name="Anh **Ba**")
        code = await ask(session, snapshot, asker, "Tàu {code} **12 m**?")
        for desk in desks:
            (row,) = await rows_to(session, desk)
            assert (row.source, row.lane, row.ticket_id is not None) == (Source.CARD, Lane.ANSWER, True)
            message = message_of(row)
            for piece in (code, "Tàu {code} **12 m**?", "Anh **Ba**", "Bộ phận tiếp nhận", "09:30 25/11/2026"):
                assert piece in message.plain
            assert presses(message) == [f"t:take:{code}", f"t:close:{code}", f"t:show:{code}"]
        for other in (gone, public, asker):
            assert await rows_to(session, other) == []


async def test_without_a_desk_nothing_is_lost(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        lan = await an_officer(session)
        code = await ask(session, snapshot, await an_asker(session))
        await take(session, snapshot, code, lan, now=NOW)
        desk = await a_group(session)
        await answer(session, snapshot, code, lan, "Có.", now=NOW)
        assert [message_of(row).plain for row in await rows_to(session, desk)] == [f"{code} · ✅ Đã trả lời: Lan"], (
            "a desk that never got the card reads a line"
        )


async def test_a_call_for_help_is_loud_and_goes_first(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, asker = await a_group(session), await an_asker(session)
        where = Location(latitude=9.99999, longitude=104.5)
        code = await ask(session, snapshot, asker, "cứu với", kind=TicketKind.DISTRESS, location=where)
        await add_detail(session, snapshot, code, conversation=asker, text="nhanh lên", now=NOW)
        card, detail = await rows_to(session, desk)
        assert {row.source for row in (card, detail)} == {Source.ALERT}
        assert {row.lane for row in (card, detail)} == {Lane.DISTRESS}
        text = message_of(card).plain
        for piece in ("BÁO NẠN", code, "Tàu chìm", "10°00.00'N 104°30.00'E", "cứu với"):
            assert piece in text
        assert not message_of(card).silent
        assert any(span.url for span in message_of(card).text), "a link to a map"
        assert "nhanh lên" in message_of(detail).plain


async def test_a_change_edits_the_card_instead_of_writing_another(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, lan = await a_group(session), await an_officer(session)
        code = await ask(session, snapshot, await an_asker(session))
        await sent(session, desk, "7")
        await take(session, snapshot, code, lan, now=NOW)
        edit = message_of((await rows_to(session, desk))[-1])
        assert edit.edit_of == "7"
        assert "Đang xử lý: Lan" in edit.plain
        assert presses(edit) == [f"t:release:{code}", f"t:close:{code}", f"t:show:{code}"]
        await answer(session, snapshot, code, lan, "Có.", now=NOW)
        await close(session, snapshot, code, lan, now=NOW)
        rows = await rows_to(session, desk)
        assert [row.state for row in rows] == [
            OutgoingState.SENT,
            OutgoingState.CANCELLED,
            OutgoingState.CANCELLED,
            OutgoingState.QUEUED,
        ], "of several edits that wait only the last is sent"
        assert all(row.error for row in rows if row.state is OutgoingState.CANCELLED)
        last = message_of(rows[-1])
        assert "Đã đóng: Lan" in last.plain
        assert presses(last) == [f"t:show:{code}"]


async def test_a_card_that_still_waits_is_rewritten_and_one_in_the_couriers_hand_is_followed(
    store: Store, snapshot: Snapshot
) -> None:
    async with store.write() as session:
        desk, lan = await a_group(session), await an_officer(session)
        code = await ask(session, snapshot, await an_asker(session))
        await take(session, snapshot, code, lan, now=NOW)
        (card,) = await rows_to(session, desk)
        assert "Đang xử lý: Lan" in message_of(card).plain
        card.state = OutgoingState.SENDING
        await session.flush()
        await release(session, snapshot, code, lan, now=NOW)
        _, line = await rows_to(session, desk)
        assert message_of(line).plain == f"{code} · ⏳ Chưa ai nhận"


async def test_what_the_asker_adds_is_a_reply_to_the_card_and_leads_back_to_the_ticket(
    store: Store, snapshot: Snapshot
) -> None:
    async with store.write() as session:
        desk, asker = await a_group(session, chat_id="-5"), await an_asker(session)
        code = await ask(session, snapshot, asker)
        await sent(session, desk, "7")
        await add_detail(session, snapshot, code, conversation=asker, text="Tàu gỗ", now=NOW)
        detail = (await rows_to(session, desk))[-1]
        assert message_of(detail).reply_to == "7"
        await sent(session, desk, "8")
        for number in ("7", "8"):
            assert await ticket_of_card(session, "telegram", "-5", number) == code
        assert await ticket_of_card(session, "telegram", "-5", "9") is None
        assert await ticket_of_card(session, "telegram", "-6", "7") is None
        answered = await rows_to(session, asker)
        assert answered == []


async def test_a_reply_to_an_answer_is_no_reply_to_a_card(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        asker, lan = await an_asker(session, chat_id="42"), await an_officer(session)
        code = await ask(session, snapshot, asker)
        await answer(session, snapshot, code, lan, "Có.", now=NOW)
        await sent(session, asker, "3")
        assert await ticket_of_card(session, "telegram", "42", "3") is None


async def test_an_opened_again_ticket_gets_a_new_card(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, asker, lan = await a_group(session), await an_asker(session), await an_officer(session)
        code = await ask(session, snapshot, asker)
        await sent(session, desk, "7")
        await close(session, snapshot, code, lan, now=NOW)
        await sent(session, desk, "7")
        await reopen(session, snapshot, code, lan, now=NOW)
        card = message_of((await rows_to(session, desk))[-1])
        assert card.edit_of is None
        assert "Mở lại" in card.plain
        await sent(session, desk, "9")
        await take(session, snapshot, code, lan, now=NOW)
        assert message_of((await rows_to(session, desk))[-1]).edit_of == "9", "the newest card is the card"


async def test_a_card_that_waits_does_not_come_after_the_cry_for_help(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        desk, asker = await a_group(session), await an_asker(session)
        code = await ask(session, snapshot, asker)
        await raise_to_distress(session, snapshot, code, conversation=asker, distress_kind="sinking", text="x", now=NOW)
        waiting = [row for row in await rows_to(session, desk) if row.state is OutgoingState.QUEUED]
        assert {row.lane for row in waiting} == {Lane.DISTRESS}


async def test_danger_without_a_group_to_alert_is_shouted_into_the_log(
    sqlite_store: Store, snapshot: Snapshot, caplog: pytest.LogCaptureFixture
) -> None:
    async with sqlite_store.write() as session:
        await ask(session, snapshot, await an_asker(session))
        assert not caplog.records
        await ask(session, snapshot, await an_asker(session), kind=TicketKind.DISTRESS)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


async def test_a_file_is_relayed_within_the_platform_and_announced_elsewhere(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        here, there = await a_group(session), await a_group(session, channel="zalo")
        media = MediaRef(chat_id="42", message_id="3")
        code = await ask(session, snapshot, await an_asker(session), media=media)
        assert message_of((await rows_to(session, here))[-1]).relay == media
        note = message_of((await rows_to(session, there))[-1])
        assert note.relay is None
        assert code in note.plain


async def test_show_gives_the_card_with_its_history(sqlite_store: Store, snapshot: Snapshot) -> None:
    async with sqlite_store.write() as session:
        asker = await an_asker(session)
        code = await ask(session, snapshot, asker, "x" * 5000)
        for number in range(20):
            await add_detail(session, snapshot, code, conversation=asker, text=f"{number} " + "y" * 5000, now=NOW)
        shown = await show_card(session, snapshot, code)
        assert "19 yyy" in shown.plain
        assert len(shown.plain) < 4096, "one message on Telegram"


def test_positions_are_read_over_the_radio() -> None:
    assert str(Position(9.99999, 104.5)) == "10°00.00'N 104°30.00'E"
    assert str(Position(-0.5, -0.25)) == "0°30.00'S 0°15.00'W"
    assert "mlat=9.99999" in Position(9.99999, 104.5).map_url
