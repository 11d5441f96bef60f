"""What askers tap is changed in place: menus, switches, choices; and where links, blocks and public posts lead."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot import notices, people
from bot.store.tables import NoticeKind, Severity
from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, ticket_code
from tests.stories.test_telegram_story import ODD, VMS


async def publish(hotline: Hotline, *, title: str = "Phao số 0 mất đèn", expires_at: dt.datetime | None = None) -> str:
    """A notice that two people have seen to."""
    store, clock = hotline.house.store, hotline.house.clock
    staff = await hotline.officer("Minh", "admin", account=("telegram", 901))
    async with store.write() as session:
        notice = await notices.draft(
            session,
            kind=NoticeKind.SAFETY,
            severity=Severity.MODERATE,
            title_vi=title,
            text_vi="Tàu thuyền ra vào Rạch Giá chú ý.",
            expires_at=expires_at,
            by=staff,
            now=clock.now(),
        )
        await notices.submit(session, notice.code, staff, now=clock.now())
        await notices.approve(session, notice.code, staff, now=clock.now())
    hotline.house.notice_worker.ring()
    return notice.code


async def test_menus_topics_and_switches_turn_on_one_message(hotline: Hotline, telegram: TelegramEmulator) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    welcome = await visitor.next_message()
    visitor.press("m", welcome)
    menu = await visitor.wait_message()
    assert "đường dây hỏi đáp" in welcome.text
    assert not welcome.edits, "what is stored, and for how long, stays readable"
    topic = next(b for b in menu.buttons if b["callback_data"].startswith("tp:"))
    before = len(visitor.messages)
    visitor.press(topic["callback_data"], menu)
    await visitor.wait_edit(menu, button="Hỏi cán bộ")
    visitor.press("m", menu)
    await visitor.wait_edit(menu, button=topic["callback_data"])
    visitor.press("sub", menu)
    await visitor.wait_edit(menu, "Thông báo", button="s:on:weather")
    visitor.press("s:on:weather", menu)
    await visitor.wait_edit(menu, "Đã bật", button="s:off:weather")
    visitor.press("s:off:weather", menu)
    await visitor.wait_edit(menu, "Đã tắt", button="s:on:weather")
    visitor.press("m", menu)
    await visitor.wait_edit(menu, button="langs")
    visitor.press("langs", menu)
    await visitor.wait_edit(menu, button="English")
    visitor.press("English", menu)
    await visitor.wait_edit(menu, "English")
    assert len(visitor.messages) == before, visitor.transcript


async def test_a_choice_is_ticked_and_cannot_be_made_twice(hotline: Hotline, telegram: TelegramEmulator) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("giám sát hành trình")
    choice = await visitor.wait_message(containing="Ý anh/chị là câu nào")
    wanted = choice.buttons[0]
    visitor.press(wanted["callback_data"], choice)
    await visitor.wait_message(containing="Kiểm tra ngày")
    await visitor.wait_edit(choice, button="✓")
    assert [button["callback_data"] for button in choice.buttons] == [wanted["callback_data"]]
    assert "Ý anh/chị là câu nào" in choice.text


async def test_only_the_latest_question_is_answered_anew_when_it_is_corrected(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    visitor = telegram.user(42, "Tư")
    first = visitor.say(VMS)
    await visitor.wait_message(containing="Căn cứ:")
    second = visitor.say("hoi xiu")
    await visitor.wait_message()
    await asyncio.sleep(0.3)
    count = len(visitor.messages)
    visitor.edit(first, "tau ca bao nhieu met thi phai gan giam sat hanh trinh")
    await asyncio.sleep(0.5)
    assert len(visitor.messages) == count
    visitor.edit(second, VMS)
    await visitor.wait_message(containing="Căn cứ:")


async def test_links_open_an_entry_a_notice_and_a_ticket(hotline: Hotline, telegram: TelegramEmulator) -> None:
    code = await publish(hotline)
    visitor = telegram.user(42, "Tư")
    visitor.say("/start e-vms-which-vessels")
    await visitor.wait_message(containing="Căn cứ:")
    visitor.say(f"/start n-{code}")
    await visitor.wait_message(containing="Phao số 0 mất đèn")
    visitor.say("/start n-TB-NONE0")
    await visitor.wait_message(containing="TB-NONE0")
    visitor.say(ODD)
    receipt = await visitor.wait_message(containing="HD-")
    ticket = ticket_code(receipt.text)
    visitor.say(f"/start t-{ticket}")
    status = await visitor.wait_message(containing="chờ nhận")
    assert ticket in status.text
    stranger = telegram.user(43, "Lạ")
    stranger.say(f"/start t-{ticket}")
    await stranger.wait_message(containing=ticket)
    assert all("giá vé" not in message.text for message in stranger.messages), "somebody else's ticket is unknown"
    secret = receipt.text.split("Mã tra cứu: ")[1].split(" ")[0]
    stranger.say(f"/start t-{ticket}-{secret}")
    await stranger.wait_message(containing="giá vé")


async def test_an_invitation_and_a_group_are_opened_by_links(hotline: Hotline, telegram: TelegramEmulator) -> None:
    async with hotline.house.store.write() as session:
        now = hotline.house.clock.now()
        _, login = await people.invite(session, name="Hạnh", roles=("officer",), department=None, now=now, by=None)
        desk = await people.invite_desk(session, now=now, by=None)
    own = telegram.user(900, "Hạnh")
    own.say(f"/start o-{login}")
    await own.wait_message(containing="cán bộ Hạnh")
    group = telegram.group(-1007)
    group.member(900, "Hạnh").say(f"/start@haidang_bot d-{desk}")
    await group.wait_message(containing="là nhóm trực")
    for payload in (f"o-{login}", f"d-{desk}"):
        assert len(payload) <= 64


async def test_an_answer_given_while_the_asker_had_blocked_the_bot_arrives_when_they_return(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = telegram.user(42, "Tư")
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    visitor.block()
    await asyncio.sleep(0.3)
    officer.reply(card, "Rạp bán vé lúc 8 giờ.")
    warned = await group.wait_message(containing=code)
    assert "không gửi được" in warned.text
    visitor.unblock()
    await visitor.wait_message(containing="8 giờ", timeout=10)
    await asyncio.sleep(0.3)
    assert len([m for m in visitor.messages if "8 giờ" in m.text]) == 1


async def test_a_public_post_says_when_its_notice_is_over(hotline: Hotline, telegram: TelegramEmulator) -> None:
    store, clock = hotline.house.store, hotline.house.clock
    async with store.write() as session:
        code = await people.invite_public(session, now=clock.now(), by=None)
    channel = telegram.channel(-1009)
    channel.post(f"/kenh {code}")
    await channel.wait_message(containing="kênh thông báo")
    await publish(hotline, title="Tin ngắn", expires_at=clock.now() + dt.timedelta(seconds=2))
    short = await channel.wait_message(containing="Tin ngắn", timeout=10)
    await channel.wait_edit(short, "hết hiệu lực", timeout=15)
    assert "Tàu thuyền ra vào Rạch Giá" in short.text
    assert len([m for m in channel.messages if "Tin ngắn" in m.text]) == 1
