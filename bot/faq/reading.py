"""Reading the files of `knowledge/`, remembering where each thing stands so that complaints can name the line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.faq.schema import Document, Emergency, Entry, Glossary, Organization, Topic
from bot.faq.snapshot import Snapshot
from bot.faq.yaml_source import BrokenYaml, Problem, YamlSource

LANGUAGES = ("vi", "en")

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Reading:
    """All files read so far: what they hold, where it stands, what is wrong with it."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[YamlSource, tuple[int | str, ...]]] = field(default_factory=dict)

    def source(self, relative: str) -> YamlSource | None:
        """One file, or None with the problem noted."""
        try:
            return YamlSource(self.root / relative, relative)
        except BrokenYaml as broken:
            self.problems.append(broken.problem)
            return None

    def model(self, source: YamlSource, kind: type[Model], data: Any, where: tuple[int | str, ...]) -> Model | None:
        """`data` as a model, or None with each fault noted at its line."""
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for fault in error.errors():
                steps = (*where, *fault["loc"])
                name = ".".join(str(step) for step in fault["loc"])
                what = fault["msg"].removeprefix("Value error, ")
                self.problems.append(source.problem(f"{name}: {what}" if name else what, steps))
            return None

    def rows(self, relative: str, kind: type[Model], key: Callable[[Model], str]) -> dict[str, Model]:
        """A file that is a list of models, by key; a key that was seen before is a problem."""
        source = self.source(relative)
        found: dict[str, Model] = {}
        if source is None:
            return found
        if not isinstance(source.data, list):
            self.problems.append(source.problem("should be a list (each item begins with `- `)"))
            return found
        for index, data in enumerate(source.data):
            item = self.model(source, kind, data, (index,))
            if item is None:
                continue
            name = key(item)
            if earlier := self.places.get((kind.__name__, name)):
                there = f"{earlier[0].name}:{earlier[0].line(earlier[1])}"
                self.problems.append(source.problem(f"{name!r} is already at {there}", (index,)))
                continue
            self.places[kind.__name__, name] = (source, (index,))
            found[name] = item
        return found

    def one(self, relative: str, kind: type[Model]) -> Model | None:
        """A file that is one model."""
        source = self.source(relative)
        return None if source is None else self.model(source, kind, source.data or {}, ())

    def at(self, kind: str, name: str, message: str, *steps: int | str, severity: str = "error") -> Problem:
        """A complaint about a thing that was read."""
        source, where = self.places[kind, name]
        return source.problem(message, (*where, *steps), severity)


def read(root: Path) -> tuple[Snapshot | None, Reading]:
    """Reads everything; the snapshot is None when something could not be read at all."""
    reading = Reading(root)
    if not root.is_dir():
        reading.problems.append(
            Problem(str(root), 1, "no such folder; set HAIDANG_KNOWLEDGE_DIR to the knowledge folder")
        )
        return None, reading
    organization = reading.one("organization.yaml", Organization)
    emergency = reading.one("emergency.yaml", Emergency)
    glossary = reading.one("glossary.yaml", Glossary)
    topics = reading.rows("topics.yaml", Topic, lambda t: t.id)
    documents = reading.rows("documents.yaml", Document, lambda d: d.number)
    entries: dict[str, Entry] = {}
    for path in sorted((root / "faq").glob("**/*.yaml")):
        entries |= reading.rows(path.relative_to(root).as_posix(), Entry, lambda e: e.id)
    if not entries:
        reading.problems.append(Problem("faq", 1, "holds no entries"))
    wording = {language: MappingProxyType(_wording(reading, language)) for language in LANGUAGES}
    if organization is None or emergency is None or glossary is None or reading.problems:
        return None, reading
    snapshot = Snapshot(
        entries=MappingProxyType(entries),
        documents=MappingProxyType(documents),
        topics=MappingProxyType(topics),
        organization=organization,
        emergency=emergency,
        glossary=glossary,
        wording=MappingProxyType(wording),
        version=fingerprint(root),
    )
    return snapshot, reading


def fingerprint(root: Path) -> str:
    """A short hash of all files: the same knowledge has the same version, and a change shows."""
    digest = hashlib.sha256()
    for path in sorted(root.glob("**/*.yaml")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _wording(reading: Reading, language: str) -> dict[str, str]:
    source = reading.source(f"messages/{language}.yaml")
    if source is None:
        return {}
    texts: dict[str, str] = {}
    for where, value in _leaves(source.data, ()):
        name = ".".join(where)
        if isinstance(value, str):
            texts[name] = value.rstrip("\n")
            reading.places[f"wording-{language}", name] = (source, where)
        else:
            reading.problems.append(source.problem(f"{name}: should be a text (put it in quotes)", where))
    return texts


def _leaves(data: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*where, str(key)))
    else:
        yield where, data
