"""Fixtures for pages: a real server on a real socket, and a real browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.faq import Snapshot
from bot.store import Store, migrate
from tests.support.browser import chromium, desk, phone
from tests.support.clock import FrozenClock
from tests.web.house import House, served

#: A picture of a page, for people to look at: kept in the environment's `SHOTS_DIR`, not taken without it.
Shoot = Callable[..., Awaitable[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All pages' tests share one loop, since they share one browser: to start it takes longer than most of them."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A migrated store on the loop that the pages' tests share."""
    store = Store(sqlite_url)
    await migrate(store)
    yield store
    await store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def store(database_url: str) -> AsyncIterator[Store]:
    """The same on each database in turn."""
    store = Store(database_url)
    await migrate(store)
    yield store
    await store.close()


@pytest.fixture
def house(sqlite_store: Store, clock: FrozenClock, shipped: Snapshot) -> House:
    """The pages over the shipped knowledge, with scripted replies."""
    return House(store=sqlite_store, clock=clock, snapshot=shipped)


@pytest_asyncio.fixture(loop_scope="session")
async def site(house: House) -> AsyncIterator[House]:
    """The house, served: `site.url`."""
    async with served(house.app) as house.url:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def http(site: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client on the site, without following redirects."""
    async with httpx.AsyncClient(base_url=site.url, trust_env=False, verify=False) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of this run."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A phone's page; the browser must not complain."""
    async with phone(browser) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def desktop_page(browser: Browser) -> AsyncIterator[Page]:
    """A page on a desk."""
    async with desk(browser) as page:
        yield page


@pytest.fixture(scope="session")
def shoot() -> Shoot:
    """Takes pictures where somebody wants to see them."""
    folder = os.environ.get("SHOTS_DIR")

    async def take(page: Page, name: str, *, full_page: bool = False) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=Path(folder) / name, full_page=full_page)

    return take
