"""Notices addressed by profile: who fits, who told nothing, and that danger spares nobody for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices import Audience, BadNotice, audience_of, check_areas, draft, reach
from bot.people import join_chats, link_code, set_profile
from bot.store import Store
from bot.store.tables import Purpose
from tests.notices.given import STORM, a_subscriber
from tests.people.given import NOW, a_group

AREAS = frozenset({"phu-quoc", "rach-gia"})
#: What five subscribers told: role, area, vessel.
PEOPLE: dict[str, tuple[str | None, str | None, str | None]] = {
    "fisherman of Phú Quốc": ("fisherman", "phu-quoc", "from_15"),
    "fisherman of Rạch Giá": ("fisherman", "rach-gia", "under_6"),
    "business of Phú Quốc": ("business", "phu-quoc", None),
    "fisherman who told no place": ("fisherman", None, None),
    "nobody knows": (None, None, None),
}


async def the_people(session: AsyncSession) -> None:
    for told in PEOPLE.values():
        chat = await a_subscriber(session)
        for field, value in zip(("role", "area", "vessel"), told, strict=True):
            await set_profile(session, chat, field, value, areas=AREAS, now=NOW)


@pytest.mark.parametrize(
    ("audience", "ordinary", "dangerous"),
    [
        ({}, 5, 5),
        ({"role": ["fisherman"]}, 3, 4),
        ({"area": ["phu-quoc"]}, 2, 4),
        ({"role": ["fisherman"], "area": ["phu-quoc"]}, 1, 3),
        ({"area": ["phu-quoc", "rach-gia"]}, 3, 5),
        ({"vessel": ["from_15", "from_24"]}, 1, 4),
        ({"role": ["shipping_agent"]}, 0, 1),
        ({"role": ["fisherman"], "languages": ["en"]}, 0, 0),
    ],
)
async def test_who_is_reached(store: Store, audience: dict[str, Any], ordinary: int, dangerous: int) -> None:
    async with store.write() as session:
        await the_people(session)
        for severity, expected in (
            ("minor", ordinary),
            ("moderate", ordinary),
            ("severe", dangerous),
            ("extreme", dangerous),
        ):
            notice = await draft(session, **{**STORM, "severity": severity, "audience": audience}, by=None, now=NOW)
            assert (await reach(session, notice)).total == expected, severity


async def test_public_channels_hear_of_it_unless_left_out(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        await a_group(session, Purpose.PUBLIC)
        for public, expected in ((True, 1), (False, 0)):
            audience = {"role": ["fisherman"], "public": public}
            notice = await draft(session, **{**STORM, "severity": "minor", "audience": audience}, by=None, now=NOW)
            assert (await reach(session, notice)).public == expected


async def test_a_person_on_two_channels_gets_it_on_both(sqlite_store: Store) -> None:
    async with sqlite_store.write() as session:
        phone = await a_subscriber(session)
        await set_profile(session, phone, "role", "fisherman", areas=AREAS, now=NOW)
        web = await a_subscriber(session, "law", channel="web")
        await join_chats(session, web, await link_code(session, phone, now=NOW), now=NOW)
        notice = await draft(
            session, **{**STORM, "severity": "minor", "audience": {"role": ["fisherman"]}}, by=None, now=NOW
        )
        found = await reach(session, notice)
        assert found.by_channel == {"telegram": 1, "web": 1}


@pytest.mark.parametrize("audience", [{"role": ["pirate"]}, {"vessel": ["100"]}, {"roles": ["fisherman"]}, {"role": 5}])
def test_what_is_not_understood_is_never_everybody(audience: dict[str, Any]) -> None:
    with pytest.raises(BadNotice):
        audience_of(audience)


def test_a_place_that_nobody_can_have_chosen_is_refused() -> None:
    assert check_areas(Audience(area=("phu-quoc",)), AREAS).area == ("phu-quoc",)
    with pytest.raises(BadNotice, match="atlantis"):
        check_areas(Audience(area=("atlantis",)), AREAS)
