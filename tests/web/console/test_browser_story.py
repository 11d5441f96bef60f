"""The officer's day in a real browser, on a phone and at a desk (story 5 and 6 of the hotline)."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from bot import desk, people
from bot.faq import Problem
from bot.messages import ChatKind, InboundMessage, Language, Location, Sender, Text
from bot.notices import NoticeWorker
from bot.store.tables import Inbound, InboundState, Outgoing, OutgoingState, Role, TicketKind
from tests.web.console.desk_house import DeskHouse

pytestmark = pytest.mark.browser

LONG = (
    "Tàu tôi dài 15 mét 2, làm nghề lưới kéo, giấy phép khai thác hết hạn ngày 30 tháng này. Bây giờ tôi xin gia hạn "
    "thì nộp ở đâu, cần giấy tờ gì, và trong lúc chờ có được ra khơi không? Máy giám sát của tàu cũng vừa hỏng, nhà "
    "cung cấp hẹn tuần sau mới sửa."
)


async def _busy_desk(house: DeskHouse) -> dict[str, str]:
    """Tickets of all kinds, some late, some with a colleague."""
    house.clock.advance(hours=-27)
    late = await house.asks("thủ tục cho tàu vào cảng Rạch Giá cần những giấy gì", name="Công ty Biển Xanh")
    house.clock.advance(hours=25)
    long = await house.asks(LONG, name="Nguyễn Văn Tám", channel="telegram")
    house.clock.advance(hours=1, minutes=20)
    english = await house.asks(
        "What documents does a foreign yacht need to leave Phú Quốc for Sihanoukville?",
        name="Capt. Anders Holm",
        language=Language.EN,
    )
    possible = await house.asks(
        "máy tàu bị hỏng ngoài khơi, sóng hơi lớn, giờ làm sao", kind=TicketKind.POSSIBLE_DISTRESS, name="Bảy Lúa"
    )
    house.clock.advance(minutes=30)
    short = await house.asks("mất bằng thuyền trưởng thì cấp lại ở đâu", name="Út Hiền")
    house.clock.advance(minutes=7)
    distress = await house.asks(
        "cứu với, tàu tôi đang chìm, 6 người trên tàu",
        kind=TicketKind.DISTRESS,
        name="Trần Văn Lợi",
        channel="telegram",
        location=Location(latitude=9.83333, longitude=104.01667),
        distress_kind=next(iter(house.snapshot.emergency.kinds)).id,
    )
    house.clock.advance(minutes=3)
    return {
        "late": late.code,
        "long": long.code,
        "english": english.code,
        "possible": possible.code,
        "short": short.code,
        "distress": distress.code,
    }


async def _write_more(house: DeskHouse, code: str, text: str, location: Location | None = None) -> None:
    async with house.store.write() as session:
        view = await desk.ticket_page(session, code)
        conversation = await people.conversation_of(session, view.channel, "chat-6")
        assert conversation is not None
        await desk.add_detail(
            session,
            house.snapshot,
            code,
            conversation=conversation,
            text=text,
            location=location,
            now=house.clock.now(),
        )


async def _moments_later(page: Page) -> None:
    """The page's own timers come due: nobody waits here for the seconds between two looks."""
    await page.clock.fast_forward(15_000)


async def test_a_day_at_the_desk(house: DeskHouse, page: Page, picture) -> None:  # type: ignore[no-untyped-def]
    await page.clock.install()
    async with house.store.write() as session:
        code = await people.first_administrator(session, house.clock.now())
    await page.goto(f"{house.url}/console")
    await picture("signed-out")
    await page.goto(f"{house.url}/console/login/{code}")
    await picture("login-first")
    await page.get_by_label("Họ và tên").fill("Lê Thị Hoa")
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.get_by_text("Không có phiếu nào đang chờ")).to_be_visible()
    await picture("queue-empty")

    house.suggested = tuple(list(house.snapshot.entries)[:2])
    codes = await _busy_desk(house)
    colleague = await house.sign_in("Phạm Quốc Khánh", Role.OFFICER)
    await colleague.post(f"/console/tickets/{codes['short']}/take")

    # the open page finds the new tickets by itself
    await _moments_later(page)
    await expect(page.get_by_text("cứu với, tàu tôi đang chìm")).to_be_visible(timeout=20_000)
    assert (await page.title()).startswith("(1) SOS")
    assert await page.locator(".ticket").first.get_attribute("class") == "ticket ticket--distress"
    await picture("queue")

    # distress: position, one tap to take it
    await page.get_by_role("link", name="cứu với, tàu tôi đang chìm").click()
    await expect(page.get_by_text(str(desk.Position(9.83333, 104.01667))).first).to_be_visible()
    await page.get_by_role("button", name="Nhận phiếu").click()
    await expect(page.get_by_text("Đã nhận phiếu")).to_be_visible()
    await page.get_by_label("Trả lời Trần Văn Lợi").fill(
        "Giữ bình tĩnh, mặc áo phao. Tàu SAR 413 đang tới, 40 phút nữa."
    )
    await _write_more(house, codes["distress"], "nước vào khoang máy rồi")
    await _write_more(house, codes["distress"], "", Location(latitude=9.84111, longitude=104.02334))
    # what the asker adds appears while the answer is being written, and takes nothing away from it
    await _moments_later(page)
    await expect(page.get_by_text("nước vào khoang máy rồi")).to_be_visible(timeout=15_000)
    assert "SAR 413" in await page.get_by_label("Trả lời Trần Văn Lợi").input_value()
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_text("Đang chờ gửi")).to_be_visible()
    await page.get_by_text("Thêm ghi chú nội bộ").click()
    await page.get_by_label("Ghi chú nội bộ").fill("Đã gọi MRCC lúc 09:05, anh Dũng nhận.")
    await page.get_by_role("button", name="Lưu ghi chú").click()
    await expect(page.get_by_text("NỘI BỘ – người hỏi không thấy", exact=True)).to_be_visible()
    async with house.store.write() as session:
        row = await session.scalar(select(Outgoing).where(Outgoing.source == "answer"))
        assert row is not None
        row.state, row.sent_at = OutgoingState.SENT, house.clock.now()
    await _moments_later(page)
    await expect(page.get_by_text("Đã gửi lúc")).to_be_visible(timeout=15_000)
    await picture("ticket-distress")

    # a question, with ready answers
    await page.goto(f"{house.url}/console/tickets/{codes['long']}")
    await picture("ticket-question")
    await page.get_by_role("link", name="Chèn vào câu trả lời").first.click()
    answer = page.get_by_label("Trả lời Nguyễn Văn Tám")
    assert len(await answer.input_value()) > 50
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_text("Câu trả lời đang được gửi")).to_be_visible()

    await page.goto(f"{house.url}/console?lang=en")
    await expect(page.get_by_text("25 min overdue")).to_be_visible()
    await picture("queue-english")
    await page.goto(f"{house.url}/console/tickets/{codes['english']}?lang=vi")
    await picture("ticket-english")


async def test_a_notice_goes_out(house: DeskHouse, page: Page, picture) -> None:  # type: ignore[no-untyped-def]
    await page.clock.install()
    await _subscribers(house, 30)
    _, code = await house.invite("Lê Thị Hoa", Role.ADMIN)
    await page.goto(f"{house.url}/console/login/{code}")
    await picture("login")
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.get_by_role("link", name="Thông báo").click()
    await picture("notices-empty")
    await page.get_by_role("link", name="Soạn thông báo").click()
    await page.get_by_role("radio", name="nguy hiểm gây thiệt hại").check()
    await page.get_by_label("Tiêu đề").first.fill("Gió mạnh trên vùng biển từ Cà Mau đến Kiên Giang")
    await page.get_by_label("Nội dung").first.fill(
        "Từ chiều 24/11 đến hết ngày 25/11, gió tây nam cấp 6, giật cấp 8, sóng cao 2-3 m.\n\n"
        "- Tàu dưới 12 m không ra khơi.\n- Tàu đang ở ngoài khơi tìm nơi trú gần nhất."
    )
    await page.get_by_label("Hết hiệu lực").fill("2026-11-25T23:00")
    await picture("notice-form")
    await page.get_by_role("button", name="Lưu và xem trước").click()
    await expect(page.locator("#reach").get_by_text("29", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Trình duyệt").click()
    await page.locator("#approve").click()
    await picture("notice-approve")
    # the only administrator has to say so
    await page.get_by_role("button", name="Gửi tới 29 người").click()
    assert not await page.get_by_text("Đã duyệt").is_visible()
    await page.get_by_label("Tôi là người duy nhất").check()
    await page.get_by_role("button", name="Gửi tới 29 người").click()
    await expect(page.get_by_text("Đã duyệt")).to_be_visible()
    assert house.rung == 1

    worker = NoticeWorker(house.store, house.clock, lambda: house.snapshot)
    await worker.tick()
    await _sent(house, 18, failed=2)
    await _moments_later(page)
    await expect(page.get_by_text("62%")).to_be_visible(timeout=15_000)
    await picture("notice-sending")
    await _sent(house, 100)
    await worker.tick()
    await _moments_later(page)
    await expect(page.get_by_text("Đã gửi xong").first).to_be_visible(timeout=15_000)
    await picture("notice-done")
    await page.goto(f"{house.url}/console/notices")
    await picture("notices")


async def test_officers_knowledge_and_system(house: DeskHouse, page: Page, picture) -> None:  # type: ignore[no-untyped-def]
    house.problems = (
        Problem("faq/fishing/licence.yaml", 41, "licence-renewal: 'NĐ 26/2019' is not in documents.yaml"),
    )
    await _busy_desk(house)
    await house.sign_in("Phạm Quốc Khánh", Role.OFFICER, Role.BROADCASTER)
    _, code = await house.invite("Lê Thị Hoa", Role.ADMIN)
    await page.goto(f"{house.url}/console/login/{code}")
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.get_by_role("link", name="Cán bộ").click()
    await page.get_by_label("Họ và tên").fill("Nguyễn Thị Thu Thảo")
    await page.get_by_role("button", name="Tạo liên kết đăng nhập").click()
    await expect(page.get_by_text("Liên kết đăng nhập cho Nguyễn Thị Thu Thảo")).to_be_visible()
    await picture("officers")
    await page.get_by_role("link", name="Kiến thức").click()
    await picture("knowledge", full=False)
    async with house.store.write() as session:
        session.add(
            Inbound(
                channel="telegram",
                platform_id="88120033",
                chat_id="5",
                state=InboundState.DEAD,
                attempts=3,
                error="KeyError: 'callback_query'",
                received_at=house.clock.now(),
            )
        )
    await page.get_by_role("link", name="Hệ thống", exact=True).click()
    await picture("system")
    await page.goto(f"{house.url}/console/me")
    await picture("account")


async def _subscribers(house: DeskHouse, number: int) -> None:
    now = house.clock.now()
    async with house.store.write() as session:
        for index in range(number):
            message = InboundMessage(
                channel="telegram" if index % 3 else "web",
                chat_id=f"reader-{index}",
                chat_kind=ChatKind.PRIVATE,
                sender=Sender(id=f"{index}", name="", language_hint="en" if index % 5 == 0 else "vi"),
                content=Text(text="/start"),
                sent_at=now,
            )
            conversation = await people.conversation_for(session, message, now=now)
            await people.subscribe(session, conversation, "weather", now=now)
            if index == 7:
                await people.mark_unreachable(session, conversation, "bot was blocked by the user", now=now)


async def _sent(house: DeskHouse, number: int, *, failed: int = 0) -> None:
    """Plays the courier: that many rows arrive, some don't."""
    async with house.store.write() as session:
        rows = list(await session.scalars(select(Outgoing).where(Outgoing.state == "queued").limit(number)))
        for index, row in enumerate(rows):
            row.state, row.sent_at = OutgoingState.SENT, house.clock.now()
            if index < failed:
                row.state, row.sent_at, row.error = OutgoingState.FAILED, None, "Forbidden: bot was blocked by the user"
