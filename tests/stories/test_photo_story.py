"""A photo's whole way: from a visitor's phone into the ticket, the console and the officers' group on Telegram."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, ticket_code
from tests.support.pictures import png
from tests.web.conftest import Shoot

pytestmark = pytest.mark.browser

PICTURE = png(480, 320, (200, 30, 30))


async def choose(page: Page) -> None:
    await page.locator("#photo-pick").set_input_files(
        FilePayload(name="tau.jpg", mimeType="image/jpeg", buffer=PICTURE)
    )
    await expect(page.locator("#photo-state")).to_have_text("đã tải lên, bấm Gửi")


async def test_a_photo_reaches_the_officers_wherever_they_are(
    hotline: Hotline, telegram: TelegramEmulator, browser_page: Page, desktop_page: Page, shoot: Shoot
) -> None:
    visitor, officer = browser_page, desktop_page
    group = await hotline.desk_group(telegram)
    await officer.goto(await hotline.login_link("Bình", "officer"))
    await officer.locator("main form button").first.click()
    await visitor.goto(f"{hotline.url}/chat")
    log = visitor.get_by_role("log")
    await choose(visitor)
    await visitor.get_by_label("Viết câu hỏi").fill("cứu với, tàu tôi đang chìm")
    await visitor.get_by_role("button", name="Gửi", exact=True).click()
    await expect(log).to_contain_text("0243.768.3050", timeout=15_000)
    await expect(log).to_contain_text("HD-", timeout=15_000)
    code = ticket_code(await log.inner_text())
    shown = await group.wait_message(where=lambda message: "photo" in message.raw)
    assert code in shown.raw["caption"]
    file_id = shown.raw["photo"][-1]["file_id"]
    assert telegram.api.files[file_id]["content"] == PICTURE

    await officer.goto(f"{hotline.url}/console/tickets/{code}")
    await expect(officer.get_by_role("img", name="Ảnh người hỏi gửi")).to_be_visible()
    await officer.wait_for_function("document.querySelector('.said__photo').naturalWidth === 480")
    await shoot(officer, "photo-console-1280.png", full_page=True)

    await visitor.goto(f"{hotline.url}/chat/tra-cuu?code={code}")
    assert "photos" not in await visitor.content()


async def test_a_photo_sent_after_the_call_for_help_goes_into_the_same_ticket(
    hotline: Hotline, telegram: TelegramEmulator, browser_page: Page
) -> None:
    visitor = browser_page
    group = await hotline.desk_group(telegram)
    await visitor.goto(f"{hotline.url}/chat")
    log = visitor.get_by_role("log")
    await visitor.get_by_label("Viết câu hỏi").fill("cứu với, tàu tôi đang chìm")
    await visitor.keyboard.press("Enter")
    await expect(log).to_contain_text("HD-", timeout=15_000)
    code = ticket_code(await log.inner_text())
    await choose(visitor)
    await visitor.get_by_role("button", name="Gửi", exact=True).click()
    shown = await group.wait_message(where=lambda message: "photo" in message.raw)
    assert code in shown.raw["caption"]
