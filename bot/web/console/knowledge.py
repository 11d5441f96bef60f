"""The knowledge at a glance: which entries need a curator and why, and the way to each."""

from __future__ import annotations

from collections import Counter

from fastapi.responses import Response

from bot import curation
from bot.clock import local_day
from bot.curation import Reason, Work, work_on, worklist
from bot.faq import Entry, Snapshot
from bot.store.tables import SubjectKind
from bot.text import fold
from bot.web.console import entry_view, subjects
from bot.web.console.visits import Access, Page, Visit

#: What one page shows; a phone scrolls that far.
PAGE_SIZE = 30
QUERY_LIMIT = 300


async def show_knowledge(visit: Visit) -> Response:
    """Figures, the entries behind each, the most pressing first, and the problems of the last reload."""
    async with visit.parts.store.read() as session:
        edits = await curation.open_edits(session)
    works = _everything(visit)
    field, query = visit.query("topic"), " ".join(visit.query("q").split())[:QUERY_LIMIT]
    fields = [topic for topic in visit.snapshot.topics.values() if "/" not in topic.id]
    if field:
        works = [work for work in works if work.entry.topic.split("/")[0] == field]
    if query:
        by_id = {work.entry.id: work for work in works}
        works = [by_id[name] for name in found(visit, query) if name in by_id]
    counts = Counter(reason for work in works for reason in work.reasons)
    only = visit.query("only")
    chosen = only if only in tuple(Reason) else ""
    rows = [work for work in works if not chosen or chosen in work.reasons]
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    wanted = visit.query("page")
    page = min(int(wanted), pages) if wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6 else 1
    page = max(page, 1)
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    kept = {"q": query, "topic": field, "only": chosen}
    context = {
        "tabs": subjects.tabs(visit, "entries", len(edits)),
        "total": len(works),
        "figures": [(reason.value, counts[reason]) for reason in Reason if counts[reason] or reason == chosen],
        "chosen": chosen,
        "query": query,
        "field": field,
        "fields": [(topic.id, topic.title.get(visit.language)) for topic in fields],
        "kept": kept,
        "address": lambda **other: visit.address("/console/knowledge", {**kept, **other}),
        "rows": [entry_view.row_of(visit, work) for work in shown],
        "under_way": {line.key: line.id for line in edits if line.kind is SubjectKind.ENTRY},
        "found": len(rows),
        "page": page,
        "pages": pages,
        "documents": len(visit.snapshot.documents),
        "version": visit.snapshot.version,
        "problems": visit.parts.knowledge_problems(),
    }
    return visit.render("knowledge.html", context)


def _everything(visit: Visit) -> list[Work]:
    """All entries: those that need work first, then the rest in the order of their topics."""
    today = local_day(visit.now)
    pressing = worklist(visit.snapshot, today)
    listed = {work.entry.id for work in pressing}
    rest = (entry for entry in visit.snapshot.entries.values() if entry.id not in listed)
    return [*pressing, *(work_on(visit.snapshot, e, today) for e in sorted(rest, key=lambda e: (e.topic, e.id)))]


def found(visit: Visit, query: str) -> list[str]:
    """The ids of the entries found: those whose id is meant, then what the matcher finds, else by their words."""
    snapshot = visit.snapshot
    meant = [e.id for e in snapshot.entries.values() if any(query.casefold() in name for name in (e.id, *e.aliases))]
    matched = [entry.id for name in visit.parts.search(query) if (entry := snapshot.entry(name)) is not None]
    return list(dict.fromkeys((*meant, *matched))) or _by_words(snapshot, query)


def _by_words(snapshot: Snapshot, query: str) -> list[str]:
    words = fold(query).split()

    def text(entry: Entry) -> str:
        texts = (entry.question.vi, entry.question.en, *entry.phrasings.vi, *entry.phrasings.en)
        return fold(" ".join((*texts, *entry.keywords.vi, *entry.keywords.en)))

    return [entry.id for entry in snapshot.entries.values() if all(word in text(entry) for word in words)]


PAGES = (Page("GET", "/knowledge", Access.SIGNED_IN, show_knowledge),)
