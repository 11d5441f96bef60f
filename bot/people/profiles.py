"""What somebody tells of themselves in a few taps: what they are, where, which boat. Notices can be addressed by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people.askers import subject_of
from bot.people.errors import BadProfile
from bot.store import audit
from bot.store.tables import Conversation, Person, ProfileRole, VesselClass

#: What can be told, and the values that are fixed; areas are the organization's.
FIELDS: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "role": frozenset(role.value for role in ProfileRole),
        "area": None,
        "vessel": frozenset(vessel.value for vessel in VesselClass),
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's answers; None where they told nothing."""

    role: str | None = None
    area: str | None = None
    vessel: str | None = None


async def profile_of(session: AsyncSession, conversation: Conversation) -> Profile:
    """The profile of the person in a private chat; an empty one in groups."""
    if conversation.person_id is None:
        return Profile()
    person = await session.get_one(Person, conversation.person_id)
    return Profile(role=person.role, area=person.area, vessel=person.vessel)


async def set_profile(
    session: AsyncSession,
    conversation: Conversation,
    field: str,
    value: str | None,
    *,
    areas: frozenset[str],
    now: dt.datetime,
) -> Profile:
    """Writes one answer down, or takes it back (None); raises `BadProfile` for what nobody can be.

    The audit trail says that it was changed, not to what.
    """
    allowed = FIELDS.get(field, frozenset())
    if field not in FIELDS or (value is not None and value not in (areas if allowed is None else allowed)):
        raise BadProfile(f"no {field} is called {value!r}")
    if conversation.person_id is None:
        raise BadProfile("a group has no profile")
    person = await session.get_one(Person, conversation.person_id)
    if getattr(person, field) != value:
        setattr(person, field, value)
        audit(session, "person.profile", subject_of(conversation), now=now, actor="asker", field=field)
        await session.flush()
    return Profile(role=person.role, area=person.area, vessel=person.vessel)


async def clear_profile(session: AsyncSession, conversation: Conversation, *, now: dt.datetime) -> Profile:
    """Forgets everything that the person told of themselves."""
    if conversation.person_id is not None:
        person = await session.get_one(Person, conversation.person_id)
        person.role = person.area = person.vessel = None
        audit(session, "person.profile_cleared", subject_of(conversation), now=now, actor="asker")
        await session.flush()
    return Profile()
