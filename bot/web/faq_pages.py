"""The public questions and answers: by topic, by search, and each on a page of its own."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.clock import local_day
from bot.dialogue.context import Knowledge
from bot.faq import Entry
from bot.faq.schema import Choice, Document, Topic
from bot.web import structured
from bot.web.templating import language_of, pages, parts

#: A search shows at most so many questions, and takes at most so many characters.
RESULTS = 20
QUERY_LIMIT = 300

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """A field of the topic tree with the topics that have something to read."""

    field: Topic
    topics: tuple[tuple[Topic, int], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer rests on, with the document behind it when the registry knows it."""

    name: str
    article: str
    title: str
    url: str | None


def live_entries(knowledge: Knowledge, day: dt.date) -> list[Entry]:
    """The entries that may be shown on a day, in the order of the files."""
    snapshot = knowledge.snapshot
    return [
        entry
        for entry in snapshot.entries.values()
        if snapshot.answerable(entry, day, require_approval=knowledge.require_approval)
    ]


def branches(knowledge: Knowledge, day: dt.date) -> list[Branch]:
    """The topic tree with counts, without empty branches."""
    topics = knowledge.snapshot.topics
    counts: dict[str, int] = defaultdict(int)
    for entry in live_entries(knowledge, day):
        topic = knowledge.snapshot.topic_of(entry)
        if topic is not None:
            counts[topic.id] += 1
    found = []
    for field in (t for t in topics.values() if "/" not in t.id):
        below = tuple((t, counts[t.id]) for t in topics.values() if t.id.startswith(f"{field.id}/") and counts[t.id])
        total = counts[field.id] + sum(count for _, count in below)
        if total:
            found.append(Branch(field, below, total))
    return found


@router.get("/hoi-dap")
async def faq_index(request: Request) -> HTMLResponse:
    """All topics; with `?q=` the questions found, with `?topic=` those of one topic or field."""
    the = parts(request)
    knowledge = the.knowledge()
    day = local_day(the.clock.now())
    query = " ".join(request.query_params.get("q", "").split())[:QUERY_LIMIT]
    context: dict[str, Any] = {"query": query, "topic": None, "results": None, "branches": branches(knowledge, day)}
    if query:
        context["results"] = search(knowledge, query, day)
    elif topic_id := request.query_params.get("topic", ""):
        topic = knowledge.snapshot.topics.get(topic_id)
        if topic is None:
            raise HTTPException(404)
        context["topic"] = topic
        context["results"] = [
            e for e in live_entries(knowledge, day) if e.topic == topic_id or e.topic.startswith(f"{topic_id}/")
        ]
    return pages(request).render(request, "public/faq.html", context)


def search(knowledge: Knowledge, query: str, day: dt.date) -> list[Entry]:
    """The questions that the matcher finds for the query, best first."""
    snapshot = knowledge.snapshot
    found = (snapshot.entry(c.entry) for c in knowledge.matcher.search(query, RESULTS))
    may = {e.id for e in live_entries(knowledge, day)}
    return [e for e in found if e is not None and e.id in may]


@router.get("/hoi-dap/{entry_id}")
async def faq_entry(request: Request, entry_id: str) -> Response:
    """One question with everything about its answer; an alias leads to the address that stays."""
    the = parts(request)
    knowledge = the.knowledge()
    snapshot = knowledge.snapshot
    day = local_day(the.clock.now())
    lang = language_of(request).value
    entry = snapshot.entry(entry_id)
    if entry is None or not snapshot.answerable(entry, day, require_approval=knowledge.require_approval):
        raise HTTPException(404)
    if entry.id != entry_id:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/hoi-dap/{entry.id}{query}", status_code=301)
    may = {e.id: e for e in live_entries(knowledge, day)}
    context = {
        "entry": entry,
        "topic": snapshot.topic_of(entry),
        "grounds": [_ground(knowledge, entry, i, lang) for i in range(len(entry.basis))],
        "gone": snapshot.replaced_documents(entry),
        "related": [may[r] for r in dict.fromkeys(map(snapshot.aliases.get, entry.related)) if r in may],
        "leads": {c.entry for c in _choices(entry) if snapshot.aliases.get(c.entry or "") in may},
        "overdue": entry.review_by < day,
        "structured": structured.faq_page(entry, lang=lang, url=f"{the.base_url}/hoi-dap/{entry.id}"),
    }
    return pages(request).render(request, "public/entry.html", context)


def _choices(entry: Entry) -> tuple[Choice, ...]:
    return entry.asks.choices if entry.asks is not None else ()


def _ground(knowledge: Knowledge, entry: Entry, index: int, lang: str) -> Ground:
    basis = entry.basis[index]
    document: Document | None = knowledge.snapshot.document_names.get(basis.document) if basis.document else None
    url = basis.url or (document.url if document else None)
    title = basis.title.get(lang) if basis.title else (document.title.get(lang) if document else "")
    return Ground(
        name=document.number if document else (basis.document or title),
        article=basis.article or "",
        title=title if basis.document else "",
        url=str(url) if url else None,
    )
