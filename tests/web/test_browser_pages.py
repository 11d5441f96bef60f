"""How the pages look and feel: nothing clipped, big enough for thick fingers, readable, and without scripts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.web.ports import PublicNotice, TicketAnswer, TicketView
from tests.support.clock import FrozenClock
from tests.web.conftest import Shoot
from tests.web.house import House

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "faq": "/hoi-dap",
    "topic": "/hoi-dap?topic=safety",
    "search": "/hoi-dap?q=112",
    "nothing": "/hoi-dap?q=xyzzy",
    "entry": "/hoi-dap/number-112",
    "entry-en": "/hoi-dap/vms-which-vessels?lang=en",
    "notices": "/canh-bao",
    "ticket": "/chat/tra-cuu",
    "missing": "/khong-co",
    "chat": "/chat",
    "chat-en": "/chat?lang=en",
}
MEASURES = (Path(__file__).parent / "measures.js").read_text("utf-8")


async def measure(page: Page, name: str) -> list[str]:
    """What a function of `measures.js` finds wrong on the page."""
    found: list[str] = await page.evaluate(f"() => {{ {MEASURES}; return {name}(); }}")
    return found


@pytest.fixture
def furnished(site: House, clock: FrozenClock) -> House:
    """The site with notices and an answered ticket."""
    site.notices.append(
        PublicNotice(
            code="TB-0007",
            kind="weather",
            severity="severe",
            title_vi="Áp thấp nhiệt đới trên vùng biển Cà Mau - Kiên Giang - Phú Quốc",
            text_vi="Gió mạnh cấp 7, giật cấp 9. Sóng cao 3-4 m.\n\n- Tàu ngoài khơi tìm nơi trú ẩn.\n- Không ra khơi.",
            published_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=1),
        )
    )
    site.tickets["HD-7K2M", "s3cret"] = TicketView(
        code="HD-7K2M",
        state="answered",
        subject="Tàu tôi 14 mét, chở hàng khô, muốn ghé cảng Bãi Vòng ban đêm thì báo ai trước?",
        opened_at=clock.now(),
        due_at=clock.now() + dt.timedelta(hours=8),
        answers=(
            TicketAnswer(clock.now(), "Báo đại diện cảng vụ tại Bãi Vòng trước 4 giờ.\n- Mang theo sổ đăng kiểm."),
        ),
    )
    return site


@pytest.mark.parametrize("name", PAGES)
async def test_pages_fit_a_phone(furnished: House, browser_page: Page, shoot: Shoot, name: str) -> None:
    page = browser_page
    await page.goto(furnished.url + PAGES[name])
    await shoot(page, f"{name}-390.png", full_page="chat" not in name)
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await measure(page, "clipped") == []
    assert await measure(page, "tooSmall") == []
    assert await measure(page, "smallPrint") == []
    assert await measure(page, "pale") == []
    await page.locator(".sos > summary").click()
    assert await measure(page, "clipped") == []
    assert await measure(page, "pale") == []


@pytest.mark.parametrize("name", PAGES)
async def test_pages_fit_a_desk(furnished: House, desktop_page: Page, shoot: Shoot, name: str) -> None:
    await desktop_page.goto(furnished.url + PAGES[name])
    await shoot(desktop_page, f"{name}-1280.png", full_page="chat" not in name)
    assert await measure(desktop_page, "clipped") == []


async def test_everything_but_the_chat_works_without_scripts(furnished: House, browser: Browser, shoot: Shoot) -> None:
    async with await browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="vi-VN"
    ) as context:
        page = await context.new_page()
        await page.goto(furnished.url)
        await page.get_by_role("searchbox").fill("112")
        await page.get_by_role("button", name="Tìm").click()
        await page.get_by_role("link", name="112").last.click()
        assert "/hoi-dap/" in page.url
        await page.locator(".sos > summary").click()
        await expect(page.locator(".sos__panel a[href='tel:112']")).to_be_visible()

        await page.goto(f"{furnished.url}/chat")
        await expect(page.get_by_text("Khung chat không hiện ra")).to_be_visible()
        await expect(page.locator("main a[href='tel:112']")).to_be_visible()
        await expect(page.get_by_label("Viết câu hỏi")).to_be_hidden()
        await shoot(page, "chat-390-noscript.png")

        await page.goto(f"{furnished.url}/chat/tra-cuu")
        await page.get_by_label("Mã câu hỏi").fill("hd-7k2m")
        await page.get_by_label("Mã bí mật").fill("wrong")
        await page.get_by_role("button", name="Xem câu trả lời").click()
        await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
        await shoot(page, "ticket-390-wrong.png")
        await page.get_by_label("Mã bí mật").fill("s3cret")
        await page.get_by_role("button", name="Xem câu trả lời").click()
        await expect(page.get_by_text("Báo đại diện cảng vụ")).to_be_visible()
        await shoot(page, "ticket-390-answer.png", full_page=True)
