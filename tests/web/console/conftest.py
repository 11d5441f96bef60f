"""Fixtures of the console's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bot.faq import Snapshot
from bot.store import Store
from tests.support.clock import FrozenClock
from tests.web.conftest import Shoot
from tests.web.console.desk_house import DeskHouse
from tests.web.house import served

#: The elements that make a page wider than the screen, innermost last.
STICKING_OUT = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((each) => each.getBoundingClientRect().right > wide)
        .map((each) => `${each.tagName}.${each.className}`);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_store: Store, clock: FrozenClock, shipped: Snapshot) -> AsyncIterator[DeskHouse]:
    """The console on a real socket."""
    house = DeskHouse(sqlite_store, clock, shipped)
    async with served(house.app) as house.url:
        yield house
        await house.close()


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest) -> Page:
    """The same story on 390 and 1280 px."""
    chosen: Page = request.getfixturevalue("browser_page" if request.param == "phone" else "desktop_page")
    return chosen


@pytest.fixture
def picture(page: Page, shoot: Shoot):  # type: ignore[no-untyped-def]
    """Keeps a picture of the page, and sees to it that nothing sticks out on the right."""
    width = (page.viewport_size or {"width": 0})["width"]

    async def take(name: str, *, full: bool = True) -> None:
        sticking_out = await page.evaluate(STICKING_OUT)
        assert not sticking_out, f"{name} is too wide at {width} px: {sticking_out}"
        await shoot(page, f"console-{name}-{width}.png", full_page=full)

    return take
