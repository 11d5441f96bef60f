"""An entry as the public reads it, in both languages, and what a curator has to know about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import local_day, show_day
from bot.curation import Reason, Work, work_on
from bot.faq import Document, Entry, Snapshot
from bot.faq.schema import Basis
from bot.messages import Language
from bot.web.console.subjects import document_address, entry_address
from bot.web.console.ticket_view import basis_lines
from bot.web.console.visits import Visit


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer rests on; `address` is the document's page in the console."""

    name: str
    title: str
    url: str
    address: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer in one language with every mark that its reader gets."""

    language: str
    question: str
    marks: tuple[str, ...]
    answer: str
    asks: str
    choices: tuple[tuple[str, str], ...]
    grounds: tuple[Ground, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a list, with why a curator has to look at it."""

    id: str
    address: str
    question: str
    topic: str
    basis: str
    checked: str
    review_by: str
    reasons: tuple[str, ...]
    documents: str


def row_of(visit: Visit, work: Work) -> Row:
    """A line of the list in words."""
    entry = work.entry
    topic = visit.snapshot.topic_of(entry)
    return Row(
        id=entry.id,
        address=entry_address(entry.id),
        question=entry.question.get(visit.language),
        topic=topic.title.get(visit.language) if topic else entry.topic,
        basis="; ".join(basis_lines(visit.snapshot, entry, visit.language)),
        checked=show_day(entry.verification.checked),
        review_by=show_day(entry.review_by),
        reasons=tuple(reason.value for reason in work.reasons),
        documents=", ".join(d.number for d in visit.snapshot.replaced_documents(entry)),
    )


def rows_on(visit: Visit, snapshot: Snapshot, entries: Sequence[Entry]) -> list[Row]:
    """Entries with their reasons as a snapshot has them, the most pressing first."""
    today = local_day(visit.now)
    order = list(Reason)
    works = [work_on(snapshot, entry, today) for entry in entries]
    works.sort(key=lambda w: ([order.index(r) for r in w.reasons] or [len(order)], w.entry.id))
    return [row_of(visit, work) for work in works]


def reasons_said(visit: Visit, snapshot: Snapshot, entry: Entry) -> list[tuple[str, str]]:
    """Every reason to look at the entry: its name, and a sentence with what to do."""
    work = work_on(snapshot, entry, local_day(visit.now))
    return [(reason.value, _said(visit, snapshot, work, reason)) for reason in work.reasons]


def _said(visit: Visit, snapshot: Snapshot, work: Work, reason: Reason) -> str:
    entry = work.entry
    documents: Sequence[Document] = ()
    match reason:
        case Reason.REPLACED:
            documents = snapshot.replaced_documents(entry)
        case Reason.AMENDED:
            documents = [d for d in work.documents if d.checked > entry.verification.checked]
        case Reason.STATUS:
            documents = [d for d in work.documents if d.status.value == "unknown"]
        case _:
            documents = ()
    names = ", ".join(f"{d.number} → {d.replaced_by}" if d.replaced_by else d.number for d in documents)
    return visit.t(f"work.{reason.value}", documents=names, day=show_day(entry.review_by))


def previews(snapshot: Snapshot, entry: Entry, day: dt.date) -> list[Preview]:
    """The entry as each language's readers get it, on a day."""
    return [_preview(snapshot, entry, day, language) for language in Language]


def _preview(snapshot: Snapshot, entry: Entry, day: dt.date, language: Language) -> Preview:
    said = snapshot.words(language).line
    marks = [
        said("web.faq.replaced", number=d.number, by=d.replaced_by)
        if d.replaced_by
        else said("web.faq.expired", number=d.number)
        for d in snapshot.replaced_documents(entry)
    ]
    if entry.review_by < day:
        marks.append(said("web.faq.overdue", day=show_day(entry.review_by)))
    if entry.verification.confirm is not None:
        marks.append(said("web.faq.confirm", what=entry.verification.confirm.get(language)))
    facts: list[str] = []
    if entry.advice:
        facts.append(said("web.faq.advice"))
    if entry.handler is not None:
        facts.append(f"{said('web.faq.handler')}: {entry.handler.get(language)}")
    facts.append(said("web.faq.checked", day=show_day(entry.verification.checked)))
    if entry.valid.from_ is not None:
        facts.append(said("web.faq.valid_from", day=show_day(entry.valid.from_)))
    if entry.valid.until is not None:
        facts.append(said("web.faq.valid_until", day=show_day(entry.valid.until)))
    approved = entry.approved
    facts.append(said("web.faq.approved", day=show_day(approved.on)) if approved else said("web.faq.unapproved"))
    choices = [
        (choice.label.get(language), choice.answer.get(language) if choice.answer else f"→ {choice.entry}")
        for choice in (entry.asks.choices if entry.asks else ())
    ]
    return Preview(
        language=language.value,
        question=entry.question.get(language),
        marks=tuple(marks),
        answer=entry.answer.get(language),
        asks=entry.asks.question.get(language) if entry.asks else "",
        choices=tuple(choices),
        grounds=tuple(_ground(snapshot, basis, language) for basis in entry.basis),
        facts=tuple(facts),
    )


def _ground(snapshot: Snapshot, basis: Basis, language: Language) -> Ground:
    document = snapshot.document_names.get(basis.document) if basis.document else None
    own = basis.title.get(language) if basis.title else ""
    named = document.number if document else (basis.document or own)
    url = basis.url or (document.url if document else None)
    return Ground(
        name=f"{basis.article}, {named}" if basis.article else named,
        title=document.title.get(language) if document else (own if basis.document else ""),
        url=str(url) if url else "",
        address=document_address(document.number) if document else "",
    )
