"""Fixtures of the notices' tests."""

from __future__ import annotations

import pytest

from bot.faq import Snapshot
from tests.people.given import little_snapshot


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """A little knowledge with the real wording."""
    return little_snapshot()
