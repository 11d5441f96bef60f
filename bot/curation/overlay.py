"""The files and what was written in the console over them, put together: pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from bot.faq import Document, Entry, Flaw, Snapshot, document_flaws, entry_flaws
from bot.store.tables import SubjectKind

Thing = Entry | Document
Subject = tuple[SubjectKind, str]

_MODELS: Mapping[SubjectKind, type[Entry] | type[Document]] = MappingProxyType(
    {SubjectKind.ENTRY: Entry, SubjectKind.DOCUMENT: Document}
)


class Standing(StrEnum):
    """How a live edit stands to the files."""

    IN_FORCE = "in_force"  # the files still say what it was based on: the edit answers
    CAUGHT_UP = "caught_up"  # the files say the same by now: it drops out of the overlay
    CONFLICT_EDIT = "conflict_edit"  # the files changed too; the edit was checked later and answers
    CONFLICT_FILE = "conflict_file"  # the files changed too and were checked later: they answer
    BROKEN = "broken"  # it no longer fits the rest of the knowledge: the files answer


@dataclass(frozen=True, slots=True)
class Edit:
    """A live revision as a plain value."""

    id: int
    kind: SubjectKind
    key: str
    content: Mapping[str, Any]
    base: str | None

    @property
    def subject(self) -> Subject:
        """What it is an edit of."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A live edit and how it stands; `flaws` say why it is broken."""

    edit: Edit
    standing: Standing
    flaws: tuple[Flaw, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether the edit is what people are answered with."""
        return self.standing in (Standing.IN_FORCE, Standing.CAUGHT_UP, Standing.CONFLICT_EDIT)

    @property
    def to_decide(self) -> bool:
        """Whether a curator has to look at it."""
        return self.standing in (Standing.CONFLICT_EDIT, Standing.CONFLICT_FILE, Standing.BROKEN)


def content_of(thing: Thing) -> dict[str, Any]:
    """A thing as a revision keeps it: plain JSON with every field."""
    content: dict[str, Any] = thing.model_dump(mode="json", by_alias=True)
    return content


def fingerprint_of(thing: Thing | None) -> str | None:
    """The same content has the same fingerprint, however it was written down; None for what isn't there."""
    if thing is None:
        return None
    text = json.dumps(content_of(thing), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse(kind: SubjectKind, content: Mapping[str, Any]) -> tuple[Thing | None, tuple[Flaw, ...]]:
    """The thing that a content describes, or what is wrong with its form."""
    try:
        return _MODELS[kind].model_validate(dict(content)), ()
    except ValidationError as error:
        return None, tuple(
            Flaw(str(e["msg"]), tuple(e["loc"]), name="form", about=".".join(map(str, e["loc"])))
            for e in error.errors()
        )


def thing_in(snapshot: Snapshot, kind: SubjectKind, key: str) -> Thing | None:
    """The entry or document of a snapshot, by its own id or number (no aliases)."""
    return snapshot.entries.get(key) if kind is SubjectKind.ENTRY else snapshot.documents.get(key)


def flaws_of(snapshot: Snapshot, thing: Thing) -> tuple[Flaw, ...]:
    """What is wrong with a thing within a snapshot."""
    found = entry_flaws(snapshot, thing) if isinstance(thing, Entry) else document_flaws(snapshot, thing)
    return (*found, *_name_clashes(snapshot, thing))


def with_thing(snapshot: Snapshot, thing: Thing) -> Snapshot:
    """The snapshot as it would be with a thing put into it."""
    if isinstance(thing, Entry):
        return replace(snapshot, entries=MappingProxyType({**snapshot.entries, thing.id: thing}))
    return replace(snapshot, documents=MappingProxyType({**snapshot.documents, thing.number: thing}))


def compose(files: Snapshot, edits: Sequence[Edit]) -> tuple[Snapshot, tuple[Overlaid, ...]]:
    """What is live: the files with every edit that still stands, and how each edit stands.

    An edit wins while the files say what it was based on. When they changed too, the one with the newer checking date
    answers until a curator decides. An edit that doesn't fit the rest (any more) is left out: all else stays good.
    """
    if not edits:
        return files, ()
    standings = {edit.subject: _standing(files, edit) for edit in edits}
    things = {
        edit.subject: thing
        for edit in edits
        if standings[edit.subject].answers and (thing := parse(edit.kind, edit.content)[0]) is not None
    }
    while True:
        snapshot = _put_together(files, things, edits)
        broken = {subject: flaws for subject, thing in things.items() if (flaws := _errors(snapshot, thing))}
        if not broken:
            return snapshot, tuple(standings.values())
        for subject, flaws in broken.items():
            del things[subject]
            standings[subject] = Overlaid(standings[subject].edit, Standing.BROKEN, flaws)


def _standing(files: Snapshot, edit: Edit) -> Overlaid:
    thing, flaws = parse(edit.kind, edit.content)
    if thing is None:
        return Overlaid(edit, Standing.BROKEN, flaws)
    there = thing_in(files, edit.kind, edit.key)
    now = fingerprint_of(there)
    if now is not None and now == fingerprint_of(thing):
        return Overlaid(edit, Standing.CAUGHT_UP)
    if now == edit.base:
        return Overlaid(edit, Standing.IN_FORCE)
    if there is not None and _checked(there) > _checked(thing):
        return Overlaid(edit, Standing.CONFLICT_FILE)
    return Overlaid(edit, Standing.CONFLICT_EDIT)


def _checked(thing: Thing) -> str:
    checked = thing.verification.checked if isinstance(thing, Entry) else thing.checked
    return checked.isoformat()


def _put_together(files: Snapshot, things: Mapping[Subject, Thing], edits: Sequence[Edit]) -> Snapshot:
    entries = {**files.entries, **{t.id: t for t in things.values() if isinstance(t, Entry)}}
    documents = {**files.documents, **{t.number: t for t in things.values() if isinstance(t, Document)}}
    stamp = hashlib.sha256(files.version.encode())
    for edit in edits:
        if edit.subject in things and fingerprint_of(things[edit.subject]) != fingerprint_of(
            thing_in(files, edit.kind, edit.key)
        ):
            stamp.update(f"{edit.kind} {edit.key} {fingerprint_of(things[edit.subject])}".encode())
    same = entries == files.entries and documents == files.documents
    return replace(
        files,
        entries=MappingProxyType(entries),
        documents=MappingProxyType(documents),
        version=files.version if same else stamp.hexdigest()[:12],
    )


def _errors(snapshot: Snapshot, thing: Thing) -> tuple[Flaw, ...]:
    return tuple(flaw for flaw in flaws_of(snapshot, thing) if flaw.severity == "error")


def _name_clashes(snapshot: Snapshot, thing: Thing) -> Iterator[Flaw]:
    """Ids, aliases and numbers that already mean something else: one name must lead to one answer."""
    if isinstance(thing, Entry):
        own = thing.id
        taken = [(name, e.id) for e in snapshot.entries.values() for name in (e.id, *e.aliases)]
    else:
        own = thing.number
        taken = [(name, d.number) for d in snapshot.documents.values() for name in (d.number, *d.aliases)]
    names = {own, *thing.aliases}
    for name, owner in taken:
        if name in names and owner != own:
            yield Flaw(f"{name!r} already means {owner!r}", ("aliases",), name="name_taken", about=name)
