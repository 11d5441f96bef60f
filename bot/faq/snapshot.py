"""The immutable snapshot of all knowledge that is live at a moment; a reload makes a new one, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from bot.faq.schema import (
    Department,
    Document,
    DocumentStatus,
    Emergency,
    Entry,
    Glossary,
    Organization,
    Topic,
)
from bot.faq.wording import Wording


@dataclass(frozen=True)
class Snapshot:
    """Everything that curators wrote, ready to be read: entries, registry, topics, organization, danger, wording."""

    entries: Mapping[str, Entry]
    documents: Mapping[str, Document]
    topics: Mapping[str, Topic]
    organization: Organization
    emergency: Emergency
    glossary: Glossary
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""

    def words(self, language: str) -> Wording:
        """The bot's own words in a language."""
        return Wording(self.wording[language], language=language)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Every id under which an entry is known, to its id."""
        return MappingProxyType({name: e.id for e in self.entries.values() for name in (e.id, *e.aliases)})

    @cached_property
    def document_names(self) -> Mapping[str, Document]:
        """Every number and alias under which a document is known."""
        return MappingProxyType({n: d for d in self.documents.values() for n in (d.number, *d.aliases)})

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with that id or alias."""
        name = self.aliases.get(entry_id)
        return self.entries[name] if name is not None else None

    def answerable(self, entry: Entry, day: dt.date, *, require_approval: bool = False) -> bool:
        """Whether the entry may be given as an answer on that day."""
        return entry.valid.covers(day) and (entry.approved is not None or not require_approval)

    def replaced_documents(self, entry: Entry) -> tuple[Document, ...]:
        """The documents under the entry that no longer speak: its answer says so until a curator has dealt with it."""
        named = (self.document_names.get(basis.document) for basis in entry.basis if basis.document is not None)
        gone = (DocumentStatus.REPLACED, DocumentStatus.EXPIRED)
        return tuple({d.number: d for d in named if d is not None and d.status in gone}.values())

    def entries_on(self, document: Document) -> tuple[Entry, ...]:
        """The entries that rest on a document."""
        names = {document.number, *document.aliases}
        return tuple(e for e in self.entries.values() if any(b.document in names for b in e.basis))

    def topic_of(self, entry: Entry) -> Topic | None:
        """The entry's topic, or the branch above it."""
        return self.topics.get(entry.topic) or self.topics.get(entry.topic.split("/")[0])

    def department_of(self, entry: Entry | None) -> Department:
        """The department that answers for an entry; for none, the one that takes what nobody else takes."""
        key = self.organization.default_department
        if entry is not None:
            topic = self.topic_of(entry)
            key = entry.department or (topic.department if topic else key)
        by_id = {d.id: d for d in self.organization.departments}
        return by_id.get(key) or by_id[self.organization.default_department]
