"""Edits of the knowledge: what is under way, what each would change, and the second person's decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import curation
from bot.clock import local_day
from bot.curation import BadRevision, UnknownRevision
from bot.faq import Document, Entry
from bot.people import NotAllowed, Permission, Refused
from bot.store.tables import KnowledgeRevision, RevisionState
from bot.web.console import entry_view, flaws, readable, subjects
from bot.web.console.edit_forms import number_of
from bot.web.console.visits import Access, Page, Visit

Act = Callable[[AsyncSession, int], Awaitable[object]]
OPEN = (RevisionState.DRAFT, RevisionState.REVIEW)


async def show_edits(visit: Visit) -> Response:
    """Everything under way, what waits for a second person on top."""
    async with visit.parts.store.read() as session:
        lines = await curation.open_edits(session)
    context = {
        "tabs": subjects.tabs(visit, "edits", len(lines)),
        "rows": [subjects.revision_row(visit, line) for line in lines],
    }
    return visit.render("edits.html", context)


async def show_edit(visit: Visit) -> Response:
    """What it would change, and how it would be read."""
    return await page(visit)


async def page(visit: Visit, *, complaint: str = "", reason: str = "", status: int = 200) -> Response:
    """The page of one revision, under way or in the history."""
    number = number_of(visit.path("edit"))
    async with visit.parts.store.read() as session:
        revision = await curation.get(session, number)
        lines = await curation.history(session, revision.kind, revision.key)
        approval = await curation.may_approve(session, revision, visit.officer)
        old, against = await _compared_with(session, visit, revision)
        history = await subjects.deeds(session, visit, revision.kind, revision.key, number)
    row = next(subjects.revision_row(visit, line) for line in lines if line.id == number)
    thing, form_flaws = curation.parse(revision.kind, revision.content)
    under_way = revision.state in OPEN
    review = revision.state is RevisionState.REVIEW
    approves, writes = visit.can(Permission.APPROVE_KNOWLEDGE), visit.can(Permission.EDIT_KNOWLEDGE)
    context = {
        "row": row,
        "subject": subjects.address_of(revision.kind, revision.key),
        "changes": readable.compared(visit, revision.kind, old, revision.content),
        "is_new": old is None,
        "against": against,
        "seen": curation.fingerprint(revision),
        "history": history,
        "mine": revision.author_id == visit.officer.id,
        "may_submit": revision.state is RevisionState.DRAFT and writes,
        "may_edit": under_way and writes,
        "may_approve": review and approves and approval.allowed,
        "alone": approval.alone,
        "waits_for_second": review and approves and not approval.allowed,
        "may_send_back": review and approves,
        "label_of": lambda field: flaws.label_of(visit, field),
        "complaint": complaint,
        "typed_reason": reason,
        **await _seen_in_place(visit, thing, under_way=under_way),
    }
    if form_flaws:
        context["errors"] = flaws.listed(visit, form_flaws)
    return visit.render("edit.html", context, status=status)


async def _seen_in_place(visit: Visit, thing: Entry | Document | None, *, under_way: bool) -> Mapping[str, Any]:
    """How the thing would be read within everything else, what it touches, and what is wrong with it there."""
    found: dict[str, Any] = {"previews": (), "affected": (), "errors": (), "warnings": (), "stolen": ()}
    if thing is None:
        return found
    there = curation.with_thing(visit.snapshot, thing)
    if under_way:
        seen = curation.flaws_of(there, thing)
        found["errors"] = flaws.listed(visit, [f for f in seen if f.severity == "error"])
        found["warnings"] = flaws.listed(visit, [f for f in seen if f.severity != "error"])
    if isinstance(thing, Entry):
        found["previews"] = entry_view.previews(there, thing, local_day(visit.now))
        if under_way:
            stolen = await asyncio.to_thread(visit.parts.lint_entry, thing)
            found["stolen"] = [(each.text, each.first or "") for each in stolen]
    else:
        found["affected"] = entry_view.rows_on(visit, there, there.entries_on(thing))
    return found


async def _compared_with(
    session: AsyncSession, visit: Visit, revision: KnowledgeRevision
) -> tuple[Mapping[str, Any] | None, str]:
    """The version beside which this one is shown, and its name: what is live, or for that what was before it."""
    if revision.state is RevisionState.LIVE:
        if revision.follows_id is not None:
            return (await curation.get(session, revision.follows_id)).content, "previous"
        thing = curation.thing_in(visit.parts.files(), revision.kind, revision.key)
        return (curation.content_of(thing) if thing else None), "file"
    thing = curation.thing_in(visit.snapshot, revision.kind, revision.key)
    return (curation.content_of(thing) if thing else None), "live"


# --- acts ------------------------------------------------------------------------------------------------------------


async def submit(visit: Visit) -> Response:
    """Hands a draft to a second person."""

    async def act(session: AsyncSession, number: int) -> None:
        await curation.submit(session, number, visit.officer, now=visit.now)

    return await _do(visit, act, "edit_submitted")


async def withdraw(visit: Visit) -> Response:
    """Gives it up; it stays in the history."""

    async def act(session: AsyncSession, number: int) -> None:
        await curation.withdraw(session, number, visit.officer, now=visit.now)

    return await _do(visit, act, "edit_withdrawn")


async def send_back(visit: Visit) -> Response:
    """Gives it back to its author, who must know why."""
    reason = visit.form("reason")
    if not reason:
        return await page(visit, complaint=visit.t("edit.reason_needed"), status=422)

    async def act(session: AsyncSession, number: int) -> None:
        await curation.send_back(session, number, visit.officer, reason=reason, now=visit.now)

    return await _do(visit, act, "edit_sent_back")


async def approve(visit: Visit) -> Response:
    """Lets it go live, as it was read. Whoever approves their own because there is nobody else says so with a tick."""
    number = number_of(visit.path("edit"))
    async with visit.parts.store.read() as session:
        alone = (await curation.may_approve(session, await curation.get(session, number), visit.officer)).alone
    if alone and not visit.form("alone"):
        return await page(visit, complaint=visit.t("edit.tick_alone"), status=422)

    async def act(session: AsyncSession, number: int) -> None:
        await curation.approve(
            session, number, visit.officer, seen=visit.form("seen"), live=visit.snapshot, now=visit.now
        )

    return await _do(visit, act, "edit_approved", after=visit.parts.wake_knowledge)


async def _do(visit: Visit, act: Act, done: str, *, after: Callable[[], None] | None = None) -> Response:
    number = number_of(visit.path("edit"))
    try:
        async with visit.parts.store.write() as session:
            await act(session, number)
    except (NotAllowed, UnknownRevision):
        raise
    except BadRevision as bad:
        said = " ".join((visit.t("refused.revision_bad"), *flaws.listed(visit, bad.flaws)))
        return await page(visit, complaint=said, reason=visit.form("reason"), status=409)
    except Refused as refusal:
        said = visit.refusal(refusal, states="revision_state")
        return await page(visit, complaint=said, reason=visit.form("reason"), status=409)
    if after is not None:
        after()
    return visit.redirect(f"/console/knowledge/edits/{number}", done=done)


PAGES: tuple[Page, ...] = (
    Page("GET", "/knowledge/edits", Access.SIGNED_IN, show_edits),
    Page("GET", "/knowledge/edits/{edit}", Access.SIGNED_IN, show_edit),
    Page("POST", "/knowledge/edits/{edit}/submit", Permission.EDIT_KNOWLEDGE, submit),
    Page("POST", "/knowledge/edits/{edit}/approve", Permission.APPROVE_KNOWLEDGE, approve),
    Page("POST", "/knowledge/edits/{edit}/send-back", Permission.APPROVE_KNOWLEDGE, send_back),
    Page("POST", "/knowledge/edits/{edit}/withdraw", Permission.EDIT_KNOWLEDGE, withdraw),
)
