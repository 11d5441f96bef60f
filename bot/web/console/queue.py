"""The queue: what waits for an officer, danger first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import desk
from bot.desk import TicketLine
from bot.people import Permission
from bot.store.tables import Priority, TicketKind, TicketState
from bot.web.console import show
from bot.web.console.visits import Page, Visit

#: More than anybody reads; beyond it the page says so.
LIMIT = 300
WAITING = (TicketState.OPEN, TicketState.TAKEN)
HELD = (*WAITING, TicketState.ANSWERED)
STATES: dict[str, tuple[TicketState, ...]] = {
    "waiting": WAITING,
    "answered": (TicketState.ANSWERED,),
    "closed": (TicketState.CLOSED,),
    "all": tuple(TicketState),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is to be shown; unknown words in the address mean the default."""

    state: str
    mine: bool
    department: str

    def address(self, path: str = "/console", **changes: str) -> str:
        """The queue with these filters and some changed."""
        values = {"state": self.state, "who": "mine" if self.mine else "", "department": self.department, **changes}
        if values["state"] == "waiting":
            values["state"] = ""
        kept = {name: value for name, value in values.items() if value}
        return path + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket as the queue shows it."""

    code: str
    kind: str
    state: str
    subject: str
    language: str
    department: str
    opened: str
    opened_at: str
    due: str
    due_at: str
    late: bool
    pressing: bool
    waits: bool
    officer: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits, in figures."""

    distress: int
    overdue: int
    open: int
    mine: int


def filters_of(visit: Visit) -> Filters:
    """The filters in the address."""
    state = visit.query("state")
    departments = {d.id for d in visit.snapshot.organization.departments}
    department = visit.query("department")
    return Filters(
        state=state if state in STATES else "waiting",
        mine=visit.query("who") == "mine",
        department=department if department in departments else "",
    )


async def show_queue(visit: Visit) -> Response:
    """The page with filters, figures and the list."""
    return visit.render("queue.html", await _context(visit))


async def show_list(visit: Visit) -> Response:
    """Figures and list alone: the open page fetches them again and again."""
    return visit.render("queue_list.html", await _context(visit))


async def show_alerts(visit: Visit) -> Response:
    """Danger that nobody has taken yet, for the head of every page."""
    return visit.render("alerts.html")


async def untaken_distress(session: AsyncSession, now: dt.datetime) -> tuple[TicketLine, ...]:
    """Distress tickets without an officer, the longest waiting first."""
    lines = await desk.queue(session, now=now, states=(TicketState.OPEN,), limit=LIMIT)
    return tuple(line for line in lines if _danger(line))


async def _context(visit: Visit) -> dict[str, object]:
    filters = filters_of(visit)
    async with visit.parts.store.read() as session:
        waiting = await desk.queue(session, now=visit.now, states=WAITING, limit=LIMIT)
        # By the officer's number: two colleagues may have the same name.
        held = await desk.queue(session, now=visit.now, states=HELD, mine=visit.officer, limit=LIMIT)
        own = {line.code for line in held}
        lines = await _filtered(session, visit, filters, STATES[filters.state])
        going_on = [line for line in await _filtered(session, visit, filters, (TicketState.ANSWERED,)) if _danger(line)]
    if filters.state == "waiting":
        # A first answer doesn't end a rescue: danger stays in sight until somebody closes it.
        first = sum(_danger(line) for line in lines)
        lines = [*lines[:first], *going_on, *lines[first:]]
    shown = {line.code for line in lines}
    # No filter may hide danger that nobody has taken.
    pinned = [line for line in visit.alerts if line.code not in shown]
    return {
        "filters": filters,
        "states": tuple(STATES),
        "departments": [(d.id, d.name.get(visit.language)) for d in visit.snapshot.organization.departments],
        "counts": count(waiting, own),
        "rows": [row_of(visit, line, own) for line in lines],
        "pinned": [row_of(visit, line, own) for line in pinned],
        "full": len(lines) >= LIMIT,
    }


async def _filtered(
    session: AsyncSession, visit: Visit, filters: Filters, states: Sequence[TicketState]
) -> list[TicketLine]:
    return await desk.queue(
        session,
        now=visit.now,
        states=states,
        department=filters.department or None,
        mine=visit.officer if filters.mine else None,
        limit=LIMIT,
    )


def _danger(line: TicketLine) -> bool:
    return line.priority == Priority.DISTRESS


def count(waiting: Sequence[TicketLine], own: Collection[str]) -> Counts:
    """The figures of what waits; `own` are the codes of the officer's tickets."""
    return Counts(
        distress=sum(map(_danger, waiting)),
        overdue=sum(line.overdue for line in waiting),
        open=sum(line.state == TicketState.OPEN for line in waiting),
        mine=sum(line.code in own for line in waiting),
    )


def row_of(visit: Visit, line: TicketLine, own: Collection[str]) -> Row:
    """A line of the queue in words."""
    waits = line.state in WAITING
    return Row(
        code=line.code,
        kind=TicketKind(line.kind).value,
        state=TicketState(line.state).value,
        subject=line.subject,
        language=line.language,
        department=desk.department_name(visit.snapshot, line.department, visit.language),
        opened=show.ago(visit, line.opened_at),
        opened_at=show.short_time(visit, line.opened_at),
        due=show.due(visit, line.due_at) if waits else "",
        due_at=show.short_time(visit, line.due_at),
        late=line.overdue,
        pressing=_danger(line) and line.state != TicketState.CLOSED,
        waits=waits,
        officer=line.officer,
        mine=line.code in own,
    )


PAGES = (
    Page("GET", "", Permission.SEE_QUEUE, show_queue),
    Page("GET", "/queue", Permission.SEE_QUEUE, show_list),
    Page("GET", "/alerts", Permission.SEE_QUEUE, show_alerts),
)
