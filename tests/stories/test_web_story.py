"""The main line in a real browser on the whole running program: a visitor on a phone, an officer at a desk."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.stories.hotline import Hotline, ticket_code
from tests.web.conftest import Shoot

pytestmark = pytest.mark.browser

VMS = "tau ca may met thi phai gan gsht"
ODD = "cho tui hỏi giá vé xem phim ở rạp cuối tuần này bao nhiêu vậy"
SINKING = "cứu với, tàu tôi đang chìm"


async def open_chat(page: Page, hotline: Hotline) -> Locator:
    await page.goto(f"{hotline.url}/chat")
    await expect(page.get_by_label("Viết câu hỏi")).to_be_visible()
    return page.get_by_role("log")


async def write(page: Page, words: str) -> None:
    await page.get_by_label("Viết câu hỏi").fill(words)
    await page.keyboard.press("Enter")


async def sign_in_first_administrator(page: Page, hotline: Hotline) -> None:
    await page.goto(f"{hotline.url}/console/login/{hotline.admin_code}")
    await page.get_by_label("Họ và tên").fill("Lê Thị Hoa")
    await page.get_by_role("button", name="Bắt đầu").click()
    await expect(page.get_by_text("Không có phiếu nào đang chờ")).to_be_visible()


async def test_a_visitor_asks_and_gets_the_answer_with_its_basis(
    web_hotline: Hotline, browser_page: Page, shoot: Shoot
) -> None:
    log = await open_chat(browser_page, web_hotline)
    await write(browser_page, VMS)
    await expect(log).to_contain_text("Căn cứ:", timeout=15_000)
    await expect(log).to_contain_text("15 m")
    await expect(log).to_contain_text("Điều")
    await expect(log).to_contain_text("Kiểm tra ngày")
    await shoot(browser_page, "story-answer-390.png")
    await log.get_by_role("button", name="Hữu ích").click()
    await expect(log).to_contain_text("Cảm ơn")
    overflow = await browser_page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0


async def test_an_officer_answers_in_the_console_and_the_visitor_sees_it_on_the_open_page(
    web_hotline: Hotline, browser_page: Page, desktop_page: Page, shoot: Shoot
) -> None:
    visitor, officer = browser_page, desktop_page
    await sign_in_first_administrator(officer, web_hotline)
    log = await open_chat(visitor, web_hotline)
    await write(visitor, ODD)
    await expect(log).to_contain_text("HD-", timeout=15_000)
    code = ticket_code(await log.inner_text())
    await shoot(visitor, "story-ticket-390.png")
    await write(visitor, "suất chiếu tối thứ bảy, vé thường")
    await expect(log).to_contain_text("Đã bổ sung")

    await expect(officer.get_by_text("giá vé xem phim")).to_be_visible(timeout=20_000)
    await shoot(officer, "story-queue-1280.png")
    await officer.get_by_role("link", name="giá vé xem phim").click()
    await officer.get_by_role("button", name="Nhận phiếu").click()
    await officer.locator("textarea").first.fill("Anh/chị hỏi trực tiếp rạp nhé <b>&</b> chúc vui.")
    await officer.get_by_role("button", name="Gửi trả lời").click()
    await expect(log).to_contain_text("hỏi trực tiếp rạp nhé <b>&</b> chúc vui.", timeout=15_000)
    await expect(log).to_contain_text(code)
    await shoot(visitor, "story-answered-390.png")
    await expect(officer.get_by_text("Đã gửi lúc")).to_be_visible(timeout=15_000)
    await shoot(officer, "story-ticket-1280.png", full_page=True)


async def test_the_answer_is_found_again_with_code_and_secret_after_the_page_was_closed(
    web_hotline: Hotline, browser_page: Page, desktop_page: Page
) -> None:
    import re

    visitor, officer = browser_page, desktop_page
    await sign_in_first_administrator(officer, web_hotline)
    log = await open_chat(visitor, web_hotline)
    await write(visitor, ODD)
    await expect(log).to_contain_text("Mã tra cứu", timeout=15_000)
    text = await log.inner_text()
    code, secret = ticket_code(text), re.search(r"Mã tra cứu: (\S+)", text)
    assert secret
    await visitor.goto("about:blank")
    await officer.goto(f"{web_hotline.url}/console/tickets/{code}")
    await officer.get_by_role("button", name="Nhận phiếu").click()
    await officer.locator("textarea").first.fill("Xin hỏi rạp.")
    await officer.get_by_role("button", name="Gửi trả lời").click()
    await visitor.goto(f"{web_hotline.url}/chat/tra-cuu")
    await visitor.locator("#code").fill(code)
    await visitor.locator("#secret").fill(secret[1])
    await visitor.locator("main form button").click()
    await expect(visitor.get_by_text("Xin hỏi rạp.")).to_be_visible()


async def test_distress_on_the_web_gets_numbers_first_and_stands_on_top_of_the_queue(
    web_hotline: Hotline, browser_page: Page, desktop_page: Page, shoot: Shoot
) -> None:
    visitor, officer = browser_page, desktop_page
    await sign_in_first_administrator(officer, web_hotline)
    await visitor.context.grant_permissions(["geolocation"])
    await visitor.context.set_geolocation({"latitude": 9.9012, "longitude": 103.8456})
    log = await open_chat(visitor, web_hotline)
    await write(visitor, ODD)
    await expect(log).to_contain_text("HD-", timeout=15_000)
    await write(visitor, SINKING)
    await expect(log).to_contain_text("0243.768.3050", timeout=15_000)
    await shoot(visitor, "story-distress-390.png")
    await visitor.get_by_role("button", name="Gửi vị trí của tôi").click()
    await expect(log).to_contain_text("Đã nhận vị trí", timeout=15_000)
    await shoot(visitor, "story-position-390.png")
    await expect(officer.get_by_text(SINKING).first).to_be_visible(timeout=20_000)
    assert "ticket--distress" in (await officer.locator(".ticket").first.get_attribute("class") or "")
    await shoot(officer, "story-queue-distress-1280.png")


async def test_staff_send_a_notice_and_subscribers_get_it(
    web_hotline: Hotline, browser_page: Page, desktop_page: Page, shoot: Shoot
) -> None:
    visitor, staff = browser_page, desktop_page
    log = await open_chat(visitor, web_hotline)
    await write(visitor, "/thongbao")
    await log.get_by_role("button", name="Bật: Thời tiết, bão").click(timeout=15_000)
    await expect(log).to_contain_text("Đã bật")

    await sign_in_first_administrator(staff, web_hotline)
    await staff.get_by_role("link", name="Thông báo").click()
    await staff.get_by_role("link", name="Soạn thông báo").click()
    await staff.locator("input[name=kind][value=weather]").check()
    await staff.locator("input[name=severity][value=severe]").check()
    await staff.get_by_label("Tiêu đề").first.fill("Bão số 9")
    await staff.get_by_label("Nội dung").first.fill("Tàu thuyền về nơi tránh trú trước 18 giờ.")
    await staff.get_by_role("button", name="Lưu và xem trước").click()
    await staff.get_by_role("button", name="Trình duyệt").click()
    await staff.locator("#approve").click()
    await staff.get_by_label("Tôi là người duy nhất").check()
    await staff.get_by_role("button", name="Gửi tới 1 người").click()
    await expect(log).to_contain_text("Bão số 9", timeout=20_000)
    await expect(staff.get_by_text("Đã gửi xong").first).to_be_visible(timeout=20_000)
    await shoot(staff, "story-notice-1280.png", full_page=True)
    await visitor.goto(f"{web_hotline.url}/canh-bao")
    await expect(visitor.get_by_text("Bão số 9")).to_be_visible()


async def test_a_login_link_works_once(web_hotline: Hotline, desktop_page: Page, browser_page: Page) -> None:
    await sign_in_first_administrator(desktop_page, web_hotline)
    await browser_page.goto(f"{web_hotline.url}/console/login/{web_hotline.admin_code}")
    await expect(browser_page.get_by_label("Họ và tên")).to_have_count(0)
    await expect(browser_page.locator("main")).to_contain_text("đã")


async def test_every_public_page_of_the_running_program_answers(web_hotline: Hotline) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=web_hotline.url, trust_env=False) as client:
        for path in (
            "/",
            "/chat",
            "/hoi-dap",
            "/canh-bao",
            "/widget.js",
            "/healthz",
            "/readyz",
            "/metrics",
            "/sitemap.xml",
        ):
            response = await client.get(path)
            assert response.status_code == 200, path
        entries = web_hotline.house.live.knowledge.snapshot.entries
        assert len(entries) >= 60
        for entry in entries:
            response = await client.get(f"/hoi-dap/{entry}")
            assert response.status_code == 200, entry
            assert "Căn cứ" in response.text
        assert "haidang_tickets_open" in (await client.get("/metrics")).text
