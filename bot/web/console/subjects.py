"""What can be edited, entries and documents alike: addresses, names, where a thing comes from, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import curation
from bot.curation import Overlaid, RevisionLine, Standing
from bot.people import Permission
from bot.store.tables import Audit, RevisionState, SubjectKind
from bot.web.console import show
from bot.web.console.typing_in import dig, written
from bot.web.console.visits import Visit

#: The head of the pages on knowledge: name and address.
TABS = (
    ("entries", "/console/knowledge"),
    ("edits", "/console/knowledge/edits"),
    ("documents", "/console/knowledge/documents"),
    ("conflicts", "/console/knowledge/conflicts"),
)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision in a history or a list."""

    id: int
    kind: str
    key: str
    title: str
    state: str
    author: str
    approver: str
    changed: str
    live: str
    why: str
    verdict: str
    address: str
    reuse: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the live version of a thing comes from; `settling` while the last act hasn't taken effect yet."""

    standing: str
    settling: bool
    to_decide: bool
    live_id: int | None
    earlier: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of who did what."""

    at: str
    who: str
    what: str
    why: str


def entry_address(key: str) -> str:
    """An entry's page."""
    return f"/console/knowledge/entries/{quote(key, safe='')}"


def document_address(number: str) -> str:
    """A document's page; numbers hold slashes."""
    return f"/console/knowledge/documents/{quote(number, safe='/')}"


def address_of(kind: SubjectKind, key: str) -> str:
    """The page of what is edited."""
    return entry_address(key) if kind is SubjectKind.ENTRY else document_address(key)


def title_of(visit: Visit, kind: SubjectKind, content: Mapping[str, Any]) -> str:
    """The question of an entry, the title of a document."""
    return written(dig(content, "question" if kind is SubjectKind.ENTRY else "title", visit.language.value))


def conflicts(visit: Visit) -> tuple[Overlaid, ...]:
    """The edits about which a curator has to decide."""
    return tuple(one for one in visit.parts.overlaid() if one.to_decide)


def tabs(visit: Visit, here: str, edits: int) -> list[tuple[str, str, bool, int]]:
    """The pages on knowledge: name, address, whether it is this one, how many things wait there."""
    counts = {"edits": edits, "conflicts": len(conflicts(visit))}
    return [(name, address, name == here, counts.get(name, 0)) for name, address in TABS]


def revision_row(visit: Visit, line: RevisionLine) -> RevisionRow:
    """A revision in words."""
    edit = f"{address_of(line.kind, line.key)}/edit?from={line.id}"
    return RevisionRow(
        id=line.id,
        kind=line.kind.value,
        key=line.key,
        title=title_of(visit, line.kind, line.content) or line.key,
        state=line.state.value,
        author=line.author,
        approver=line.approver or "",
        changed=show.short_time(visit, line.changed_at),
        live=show.short_time(visit, line.live_at) if line.live_at else "",
        why=line.why,
        verdict=line.verdict,
        address=f"/console/knowledge/edits/{line.id}",
        reuse=edit if visit.can(Permission.EDIT_KNOWLEDGE) else "",
    )


def origin_of(visit: Visit, kind: SubjectKind, key: str, lines: Sequence[RevisionLine]) -> Origin:
    """Whether the files or the console speak, as far as is known at this moment."""
    live = next((line for line in lines if line.state is RevisionState.LIVE), None)
    known = next((one for one in visit.parts.overlaid() if one.edit.subject == (kind, key)), None)
    in_files = curation.thing_in(visit.parts.files(), kind, key) is not None
    standing = known.standing if known is not None else None
    return Origin(
        standing=standing.value if standing else ("file" if in_files else "nowhere"),
        # the overlay is read again a moment after each approval
        settling=(live.id if live else None) != (known.edit.id if known else None)
        and standing is not Standing.CAUGHT_UP,
        to_decide=known is not None and known.to_decide,
        live_id=live.id if live else None,
        earlier=in_files or any(line.state is RevisionState.SUPERSEDED for line in lines),
    )


async def deeds(session: AsyncSession, visit: Visit, kind: SubjectKind, key: str, revision: int) -> list[Deed]:
    """Who did what to one revision, oldest first."""
    rows = await session.scalars(
        select(Audit).where(col(Audit.subject) == f"{kind.value}:{key}").order_by(col(Audit.id))
    )
    return [
        Deed(
            at=show.short_time(visit, row.at),
            who=visit.name_of("actor", row.actor),
            what=visit.name_of("deed", row.action.replace(".", "_") + ("_alone" if row.data.get("alone") else "")),
            why=str(row.data.get("reason") or ""),
        )
        for row in rows
        if row.data.get("revision") == revision
    ]


def open_line(lines: Sequence[RevisionLine]) -> RevisionLine | None:
    """The edit under way among the revisions of a thing."""
    return next((line for line in lines if line.state in (RevisionState.DRAFT, RevisionState.REVIEW)), None)
