"""A photo in the chat, in a real browser: chosen, sent with words, refused, and what a weak connection does to it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from bot.clock import SystemClock
from bot.faq import Snapshot
from bot.messages import InboundMessage, Media, OutgoingMessage, Text, rich
from bot.store import Store
from tests.support.pictures import heic, png
from tests.web.conftest import Shoot
from tests.web.house import House

pytestmark = pytest.mark.browser


def answer(message: InboundMessage) -> list[OutgoingMessage]:
    match message.content:
        case Media(caption=caption):
            return [OutgoingMessage(text=rich("Đã nhận ảnh, lời: «{caption}»", caption=caption))]
        case Text(text=text):
            return [OutgoingMessage(text=rich("Đã nhận lời: {text}", text=text))]
    return []


@pytest.fixture
def house(sqlite_store: Store, shipped: Snapshot) -> House:
    """Time goes on here."""
    return House(store=sqlite_store, clock=SystemClock(), snapshot=shipped, replies=answer)


def file(content: bytes, name: str = "bien-bao.jpg", kind: str = "image/jpeg") -> FilePayload:
    return FilePayload(name=name, mimeType=kind, buffer=content)


async def choose(page: Page, chosen: FilePayload) -> None:
    await page.locator("#photo-pick").set_input_files(chosen)


async def open_chat(page: Page, site: House) -> None:
    await page.goto(f"{site.url}/chat")
    await expect(page.get_by_label("Viết câu hỏi")).to_be_visible()


async def test_a_photo_goes_with_its_words_and_is_there_on_return(
    site: House, browser_page: Page, shoot: Shoot
) -> None:
    page = browser_page
    await open_chat(page, site)
    await choose(page, file(png(320, 240), "anh.jpg"))  # a PNG by another name: harmless, and common
    await expect(page.locator("#photo-state")).to_have_text("đã tải lên, bấm Gửi")
    await page.get_by_label("Viết câu hỏi").fill("biển báo này là gì")
    await shoot(page, "photo-390-chosen.png")
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận ảnh, lời: «biển báo này là gì»")
    sent = page.locator(".bubble--you img")
    assert await sent.evaluate("i => i.naturalWidth") == 320
    await expect(page.locator("#photo")).to_be_hidden()
    await shoot(page, "photo-390-sent.png")

    await page.reload()
    bubble = page.locator(".bubble--you")
    await expect(bubble).to_contain_text("biển báo này là gì")
    await expect(page.locator(".bubble--you img")).to_have_count(0)  # nothing large is fetched unasked
    await bubble.get_by_role("button", name="Xem ảnh").click()
    await expect(page.locator(".bubble--you img")).to_be_visible()
    await page.wait_for_function("document.querySelector('.bubble--you img').naturalWidth === 320")


async def test_a_photo_alone_is_enough(site: House, browser_page: Page) -> None:
    await open_chat(browser_page, site)
    await choose(browser_page, file(png(8, 8)))
    await expect(browser_page.locator("#photo-state")).to_have_text("đã tải lên, bấm Gửi")
    await browser_page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(browser_page.get_by_role("log")).to_contain_text("Đã nhận ảnh, lời: «»")


async def test_words_do_not_wait_for_a_photo(site: House, browser_page: Page, shoot: Shoot) -> None:
    """In danger the words are what counts; the photo follows when it is through."""
    page = browser_page
    through = asyncio.Event()

    async def slow(route: Route) -> None:
        await through.wait()
        await route.continue_()

    await page.route("**/chat/api/photos/*", slow)
    await open_chat(page, site)
    await choose(page, file(png(200, 200)))
    await page.get_by_label("Viết câu hỏi").fill("tàu đang chìm")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận lời: tàu đang chìm")
    await expect(page.locator(".stamp--you").first).to_contain_text("đang tải ảnh lên")
    await shoot(page, "photo-390-slow.png")
    through.set()
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận ảnh, lời: «»")
    await expect(page.locator(".stamp--you").first).not_to_contain_text("đang")


async def test_a_photo_waits_for_the_connection_and_goes_by_itself(site: House, browser_page: Page) -> None:
    page = browser_page
    await open_chat(page, site)
    await expect(page.get_by_role("log")).to_contain_text("Chào bạn")
    await page.context.set_offline(True)
    await choose(page, file(png(8, 8)))
    await expect(page.locator("#photo-state")).to_have_text("chờ có mạng để tải ảnh…")
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.locator(".stamp--you")).to_have_text("chờ có mạng để tải ảnh…")
    await page.context.set_offline(False)
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận ảnh", timeout=15_000)


async def test_what_is_no_picture_is_refused_with_words(site: House, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await open_chat(page, site)
    await page.get_by_label("Viết câu hỏi").fill("xem giúp")
    await choose(page, file(b"<script>alert(1)</script>"))
    await expect(page.locator("#photo-state")).to_contain_text("Tệp này không phải ảnh")
    await shoot(page, "photo-390-refused.png")
    await page.get_by_role("button", name="Bỏ ảnh").click()
    await expect(page.locator("#photo")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận lời: xem giúp")


async def test_a_photo_over_ten_megabytes_is_not_even_uploaded(site: House, browser_page: Page) -> None:
    await open_chat(browser_page, site)
    await choose(browser_page, file(b"\xff\xd8\xff" + b"\0" * (10 << 20)))
    await expect(browser_page.locator("#hint")).to_contain_text("10 MB")
    await expect(browser_page.locator("#photo")).to_be_hidden()


async def test_a_kind_that_the_browser_cannot_show_is_sent_all_the_same(site: House, browser_page: Page) -> None:
    await open_chat(browser_page, site)
    await choose(browser_page, file(heic(), "IMG_0001.HEIC", "image/heic"))
    await expect(browser_page.locator("#photo-state")).to_have_text("đã tải lên, bấm Gửi")
    await browser_page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(browser_page.locator(".bubble--you")).to_contain_text("không hiện được")
    await expect(browser_page.get_by_role("log")).to_contain_text("Đã nhận ảnh")


async def test_a_phone_offers_its_camera(site: House, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await open_chat(page, site)
    await expect(page.locator("#photo-camera")).to_have_attribute("capture", "environment")
    await page.get_by_role("button", name="Gửi ảnh").click()
    await expect(page.get_by_role("button", name="Chụp ảnh")).to_be_focused()
    await shoot(page, "photo-390-menu.png")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Ảnh có sẵn").click()
    await (await chooser.value).set_files(file(png(8, 8)))
    await expect(page.locator("#photo-preview")).to_be_visible()
    await expect(page.locator("#attach-menu")).to_be_hidden()
