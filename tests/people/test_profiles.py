"""Profiles: a few answers that can be changed and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.people import BadProfile, Profile, clear_profile, profile_of, set_profile
from bot.store import Store
from bot.store.tables import Audit
from tests.people.given import NOW, a_group, an_asker

AREAS = frozenset({"phu-quoc", "rach-gia"})


async def test_answers_are_kept_changed_and_forgotten(store: Store) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        assert await profile_of(session, asker) == Profile()
        for field, value in (("role", "fisherman"), ("area", "phu-quoc"), ("vessel", "from_15"), ("area", None)):
            await set_profile(session, asker, field, value, areas=AREAS, now=NOW)
        assert await profile_of(session, asker) == Profile(role="fisherman", vessel="from_15")
        assert await clear_profile(session, asker, now=NOW) == Profile()
        assert await profile_of(session, asker) == Profile()
        trail = list(await session.scalars(select(Audit).where(col(Audit.action).startswith("person.profile"))))
        assert len(trail) == 5
        assert "phu-quoc" not in str([row.data for row in trail]), "the trail doesn't say what they told"


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "pirate"), ("area", "atlantis"), ("vessel", "100"), ("name", "x"), ("role", ""), ("created_at", None)],
)
async def test_nobody_can_be_anything_else(sqlite_store: Store, field: str, value: str | None) -> None:
    async with sqlite_store.write() as session:
        asker = await an_asker(session)
        with pytest.raises(BadProfile):
            await set_profile(session, asker, field, value, areas=AREAS, now=NOW)


async def test_a_group_has_no_profile(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        group = await a_group(session)
        assert await profile_of(session, group) == Profile()
        with pytest.raises(BadProfile):
            await set_profile(session, group, "role", "fisherman", areas=AREAS, now=NOW)
