"""The widget on a page of another origin, in a real browser: the authority's site, which knows nothing of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, FrameLocator, Locator, Page, expect
from playwright.async_api import Error as PlaywrightError

from bot.clock import SystemClock
from bot.faq import Snapshot
from bot.messages import InboundMessage, OutgoingMessage, Text, rich
from bot.store import Store
from tests.support.browser import ARGUMENTS, CHROMIUM
from tests.web.conftest import Shoot
from tests.web.house import House, served

pytestmark = pytest.mark.browser

README = Path(__file__).parents[2] / "README.md"
HOSTILE = (
    "* { display: none !important; visibility: hidden !important; opacity: 0 !important; font-size: 90px !important;"
    " color: lime !important; pointer-events: none !important; transform: scale(3) !important }"
    " button, iframe, div { position: static !important; width: 1px !important; border: 9px solid red !important }"
)


def answer(message: InboundMessage) -> list[OutgoingMessage]:
    silent = isinstance(message.content, Text) and "im lặng" in message.content.text
    return [] if silent else [OutgoingMessage(text=rich("Tàu cá dài từ **15 mét** phải lắp máy."))]


@dataclass
class Site:
    """The authority's own website: a page that holds one line of ours."""

    hotline: House
    url: str = ""
    attributes: str = ""
    style: str = ""
    policy: str = ""
    lang: str = "vi"
    asked: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The line as README has it, with the address of the hotline under test."""
        lines = re.findall(
            r"^<script src=\"https://[^/]+/widget\.js\" async></script>$", README.read_text("utf-8"), re.M
        )
        assert len(lines) == 1
        return re.sub(r"https://[^/]+", self.hotline.url, lines[0]).replace(" async", f"{self.attributes} async")

    def page(self) -> HTMLResponse:
        """A page as authorities have them, more or less."""
        style = f"<style>{self.style}</style>" if self.style else ""
        headers = {"Content-Security-Policy": self.policy} if self.policy else {}
        return HTMLResponse(
            f"<!doctype html><html lang='{self.lang}'><head><meta charset=utf-8><title>Cảng vụ</title>"
            "<meta name=viewport content='width=device-width, initial-scale=1'><link rel=icon href='data:,'>"
            f"{style}</head><body><h1>Cảng vụ Hàng hải</h1><p>Trang thông tin của cơ quan.</p>"
            f"<p><a href='/tin-tuc'>Tin tức</a> <input aria-label='Tìm'></p>{'<p>Dòng tin.</p>' * 40}{self.line}"
            "</body></html>",
            headers=headers,
        )


@pytest.fixture
def house(sqlite_store: Store, shipped: Snapshot) -> House:
    """Time goes on here."""
    return House(store=sqlite_store, clock=SystemClock(), snapshot=shipped, replies=answer)


@pytest_asyncio.fixture(loop_scope="session")
async def authority(site: House) -> AsyncIterator[Site]:
    """The authority's website: another origin of the hotline's own site, as `hoidap.` beside `www.` of one domain."""
    app = FastAPI()
    app.state.closing = asyncio.Event()
    authority = Site(site)

    @app.get("/{path:path}")
    async def any_page(request: Request) -> HTMLResponse:
        return authority.page()

    async with served(app) as address:
        authority.url = address
        yield authority


@pytest.fixture
def foreign(authority: Site) -> Site:
    """The same on `localhost`: to the browser a site foreign to `127.0.0.1`, so that its frames are third parties.

    The browser of the tests is in private mode, where Chromium denies those all storage.
    """
    authority.url = authority.url.replace("127.0.0.1", "localhost")
    return authority


def launcher(page: Page) -> Locator:
    return page.get_by_role("button", name="Hỏi Cảng vụ")


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("haidang-chat iframe")


async def opened(page: Page, authority: Site, path: str = "/") -> FrameLocator:
    await page.goto(authority.url + path)
    await launcher(page).click()
    frame = chat(page)
    await expect(frame.get_by_label("Viết câu hỏi")).to_be_visible()
    return frame


async def ask(frame: FrameLocator, words: str) -> None:
    await frame.get_by_label("Viết câu hỏi").fill(words)
    await frame.get_by_label("Viết câu hỏi").press("Enter")


async def test_one_line_brings_the_chat_to_a_phone(authority: Site, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await page.goto(authority.url)
    await expect(launcher(page)).to_be_visible()
    await shoot(page, "widget-390-closed.png")
    frame = await opened(page, authority)
    panel = await page.get_by_role("dialog").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 390, "height": 844}  # the whole screen
    await frame.get_by_label("Viết câu hỏi").fill("tàu mấy mét phải lắp máy")
    await frame.get_by_role("button", name="Gửi", exact=True).click()  # the launcher must not lie over it
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await shoot(page, "widget-390-open.png")
    await page.get_by_role("button", name="Đóng khung chat").click()
    await expect(page.locator("haidang-chat iframe")).to_be_hidden()
    await expect(launcher(page)).to_be_focused()


async def test_and_to_a_desk_beside_the_page(authority: Site, desktop_page: Page, shoot: Shoot) -> None:
    page = desktop_page
    frame = await opened(page, authority)
    await ask(frame, "tàu mấy mét phải lắp máy")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] > 800
    assert box["width"] == 400
    await shoot(page, "widget-1280-open.png")
    await launcher(page).click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await shoot(page, "widget-1280-closed.png")


async def test_the_keyboard_alone_suffices_and_stays_inside(authority: Site, desktop_page: Page) -> None:
    page = desktop_page
    await page.goto(authority.url)
    await expect(launcher(page)).to_have_attribute("aria-expanded", "false")
    await page.get_by_label("Tìm").focus()
    await page.keyboard.press("Tab")
    await expect(launcher(page)).to_be_focused()
    await page.keyboard.press("Enter")
    frame = chat(page)
    field = frame.get_by_label("Viết câu hỏi")
    await expect(field).to_be_focused()
    await expect(launcher(page)).to_have_attribute("aria-expanded", "true")
    await page.keyboard.type("tàu mấy mét")
    await page.keyboard.press("Enter")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")

    seen = set()
    for _ in range(20):  # round and round, and never out
        await page.keyboard.press("Tab")
        inside = await page.evaluate("document.activeElement.localName")
        assert inside == "haidang-chat"
        where = await page.evaluate("document.activeElement.shadowRoot.activeElement.className || 'frame'")
        seen.add(where)
    assert seen == {"frame", "close"}
    close = page.get_by_role("button", name="Đóng khung chat")
    await close.focus()
    await page.keyboard.press("Shift+Tab")
    await expect(frame.get_by_role("button", name="Gửi", exact=True)).to_be_focused()

    await frame.locator(".sos > summary").press("Enter")
    await expect(frame.locator(".sos__panel")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(frame.locator(".sos__panel")).to_be_hidden()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher(page)).to_be_focused()


async def test_the_screen_reader_is_told_what_it_is(authority: Site, desktop_page: Page) -> None:
    await opened(desktop_page, authority)
    dialog = desktop_page.get_by_role("dialog", name="Hỏi đáp với Cảng vụ Kiên Giang")
    await expect(dialog).to_have_attribute("aria-modal", "true")
    await expect(desktop_page.locator("haidang-chat iframe")).to_have_attribute(
        "title", "Hỏi đáp với Cảng vụ Kiên Giang"
    )


@pytest.mark.parametrize("width", [390, 1280])
async def test_hostile_styles_do_not_get_in(
    authority: Site, browser_page: Page, desktop_page: Page, width: int, shoot: Shoot
) -> None:
    page = browser_page if width == 390 else desktop_page
    authority.style = HOSTILE
    await page.goto(authority.url)
    await expect(launcher(page)).to_be_visible()
    await expect(page.get_by_role("heading")).to_be_hidden()
    frame = await opened(page, authority)
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await shoot(page, f"widget-{width}-hostile.png")
    await page.get_by_role("button", name="Đóng khung chat").click()
    assert await launcher(page).evaluate("b => getComputedStyle(b).fontSize") == "17px"


async def test_exactly_hiding_everything_does_not_hide_it(authority: Site, browser_page: Page) -> None:
    await browser_page.goto(authority.url)
    plain = await launcher(browser_page).bounding_box()
    authority.style = "* {display:none !important}"
    await browser_page.goto(authority.url)
    await expect(launcher(browser_page)).to_be_visible()
    assert await launcher(browser_page).bounding_box() == plain


async def test_our_styles_do_not_get_out(authority: Site, desktop_page: Page) -> None:
    page = desktop_page
    look = "e => JSON.stringify(Object.fromEntries([...getComputedStyle(e)].map(n => [n, getComputedStyle(e)[n]])))"
    line = authority.line
    await page.goto(authority.url)
    await launcher(page).click()
    await expect(chat(page).get_by_label("Viết câu hỏi")).to_be_visible()
    after = [await page.locator(s).first.evaluate(look) for s in ("html", "body", "h1", "p", "a")]
    await page.evaluate("document.querySelector('haidang-chat').remove()")
    assert after == [await page.locator(s).first.evaluate(look) for s in ("html", "body", "h1", "p", "a")]
    assert "widget.js" in line
    assert await page.evaluate("document.styleSheets.length + document.adoptedStyleSheets.length") == 0


async def test_a_strict_policy_of_the_page_is_enough(authority: Site, browser_page: Page) -> None:
    ours = authority.hotline.url
    authority.policy = (
        f"default-src 'none'; script-src {ours}; frame-src {ours}; img-src data:; require-trusted-types-for 'script'"
    )
    frame = await opened(browser_page, authority)
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    button = browser_page.locator("haidang-chat .launch")
    assert await button.evaluate("b => getComputedStyle(b).borderRadius") == "999px"


async def test_place_language_and_colour_by_attributes(authority: Site, desktop_page: Page, shoot: Shoot) -> None:
    page = desktop_page
    authority.attributes = ' data-position="left" data-lang="en" data-colour="#ffd166"'
    await page.goto(authority.url)
    button = page.get_by_role("button", name="Ask the port authority")
    box = await button.bounding_box()
    assert box is not None
    assert box["x"] < 40
    assert await button.evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(255, 209, 102)"
    assert await button.evaluate("b => getComputedStyle(b).color") == "rgb(0, 0, 0)"  # to be read on yellow
    await button.click()
    await expect(chat(page).get_by_label("Write a question")).to_be_visible()
    await shoot(page, "widget-1280-left-en.png")


async def test_without_an_attribute_it_speaks_the_language_of_the_page(authority: Site, desktop_page: Page) -> None:
    authority.lang = "en-GB"
    await desktop_page.goto(authority.url)
    await expect(desktop_page.get_by_role("button", name="Ask the port authority")).to_be_visible()


async def say(authority: Site, frame: FrameLocator, words: str) -> None:
    token = await frame.locator("body").evaluate("() => localStorage.getItem('haidang.visitor')")
    chat_id = authority.hotline.chat.chat_id(token)
    assert chat_id is not None
    await authority.hotline.say(chat_id, OutgoingMessage(text=rich(words)))


async def test_an_answer_that_comes_while_it_is_closed_is_counted(
    authority: Site, browser_page: Page, shoot: Shoot
) -> None:
    page = browser_page
    frame = await opened(page, authority)
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await page.get_by_role("button", name="Đóng khung chat").click()
    await say(authority, frame, "Cán bộ trả lời: được.")
    await expect(page.locator("haidang-chat .badge")).to_have_text("1")
    await expect(page.get_by_role("button", name="Hỏi Cảng vụ, có 1 tin mới")).to_be_visible()
    await shoot(page, "widget-390-unread.png")
    await page.goto(authority.url + "/tin-tuc")  # and it is still so on the next page
    await expect(page.locator("haidang-chat .badge")).to_have_text("1")
    await launcher(page).click()
    await expect(chat(page).get_by_text("Cán bộ trả lời: được.")).to_be_in_viewport()
    await expect(page.locator("haidang-chat .badge")).to_be_hidden()
    await page.get_by_role("button", name="Đóng khung chat").click()
    await page.reload()
    await expect(page.locator("haidang-chat iframe")).to_be_attached()
    await expect(chat(page).locator(".bubble--us").last).to_contain_text("được")
    await expect(page.locator("haidang-chat .badge")).to_be_hidden()


async def test_an_open_chat_is_open_again_on_the_next_page_and_takes_no_keyboard(
    authority: Site, desktop_page: Page
) -> None:
    page = desktop_page
    frame = await opened(page, authority)
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await page.get_by_role("link", name="Tin tức").click()
    await page.wait_for_url("**/tin-tuc")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(chat(page).get_by_role("log")).to_contain_text("15 mét")
    assert await page.evaluate("document.activeElement === document.body")
    await launcher(page).click()
    await page.reload()
    await expect(launcher(page)).to_be_visible()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_visitor_who_asked_nothing_loads_nothing_but_the_button(authority: Site, browser_page: Page) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    await browser_page.goto(authority.url)
    await expect(launcher(browser_page)).to_be_visible()
    assert [a for a in asked if a.startswith(authority.hotline.url)] == [f"{authority.hotline.url}/widget.js"]


async def test_where_a_frame_may_store_nothing_the_conversation_lives_as_long_as_the_page(
    foreign: Site, browser_page: Page, shoot: Shoot
) -> None:
    page = browser_page
    frame = await opened(page, foreign)
    with pytest.raises(PlaywrightError, match="denied"):
        await frame.locator("body").evaluate("() => localStorage.length")
    await expect(frame.locator("#banner")).to_contain_text("mã tra cứu")
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await page.get_by_role("button", name="Đóng khung chat").click()
    await launcher(page).click()
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")
    await shoot(page, "widget-390-no-storage.png")


async def test_where_storage_is_kept_apart_by_site_the_conversation_goes_on_there_and_nowhere_else(
    foreign: Site, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text('{"profile": {"cookie_controls_mode": 0}}')
    # Playwright's own list switches the partitioning off that every browser has; the later of two lists counts.
    arguments = [*ARGUMENTS, "--disable-features=Translate"]
    kind = browser.browser_type
    async with await kind.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=arguments) as ordinary:
        page = await ordinary.new_page()
        frame = await opened(page, foreign)
        await expect(frame.locator("#banner")).to_be_hidden()
        await ask(frame, "tàu mấy mét")
        await expect(frame.get_by_role("log")).to_contain_text("15 mét")
        await page.goto(foreign.url + "/tin-tuc")
        await expect(chat(page).get_by_role("log")).to_contain_text("15 mét")
        async with page.expect_response("**/chat/api/messages*") as history:
            await page.goto(f"{foreign.hotline.url}/chat")
        assert (await (await history.value).json())["items"] == []


async def test_a_site_that_blocks_its_own_storage_gets_the_chat_all_the_same(
    authority: Site, browser_page: Page
) -> None:
    await browser_page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    frame = await opened(browser_page, authority)
    await ask(frame, "tàu mấy mét")
    await expect(frame.get_by_role("log")).to_contain_text("15 mét")


async def test_where_the_chat_does_not_open_the_numbers_stand_there(
    authority: Site, browser_page: Page, shoot: Shoot
) -> None:
    page = browser_page
    await page.clock.install()
    await page.route("**/chat?*", lambda route: route.abort())
    await page.goto(authority.url)
    await launcher(page).click()
    await page.clock.run_for(16_000)
    panel = page.get_by_role("dialog")
    await expect(panel.get_by_role("link", name="112", exact=True)).to_have_attribute("href", "tel:112")
    await expect(panel.get_by_role("link", name="Mở khung chat trong cửa sổ mới")).to_have_attribute(
        "href", f"{authority.hotline.url}/chat"
    )
    await shoot(page, "widget-390-away.png")
    await page.get_by_role("button", name="Đóng khung chat").click()
    await expect(launcher(page)).to_be_focused()


async def test_offline_is_shown_in_the_frame_and_recovers(authority: Site, browser_page: Page) -> None:
    frame = await opened(browser_page, authority)
    await expect(frame.get_by_role("log")).to_contain_text("Chào bạn")
    await browser_page.context.set_offline(True)
    await ask(frame, "tàu mấy mét")
    await expect(frame.locator("#banner")).to_contain_text("Mất kết nối mạng")
    await browser_page.context.set_offline(False)
    await expect(frame.get_by_role("log")).to_contain_text("15 mét", timeout=15_000)
    await expect(frame.locator("#banner")).to_be_hidden()


async def test_the_faq_stands_in_a_frame_and_stays_there(authority: Site, browser_page: Page, shoot: Shoot) -> None:
    page = browser_page
    await page.goto(authority.url)
    await page.evaluate(
        "src => { const f = document.createElement('iframe'); f.id = 'faq'; f.src = src;"
        " f.style = 'width:100%;height:700px'; document.body.prepend(f) }",
        f"{authority.hotline.url}/hoi-dap?embed=1",
    )
    frame = page.frame_locator("#faq")
    await expect(frame.locator("nav")).to_have_count(0)
    await frame.get_by_label("Tìm trong các câu hỏi").fill("112")
    await frame.get_by_label("Tìm trong các câu hỏi").press("Enter")
    await shoot(page, "faq-embed-390.png")
    await frame.locator(".questions a").first.click()
    await expect(frame.locator(".answer").first).to_be_visible()
    await expect(frame.get_by_role("link", name="Mở trang đầy đủ")).to_have_attribute("target", "_blank")
    await frame.get_by_role("link", name="Hỏi trong khung chat").click()
    await expect(frame.get_by_label("Viết câu hỏi")).not_to_have_value("")
