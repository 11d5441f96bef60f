"""Which department a ticket goes to, how urgent it is and when it is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.desk.calendar import due_at
from bot.faq import Snapshot
from bot.faq.schema import Department
from bot.store.tables import Priority, TicketKind

PRIORITY = MappingProxyType(
    {
        TicketKind.DISTRESS: Priority.DISTRESS,
        TicketKind.POSSIBLE_DISTRESS: Priority.URGENT,
        TicketKind.QUESTION: Priority.NORMAL,
    }
)
RANK = MappingProxyType({Priority.DISTRESS: 0, Priority.URGENT: 1, Priority.NORMAL: 2})


@dataclass(frozen=True, slots=True)
class Route:
    """Where a ticket goes and by when it is answered."""

    department: Department
    topic: str | None
    priority: Priority
    rank: int
    due_at: dt.datetime


def route(snapshot: Snapshot, kind: TicketKind, entry: str | None, opened: dt.datetime) -> Route:
    """The way of a new ticket: danger counts by the clock, a question by working hours."""
    found = snapshot.entry(entry) if entry else None
    priority = PRIORITY[kind]
    topic = snapshot.topic_of(found) if found else None
    return Route(
        department=snapshot.department_of(found),
        topic=topic.id if topic else None,
        priority=priority,
        rank=RANK[priority],
        due_at=due_for(snapshot, priority, opened),
    )


def due_for(snapshot: Snapshot, priority: Priority, since: dt.datetime) -> dt.datetime:
    """When a person has to have answered what was asked at `since`."""
    organization = snapshot.organization
    if priority is not Priority.NORMAL:
        return since + dt.timedelta(minutes=organization.service_levels.urgent_minutes)
    zone = ZoneInfo(organization.timezone)
    return due_at(since, organization.service_levels.answer_hours, organization.working_hours, zone)


def department_of(snapshot: Snapshot, key: str) -> Department:
    """A department by its key; one that the organization no longer knows is the default department."""
    by_id = {d.id: d for d in snapshot.organization.departments}
    return by_id.get(key) or by_id[snapshot.organization.default_department]


def department_name(snapshot: Snapshot, key: str, language: str) -> str:
    """A department's name in a language."""
    return department_of(snapshot, key).name.get(language)
