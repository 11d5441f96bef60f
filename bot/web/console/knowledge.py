"""The knowledge at a glance: what answers rest on, what waits for approval or review, what a reload refused."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from bot.clock import local_day
from bot.faq.schema import Entry
from bot.web.console.ticket_view import basis_lines
from bot.web.console.visits import Access, Page, Visit

REVIEW_DAYS = 30
FILTERS = ("all", "unapproved", "secondary", "review", "replaced", "outside")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with what a curator has to know about it."""

    id: str
    question: str
    topic: str
    basis: str
    checked: str
    review_by: str
    marks: frozenset[str]
    replaced: str


async def show_knowledge(visit: Visit) -> Response:
    """Figures, the entries behind each, and the problems of the last reload."""
    rows = [_row(visit, entry) for entry in sorted(visit.snapshot.entries.values(), key=lambda e: (e.topic, e.id))]
    chosen = visit.query("only")
    chosen = chosen if chosen in FILTERS else "all"
    context = {
        "figures": [(name, sum(name == "all" or name in row.marks for row in rows)) for name in FILTERS],
        "chosen": chosen,
        "rows": [row for row in rows if chosen == "all" or chosen in row.marks],
        "documents": len(visit.snapshot.documents),
        "version": visit.snapshot.version,
        "problems": visit.parts.knowledge_problems(),
    }
    return visit.render("knowledge.html", context)


def _row(visit: Visit, entry: Entry) -> Row:
    today = local_day(visit.now)
    replaced = visit.snapshot.replaced_documents(entry)
    marks = {
        "unapproved": entry.approved is None,
        "secondary": entry.verification.status == "secondary",
        "review": (entry.review_by - today).days <= REVIEW_DAYS,
        "replaced": bool(replaced),
        "outside": not entry.valid.covers(today),
    }
    topic = visit.snapshot.topic_of(entry)
    return Row(
        id=entry.id,
        question=entry.question.get(visit.language),
        topic=topic.title.get(visit.language) if topic else entry.topic,
        basis="; ".join(basis_lines(visit.snapshot, entry, visit.language)),
        checked=f"{entry.verification.checked:%d/%m/%Y}",
        review_by=f"{entry.review_by:%d/%m/%Y}",
        marks=frozenset(name for name, holds in marks.items() if holds),
        replaced=", ".join(document.number for document in replaced),
    )


PAGES = (Page("GET", "/knowledge", Access.SIGNED_IN, show_knowledge),)
