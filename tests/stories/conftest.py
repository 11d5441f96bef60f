"""The running program for stories: with Telegram on each database, or with the web alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bot import curation
from bot.curation import live
from bot.faq import Snapshot
from bot.matching import Matcher
from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, running
from tests.support.browser import chromium, desk, phone
from tests.web.conftest import shoot

__all__ = ["shoot"]

_MATCHERS: dict[str, Matcher] = {}


@pytest.fixture(autouse=True)
def one_matcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matcher of a version of the knowledge is built once for all stories: it is immutable, and takes a second."""

    def matcher_for(snapshot: Snapshot, data_dir: Path | None) -> Matcher:
        if snapshot.version not in _MATCHERS:
            _MATCHERS[snapshot.version] = curation.matcher_for(snapshot, data_dir)
        return _MATCHERS[snapshot.version]

    monkeypatch.setattr(live, "matcher_for", matcher_for)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    """Telegram, with its real limits switched on."""
    async with TelegramEmulator(rates=True) as emulator:
        yield emulator


@pytest.fixture
async def hotline(tmp_path: Path, telegram: TelegramEmulator) -> AsyncIterator[Hotline]:
    """The program on SQLite with Telegram."""
    async with running(tmp_path, telegram) as hotline:
        yield hotline


@pytest.fixture
async def web_hotline(tmp_path: Path) -> AsyncIterator[Hotline]:
    """The program as a newcomer starts it: no token, SQLite."""
    async with running(tmp_path) as hotline:
        yield hotline


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser of the story's own."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A phone's page; the browser must not complain."""
    async with phone(browser) as page:
        yield page


@pytest.fixture
async def desktop_page(browser: Browser) -> AsyncIterator[Page]:
    """A page on a desk."""
    async with desk(browser) as page:
        yield page
