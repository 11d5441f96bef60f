"""What curators have to look at next, and why: pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.faq import Document, Entry, Snapshot
from bot.faq.schema import DocumentStatus

#: An entry whose review falls within so many days is on the list.
REVIEW_SOON = 30


class Reason(StrEnum):
    """Why an entry needs a curator, the most pressing first."""

    REPLACED = "replaced"  # it rests on a document that no longer speaks, and not on what followed it
    OVERDUE = "overdue"  # its review is past
    OUTSIDE = "outside"  # its validity is over or hasn't begun: it is not given as an answer
    AMENDED = "amended"  # a document under it was checked later than the entry was
    REVIEW = "review"  # its review is near
    STATUS = "status"  # nobody could say whether a document under it is still in force
    SECONDARY = "secondary"  # deciding claims rest on secondary sources
    UNAPPROVED = "unapproved"  # the authority hasn't approved it


@dataclass(frozen=True, slots=True)
class Work:
    """An entry with everything that it has to be looked at for."""

    entry: Entry
    reasons: tuple[Reason, ...]
    documents: tuple[Document, ...] = ()


def work_on(snapshot: Snapshot, entry: Entry, today: dt.date) -> Work:
    """What an entry has to be looked at for."""
    documents = _documents(snapshot, entry)
    reasons = tuple(r for r in Reason if r in set(_reasons(snapshot, entry, documents, today)))
    return Work(entry, reasons, documents)


def worklist(snapshot: Snapshot, today: dt.date) -> list[Work]:
    """Every entry, the most pressing first; those without a reason are left out."""
    found = [work for entry in snapshot.entries.values() if (work := work_on(snapshot, entry, today)).reasons]
    order = list(Reason)
    return sorted(found, key=lambda w: ([order.index(r) for r in w.reasons], w.entry.review_by, w.entry.id))


def _documents(snapshot: Snapshot, entry: Entry) -> tuple[Document, ...]:
    named = (snapshot.document_names.get(b.document) for b in entry.basis if b.document is not None)
    return tuple({d.number: d for d in named if d is not None}.values())


def _reasons(snapshot: Snapshot, entry: Entry, documents: tuple[Document, ...], today: dt.date) -> Iterator[Reason]:
    numbers = {d.number for d in documents}
    for document in snapshot.replaced_documents(entry):
        successor = snapshot.document_names.get(document.replaced_by or "")
        if successor is None or successor.number not in numbers:
            yield Reason.REPLACED
    if any(d.checked > entry.verification.checked for d in documents):
        yield Reason.AMENDED
    if any(d.status is DocumentStatus.UNKNOWN for d in documents):
        yield Reason.STATUS
    if entry.review_by < today:
        yield Reason.OVERDUE
    elif (entry.review_by - today).days <= REVIEW_SOON:
        yield Reason.REVIEW
    if not entry.valid.covers(today):
        yield Reason.OUTSIDE
    if entry.verification.status == "secondary":
        yield Reason.SECONDARY
    if entry.approved is None:
        yield Reason.UNAPPROVED
