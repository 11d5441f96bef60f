"""An entry's page in the console, its form, and what is done to it without a form: asking for approval, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fastapi.responses import RedirectResponse, Response

from bot import curation, desk
from bot.clock import local_day
from bot.curation import ChangedMeanwhile, UnknownRevision
from bot.desk import TicketView
from bot.faq.schema import ANSWER_LIMIT, Audience
from bot.people import Permission, Refused
from bot.store.tables import EventKind, SubjectKind
from bot.web.console import edit_forms, entry_view, rolling_back, subjects
from bot.web.console.edit_forms import FormOf, Ground
from bot.web.console.entry_form import EntryTyped
from bot.web.console.visits import Access, Page, Visit

ENTRY = SubjectKind.ENTRY
#: How long a new answer is good for before somebody reads it again, as the form proposes.
REVIEW_AFTER_DAYS = 180


async def show_entry(visit: Visit) -> Response:
    """The entry as the public reads it, why a curator should look at it, and every version that there was."""
    key = visit.path("entry")
    named = visit.snapshot.entry(key)
    if named is not None and named.id != key:
        return RedirectResponse(subjects.entry_address(named.id), status_code=303)
    return await page(visit, key)


async def page(visit: Visit, key: str, *, complaint: str = "", reason: str = "", status: int = 200) -> Response:
    """The page of an entry, or of one that was or will be."""
    async with visit.parts.store.read() as session:
        lines = await curation.history(session, ENTRY, key)
    entry = visit.snapshot.entries.get(key)
    if entry is None and not lines:
        raise UnknownRevision(f"no entry {key!r}")
    origin = subjects.origin_of(visit, ENTRY, key, lines)
    opened = subjects.open_line(lines)
    shown = entry or next((thing for line in lines if (thing := curation.parse(ENTRY, line.content)[0])), None)
    context = {
        "key": key,
        "address": subjects.entry_address(key),
        "title": subjects.title_of(visit, ENTRY, curation.content_of(shown)) if shown else key,
        "live": entry is not None,
        "answers": entry is not None and visit.snapshot.answerable(entry, local_day(visit.now)),
        "previews": entry_view.previews(visit.snapshot, entry, local_day(visit.now)) if entry else (),
        "reasons": entry_view.reasons_said(visit, visit.snapshot, entry) if entry else (),
        "approved": entry.approved if entry else None,
        "origin": origin,
        "revisions": [subjects.revision_row(visit, line) for line in lines],
        "opened": subjects.revision_row(visit, opened) if opened else None,
        "seen": curation.fingerprint_of(entry) or "",
        "may_edit": visit.can(Permission.EDIT_KNOWLEDGE),
        "may_propose": visit.can(Permission.EDIT_KNOWLEDGE)
        and entry is not None
        and entry.approved is None
        and not opened,
        "may_roll_back": visit.can(Permission.APPROVE_KNOWLEDGE) and origin.live_id is not None,
        "complaint": complaint,
        "typed_reason": reason,
    }
    return visit.render("entry.html", context, status=status)


async def propose(visit: Visit) -> Response:
    """Puts an entry before the authority as it stands: how what ships comes to be approved."""
    key = visit.path("entry")
    entry = visit.snapshot.entries.get(key)
    if entry is None:
        raise UnknownRevision(f"no entry {key!r}")
    try:
        if visit.form("seen") != curation.fingerprint_of(entry):
            raise ChangedMeanwhile(f"{key} is not what was read any more", key=key)
        async with visit.parts.store.write() as session:
            draft = await curation.save_draft(
                session,
                ENTRY,
                {**curation.content_of(entry), "approved": None},
                live=visit.snapshot,
                files=visit.parts.files(),
                why=visit.t("entry.propose_why"),
                by=visit.officer,
                now=visit.now,
            )
            assert draft.id is not None
            number = draft.id
            await curation.submit(session, number, visit.officer, now=visit.now)
    except Refused as refusal:
        return await page(visit, key, complaint=visit.refusal(refusal, states="revision_state"), status=409)
    return visit.redirect(f"/console/knowledge/edits/{number}", done="edit_submitted")


async def roll_back(visit: Visit) -> Response:
    """Takes the console's version back at once."""
    key = visit.path("entry")
    refused = await rolling_back.roll_back(visit, ENTRY, key)
    if refused is not None:
        return await page(visit, key, complaint=refused, reason=visit.form("reason"), status=409)
    return visit.redirect(subjects.entry_address(key), done="rolled_back")


# --- the form --------------------------------------------------------------------------------------------------------


def _choices(visit: Visit) -> Mapping[str, Any]:
    topics = visit.snapshot.topics.values()
    fields = [topic for topic in topics if "/" not in topic.id]
    return {
        "branches": [(field, [t for t in topics if t.id.startswith(f"{field.id}/")]) for field in fields],
        "audiences": [audience.value for audience in Audience],
        "departments": [(d.id, d.name.get(visit.language)) for d in visit.snapshot.organization.departments],
        "documents": list(visit.snapshot.documents.values()),
        "entries": [(e.id, e.question.get(visit.language)) for e in visit.snapshot.entries.values()],
        "limit": ANSWER_LIMIT,
    }


FORM = FormOf(
    kind=ENTRY,
    of_form=lambda visit: EntryTyped.of_form(visit.form),
    of_content=EntryTyped.of_content,
    template="entry_form.html",
    choices=_choices,
    key="id",
)


async def show_edit(visit: Visit) -> Response:
    """The form with what there is."""
    return await edit_forms.show_edit(visit, FORM, visit.path("entry"))


async def save(visit: Visit) -> Response:
    """Keeps it as a draft; nobody is answered with it yet."""
    return await edit_forms.save(visit, FORM, visit.path("entry"))


async def show_new(visit: Visit) -> Response:
    """An empty form, or one with the question and the last answer of a ticket in it."""
    typed, code = EntryTyped(audience=(Audience.PUBLIC.value,)), ""
    day = local_day(visit.now)
    texts = {
        **typed.texts,
        "verification": "verified",
        "checked": day.isoformat(),
        "review_by": (day + dt.timedelta(days=REVIEW_AFTER_DAYS)).isoformat(),
    }
    if visit.query("ticket"):
        async with visit.parts.store.read() as session:
            found = await desk.ticket_page(session, desk.normalise_code(visit.query("ticket")) or "-")
        code = found.ticket.code
        language = found.ticket.language.value
        texts |= {f"question_{language}": found.question, f"answer_{language}": _last_answer(found)}
    why = visit.t("entry.from_ticket_why", code=code) if code else ""
    typed = EntryTyped(texts=texts, audience=typed.audience, why=why)
    return edit_forms.render(visit, FORM, typed, Ground("", ""), ticket=code)


async def create(visit: Visit) -> Response:
    """Keeps a new entry as a draft."""
    return await edit_forms.create(visit, FORM)


def _last_answer(found: TicketView) -> str:
    said = [event.text for event in found.events if event.kind == EventKind.ANSWERED and not event.internal]
    return said[-1] if said else ""


PAGES: tuple[Page, ...] = (
    Page("GET", "/knowledge/entries/new", Permission.EDIT_KNOWLEDGE, show_new),
    Page("POST", "/knowledge/entries/new", Permission.EDIT_KNOWLEDGE, create),
    Page("GET", "/knowledge/entries/{entry}", Access.SIGNED_IN, show_entry),
    Page("GET", "/knowledge/entries/{entry}/edit", Permission.EDIT_KNOWLEDGE, show_edit),
    Page("POST", "/knowledge/entries/{entry}/edit", Permission.EDIT_KNOWLEDGE, save),
    Page("POST", "/knowledge/entries/{entry}/propose", Permission.EDIT_KNOWLEDGE, propose),
    Page("POST", "/knowledge/entries/{entry}/roll-back", Permission.APPROVE_KNOWLEDGE, roll_back),
)
