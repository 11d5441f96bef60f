"""A ticket's page: what was said, what was sent, and what officers do about it."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import func, select

from bot import desk, people
from bot.messages import Location, MediaRef, StoredFile
from bot.store import StoredFiles
from bot.store.tables import Conversation, Outgoing, OutgoingState, Role, Source, TicketKind, TicketState
from tests.support.pictures import heic, jpeg
from tests.web.console.desk_house import DeskHouse

EVIL = '<script>alert(1)</script> & "dấu" {name} {{ 7*7 }}'


async def answers(house: DeskHouse) -> int:
    async with house.store.read() as session:
        return (
            await session.scalar(select(func.count()).select_from(Outgoing).where(Outgoing.source == Source.ANSWER))
            or 0
        )


async def state(house: DeskHouse, code: str) -> TicketState:
    async with house.store.read() as session:
        return TicketState((await desk.ticket_page(session, code)).ticket.state)


async def test_an_officer_answers_and_the_asker_gets_it(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    assert (await officer.post(f"{page}/take")).headers["location"] == f"{page}?done=taken"
    answered = await officer.post(f"{page}/answer", {"text": "Ở Chi cục Thủy sản.\r\nMang theo sổ."}, on=page)
    assert answered.headers["location"] == f"{page}?done=answered"

    shown = (await officer.get(page)).text
    assert "Ở Chi cục Thủy sản.\nMang theo sổ." in shown
    assert "Đang chờ gửi" in shown
    async with house.store.write() as session:
        row = await session.scalar(select(Outgoing).where(Outgoing.source == Source.ANSWER))
        assert row is not None
        row.state, row.sent_at = OutgoingState.SENT, house.clock.now()
    assert "Đã gửi lúc 09:00" in (await officer.get(f"{page}/thread")).text


@pytest.mark.parametrize(
    ("state_", "error", "words"),
    [
        (OutgoingState.FAILED, "Forbidden: bot was blocked by the user", "Không gửi được: người nhận đã chặn bot"),
        (OutgoingState.FAILED, "Bad Request: something new", "Không gửi được: Bad Request: something new"),
        (OutgoingState.FAILED, None, "Không gửi được: không rõ lý do"),
        (OutgoingState.UNCERTAIN, None, "Không chắc đã tới"),
    ],
)
async def test_what_became_of_an_answer(house: DeskHouse, state_: OutgoingState, error: str | None, words: str) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    await officer.post(f"/console/tickets/{ticket.code}/answer", {"text": "Ở Chi cục."})
    async with house.store.write() as session:
        row = await session.scalar(select(Outgoing).where(Outgoing.source == Source.ANSWER))
        assert row is not None
        row.state, row.error = state_, error
    assert words in (await officer.get(f"/console/tickets/{ticket.code}")).text


async def test_a_double_click_answers_once(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    once = await officer.once(page)
    both = await asyncio.gather(
        *(officer.post(f"{page}/answer", {"text": "Ở Chi cục.", "once": once}) for _ in range(2))
    )
    assert [response.status_code for response in both] == [303, 303]
    assert await answers(house) == 1
    # a follow-up is a new form
    await officer.post(f"{page}/answer", {"text": "Còn nữa.", "once": await officer.once(page)})
    assert await answers(house) == 2


async def test_of_two_officers_the_second_is_told_and_keeps_the_text(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    binh, chi = await house.sign_in("Bình", Role.OFFICER), await house.sign_in("Chi", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    await binh.post(f"{page}/take")
    assert (await chi.post(f"{page}/take")).status_code == 409
    refused = await chi.post(f"{page}/answer", {"text": "Câu trả lời dài của Chi"})
    assert refused.status_code == 409
    assert "Đồng nghiệp Bình đang giữ phiếu" in refused.text
    assert "Câu trả lời dài của Chi" in refused.text
    assert await answers(house) == 0

    leader = await house.sign_in("Dũng", Role.LEADER)
    assert "Nhận thay Bình" in (await leader.get(page)).text
    assert (await leader.post(f"{page}/take")).status_code == 303


async def test_an_internal_note_looks_internal_and_reaches_nobody(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    await officer.post(f"/console/tickets/{ticket.code}/note", {"text": "Người này hay hỏi lại"})
    page = (await officer.get(f"/console/tickets/{ticket.code}")).text
    note = page[page.index('class="said said--note') :]
    assert "NỘI BỘ – người hỏi không thấy" in note[: note.index("</li>")]
    assert "Người này hay hỏi lại" in note[: note.index("</li>")]
    assert await answers(house) == 0


async def test_empty_and_endless_texts_are_refused_with_a_word(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    for act in ("answer", "note"):
        empty = await officer.post(f"{page}/{act}", {"text": "   "})
        assert (empty.status_code, "Chưa có nội dung" in empty.text) == (409, True)
    endless = await officer.post(f"{page}/answer", {"text": "dài " * 1000})
    assert (endless.status_code, "tối đa 3500" in endless.text) == (422, True)
    assert await answers(house) == 0


async def test_release_close_and_reopen(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    for act, expected in (
        ("take", TicketState.TAKEN),
        ("release", TicketState.OPEN),
        ("close", TicketState.CLOSED),
        ("reopen", TicketState.OPEN),
    ):
        assert (await officer.post(f"{page}/{act}")).status_code == 303
        assert await state(house, ticket.code) is expected
    late = await officer.post(f"{page}/release")
    assert late.status_code == 409
    assert "trạng thái “Chưa ai nhận”" in late.text


async def test_what_people_type_is_text(house: DeskHouse) -> None:
    ticket = await house.asks(EVIL, name="<img src=x onerror=alert(2)>")
    officer = await house.sign_in("Bình", Role.OFFICER)
    await officer.post(f"/console/tickets/{ticket.code}/note", {"text": EVIL})
    await officer.post(f"/console/tickets/{ticket.code}/answer", {"text": EVIL})
    for path in ("/console?state=all", "/console/queue?state=all", f"/console/tickets/{ticket.code}"):
        page = (await officer.get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page
    policy = (await officer.get("/console")).headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_a_position_can_be_read_out_and_opened(house: DeskHouse) -> None:
    ticket = await house.asks(
        "cứu với", kind=TicketKind.DISTRESS, location=Location(latitude=9.83333, longitude=104.01667)
    )
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = (await officer.get(f"/console/tickets/{ticket.code}")).text
    assert 'href="geo:9.83333,104.01667"' in page
    assert "https://www.openstreetmap.org/?mlat=9.83333&amp;mlon=104.01667" in page
    assert str(desk.Position(9.83333, 104.01667)).replace("'", "&#39;") in page
    nowhere = await house.asks("cứu tôi", kind=TicketKind.DISTRESS)
    assert "Chưa có vị trí" in (await officer.get(f"/console/tickets/{nowhere.code}")).text


async def test_an_asker_who_has_gone_is_named_as_such(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?", channel="telegram")
    async with house.store.write() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        await people.mark_unreachable(
            session, conversation, "Forbidden: bot was blocked by the user", now=house.clock.now()
        )
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    assert "người nhận đã chặn bot" in (await officer.get(page)).text
    response = await officer.post(f"{page}/answer", {"text": "Ở Chi cục."})
    assert response.headers["location"] == f"{page}?done=answered_unreachable"


async def test_ready_answers_are_offered_with_their_basis(house: DeskHouse) -> None:
    entry = next(e for e in house.snapshot.entries.values() if any(b.document for b in e.basis))
    house.suggested = (entry.id, "no-such-entry")
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = f"/console/tickets/{ticket.code}"
    assert f"?use={entry.id}#answer" in (await officer.get(page)).text
    prepared = (await officer.get(f"{page}?use={entry.id}")).text
    textarea = prepared[prepared.index('id="answer-text"') :]
    textarea = textarea[: textarea.index("</textarea>")]
    assert "Căn cứ: " in textarea
    distress = await house.asks("cứu với", kind=TicketKind.DISTRESS)
    assert "?use=" not in (await officer.get(f"/console/tickets/{distress.code}")).text


@pytest.mark.parametrize("code", ["HD-22222", "hd 22222", "nonsense", "..%2f..%2fetc", "HD-7F3K2%00"])
async def test_unknown_codes(house: DeskHouse, code: str) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    response = await officer.get(f"/console/tickets/{code}")
    assert response.status_code == 404


async def test_a_code_is_found_as_people_type_it(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn giấy phép ở đâu?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    assert (await officer.get(f"/console/tickets/{ticket.code.lower()}")).status_code == 200


# --- photos ----------------------------------------------------------------------------------------------------


async def with_photo(house: DeskHouse, file: StoredFile, *, channel: str = "web") -> tuple[str, int]:
    """A ticket with a photo that its asker sent; its code and the line of its history."""
    ticket = await house.asks("Biển báo này là gì?", channel=channel)
    files = StoredFiles(house.store, house.clock, "web")
    async with house.store.write() as session:
        conversation = await session.get_one(Conversation, ticket.conversation_id)
        chat_id = conversation.chat_id
    await files.keep(chat_id, "photo-0001", file)
    async with house.store.write() as session:
        conversation = await session.get_one(Conversation, ticket.conversation_id)
        media = MediaRef(chat_id=chat_id, message_id="photo-0001")
        args = {"conversation": conversation, "text": "(gửi ảnh)", "media": media, "now": house.clock.now()}
        await desk.add_detail(session, house.snapshot, ticket.code, **args)
    async with house.store.read() as session:
        (event,) = [e for e in (await desk.ticket_page(session, ticket.code)).events if e.media]
    return ticket.code, event.id


async def test_officers_see_the_photo_and_can_save_it_as_it_was_sent(house: DeskHouse) -> None:
    data = jpeg(4000, 3000, b"GPS 9.95 N 104.9 E")
    code, event = await with_photo(house, StoredFile("image/jpeg", data, 4000, 3000))
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = (await officer.get(f"/console/tickets/{code}")).text
    address = f"/console/tickets/{code}/photos/{event}"
    assert re.search(rf'<img [^>]*src="{address}"[^>]* width="4000" height="3000"', page)
    shown = await officer.get(address)
    assert shown.content == data
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"] == f'inline; filename="{code}-{event}.jpg"'
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"


async def test_a_photo_that_no_browser_shows_is_to_be_saved(house: DeskHouse) -> None:
    code, event = await with_photo(house, StoredFile("image/heic", heic()))
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = (await officer.get(f"/console/tickets/{code}")).text
    assert '<img class="said__photo"' not in page
    assert "Tải ảnh gốc" in page
    shown = await officer.get(f"/console/tickets/{code}/photos/{event}")
    assert shown.headers["content-disposition"].startswith("attachment")


async def test_only_the_tickets_own_lines_lead_to_photos(house: DeskHouse) -> None:
    code, event = await with_photo(house, StoredFile("image/heic", heic()))
    other = await house.asks("Câu khác")
    officer = await house.sign_in("Bình", Role.OFFICER)
    for path in (f"{other.code}/photos/{event}", f"{code}/photos/{event + 999}", f"{code}/photos/x"):
        assert (await officer.get(f"/console/tickets/{path}")).status_code == 404
    for public in (f"/hoi-dap/photos/{event}", f"/chat/photos/{event}", "/chat/api/photos/photo-0001"):
        assert (await house.stranger().get(public)).status_code in (401, 404)


async def test_a_file_of_a_platform_is_looked_at_there(house: DeskHouse) -> None:
    code, _ = await with_photo(house, StoredFile("image/heic", heic()), channel="telegram")
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = (await officer.get(f"/console/tickets/{code}")).text
    assert "xem trong nhóm trực" in page
