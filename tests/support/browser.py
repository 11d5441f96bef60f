"""A real browser for tests, and the two screens on which everything has to fit."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium; each page has a context of its own in it, that is cookies, storage and cache."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A phone's page, 390 px wide; anything that the browser's console calls an error fails the test."""
    async with await browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    ) as context:
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        # what the browser says by itself of an answer that isn't 2xx, or of a connection that a test cut off
        assert [c for c in complaints if "Failed to load resource" not in c] == []


@asynccontextmanager
async def desk(browser: Browser) -> AsyncIterator[Page]:
    """A page 1280 px wide."""
    async with await browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN") as context:
        yield await context.new_page()
