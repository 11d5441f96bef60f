"""Writing, approving and stopping notices: who may, in which order, and what is left behind in the audit trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.notices.audience import audience_of
from bot.notices.errors import BadNotice, NeedsSecondPerson, NoticeChanged, UnknownNotice
from bot.notices.states import Move, after
from bot.people import Permission, can, holders, require
from bot.people.codes import Choose, readable
from bot.store import audit
from bot.store.tables import Notice, NoticeKind, Officer, Outgoing, OutgoingState, Severity

PREFIX = "TB"
#: One message on every platform, with head and foot.
TEXT_LIMIT = 3000
TITLE_LIMIT = 200
COMMAND_LINE = "command line"
STOPPED = "the notice was stopped"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether an officer may approve a notice, and whether nobody else could: then they do so alone."""

    allowed: bool
    alone: bool


async def draft(
    session: AsyncSession,
    *,
    kind: NoticeKind | str,
    severity: Severity | str,
    title_vi: str,
    text_vi: str,
    title_en: str = "",
    text_en: str = "",
    audience: Mapping[str, Any] | None = None,
    send_at: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    by: Officer | None,
    now: dt.datetime,
) -> Notice:
    """A new notice that nobody has seen yet; without `by` the command line wrote it. Raises `BadNotice`."""
    if by is not None:
        require(by, Permission.WRITE_NOTICE)
    values = _checked(
        kind=kind,
        severity=severity,
        title_vi=title_vi,
        text_vi=text_vi,
        title_en=title_en,
        text_en=text_en,
        audience=audience,
        send_at=send_at,
        expires_at=expires_at,
        now=now,
    )
    notice = await _insert(session, {**values, "author_id": by.id if by else None, "created_at": now})
    _audit(session, "draft", notice, now=now, by=by)
    return notice


async def edit(
    session: AsyncSession,
    code: str,
    *,
    kind: NoticeKind | str,
    severity: Severity | str,
    title_vi: str,
    text_vi: str,
    title_en: str = "",
    text_en: str = "",
    audience: Mapping[str, Any] | None = None,
    send_at: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    by: Officer,
    now: dt.datetime,
) -> Notice:
    """Changes a notice that isn't approved yet; whoever does so last is its author, and can't be the second person.

    Without an `audience` it keeps the one that it has: a form that doesn't show it must not widen it.
    """
    require(by, Permission.WRITE_NOTICE)
    notice = await _locked(session, code)
    state = after(notice.state, Move.EDIT, code=notice.code)
    values = _checked(
        kind=kind,
        severity=severity,
        title_vi=title_vi,
        text_vi=text_vi,
        title_en=title_en,
        text_en=text_en,
        audience=notice.audience if audience is None else audience,
        send_at=send_at,
        expires_at=expires_at,
        now=now,
    )
    for name, value in values.items():
        setattr(notice, name, value)
    notice.state, notice.author_id = state, by.id
    _audit(session, "edit", notice, now=now, by=by, title=notice.title_vi)
    await session.flush()
    return notice


async def submit(session: AsyncSession, code: str, officer: Officer, *, now: dt.datetime) -> Notice:
    """Puts a notice before whoever approves it; who submits what the command line wrote is its author from then on."""
    require(officer, Permission.WRITE_NOTICE)
    notice = await _locked(session, code)
    notice.state = after(notice.state, Move.SUBMIT, code=notice.code)
    if notice.author_id is None:
        notice.author_id = officer.id
    _audit(session, "submit", notice, now=now, by=officer)
    await session.flush()
    return notice


async def may_approve(session: AsyncSession, notice: Notice, officer: Officer) -> Approval:
    """Whether the officer may approve this notice: a second person, or the only one who could."""
    if not can(officer, Permission.APPROVE_NOTICE):
        return Approval(allowed=False, alone=False)
    others = [o for o in await holders(session, Permission.APPROVE_NOTICE) if o.id != officer.id]
    if notice.author_id is not None and notice.author_id != officer.id:
        return Approval(allowed=True, alone=False)
    # Written by this officer, or by nobody knows whom and not submitted yet: a second person where there is one.
    return Approval(allowed=not others, alone=not others)


def fingerprint(notice: Notice) -> str:
    """Names what a notice says, to whom and when: what an approver read is compared with what is there."""
    times = [moment.isoformat() if moment else None for moment in (notice.send_at, notice.expires_at)]
    texts = [notice.title_vi, notice.text_vi, notice.title_en, notice.text_en]
    said = json.dumps([notice.kind, notice.severity, *texts, notice.audience, *times], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


async def approve(
    session: AsyncSession, code: str, officer: Officer, *, now: dt.datetime, seen: str | None = None
) -> Notice:
    """Lets a notice go out, now or at its time. Raises `NeedsSecondPerson` to its author while somebody else could.

    With `seen`, the `fingerprint` of what the approver read, a notice that changed meanwhile isn't sent unread
    (`NoticeChanged`).
    """
    require(officer, Permission.APPROVE_NOTICE)
    notice = await _locked(session, code)
    state = after(notice.state, Move.APPROVE, code=notice.code)
    allowed = await may_approve(session, notice, officer)
    if not allowed.allowed:
        raise NeedsSecondPerson(f"{notice.code} was written by {officer.name}", code=notice.code)
    if seen is not None and seen != fingerprint(notice):
        raise NoticeChanged(f"{notice.code} is not what was read any more", code=notice.code)
    if notice.expires_at is not None and notice.expires_at <= max(now, notice.send_at or now):
        raise BadNotice(f"{notice.code} has expired", problem="expired")
    notice.state, notice.approver_id, notice.approved_at = state, officer.id, now
    # A time that passed while the notice waited for approval isn't when it was sent.
    notice.send_at = max(now, notice.send_at or now)
    _audit(session, "approve", notice, now=now, by=officer, alone=allowed.alone)
    await session.flush()
    return notice


async def stop(session: AsyncSession, code: str, officer: Officer, *, now: dt.datetime) -> Notice:
    """Stops a notice: what hasn't left the house doesn't leave it any more."""
    require(officer, Permission.APPROVE_NOTICE)
    notice = await _locked(session, code)
    notice.state = after(notice.state, Move.STOP, code=notice.code)
    _audit(session, "stop", notice, now=now, by=officer)
    await session.flush()
    await cancel_queued(session, notice)
    return notice


async def discard(session: AsyncSession, code: str, officer: Officer, *, now: dt.datetime) -> Notice:
    """Throws away a notice that was never approved."""
    require(officer, Permission.WRITE_NOTICE)
    notice = await _locked(session, code)
    notice.state = after(notice.state, Move.DISCARD, code=notice.code)
    _audit(session, "discard", notice, now=now, by=officer)
    await session.flush()
    return notice


async def cancel_queued(session: AsyncSession, notice: Notice) -> None:
    """Takes the notice's waiting rows out of the courier's sight."""
    await session.execute(
        update(Outgoing)
        .where(col(Outgoing.notice_id) == notice.id, col(Outgoing.state) == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, error=STOPPED)
        .execution_options(synchronize_session=False)
    )


async def _locked(session: AsyncSession, code: str) -> Notice:
    notice: Notice | None = await session.scalar(
        select(Notice)
        .where(col(Notice.code) == code.strip().upper())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if notice is None:
        raise UnknownNotice(f"no notice {code[:32]!r}", code=code[:32])
    return notice


async def _insert(session: AsyncSession, values: dict[str, Any], choose: Choose = secrets.choice) -> Notice:
    for attempt in range(_ATTEMPTS):
        notice = Notice(**values, code=f"{PREFIX}-{readable(5, choose)}")
        try:
            async with session.begin_nested():
                session.add(notice)
                await session.flush()
        except IntegrityError:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return notice
    raise AssertionError("unreachable")


def _checked(
    *,
    kind: NoticeKind | str,
    severity: Severity | str,
    title_vi: str,
    text_vi: str,
    title_en: str,
    text_en: str,
    audience: Mapping[str, Any] | None,
    send_at: dt.datetime | None,
    expires_at: dt.datetime | None,
    now: dt.datetime,
) -> dict[str, Any]:
    """The fields of a notice, checked; raises `BadNotice`."""
    texts = {
        "title_vi": title_vi.strip(),
        "text_vi": text_vi.strip(),
        "title_en": title_en.strip(),
        "text_en": text_en.strip(),
    }
    problem = None
    if not texts["title_vi"]:
        problem = "title_missing"
    elif not texts["text_vi"]:
        problem = "text_missing"
    elif bool(texts["title_en"]) != bool(texts["text_en"]):
        problem = "half_english"
    elif any(len(text) > (TITLE_LIMIT if name.startswith("title") else TEXT_LIMIT) for name, text in texts.items()):
        problem = "too_long"
    elif expires_at is not None and expires_at <= (send_at or now):
        problem = "expires_before_send"
    if problem is not None:
        raise BadNotice(f"a notice can't be like this: {problem}", problem=problem)
    return {
        **texts,
        "kind": NoticeKind(kind),
        "severity": Severity(severity),
        "audience": audience_of(audience).model_dump(mode="json", exclude_defaults=True),
        "send_at": send_at,
        "expires_at": expires_at,
    }


def _audit(
    session: AsyncSession, action: str, notice: Notice, *, now: dt.datetime, by: Officer | None, **data: Any
) -> None:
    actor = None if by else COMMAND_LINE
    audit(session, f"notice.{action}", f"notice:{notice.code}", now=now, by=by, actor=actor, **data)
