"""Whom a notice reaches: those who asked for its kind and can be reached, and the public channels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.messages import Language
from bot.notices.errors import BadNotice
from bot.store.tables import (
    Conversation,
    Notice,
    Person,
    ProfileRole,
    Purpose,
    Severity,
    Subscription,
    VesselClass,
)

#: Of these nobody is spared for not having told who they are: they reach whoever might be meant.
_DANGEROUS = (Severity.EXTREME, Severity.SEVERE)


class Audience(BaseModel):
    """A narrower choice among the subscribers; empty means all of them, and the public channels.

    `role`, `area` and `vessel` are what people told in their profile; several values of one are alternatives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[Language, ...] = ()
    channels: tuple[str, ...] = ()
    role: tuple[ProfileRole, ...] = ()
    area: tuple[str, ...] = ()
    vessel: tuple[VesselClass, ...] = ()
    public: bool = True


@dataclass(frozen=True, slots=True)
class Reach:
    """How many conversations a notice goes to now, and how many subscribers it can't reach."""

    total: int
    unreachable: int
    public: int
    by_channel: Mapping[str, int] = field(default_factory=dict)
    by_language: Mapping[str, int] = field(default_factory=dict)


def audience_of(data: Mapping[str, Any] | None) -> Audience:
    """The audience as it was written down; raises `BadNotice` for a condition that isn't known.

    A condition that is not understood must never be taken for "everybody".
    """
    try:
        return Audience.model_validate(data or {})
    except ValidationError as error:
        fields = ", ".join(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
        raise BadNotice(f"audience: {fields} not understood", problem="audience") from error


def check_areas(audience: Audience, known: Collection[str]) -> Audience:
    """The audience itself; raises `BadNotice` for a place that nobody could have chosen."""
    if unknown := [area for area in audience.area if area not in known]:
        raise BadNotice(f"audience: no area {', '.join(unknown)}; known: {', '.join(known)}", problem="audience")
    return audience


def wanted(notice: Notice) -> ColumnElement[bool]:
    """Which conversations are the notice's, reachable or not."""
    audience = audience_of(notice.audience)
    subscribed = exists().where(
        col(Subscription.conversation_id) == col(Conversation.id),
        col(Subscription.kind) == notice.kind.value,
        col(Subscription.until).is_(None),
    )
    asker = and_(col(Conversation.purpose) == Purpose.ASKER, subscribed)
    if audience.languages:
        asker = and_(asker, col(Conversation.language).in_(audience.languages))
    if audience.channels:
        asker = and_(asker, col(Conversation.channel).in_(audience.channels))
    told = _told(audience, even_unknown=notice.severity in _DANGEROUS)
    if told is not None:
        asker = and_(asker, told)
    return or_(asker, col(Conversation.purpose) == Purpose.PUBLIC) if audience.public else asker


def _told(audience: Audience, *, even_unknown: bool) -> ColumnElement[bool] | None:
    """Whether the person's profile fits; with `even_unknown` what they never told counts as fitting."""
    conditions: list[ColumnElement[bool]] = []
    for column, values in (
        (col(Person.role), [role.value for role in audience.role]),
        (col(Person.area), list(audience.area)),
        (col(Person.vessel), [vessel.value for vessel in audience.vessel]),
    ):
        if values:
            conditions.append(or_(column.in_(values), column.is_(None) if even_unknown else false()))
    if not conditions:
        return None
    fits = exists().where(col(Person.id) == col(Conversation.person_id), *conditions)
    return or_(fits, col(Conversation.person_id).is_(None)) if even_unknown else fits


async def reach(session: AsyncSession, notice: Notice) -> Reach:
    """Counts whom the notice would reach if it were sent now."""
    gone = col(Conversation.unreachable_at).is_not(None)
    columns = (col(Conversation.channel), col(Conversation.language), col(Conversation.purpose), gone)
    rows = await session.execute(select(*columns, func.count()).where(wanted(notice)).group_by(*columns))
    total = unreachable = public = 0
    by_channel: dict[str, int] = {}
    by_language: dict[str, int] = {}
    for channel, language, purpose, is_gone, count in rows:
        if is_gone:
            unreachable += count
            continue
        total += count
        public += count if purpose is Purpose.PUBLIC else 0
        by_channel[channel] = by_channel.get(channel, 0) + count
        by_language[language.value] = by_language.get(language.value, 0) + count
    return Reach(total, unreachable, public, by_channel, by_language)
