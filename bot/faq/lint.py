"""Checks of form across the whole of `knowledge/`: what one file says must exist in, and agree with, the others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.faq.reading import LANGUAGES, Reading, read
from bot.faq.schema import ANSWER_LIMIT, Document, DocumentStatus, Entry
from bot.faq.snapshot import Snapshot
from bot.faq.wording import placeholders
from bot.faq.yaml_source import Problem

#: An entry whose review falls within so many days is named, so that nobody is surprised by it.
REVIEW_WARNING_DAYS = 14
_OFFICIAL = re.compile(r"https?://([a-z0-9-]+\.)*(gov\.vn|chinhphu\.vn|quochoi\.vn|imo\.org|ilo\.org|un\.org)(/|$)")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with one thing, wherever it is written; `name` and `about` let a page say it in its own words."""

    message: str
    where: tuple[int | str, ...] = ()
    name: str = ""
    about: str = ""
    severity: str = "error"


def check(root: Path, *, today: dt.date) -> tuple[Snapshot | None, tuple[Problem, ...]]:
    """Everything that can be found without the matcher."""
    snapshot, _, problems = inspect(root, today=today)
    return snapshot, problems


def inspect(root: Path, *, today: dt.date) -> tuple[Snapshot | None, Reading, tuple[Problem, ...]]:
    """The same, with the reading that knows on which line everything stands."""
    snapshot, reading = read(root)
    problems = list(reading.problems)
    if snapshot is not None:
        problems += cross_check(snapshot, reading)
        problems += due_reviews(snapshot, reading, today)
    return snapshot, reading, tuple(sorted(problems, key=lambda p: (p.severity, p.file, p.line)))


def cross_check(snapshot: Snapshot, reading: Reading) -> list[Problem]:
    """What is wrong whatever the day."""
    return [
        *_organization(snapshot, reading),
        *_documents(snapshot, reading),
        *_wording(snapshot, reading),
        *(problem for entry in snapshot.entries.values() for problem in _entry(snapshot, reading, entry)),
        *_aliases(snapshot, reading),
    ]


def due_reviews(snapshot: Snapshot, reading: Reading, today: dt.date) -> Iterator[Problem]:
    """Entries whose review is past or near, and whose validity is over."""
    for entry in snapshot.entries.values():
        if entry.review_by < today:
            yield reading.at(
                "Entry", entry.id, f"{entry.id}: review was due on {entry.review_by}", "review_by", severity="warning"
            )
        elif (entry.review_by - today).days <= REVIEW_WARNING_DAYS:
            yield reading.at(
                "Entry", entry.id, f"{entry.id}: review is due on {entry.review_by}", "review_by", severity="warning"
            )
        if not entry.valid.covers(today):
            yield reading.at(
                "Entry",
                entry.id,
                f"{entry.id}: outside its validity, not given as an answer",
                "valid",
                severity="warning",
            )


def _organization(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    organization = snapshot.organization
    departments = {d.id for d in organization.departments}
    if organization.default_department not in departments:
        yield Problem(
            "organization.yaml", 1, f"default_department {organization.default_department!r} is no department"
        )
    for topic in snapshot.topics.values():
        if topic.department not in departments:
            yield reading.at("Topic", topic.id, f"{topic.id}: no department {topic.department!r}", "department")


def _documents(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    for document in snapshot.documents.values():
        for flaw in document_flaws(snapshot, document):
            yield reading.at(
                "Document", document.number, f"{document.number}: {flaw.message}", *flaw.where, severity=flaw.severity
            )


def document_flaws(snapshot: Snapshot, document: Document) -> Iterator[Flaw]:
    """What is wrong with a document of the registry, seen with everything else in the snapshot."""
    if document.status is DocumentStatus.REPLACED and document.replaced_by is None:
        yield Flaw("replaced, but `replaced_by` is empty", ("status",), name="replaced_by_missing")
    if document.replaced_by and document.replaced_by not in snapshot.document_names:
        yield Flaw(
            f"replaced_by {document.replaced_by!r} is not in documents.yaml",
            ("replaced_by",),
            name="replaced_by_unknown",
            about=document.replaced_by,
        )
    if document.replaced_by and document.replaced_by in (document.number, *document.aliases):
        yield Flaw("is replaced by itself", ("replaced_by",), name="replaced_by_itself")
    if document.url is not None and not _OFFICIAL.match(str(document.url)):
        yield Flaw(
            f"{document.url} is no official page; give one or null",
            ("url",),
            name="url_not_official",
            about=str(document.url),
        )


def _entry(snapshot: Snapshot, reading: Reading, entry: Entry) -> Iterator[Problem]:
    for flaw in entry_flaws(snapshot, entry):
        yield reading.at("Entry", entry.id, f"{entry.id}: {flaw.message}", *flaw.where, severity=flaw.severity)


def entry_flaws(snapshot: Snapshot, entry: Entry) -> Iterator[Flaw]:
    """What is wrong with an entry, seen with everything else in the snapshot: the same for files and console."""

    def at(message: str, *steps: int | str, name: str, about: str = "", severity: str = "error") -> Flaw:
        return Flaw(message, steps, name=name, about=about, severity=severity)

    if snapshot.topic_of(entry) is None:
        yield at(f"no topic {entry.topic!r} in topics.yaml", "topic", name="topic_unknown", about=entry.topic)
    if entry.department is not None and entry.department not in {d.id for d in snapshot.organization.departments}:
        yield at(
            f"no department {entry.department!r} in organization.yaml",
            "department",
            name="department_unknown",
            about=entry.department,
        )
    for index, basis in enumerate(entry.basis):
        if basis.document is not None and basis.document not in snapshot.document_names:
            yield at(
                f"{basis.document!r} is not in documents.yaml",
                "basis",
                index,
                name="document_unknown",
                about=basis.document,
            )
        if basis.document is not None and basis.article is None:
            yield at(
                f"names {basis.document} without an article",
                "basis",
                index,
                severity="warning",
                name="article_missing",
                about=basis.document,
            )
        if basis.url is not None and not _OFFICIAL.match(str(basis.url)):
            yield at(f"{basis.url} is no official page", "basis", index, name="url_not_official", about=str(basis.url))
    for index, related in enumerate(entry.related):
        if snapshot.entry(related) is None:
            yield at(f"related {related!r} doesn't exist", "related", index, name="related_unknown", about=related)
        elif related == entry.id:
            yield at("is related to itself", "related", index, name="related_itself")
    for index, choice in enumerate(entry.asks.choices if entry.asks is not None else ()):
        if choice.entry is not None and snapshot.entry(choice.entry) is None:
            yield at(
                f"choice {choice.entry!r} doesn't exist",
                "asks",
                "choices",
                index,
                name="choice_unknown",
                about=choice.entry,
            )
    for language in LANGUAGES:
        for number, text in enumerate(entry.texts(language)):
            if len(text) > ANSWER_LIMIT:
                yield at(
                    f"the answer in {language} has {len(text)} characters, {ANSWER_LIMIT} at most",
                    *(("answer", language) if number == 0 else ("asks",)),
                    name="answer_too_long",
                    about=str(len(text)),
                )
        if not getattr(entry.phrasings, language):
            yield at(f"no phrasings in {language}", "phrasings", name="phrasings_missing", about=language)
    for number, (vi, en) in enumerate(zip(entry.texts("vi"), entry.texts("en"), strict=True)):
        if differing := _figures(vi) ^ _figures(en):
            yield at(
                f"figures differ between vi and en: {', '.join(sorted(differing))}",
                "answer" if number == 0 else "asks",
                name="figures_differ",
                about=", ".join(sorted(differing)),
            )


def _figures(text: str) -> set[str]:
    # 20.000.000 and 20,000,000 are the same figure written by two conventions.
    return {re.sub(r"[.,]", "", figure) for figure in _FIGURE.findall(text)}


def _aliases(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    seen: dict[str, str] = {entry_id: entry_id for entry_id in snapshot.entries}
    for entry in snapshot.entries.values():
        for alias in entry.aliases:
            if seen.setdefault(alias, entry.id) != entry.id:
                yield reading.at(
                    "Entry", entry.id, f"{entry.id}: alias {alias!r} already means {seen[alias]!r}", "aliases"
                )


def _wording(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    texts = snapshot.wording
    for language, other in (("vi", "en"), ("en", "vi")):
        for key, template in texts[language].items():
            kind = f"wording-{language}"
            try:
                names = placeholders(template)
            except ValueError as error:
                yield reading.at(kind, key, f"{key}: braces don't match: {error}")
                continue
            if key not in texts[other]:
                yield reading.at(kind, key, f"{key}: missing in messages/{other}.yaml")
            elif language == "vi":
                try:
                    difference = names ^ placeholders(texts[other][key])
                except ValueError:
                    continue
                if difference:
                    yield reading.at(
                        kind, key, f"{key}: placeholders differ between vi and en: {', '.join(sorted(difference))}"
                    )
