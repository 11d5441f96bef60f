"""Editing the knowledge in the console: draft → review by another person → live → history → roll back.

Nothing is overwritten: every version that was ever submitted stays, with author, approver and times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clock import local_day
from bot.curation.errors import (
    BadRevision,
    ChangedMeanwhile,
    NothingLive,
    RevisionNeedsSecondPerson,
    UnknownRevision,
)
from bot.curation.overlay import (
    Edit,
    Thing,
    content_of,
    fingerprint_of,
    flaws_of,
    parse,
    thing_in,
    with_thing,
)
from bot.curation.states import Move, after
from bot.faq import Entry, Snapshot
from bot.people import Permission, can, holders, require
from bot.store import audit
from bot.store.tables import KnowledgeRevision, Officer, RevisionState, SubjectKind, Ticket

OPEN = (RevisionState.DRAFT, RevisionState.REVIEW)


@dataclass(frozen=True, slots=True)
class MayApprove:
    """Whether an officer may let a revision go live, and whether nobody else could: then they do so alone."""

    allowed: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision as lists and histories show it."""

    id: int
    kind: SubjectKind
    key: str
    state: RevisionState
    why: str
    verdict: str
    author: str
    approver: str | None
    changed_at: dt.datetime
    live_at: dt.datetime | None
    content: Mapping[str, Any]


# --- writing ---------------------------------------------------------------------------------------------------------


async def save_draft(
    session: AsyncSession,
    kind: SubjectKind,
    content: Mapping[str, Any],
    *,
    live: Snapshot,
    files: Snapshot,
    why: str,
    by: Officer,
    now: dt.datetime,
    seen: str | None = None,
    ticket: str | None = None,
) -> KnowledgeRevision:
    """Keeps a new version of an entry or document as a draft: the one edit under way of that thing, or a new one.

    `live` is what is answered with now, `files` what the knowledge files say; `seen` is the `fingerprint` of the draft
    that the form was filled from, if there was one. `ticket` is the code of the ticket whose answer it came from.

    Raises `BadRevision` with every flaw, and `ChangedMeanwhile` when the draft isn't any more what the writer saw.
    """
    require(by, Permission.EDIT_KNOWLEDGE)
    assert by.id is not None
    thing = checked(kind, content, live=live)
    key = thing.id if isinstance(thing, Entry) else thing.number
    there = await _open_one(session, kind, key)
    if there is not None:
        if seen != fingerprint(there):
            raise ChangedMeanwhile(f"{key} is being edited by somebody else", key=key)
        there.state = after(there.state, Move.EDIT, key=key)
        there.content, there.why = content_of(thing), why.strip()
        there.author_id, there.changed_at = by.id, now
        _audit(session, "edit", there, now=now, by=by)
        await session.flush()
        return there
    if seen is not None:
        raise ChangedMeanwhile(f"the draft of {key} is no longer open", key=key)
    revision = KnowledgeRevision(
        kind=kind,
        key=key,
        content=content_of(thing),
        base=fingerprint_of(thing_in(files, kind, key)),
        why=why.strip(),
        author_id=by.id,
        ticket_id=await _ticket_id(session, ticket),
        created_at=now,
        changed_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(revision)
            await session.flush()
    except IntegrityError:  # somebody began an edit of the same thing at this moment
        raise ChangedMeanwhile(f"{key} is being edited by somebody else", key=key) from None
    _audit(session, "draft", revision, now=now, by=by)
    return revision


def checked(kind: SubjectKind, content: Mapping[str, Any], *, live: Snapshot) -> Thing:
    """The thing that a content describes, good in its form and with everything that is live; raises `BadRevision`."""
    thing, flaws = parse(kind, content)
    if thing is None:
        raise BadRevision(f"the {kind.value} can't be read", flaws)
    wrong = [flaw for flaw in flaws_of(with_thing(live, thing), thing) if flaw.severity == "error"]
    if wrong:
        raise BadRevision(f"the {kind.value} doesn't fit the rest of the knowledge", wrong)
    return thing


async def submit(session: AsyncSession, revision_id: int, by: Officer, *, now: dt.datetime) -> KnowledgeRevision:
    """Puts a draft before another person; who submits it is its author from then on."""
    require(by, Permission.EDIT_KNOWLEDGE)
    assert by.id is not None
    revision = await _locked(session, revision_id)
    revision.state = after(revision.state, Move.SUBMIT, key=revision.key)
    revision.author_id, revision.changed_at, revision.verdict = by.id, now, ""
    _audit(session, "submit", revision, now=now, by=by)
    await session.flush()
    return revision


async def send_back(
    session: AsyncSession, revision_id: int, by: Officer, *, reason: str, now: dt.datetime
) -> KnowledgeRevision:
    """Gives a revision back to its author with what has to be mended."""
    require(by, Permission.APPROVE_KNOWLEDGE)
    revision = await _locked(session, revision_id)
    revision.state = after(revision.state, Move.SEND_BACK, key=revision.key)
    revision.verdict, revision.changed_at = reason.strip(), now
    _audit(session, "send_back", revision, now=now, by=by, reason=revision.verdict)
    await session.flush()
    return revision


async def may_approve(session: AsyncSession, revision: KnowledgeRevision, by: Officer) -> MayApprove:
    """Whether the officer may approve this revision: a second person, or the only one who could."""
    if not can(by, Permission.APPROVE_KNOWLEDGE):
        return MayApprove(allowed=False, alone=False)
    if revision.author_id != by.id:
        return MayApprove(allowed=True, alone=False)
    others = [o for o in await holders(session, Permission.APPROVE_KNOWLEDGE) if o.id != by.id]
    return MayApprove(allowed=not others, alone=not others)


async def approve(
    session: AsyncSession, revision_id: int, by: Officer, *, seen: str, live: Snapshot, now: dt.datetime
) -> KnowledgeRevision:
    """Lets a revision go live; an entry carries from then on who in the authority approved it, and when.

    `seen` is the `fingerprint` of what the approver read: a text that changed meanwhile isn't approved unread
    (`ChangedMeanwhile`). Raises `RevisionNeedsSecondPerson` to its author while somebody else could.
    """
    require(by, Permission.APPROVE_KNOWLEDGE)
    revision = await _locked(session, revision_id)
    state = after(revision.state, Move.APPROVE, key=revision.key)
    if seen != fingerprint(revision):
        raise ChangedMeanwhile(f"{revision.key} is not what was read any more", key=revision.key)
    allowed = await may_approve(session, revision, by)
    if not allowed.allowed:
        raise RevisionNeedsSecondPerson(f"{revision.key} was written by {by.name}", key=revision.key)
    content = dict(revision.content)
    if revision.kind is SubjectKind.ENTRY:
        content["approved"] = {"by": by.name, "on": local_day(now).isoformat()}
    thing = checked(revision.kind, content, live=live)
    before = await _live_one(session, revision.kind, revision.key)
    if before is not None:
        before.state, before.changed_at = after(before.state, Move.SUPERSEDE, key=before.key), now
        revision.follows_id = before.id
        await session.flush()  # the database allows one live revision of a thing
    revision.content, revision.state, revision.approver_id = content_of(thing), state, by.id
    revision.live_at = revision.changed_at = now
    _audit(session, "approve", revision, now=now, by=by, alone=allowed.alone)
    await session.flush()
    return revision


async def withdraw(session: AsyncSession, revision_id: int, by: Officer, *, now: dt.datetime) -> KnowledgeRevision:
    """Gives an edit up before it went live; it stays in the history."""
    require(by, Permission.EDIT_KNOWLEDGE)
    revision = await _locked(session, revision_id)
    revision.state, revision.changed_at = after(revision.state, Move.WITHDRAW, key=revision.key), now
    _audit(session, "withdraw", revision, now=now, by=by)
    await session.flush()
    return revision


async def roll_back(
    session: AsyncSession, kind: SubjectKind, key: str, by: Officer, *, reason: str, now: dt.datetime
) -> KnowledgeRevision | None:
    """Takes the live edit of a thing back at once, and returns the earlier edit that is live again (None: the files).

    One person may do it: a wrong answer about the law has to be gone within seconds.
    """
    require(by, Permission.APPROVE_KNOWLEDGE)
    revision = await _live_one(session, kind, key)
    if revision is None:
        raise NothingLive(f"no edit of {key} is live", key=key)
    revision.state, revision.changed_at = after(revision.state, Move.ROLL_BACK, key=key), now
    _audit(session, "roll_back", revision, now=now, by=by, reason=reason.strip())
    await session.flush()
    earlier = await session.get(KnowledgeRevision, revision.follows_id) if revision.follows_id else None
    if earlier is None or earlier.state is not RevisionState.SUPERSEDED:
        return None
    earlier.state, earlier.changed_at = after(earlier.state, Move.RESTORE, key=key), now
    _audit(session, "restore", earlier, now=now, by=by)
    await session.flush()
    return earlier


async def keep_edit(
    session: AsyncSession, kind: SubjectKind, key: str, by: Officer, *, files: Snapshot, now: dt.datetime
) -> KnowledgeRevision:
    """Decides a conflict for the console's version: it is based on what the files say now."""
    require(by, Permission.APPROVE_KNOWLEDGE)
    revision = await _live_or_refuse(session, kind, key)
    revision.base, revision.changed_at = fingerprint_of(thing_in(files, kind, key)), now
    _audit(session, "keep_edit", revision, now=now, by=by)
    await session.flush()
    return revision


async def take_file(
    session: AsyncSession, kind: SubjectKind, key: str, by: Officer, *, now: dt.datetime
) -> KnowledgeRevision:
    """Decides a conflict for the files' version: the edit drops out of the overlay."""
    require(by, Permission.APPROVE_KNOWLEDGE)
    revision = await _live_or_refuse(session, kind, key)
    revision.state, revision.changed_at = after(revision.state, Move.ABSORB, key=key), now
    _audit(session, "take_file", revision, now=now, by=by)
    await session.flush()
    return revision


async def absorb(session: AsyncSession, revision_ids: Iterable[int], *, now: dt.datetime) -> int:
    """Drops the edits that the files have caught up with; returns how many were still live."""
    dropped = 0
    for revision_id in revision_ids:
        revision = await _locked(session, revision_id)
        if revision.state is RevisionState.LIVE:
            revision.state, revision.changed_at = after(revision.state, Move.ABSORB, key=revision.key), now
            _audit(session, "absorb", revision, now=now, by=None)
            dropped += 1
    await session.flush()
    return dropped


# --- reading ---------------------------------------------------------------------------------------------------------


def fingerprint(revision: KnowledgeRevision) -> str:
    """Names the content of a revision: what was seen is compared with what is there."""
    thing, _ = parse(revision.kind, revision.content)
    return fingerprint_of(thing) or "unreadable"


async def get(session: AsyncSession, revision_id: int) -> KnowledgeRevision:
    """One revision; raises `UnknownRevision`."""
    revision = await session.get(KnowledgeRevision, revision_id)
    if revision is None:
        raise UnknownRevision(f"no revision {revision_id}")
    return revision


async def open_edit(session: AsyncSession, kind: SubjectKind, key: str) -> KnowledgeRevision | None:
    """The edit of a thing that is under way."""
    found: KnowledgeRevision | None = await session.scalar(_subject(kind, key, OPEN))
    return found


async def open_edits(session: AsyncSession) -> list[RevisionLine]:
    """All edits under way, those that wait for review first, the longest waiting on top."""
    lines = await _lines(session, col(KnowledgeRevision.state).in_(OPEN))
    return sorted(lines, key=lambda line: (line.state is RevisionState.DRAFT, line.changed_at))


async def waiting_for_review(session: AsyncSession) -> int:
    """How many edits wait for a second person."""
    query = select(func.count()).where(col(KnowledgeRevision.state) == RevisionState.REVIEW)
    return await session.scalar(query) or 0


async def history(session: AsyncSession, kind: SubjectKind, key: str) -> list[RevisionLine]:
    """Every revision of a thing, the newest first."""
    where = (col(KnowledgeRevision.kind) == kind) & (col(KnowledgeRevision.key) == key)
    return sorted(await _lines(session, where), key=lambda line: -line.id)


async def live_edits(session: AsyncSession) -> tuple[Edit, ...]:
    """The overlay: all edits that are live, oldest first."""
    rows = await session.scalars(
        select(KnowledgeRevision)
        .where(col(KnowledgeRevision.state) == RevisionState.LIVE)
        .order_by(col(KnowledgeRevision.id))
    )
    return tuple(Edit(row.id or 0, row.kind, row.key, row.content, row.base) for row in rows)


async def overlay_stamp(session: AsyncSession) -> tuple[int, int, str]:
    """Changes whenever the overlay does: cheap enough to be asked every second or two."""
    live = col(KnowledgeRevision.state) == RevisionState.LIVE
    row = (
        await session.execute(
            select(
                func.count(), func.sum(col(KnowledgeRevision.id)), func.max(col(KnowledgeRevision.changed_at))
            ).where(live)
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0), str(row[2])


async def _lines(session: AsyncSession, where: Any) -> list[RevisionLine]:
    rows = (await session.scalars(select(KnowledgeRevision).where(where))).all()
    ids = {n for row in rows for n in (row.author_id, row.approver_id) if n is not None}
    found: Sequence[Officer] = (await session.scalars(select(Officer).where(col(Officer.id).in_(ids)))).all()
    names = {officer.id: officer.name for officer in found}
    return [
        RevisionLine(
            id=row.id or 0,
            kind=row.kind,
            key=row.key,
            state=row.state,
            why=row.why,
            verdict=row.verdict,
            author=names.get(row.author_id, ""),
            approver=names.get(row.approver_id) if row.approver_id else None,
            changed_at=row.changed_at,
            live_at=row.live_at,
            content=row.content,
        )
        for row in rows
    ]


async def _locked(session: AsyncSession, revision_id: int) -> KnowledgeRevision:
    revision: KnowledgeRevision | None = await session.scalar(
        select(KnowledgeRevision)
        .where(col(KnowledgeRevision.id) == revision_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if revision is None:
        raise UnknownRevision(f"no revision {revision_id}")
    return revision


def _subject(kind: SubjectKind, key: str, states: Iterable[RevisionState]) -> Any:
    return select(KnowledgeRevision).where(
        col(KnowledgeRevision.kind) == kind,
        col(KnowledgeRevision.key) == key,
        col(KnowledgeRevision.state).in_(tuple(states)),
    )


async def _for_update(
    session: AsyncSession, kind: SubjectKind, key: str, states: Iterable[RevisionState]
) -> KnowledgeRevision | None:
    query = _subject(kind, key, states).with_for_update(key_share=True).execution_options(populate_existing=True)
    found: KnowledgeRevision | None = await session.scalar(query)
    return found


async def _open_one(session: AsyncSession, kind: SubjectKind, key: str) -> KnowledgeRevision | None:
    return await _for_update(session, kind, key, OPEN)


async def _live_one(session: AsyncSession, kind: SubjectKind, key: str) -> KnowledgeRevision | None:
    return await _for_update(session, kind, key, (RevisionState.LIVE,))


async def _live_or_refuse(session: AsyncSession, kind: SubjectKind, key: str) -> KnowledgeRevision:
    revision = await _live_one(session, kind, key)
    if revision is None:
        raise NothingLive(f"no edit of {key} is live", key=key)
    return revision


async def _ticket_id(session: AsyncSession, code: str | None) -> int | None:
    if code is None:
        return None
    found: int | None = await session.scalar(select(col(Ticket.id)).where(col(Ticket.code) == code.strip().upper()))
    return found


def _audit(
    session: AsyncSession,
    action: str,
    revision: KnowledgeRevision,
    *,
    now: dt.datetime,
    by: Officer | None,
    **data: Any,
) -> None:
    subject = f"{revision.kind.value}:{revision.key}"
    audit(session, f"knowledge.{action}", subject, now=now, by=by, revision=revision.id, **data)
