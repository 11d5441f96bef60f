"""A notice as the console shows it: its words as they are read, whom it reaches, how far it got, who did what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot import notices
from bot.messages import Language, RichText
from bot.notices import Approval, Delivery, NoticeLine, Reach
from bot.people import Permission
from bot.store.tables import (
    Audit,
    Notice,
    NoticeKind,
    NoticeState,
    Officer,
    Outgoing,
    OutgoingState,
    ProfileRole,
    Severity,
    VesselClass,
)
from bot.web.console import show
from bot.web.console.visits import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in the list."""

    code: str
    kind: str
    severity: str
    state: str
    title: str
    author: str
    created: str
    send_at: str
    planned: bool
    total: int
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice's page without its figures."""

    code: str
    kind: str
    severity: str
    state: str
    title: str
    bilingual: bool
    author: str
    approver: str
    created: str
    seen: str
    send_at: str
    expires: str
    planned: bool
    may_edit: bool
    may_submit: bool
    may_approve: bool
    alone: bool
    waits_for_second: bool
    may_stop: bool
    may_discard: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The message in one language, exactly as a channel gets it."""

    language: str
    text: RichText
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReachShown:
    """Whom it reaches, in words."""

    total: int
    people: int
    channels: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]
    unreachable: int
    public: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a notice got; `moving` while figures still change by themselves."""

    total: int
    done: int
    percent: int
    sent: int
    queued: int
    failed: int
    uncertain: int
    cancelled: int
    reasons: Sequence[tuple[str, int]]
    expanding: bool
    moving: bool
    started: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the history."""

    at: str
    who: str
    what: str


async def figures(session: AsyncSession, lines: Sequence[NoticeLine]) -> dict[str, dict[OutgoingState, int]]:
    """How many rows of each notice in the list are in which state, in one query."""
    rows = await session.execute(
        select(col(Notice.code), col(Outgoing.state), func.count())
        .join(Outgoing, col(Outgoing.notice_id) == col(Notice.id))
        .where(col(Notice.code).in_([line.code for line in lines]))
        .group_by(col(Notice.code), col(Outgoing.state))
    )
    found: dict[str, dict[OutgoingState, int]] = {}
    for code, state, number in rows:
        found.setdefault(code, {})[state] = number
    return found


def row_of(visit: Visit, line: NoticeLine, sent: Mapping[OutgoingState, int]) -> Row:
    """A line of the list in words."""
    waiting = line.send_at is not None and line.send_at > visit.now
    return Row(
        code=line.code,
        kind=line.kind,
        severity=line.severity,
        state=line.state,
        title=line.title,
        author=line.author or visit.t("notice.command_line"),
        created=show.short_time(visit, line.created_at),
        send_at=show.short_time(visit, line.send_at) if line.send_at else "",
        planned=waiting and line.state in (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.SENDING),
        total=sum(sent.values()),
        sent=sent.get(OutgoingState.SENT, 0),
        failed=sent.get(OutgoingState.FAILED, 0),
    )


def shown(visit: Visit, notice: Notice, approval: Approval, people: Mapping[int, str]) -> Shown:
    """The notice with what the officer may do with it; the service has the last word."""
    state = notice.state
    before = state in (NoticeState.DRAFT, NoticeState.SUBMITTED)
    writes = visit.can(Permission.WRITE_NOTICE)
    approves = visit.can(Permission.APPROVE_NOTICE)
    return Shown(
        code=notice.code,
        kind=notice.kind.value,
        severity=notice.severity.value,
        state=state.value,
        title=notice.title_vi,
        bilingual=bool(notice.text_en),
        author=people.get(notice.author_id or 0, visit.t("notice.command_line")),
        approver=people.get(notice.approver_id or 0, ""),
        created=show.short_time(visit, notice.created_at),
        seen=notices.fingerprint(notice),
        send_at=show.short_time(visit, notice.send_at) if notice.send_at else "",
        expires=show.short_time(visit, notice.expires_at) if notice.expires_at else "",
        planned=state is NoticeState.SENDING and notice.send_at is not None and notice.send_at > visit.now,
        may_edit=before and writes,
        may_submit=state is NoticeState.DRAFT and writes,
        may_approve=state is NoticeState.SUBMITTED and approves and approval.allowed,
        alone=approval.alone,
        waits_for_second=state is NoticeState.SUBMITTED and approves and not approval.allowed,
        may_stop=state is NoticeState.SENDING and approves,
        may_discard=before and writes,
    )


def previews(visit: Visit, notice: Notice) -> list[Preview]:
    """The message in each language that it has."""
    languages = [Language.VI, Language.EN] if notice.text_en else [Language.VI]
    shown: list[Preview] = []
    for language in languages:
        message = notices.notice_message(visit.snapshot, notice, language)
        labels = tuple(button.label for row in message.buttons for button in row)
        shown.append(Preview(language.value, message.text, labels))
    return shown


def reach_of(visit: Visit, reach: Reach) -> ReachShown:
    """The figures, the largest first."""
    return ReachShown(
        total=reach.total,
        people=reach.total - reach.public,
        channels=[(visit.name_of("channel", name), n) for name, n in _largest(reach.by_channel)],
        languages=[(visit.name_of("language", name), n) for name, n in _largest(reach.by_language)],
        unreachable=reach.unreachable,
        public=reach.public,
    )


def progress_of(visit: Visit, notice: Notice, delivery: Delivery, reach: Reach) -> Progress:
    """How far it got. Until all rows are written the total is what it is expected to reach."""
    expanding = notice.state is NoticeState.SENDING and notice.expanded_at is None
    total = max(delivery.total, reach.total) if expanding else delivery.total
    waiting = delivery.queued + delivery.sending
    return Progress(
        total=total,
        done=delivery.done,
        percent=100 * delivery.done // total if total else (100 if notice.state is NoticeState.COMPLETED else 0),
        sent=delivery.sent,
        queued=waiting,
        failed=delivery.failed,
        uncertain=delivery.uncertain,
        cancelled=delivery.cancelled,
        reasons=[(show.reason(visit, name), n) for name, n in _largest(delivery.reasons)],
        expanding=expanding,
        moving=notice.state is NoticeState.SENDING or (notice.state is NoticeState.STOPPED and waiting > 0),
        started=notice.state in (NoticeState.SENDING, NoticeState.STOPPED, NoticeState.COMPLETED),
    )


def _largest(figures: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(figures.items(), key=lambda item: (-item[1], item[0]))


async def history(session: AsyncSession, visit: Visit, notice: Notice) -> list[Deed]:
    """Who did what to the notice, oldest first."""
    rows = await session.scalars(
        select(Audit).where(col(Audit.subject) == f"notice:{notice.code}").order_by(col(Audit.id))
    )
    deeds: list[Deed] = []
    for row in rows:
        what = row.action.replace(".", "_") + ("_alone" if row.data.get("alone") else "")
        deeds.append(
            Deed(show.short_time(visit, row.at), visit.name_of("actor", row.actor), visit.name_of("deed", what))
        )
    return deeds


async def people(session: AsyncSession, notice: Notice) -> dict[int, str]:
    """The names of author and approver, by number."""
    numbers = [number for number in (notice.author_id, notice.approver_id) if number is not None]
    rows = await session.execute(select(col(Officer.id), col(Officer.name)).where(col(Officer.id).in_(numbers)))
    return {number: name for number, name in rows if number is not None}


async def subscribers(session: AsyncSession, now: dt.datetime) -> dict[str, int]:
    """How many people each kind of notice reaches now: the form shows it beside the choice."""
    found: dict[str, int] = {}
    for kind in NoticeKind:
        blank = Notice(code="", kind=kind, severity=Severity.UNKNOWN, title_vi="", text_vi="", created_at=now)
        reach = await notices.reach(session, blank)
        found[kind.value] = reach.total - reach.public
    return found


def choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """What the recipients can be narrowed by, with the words that they themselves chose from."""
    words = visit.snapshot.words(visit.language)
    return {
        "role": [(role.value, words.line(f"profile_form.role.{role.value}")) for role in ProfileRole],
        "area": [(area.id, area.name.get(visit.language)) for area in visit.snapshot.organization.areas],
        "vessel": [(vessel.value, words.line(f"profile_form.vessel.{vessel.value}")) for vessel in VesselClass],
    }


def audience_lines(visit: Visit, notice: Notice) -> list[tuple[str, str]]:
    """To whom a notice is narrowed, in words; empty when it goes to all subscribers."""
    lines: list[tuple[str, str]] = []
    for name, known in choices(visit).items():
        named = dict(known)
        values = [named.get(value, value) for value in notice.audience.get(name, ())]
        if values:
            lines.append((visit.t(f"notice_form.{name}"), ", ".join(values)))
    return lines
