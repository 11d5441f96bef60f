"""Officers who work from their Telegram group alone: with topics or without, in a rush, with files both ways."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.fakes.telegram import Group, Message, TelegramEmulator
from tests.stories.hotline import Hotline, ticket_code
from tests.stories.test_telegram_story import ODD, SINKING


async def until_quiet(group: Group, seconds: float = 0.6) -> list[Message]:
    """All that the bot wrote to the group, when nothing more comes for a while."""
    count = -1
    while count != len(group.messages):
        count = len(group.messages)
        await asyncio.sleep(seconds)
    return group.messages


async def test_a_whole_conversation_in_a_topic_of_its_own(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram, forum=True)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    topic = group.topic_named(code)
    assert card.topic == topic.id
    assert topic.name.startswith("🆕")

    officer.press("Nhận", card)
    await group.wait_edit(card, "Đang xử lý: Hạnh")
    await telegram.wait_for(lambda: topic.name.startswith("👤"), what="the topic's name to show who has it")
    officer.say("Anh cho hỏi rạp nào?", topic=topic.id)
    await visitor.wait_message(containing="Anh cho hỏi rạp nào?")
    confirmed = await group.wait_message(containing="✓ Đã gửi")
    assert confirmed.topic == topic.id

    officer.say("/note người này hay hỏi", topic=topic.id)
    noted = await group.wait_message(containing="ghi chú nội bộ")
    assert noted.topic == topic.id
    visitor.say("rạp ở Rạch Giá")
    detail = await group.wait_message(containing="rạp ở Rạch Giá")
    assert detail.topic == topic.id

    sent = officer.send("photo", "bảng giá đây", topic=topic.id)
    picture = await visitor.wait_message(where=lambda m: m.kind == "photo", timeout=10)
    assert picture.copy_of == (group.id, sent)
    officer.say("trong General thì không ai nghe")
    officer.say(f"/dong {code}", topic=topic.id)
    await telegram.wait_for(lambda: topic.closed, what="the topic to be closed", timeout=10)
    assert topic.name.startswith("🔒")

    visitor.say("cho tui hỏi thêm giá vé trẻ em")
    await visitor.wait_message(containing="HD-")
    said = "\n".join(message.text for message in visitor.messages)
    assert "hay hỏi" not in said
    assert "không ai nghe" not in said


async def test_distress_has_a_red_topic_with_a_pin(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram, forum=True)
    visitor = telegram.user(42, "Tư")
    visitor.say(SINKING)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    await group.wait_message(containing=code)
    topic = group.topic_named(code)
    assert topic.name.startswith("🆘")
    visitor.share_location(9.9012, 103.8456, accuracy=20)
    await group.wait_message(containing="9°54")
    pin = await group.wait_message(where=lambda m: m.kind == "location")
    assert pin.topic == topic.id
    assert pin.raw["location"]["horizontal_accuracy"] == 20


async def test_a_deleted_topic_and_a_missing_right_send_tickets_to_general(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram, forum=True)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    await group.wait_message(containing=code)
    group.delete_topic(group.topic_named(code))
    visitor.say("vé trẻ em thì sao")
    detail = await group.wait_message(containing="vé trẻ em")
    assert "đã bị xóa" in detail.text
    assert detail.topic is None
    officer.reply(detail, "Vé trẻ em nửa giá.")
    await visitor.wait_message(containing="nửa giá")

    group.chat.manages_topics = False
    other = telegram.user(43, "Năm")
    other.say("có ai biết mấy giờ chợ đêm mở không")
    card = await group.wait_message(containing="chợ đêm", timeout=10)
    assert "Quản lý chủ đề" in card.text
    assert card.topic is None
    officer.reply(card, "18 giờ.")
    await other.wait_message(containing="18 giờ.")


async def test_files_go_whole_to_the_officers(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    for kind in ("photo", "voice", "video", "document"):
        number = visitor.send(kind)
        copy = await group.wait_message(where=lambda m, kind=kind: m.kind == kind, timeout=10)
        assert copy.copy_of == (42, number)
        assert copy.reply_to == card.id
    visitor.send("contact")
    await group.wait_message(containing="An · +84900000000", timeout=10)


async def test_an_album_sent_before_the_question_goes_along_with_it(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    await visitor.next_message()
    numbers = visitor.send_album(3)
    offer = await visitor.wait_message(containing="không xem được ảnh")
    await asyncio.sleep(0.5)
    assert visitor.last.id == offer.id, "one word about the whole album"
    visitor.press("Hỏi cán bộ", offer)
    await visitor.wait_message(containing="HD-")
    copies = await telegram.wait_for(
        lambda: found if len(found := [m for m in group.messages if m.kind == "photo"]) == 3 else None,
        timeout=10,
        what="three photos",
    )
    assert [copy.copy_of for copy in copies] == [(42, number) for number in numbers]


async def test_a_correction_is_told_in_the_ticket(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    visitor = telegram.user(42, "Tư")
    number = visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    await group.wait_message(containing=code)
    visitor.edit(number, "cho tui hỏi giá vé xem KỊCH ở nhà hát")
    told = await group.wait_message(containing="KỊCH")
    assert "sửa lại" in told.text
    await visitor.wait_message(containing="bản sửa")


async def test_an_officer_works_from_their_own_chat(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    await hotline.desk_officer(telegram, group, 900, "Hạnh")
    own = telegram.user(900)
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    own.say("/hangdoi")
    await own.wait_message(containing=code)
    own.say(f"/xem {code}")
    card = await own.wait_message(containing="giá vé xem phim", where=lambda m: bool(m.button("Nhận")))
    own.say("Tàu đang chìm thì không nên đi xem phim.", card)
    await visitor.wait_message(containing="không nên đi xem phim")
    await own.wait_message(containing="✓ Đã gửi")
    own.say(f"/note {code} chỉ mình ta biết")
    await own.wait_message(containing="ghi chú nội bộ")
    assert all("chỉ mình" not in message.text for message in visitor.messages)


@pytest.mark.xfail(reason="since alarms and topics came together a rush is refused by the platform again; to be mended")
async def test_forty_tickets_in_a_minute_stay_inside_the_groups_twenty_messages(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    askers = [telegram.user(1000 + number, f"Người {number}") for number in range(40)]
    started = time.monotonic()
    for number, asker in enumerate(askers):
        asker.say(f"{ODD}, rạp số {number}")
    for asker in askers:
        await asker.wait_message(containing="HD-", timeout=30)
    shown = await until_quiet(group)
    cards = [message for message in shown if "📥" in message.text]
    assert time.monotonic() - started < 55, "within the group's first minute"
    assert 8 <= len(cards) <= 15
    assert len([message for message in shown if "phiếu mới" in message.text]) == 1, "the rush is told once"

    # Whoever is in danger doesn't wait behind forty questions, nor do officers behind cards.
    telegram.user(2000, "Sáu").say(SINKING)
    alarm = await group.wait_message(containing="BÁO NẠN", timeout=5)
    assert telegram.rates is not None
    assert telegram.rates.refused == 0, "Telegram never had to refuse"
    assert alarm.buttons
    # A change edits the card that is there; a card that still waits is rewritten before it leaves.
    officer.press("Nhận", cards[0])
    assert len([message for message in group.messages if "📥" in message.text]) == len(cards)


async def test_the_officers_chats_have_menus_of_their_own(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    await hotline.desk_officer(telegram, group, 900, "Hạnh")
    commands = telegram.api.settings["commands"]

    def names(scope: str, language: str) -> list[str]:
        return [command["command"] for command in commands.get((scope, language), [])]

    await telegram.wait_for(
        lambda: names("chat:-1001", "vi") and names("chat:900", "vi"), timeout=15, what="menus for the officers' chats"
    )
    assert names("chat:-1001", "vi")[:2] == ["hangdoi", "nhan"]
    assert names("chat:-1001", "en")[:2] == ["queue", "take"]
    assert names("chat:-1001", "") == names("chat:-1001", "vi"), "whoever's app speaks neither"
    assert {"hangdoi", "hoi", "sos"} <= set(names("chat:900", "vi"))
    assert names("all_private_chats", "vi") == names("default", "vi")
    assert "hangdoi" not in names("all_private_chats", "vi")
    assert names("all_group_chats", "en") == ["desk", "help"]
    assert all(command["description"] for menu in commands.values() for command in menu)
