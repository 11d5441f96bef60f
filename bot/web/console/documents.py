"""The registry of documents: what each says of itself, which answers rest on it, and what its end would touch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi.responses import RedirectResponse, Response

from bot import curation
from bot.clock import local_day
from bot.curation import BadRevision, ChangedMeanwhile, UnknownRevision
from bot.faq import Document
from bot.faq.schema import DocumentStatus
from bot.people import Permission
from bot.store.tables import SubjectKind
from bot.text import fold
from bot.web.console import edit_forms, entry_view, flaws, readable, rolling_back, subjects
from bot.web.console.document_form import DocumentTyped
from bot.web.console.edit_forms import FormOf, Ground
from bot.web.console.visits import Access, Page, Visit

DOCUMENT = SubjectKind.DOCUMENT


async def show_documents(visit: Visit) -> Response:
    """All of them, or those of a status, or those that hold the words of a search."""
    async with visit.parts.store.read() as session:
        edits = len(await curation.open_edits(session))
    on = Counter(
        visit.snapshot.document_names[name].number
        for entry in visit.snapshot.entries.values()
        for name in {b.document for b in entry.basis if b.document in visit.snapshot.document_names}
        if name is not None
    )
    status, query = visit.query("status"), visit.query("q").strip()
    words = fold(query).split()
    every = sorted(visit.snapshot.documents.values(), key=lambda d: (-on[d.number], d.number))
    found = [d for d in every if (not status or d.status == status) and all(w in _searched(d) for w in words)]
    counts = Counter(d.status.value for d in every)
    context = {
        "tabs": subjects.tabs(visit, "documents", edits),
        "statuses": [(s.value, counts[s.value]) for s in DocumentStatus if counts[s.value]],
        "total": len(every),
        "chosen": status,
        "query": query,
        "rows": [(d, subjects.document_address(d.number), on[d.number]) for d in found],
    }
    return visit.render("documents.html", context)


def _searched(document: Document) -> str:
    names = (document.number, *document.aliases, document.title.vi, document.title.en, document.issuer)
    return fold(" ".join(names))


async def show_document(visit: Visit) -> Response:
    """Every field, the answers that rest on it, and every version that there was."""
    key = visit.path("number")
    named = visit.snapshot.document_names.get(key)
    if named is not None and named.number != key:
        return RedirectResponse(subjects.document_address(named.number), status_code=303)
    return await page(visit, key)


async def page(visit: Visit, key: str, *, complaint: str = "", reason: str = "", status: int = 200) -> Response:
    """The page of a document, or of one that was or will be."""
    async with visit.parts.store.read() as session:
        lines = await curation.history(session, DOCUMENT, key)
    document = visit.snapshot.documents.get(key)
    if document is None and not lines:
        raise UnknownRevision(f"no document {key!r}")
    opened = subjects.open_line(lines)
    origin = subjects.origin_of(visit, DOCUMENT, key, lines)
    successor = visit.snapshot.document_names.get(document.replaced_by or "") if document else None
    content = curation.content_of(document) if document else lines[0].content
    context = {
        "key": key,
        "address": subjects.document_address(key),
        "title": subjects.title_of(visit, DOCUMENT, content),
        "document": document,
        "fields": readable.values(visit, DOCUMENT, content),
        "label_of": lambda field: flaws.label_of(visit, field),
        "successor": subjects.document_address(successor.number) if successor else "",
        "entries": entry_view.rows_on(visit, visit.snapshot, visit.snapshot.entries_on(document)) if document else (),
        "origin": origin,
        "revisions": [subjects.revision_row(visit, line) for line in lines],
        "opened": subjects.revision_row(visit, opened) if opened else None,
        "may_edit": visit.can(Permission.EDIT_KNOWLEDGE),
        "may_replace": visit.can(Permission.EDIT_KNOWLEDGE)
        and document is not None
        and document.status is not DocumentStatus.REPLACED
        and not opened,
        "may_roll_back": visit.can(Permission.APPROVE_KNOWLEDGE) and origin.live_id is not None,
        "complaint": complaint,
        "typed_reason": reason,
    }
    return visit.render("document.html", context, status=status)


async def roll_back(visit: Visit) -> Response:
    """Takes the console's version back at once."""
    key = visit.path("number")
    refused = await rolling_back.roll_back(visit, DOCUMENT, key)
    if refused is not None:
        return await page(visit, key, complaint=refused, reason=visit.form("reason"), status=409)
    return visit.redirect(subjects.document_address(key), done="rolled_back")


# --- the forms -------------------------------------------------------------------------------------------------------


def _choices(visit: Visit) -> Mapping[str, Any]:
    return {
        "statuses": [status.value for status in DocumentStatus],
        "documents": list(visit.snapshot.documents.values()),
    }


FORM = FormOf(
    kind=DOCUMENT,
    of_form=lambda visit: DocumentTyped.of_form(visit.form),
    of_content=DocumentTyped.of_content,
    template="document_form.html",
    choices=_choices,
    key="number",
)


async def show_edit(visit: Visit) -> Response:
    """The form with what there is."""
    return await edit_forms.show_edit(visit, FORM, visit.path("number"))


async def save(visit: Visit) -> Response:
    """Keeps it as a draft."""
    return await edit_forms.save(visit, FORM, visit.path("number"))


async def show_new(visit: Visit) -> Response:
    """An empty form."""
    texts = {
        **DocumentTyped().texts,
        "number": visit.query("number"),
        "status": DocumentStatus.IN_FORCE.value,
        "checked": local_day(visit.now).isoformat(),
    }
    return edit_forms.render(visit, FORM, DocumentTyped(texts), Ground("", ""))


async def create(visit: Visit) -> Response:
    """Keeps a new document as a draft."""
    return await edit_forms.create(visit, FORM)


async def show_replace(visit: Visit) -> Response:
    """Chooses what a document is replaced by, and shows beforehand which answers that touches."""
    return _replace(visit, by=visit.query("by").strip(), why="")


async def replace(visit: Visit) -> Response:
    """Keeps "replaced by …" as a draft."""
    document = _named(visit)
    by, why = visit.form("by"), visit.form("why")
    successor = visit.snapshot.document_names.get(by)
    content = {
        **curation.content_of(document),
        "status": DocumentStatus.REPLACED.value,
        "replaced_by": successor.number if successor else by or None,
        "checked": local_day(visit.now).isoformat(),
    }
    try:
        return await edit_forms.keep(visit, FORM, content, why or visit.t("replace.why", by=by))
    except BadRevision as bad:
        texts = flaws.by_field(visit, bad.flaws)
        return _replace(
            visit, by=by, why=why, complaint=" ".join(t for said in texts.values() for t in said), status=422
        )
    except ChangedMeanwhile as changed:
        return _replace(visit, by=by, why=why, complaint=visit.refusal(changed), status=409)


def _replace(visit: Visit, *, by: str, why: str, complaint: str = "", status: int = 200) -> Response:
    document = _named(visit)
    successor = visit.snapshot.document_names.get(by)
    after = visit.snapshot
    if successor is None or successor.number != document.number:
        gone = {"status": DocumentStatus.REPLACED, "replaced_by": successor.number if successor else by or None}
        after = curation.with_thing(visit.snapshot, document.model_copy(update=gone))
    affected = entry_view.rows_on(visit, after, after.entries_on(document))
    context = {
        "document": document,
        "address": subjects.document_address(document.number),
        "documents": [d for d in visit.snapshot.documents.values() if d.number != document.number],
        "by": by,
        "why": why,
        "successor": successor,
        "unknown": bool(by) and successor is None,
        # those that rest on the new document already need no work
        "affected": [row for row in affected if "replaced" in row.reasons],
        "settled": [row for row in affected if "replaced" not in row.reasons],
        "complaint": complaint,
    }
    return visit.render("document_replace.html", context, status=status)


def _named(visit: Visit) -> Document:
    document = visit.snapshot.documents.get(visit.path("number"))
    if document is None:
        raise UnknownRevision(f"no document {visit.path('number')!r}")
    return document


# Numbers hold slashes, so the longer addresses come first.
PAGES: tuple[Page, ...] = (
    Page("GET", "/knowledge/documents", Access.SIGNED_IN, show_documents),
    Page("GET", "/knowledge/documents/new", Permission.EDIT_KNOWLEDGE, show_new),
    Page("POST", "/knowledge/documents/new", Permission.EDIT_KNOWLEDGE, create),
    Page("GET", "/knowledge/documents/{number:path}/edit", Permission.EDIT_KNOWLEDGE, show_edit),
    Page("POST", "/knowledge/documents/{number:path}/edit", Permission.EDIT_KNOWLEDGE, save),
    Page("GET", "/knowledge/documents/{number:path}/replace", Permission.EDIT_KNOWLEDGE, show_replace),
    Page("POST", "/knowledge/documents/{number:path}/replace", Permission.EDIT_KNOWLEDGE, replace),
    Page("POST", "/knowledge/documents/{number:path}/roll-back", Permission.APPROVE_KNOWLEDGE, roll_back),
    Page("GET", "/knowledge/documents/{number:path}", Access.SIGNED_IN, show_document),
)
