"""The hotline's main line on Telegram, from the first word to the officer's answer, over real sockets."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from bot import notices, people
from bot.store.tables import NoticeKind, NoticeState, Severity, Ticket
from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, ticket_code

VMS = "tau ca may met thi phai gan gsht"
ODD = "cho tui hỏi giá vé xem phim ở rạp cuối tuần này bao nhiêu vậy"
SINKING = "cứu với, tàu tôi đang chìm"


async def tickets(hotline: Hotline) -> int:
    async with hotline.house.store.read() as session:
        return await session.scalar(select(func.count()).select_from(Ticket)) or 0


async def test_a_question_typed_without_diacritics_gets_the_right_answer(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say(VMS)
    welcome = await visitor.next_message()
    assert "Cảng vụ Hàng hải Kiên Giang" in welcome.text
    assert "chưa được cơ quan duyệt" in welcome.text
    answer = await visitor.wait_message(containing="15")
    assert "Căn cứ:" in answer.text
    assert "Điều" in answer.text
    assert "Kiểm tra ngày" in answer.text
    assert answer.button("👍 Hữu ích")
    related = hotline.house.live.knowledge.snapshot.entries["vms-which-vessels"].related
    assert related
    before = len(visitor.messages)
    query = visitor.press("👍 Hữu ích", answer)
    await visitor.wait_edit(answer, button="✓ 👍 Hữu ích")
    assert answer.button("Chưa đúng ý") is None
    assert len(visitor.messages) == before, "the button itself says thanks"
    await telegram.wait_for(lambda: telegram.answered(query), what="the spinning button to be answered")


async def test_the_welcome_is_said_once(hotline: Hotline, telegram: TelegramEmulator) -> None:
    visitor = telegram.user(42, "Tư")
    for _ in range(2):
        visitor.say(VMS)
        await visitor.wait_message(containing="Căn cứ:")
    assert len([m for m in visitor.messages if "đường dây hỏi đáp" in m.text]) == 1


async def test_what_the_faq_does_not_cover_reaches_an_officer_and_the_answer_comes_back(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    receipt = await visitor.wait_message(containing="HD-")
    code = ticket_code(receipt.text)
    assert "trả lời trước" in receipt.text
    card = await group.wait_message(containing=code)
    assert "giá vé xem phim" in card.text

    visitor.say("suất chiếu tối thứ bảy, vé thường")
    detail = await visitor.wait_message(containing=code)
    assert "bổ sung" in detail.text
    await group.wait_message(containing="suất chiếu tối thứ bảy")

    officer.press(f"t:take:{code}", card)
    await group.wait_edit(card, "Đang xử lý: Hạnh")
    officer.say("chuyện này không ai nên thấy")
    officer.reply(card, "/note gọi cho bên du lịch")
    await group.wait_message(containing="ghi chú nội bộ")
    officer.reply(card, "Việc này anh/chị hỏi bên tổ chức biểu diễn <nhé> & chúc vui.")
    await group.wait_message(containing=f"✓ Đã gửi cho người hỏi {code}")
    answer = await visitor.wait_message(containing="bên tổ chức biểu diễn <nhé> & chúc vui.")
    assert code in answer.text
    officer.press(f"t:close:{code}", card)
    await group.wait_edit(card, "Đã đóng: Hạnh")

    everything = "\n".join(message.text for message in visitor.messages)
    assert "bên du lịch" not in everything
    assert "không ai nên thấy" not in everything


async def test_in_the_group_a_stranger_is_told_how_to_sign_in_and_changes_nothing(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    stranger = group.member(7, "Lạ")
    stranger.press(f"t:take:{code}", card)
    await group.wait_message(containing="/canbo")
    stranger.reply(card, "tôi trả lời giùm")
    await group.wait_message(containing="/canbo")
    assert all("tôi trả lời giùm" not in message.text for message in visitor.messages)


async def test_of_two_officers_who_take_a_ticket_the_second_learns_who_has_it(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    first = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    second = await hotline.desk_officer(telegram, group, 901, "Bình")
    telegram.user(42, "Tư").say(ODD)
    card = await group.wait_message(containing="📥")
    first.press("Nhận", card)
    second.press("Nhận", card)
    await group.wait_message(containing="đồng nghiệp Hạnh đang xử lý")


async def test_distress_gets_the_numbers_first_and_wakes_the_officers(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "Tư")
    visitor.say(SINKING)
    first = await visitor.next_message()
    assert "112" in first.text
    assert "0243.768.3050" in first.text
    assert visitor.keyboard == ["📍 Gửi vị trí của tôi"]
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    alert = await group.wait_message(containing=code)
    assert "chìm" in alert.text
    visitor.share_location(9.9012, 103.8456)
    confirmed = await visitor.wait_message(containing="Đã nhận vị trí")
    assert code in confirmed.text
    await group.wait_message(containing="9°54")


async def test_distress_is_recognised_in_the_middle_of_any_dialogue(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    await visitor.wait_message(containing="HD-")
    for shout in ("CUU VOI TAU TOI DANG CHIM", "cuu voi tau toi dag chim"):
        before = len(visitor.messages)
        visitor.say(shout)
        await visitor.wait_message(containing="0243.768.3050")
        assert "0243.768.3050" in visitor.messages[before].text, visitor.transcript
        await visitor.wait_message(containing="HD-")
    async with hotline.house.store.read() as session:
        urgent = (await session.scalars(select(Ticket).where(Ticket.rank == 0))).all()  # type: ignore[arg-type]
    assert len(urgent) == 1


async def test_an_unsure_question_is_asked_back_and_may_go_to_an_officer(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("giám sát hành trình")
    choice = await visitor.wait_message(containing="Ý anh/chị là câu nào")
    assert 2 <= len(choice.labels) <= 5
    visitor.press("Không phải, hỏi cán bộ", choice)
    await visitor.wait_message(containing="HD-")
    assert await tickets(hotline) == 1
    visitor.press("Không phải, hỏi cán bộ", choice)
    await asyncio.sleep(0.3)
    assert await tickets(hotline) == 1


async def test_a_notice_reaches_its_subscribers_and_the_figures_say_so(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    askers = [telegram.user(100 + number, f"Người {number}") for number in range(3)]
    for person in askers:
        person.say("/thongbao")
        await person.wait_message(containing="Thông báo")
    for person in askers[:2]:
        page = person.last
        person.press("Bật: Thời tiết, bão")
        await person.wait_edit(page, "Đã bật")
    askers[1].block()
    await asyncio.sleep(0)
    store, clock = hotline.house.store, hotline.house.clock
    staff = await hotline.officer("Minh", "admin", account=("telegram", 901))
    async with store.write() as session:
        notice = await notices.draft(
            session,
            kind=NoticeKind.WEATHER,
            severity=Severity.SEVERE,
            title_vi="Bão số 9",
            text_vi="Tàu thuyền từ Phú Quốc tới Nam Du về nơi tránh trú trước 18 giờ.",
            by=staff,
            now=clock.now(),
        )
        await notices.submit(session, notice.code, staff, now=clock.now())
        await notices.approve(session, notice.code, staff, now=clock.now())
    hotline.house.notice_worker.ring()
    received = await askers[0].wait_message(containing="Bão số 9")
    assert "tránh trú" in received.text
    async with asyncio.timeout(20):
        while True:
            async with store.read() as session:
                row = await notices.get(session, notice.code)
                delivery = await notices.delivery(session, row)
            if row.state is NoticeState.COMPLETED:
                break
            await asyncio.sleep(0.1)
    assert delivery.sent == 1
    assert delivery.sent + delivery.failed == delivery.total
    assert all("Bão số 9" not in message.text for message in askers[2].messages)


async def test_stickers_voice_and_empty_words_get_a_clear_word(hotline: Hotline, telegram: TelegramEmulator) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    await visitor.next_message()
    visitor.send_sticker()
    await visitor.wait_message(containing="gõ bằng chữ")
    visitor.send_voice()
    await visitor.wait_message(containing="không nghe được ghi âm")
    visitor.say("   ")
    await visitor.wait_message(containing="chưa nhận được chữ nào")


async def test_markup_in_names_and_questions_stays_words(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "<b>Tư</b> & *con* {x}")
    visitor.say("<script>alert(1)</script> & **đậm** _nghiêng_ {code} giá vé xem phim ở rạp bao nhiêu")
    await visitor.wait_message(containing="HD-")
    card = await group.wait_message(containing="<script>alert(1)</script> & **đậm** _nghiêng_ {code}")
    assert "<b>Tư</b> & *con* {x}" in card.text


async def test_a_very_long_message_is_answered_and_nothing_is_lost(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("giá vé xem phim ở rạp " * 220)
    await visitor.wait_message(containing="HD-")


async def test_forged_and_repeated_presses_do_no_harm(hotline: Hotline, telegram: TelegramEmulator) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    await visitor.next_message()
    for data in ("t:take:HD-AAAAA", "e:../../etc/passwd", "x" * 64, "lang:de", "s:on:everything", "e:no-such-entry"):
        query = visitor.press_forged(data)
        await visitor.wait_message()
        await telegram.wait_for(lambda query=query: telegram.answered(query), what="an answer to the press")
    assert await tickets(hotline) == 0


async def test_a_public_channel_is_bound_by_a_code_posted_in_it_and_gets_every_notice(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    store, clock = hotline.house.store, hotline.house.clock
    staff = await hotline.officer("Minh", "admin", account=("telegram", 901))
    async with store.write() as session:
        code = await people.invite_public(session, now=clock.now(), by=None)
    channel = telegram.channel(-1009)
    channel.post("Chào bà con")
    channel.post(f"/kenh {code}")
    await channel.wait_message(containing="kênh thông báo")
    async with store.write() as session:
        notice = await notices.draft(
            session,
            kind=NoticeKind.SAFETY,
            severity=Severity.MODERATE,
            title_vi="Phao số 0 mất đèn",
            text_vi="Tàu thuyền ra vào Rạch Giá chú ý.",
            by=staff,
            now=clock.now(),
        )
        await notices.submit(session, notice.code, staff, now=clock.now())
        await notices.approve(session, notice.code, staff, now=clock.now())
    hotline.house.notice_worker.ring()
    await channel.wait_message(containing="Phao số 0 mất đèn", timeout=10)
