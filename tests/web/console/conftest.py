"""Fixtures of the console's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.faq import Snapshot
from bot.store import Store
from tests.support.clock import FrozenClock
from tests.web.console.desk_house import DeskHouse
from tests.web.house import served


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_store: Store, clock: FrozenClock, shipped: Snapshot) -> AsyncIterator[DeskHouse]:
    """The console on a real socket."""
    house = DeskHouse(sqlite_store, clock, shipped)
    async with served(house.app) as house.url:
        yield house
        await house.close()
