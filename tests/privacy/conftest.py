"""The house on each database, with the shipped knowledge."""

from __future__ import annotations

import pytest

from bot.dialogue.context import Knowledge
from bot.faq import Snapshot
from bot.matching import Matcher
from bot.store import Store
from tests.privacy.house import House
from tests.support.clock import FrozenClock


@pytest.fixture(scope="session")
def knowledge(shipped: Snapshot) -> Knowledge:
    """The shipped knowledge with its matcher."""
    return Knowledge(shipped, Matcher(shipped))


@pytest.fixture
def house(store: Store, clock: FrozenClock, knowledge: Knowledge) -> House:
    """The house on each database in turn."""
    return House(store, clock, knowledge)


@pytest.fixture
def sqlite_house(sqlite_store: Store, clock: FrozenClock, knowledge: Knowledge) -> House:
    """The house where the database doesn't matter."""
    return House(sqlite_store, clock, knowledge)
