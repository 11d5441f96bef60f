"""The running program for stories: with Telegram on each database, or with the web alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, running
from tests.web.conftest import browser, browser_page, desktop_page, shots

__all__ = ["browser", "browser_page", "desktop_page", "shots"]


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
