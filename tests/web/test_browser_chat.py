"""The chat page in a real browser on a phone: the visitor's story."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.clock import SystemClock
from bot.faq import Snapshot
from bot.messages import Button, ButtonStyle, InboundMessage, Location, OutgoingMessage, Press, Span, Text, rich
from bot.store import Store
from tests.web.conftest import Shoot
from tests.web.house import House

pytestmark = pytest.mark.browser

ANSWER = OutgoingMessage(
    text=rich(
        "Có. Tàu cá dài từ **15 mét** trở lên phải lắp thiết bị giám sát hành trình.\n\n"
        "- Máy phải hoạt động 24/24 từ khi rời cảng.\n- Mất kết nối quá 6 giờ phải báo vị trí.\n\n"
        "__Căn cứ__: {basis}. Kiểm tra ngày 22/11/2026.\n__{note}__",
        basis=(Span(text="Luật Thủy sản, Điều 44", url="https://vanban.chinhphu.vn/"),),
        note="Nội dung chưa được cơ quan duyệt.",
    ),
    buttons=(
        (Button(label="Mất kết nối giám sát hành trình thì làm gì?", data="e:vms-lost-signal"),),
        (Button(label="Mức phạt khi không lắp máy", data="e:vms-penalty-no-vms"),),
        (Button(label="Có ích", data="f:1"), Button(label="Chưa đúng", data="f:0")),
    ),
)
RESCUE = OutgoingMessage(
    text=rich("**GỌI NGAY 112**\nVHF kênh 16: MAYDAY.\nGửi vị trí của bạn cho chúng tôi."),
    buttons=((Button(label="Tôi đã an toàn", data="sos:safe", style=ButtonStyle.PLAIN),),),
    request_location="Gửi vị trí của tôi",
)


def answer(message: InboundMessage) -> list[OutgoingMessage]:
    match message.content:
        case Text(text=text) if "chìm" in text or "SOS" in text:
            return [RESCUE]
        case Text(text=text) if "im lặng" in text:
            return []
        case Press(data=data):
            safe = data == "sos:safe"
            return [OutgoingMessage(text=rich("Bạn chọn {data}", data=data), clear_location_request=safe)]
        case Location(latitude=latitude, longitude=longitude):
            return [OutgoingMessage(text=rich(f"Đã nhận vị trí {latitude:.3f}, {longitude:.3f}"))]
    return [ANSWER]


@pytest.fixture
def house(sqlite_store: Store, shipped: Snapshot) -> House:
    """Time goes on here: a conversation is shown in its order."""
    return House(store=sqlite_store, clock=SystemClock(), snapshot=shipped, replies=answer)


async def open_chat(page: Page, site: House, query: str = "") -> None:
    await page.goto(f"{site.url}/chat{query}")
    await expect(page.get_by_label("Viết câu hỏi")).to_be_visible()


async def write(page: Page, words: str) -> None:
    await page.get_by_label("Viết câu hỏi").fill(words)
    await page.keyboard.press("Enter")


async def test_a_question_is_answered_without_reloading(site: House, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await open_chat(page, site)
    await shoot(page, "chat-390-empty.png")
    await write(page, "tau ca may met thi phai gan gsht")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Tàu cá dài từ 15 mét")
    await expect(log.get_by_role("link", name="Luật Thủy sản, Điều 44")).to_have_attribute(
        "href", "https://vanban.chinhphu.vn/"
    )
    await expect(log.locator("strong")).to_have_text("15 mét")
    await shoot(page, "chat-390-answer.png")
    await log.get_by_role("button", name="Có ích").click()
    await expect(log).to_contain_text("Bạn chọn f:1")
    await shoot(page, "chat-390-pressed.png")


async def test_the_conversation_is_there_again_after_the_page_was_closed(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await write(page, "tàu 15 mét")
    await expect(page.get_by_role("log")).to_contain_text("24/24")
    await page.get_by_role("button", name="Chưa đúng").click()
    await expect(page.get_by_role("log")).to_contain_text("Bạn chọn f:0")
    for _ in range(2):
        await page.reload()
        await expect(page.get_by_role("log")).to_contain_text("Bạn chọn f:0")
        texts = await page.locator(".bubble").all_inner_texts()
        assert len(texts) == 5
        assert "tàu 15 mét" in texts[1]
        assert "24/24" in texts[2]
        assert "Chưa đúng" in texts[3]


async def test_an_officers_answer_arrives_on_the_open_page(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    token = await page.evaluate("localStorage.getItem('haidang.visitor')")
    chat_id = site.chat.chat_id(token)
    assert chat_id is not None
    await expect(page.get_by_role("log")).to_contain_text("Chào bạn")
    await site.say(chat_id, OutgoingMessage(text=rich("Cán bộ trả lời: được.")))
    await expect(page.get_by_role("log")).to_contain_text("Cán bộ trả lời: được.")


async def test_what_people_write_is_shown_as_they_wrote_it(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    nasty = "<img src=x onerror=alert(1)> **đậm** & im lặng"
    await write(page, nasty)
    await expect(page.locator(".bubble--you")).to_contain_text(nasty)
    await expect(page.locator(".stamp--you")).not_to_contain_text("đang gửi")
    await page.reload()
    await expect(page.locator(".bubble--you")).to_contain_text(nasty)
    assert await page.locator(".log img").count() == 0


async def test_in_danger_numbers_first_then_the_position(site: House, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 9.95123, "longitude": 104.9, "accuracy": 15})
    await open_chat(page, site)
    await write(page, "cứu với, tàu tôi đang chìm")
    await expect(page.get_by_role("log")).to_contain_text("GỌI NGAY 112")
    await expect(page.get_by_role("log").get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    await shoot(page, "chat-390-distress.png")
    await page.get_by_role("button", name="Gửi vị trí của tôi").click()
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận vị trí 9.951, 104.900")
    await expect(page.get_by_role("log")).to_contain_text("Vị trí của tôi: 9.95123, 104.90000")
    await expect(page.locator("#locate")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận vị trí")
    await expect(page.locator("#locate")).to_be_hidden()


async def test_the_position_is_asked_for_until_it_came_or_is_not_wanted(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await write(page, "tàu đang chìm")
    ask = page.get_by_role("button", name="Gửi vị trí của tôi")
    await expect(ask).to_be_visible()
    await write(page, "mau lên")
    await expect(page.get_by_role("log")).to_contain_text("24/24")
    await expect(ask).to_be_visible()
    await page.reload()
    await expect(ask).to_be_visible()
    await page.get_by_role("button", name="Tôi đã an toàn").click()
    await expect(page.get_by_role("log")).to_contain_text("Bạn chọn sos:safe")
    await expect(ask).to_be_hidden()


async def test_only_telephone_numbers_become_calls(site: House, browser_page: Page) -> None:
    page = browser_page
    words = "Gọi 112, 112. hoặc (112); Nghị định 112/2024, số 1.112, 2112, 0243.768.3050"
    site.replies = lambda message: [OutgoingMessage(text=rich(words))]
    await open_chat(page, site)
    await write(page, "số nào")
    await expect(page.locator(".bubble--us").last).to_contain_text(words)
    assert await page.locator(".call").all_inner_texts() == ["112", "112", "112", "0243.768.3050"]


async def test_a_refused_position_asks_for_words(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await write(page, "tàu đang chìm")
    await page.get_by_role("button", name="Gửi vị trí của tôi").click()
    await expect(page.locator("#hint")).to_contain_text("viết tọa độ")
    await expect(page.get_by_label("Viết câu hỏi")).to_be_focused()


async def test_sos_shows_the_numbers_without_a_connection_and_reports_when_it_is_back(
    site: House, browser_page: Page, shoot: Shoot
) -> None:
    page = browser_page
    await open_chat(page, site)
    await expect(page.locator("#banner")).to_be_hidden()
    await page.context.set_offline(True)
    await page.locator(".sos > summary").click()
    await expect(page.locator(".sos__panel").get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    await shoot(page, "chat-390-sos-offline.png")
    await page.get_by_role("button", name="Nhắn báo nạn").click()
    await expect(page.locator(".bubble--you")).to_contain_text("SOS! Tôi đang gặp nạn")
    await expect(page.locator("#banner")).to_contain_text("Mất kết nối mạng")
    await expect(page.locator(".stamp--you")).to_have_text("chờ có mạng…")
    await shoot(page, "chat-390-offline.png")
    await page.context.set_offline(False)
    await expect(page.get_by_role("log")).to_contain_text("GỌI NGAY 112", timeout=15_000)
    await expect(page.locator("#banner")).to_be_hidden()


async def test_what_was_written_offline_survives_closing_the_page(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await expect(page.get_by_role("log")).to_contain_text("Chào bạn")
    await page.route("**/chat/api/messages*", lambda route: route.abort())
    await write(page, "tàu 15 mét, im lặng")
    await expect(page.locator("#banner")).to_be_visible()
    await page.unroute("**/chat/api/messages*")
    await page.reload()
    await expect(page.locator(".bubble--you")).to_contain_text("tàu 15 mét, im lặng")
    await expect(page.locator(".stamp--you")).not_to_contain_text("…")
    await expect(page.locator("#banner")).to_be_hidden()


async def test_a_refused_message_says_why_and_can_be_sent_again(site: House, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await open_chat(page, site)
    for number in range(21):
        await write(page, f"im lặng {number}")
    failed = page.locator(".stamp--failed")
    await expect(failed).to_contain_text("Đợi")
    await shoot(page, "chat-390-refused.png")
    await write(page, "tàu đang chìm")
    await expect(page.get_by_role("log")).to_contain_text("GỌI NGAY 112")
    await failed.get_by_role("button", name="Gửi lại").click()
    await expect(failed).to_contain_text("Đợi")
    await failed.get_by_role("button", name="Bỏ").click()
    await expect(failed).to_have_count(0)


async def test_too_long_and_empty_texts_are_stopped_with_words(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await write(page, "  ")
    await expect(page.locator("#hint")).to_contain_text("đang trống")
    await write(page, "x" * 5_001)
    await expect(page.locator("#hint")).to_contain_text("5001/5000")
    await page.get_by_label("Viết câu hỏi").fill("x" * 5_000)
    await expect(page.locator("#hint")).to_be_hidden()


async def test_a_long_answer_is_shown_from_its_beginning(site: House, browser_page: Page) -> None:
    page = browser_page
    site.replies = lambda message: [OutgoingMessage(text=rich("Đầu tiên.\n" + "một dòng\n" * 80))]
    await open_chat(page, site)
    await write(page, "dài")
    await expect(page.get_by_role("log")).to_contain_text("Đầu tiên.")
    top = await page.locator(".bubble--us").last.evaluate(
        "b => b.getBoundingClientRect().top - document.getElementById('log').getBoundingClientRect().top"
    )
    assert 0 <= top < 40


async def test_of_several_replies_the_answer_is_in_sight(site: House, browser_page: Page) -> None:
    page = browser_page
    greeting = OutgoingMessage(text=rich("Chào.\n" + "một dòng\n" * 20))
    site.replies = lambda message: [greeting, ANSWER]
    await open_chat(page, site)
    await write(page, "hỏi")
    await expect(page.get_by_text("Tàu cá dài từ")).to_be_in_viewport()


async def test_in_danger_nothing_pushes_the_numbers_out_of_sight(site: House, browser_page: Page) -> None:
    page = browser_page
    ticket = OutgoingMessage(text=rich("Đã báo động.\n" + "một dòng\n" * 40))
    site.replies = lambda message: [RESCUE, ticket]
    await open_chat(page, site)
    await write(page, "tàu đang chìm")
    await expect(page.get_by_role("log")).to_contain_text("Đã báo động")
    await expect(page.get_by_text("GỌI NGAY 112")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Có tin mới")).to_be_visible()


async def test_a_question_from_another_page_waits_in_the_field(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site, "?q=T%C3%A0u%20n%C3%A0o%3F")
    await expect(page.get_by_label("Viết câu hỏi")).to_have_value("Tàu nào?")
    await expect(page.get_by_label("Viết câu hỏi")).to_be_focused()
    await expect(page.locator(".bubble--you")).to_have_count(0)


async def test_a_link_cannot_raise_the_alarm_by_itself(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site, "?sos=1")
    await expect(page.get_by_role("button", name="Nhắn báo nạn")).to_be_visible()
    await expect(page.locator(".bubble--you")).to_have_count(0)


async def test_everything_can_be_done_with_the_keyboard(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await write(page, "tàu 15 mét")
    await expect(page.get_by_role("button", name="Có ích")).to_be_visible()
    await page.get_by_role("button", name="Có ích").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Bạn chọn f:1")
    await page.locator(".sos > summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".sos__panel")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".sos__panel")).to_be_hidden()
