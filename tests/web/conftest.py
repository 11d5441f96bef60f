"""Fixtures for pages: a real server on a real socket, and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.faq import Snapshot
from bot.store import Store
from tests.support.clock import FrozenClock
from tests.web.house import House, served

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


@pytest.fixture
def house(sqlite_store: Store, clock: FrozenClock, shipped: Snapshot) -> House:
    """The pages over the shipped knowledge, with scripted replies."""
    return House(store=sqlite_store, clock=clock, snapshot=shipped)


@pytest.fixture
async def site(house: House) -> AsyncIterator[House]:
    """The house, served: `site.url`."""
    async with served(house.app) as house.url:
        yield house


@pytest.fixture
async def http(site: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client on the site, without following redirects."""
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
        yield client


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
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


@pytest.fixture
async def desktop_page(browser: Browser) -> AsyncIterator[Page]:
    """A page 1280 px wide."""
    async with await browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN") as context:
        yield await context.new_page()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where a test puts pictures of what it saw: the environment's `SHOTS_DIR`, or a folder of its own."""
    folder = Path(os.environ.get("SHOTS_DIR") or tmp_path / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
