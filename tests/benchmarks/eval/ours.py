"""Our own matcher as it is measured: without the sentence model and, where one is installed, with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.curation import matcher_for
from bot.curation.vectors import VectorFile
from bot.faq import Snapshot
from bot.faq.lint import cross_check
from bot.faq.reading import read
from bot.matching import Matcher
from bot.matching.ranking import Ranking
from bot.matching.sentences import Sentence, SentenceIndex, Vectors, installed_embedder

OURS = "our matcher"
OURS_WITH = "our matcher + sentence model"


class NoKnowledge(Exception):
    """The knowledge can't be read at all; the message names every problem."""


def live_knowledge(folder: Path) -> tuple[Snapshot, tuple[str, ...]]:
    """The knowledge with what is wrong in it: something half-written elsewhere mustn't keep us from measuring."""
    snapshot, reading = read(folder)
    if snapshot is None:
        raise NoKnowledge("\n".join(map(str, reading.problems)))
    return snapshot, tuple(str(p) for p in cross_check(snapshot, reading) if p.severity == "error")


def matchers(snapshot: Snapshot, data_dir: Path) -> Iterator[tuple[str, Callable[[], Matcher]]]:
    """Each way in which our matcher runs, by name, with what builds it."""
    takes = inspect.signature(Matcher.__init__).parameters
    if "sentences" not in takes:
        yield OURS, lambda: matcher_for(snapshot, data_dir)
        return
    build: Any = matcher_for
    yield OURS, lambda: build(snapshot, data_dir, semantic=False)
    if installed_embedder() is not None:
        yield OURS_WITH, lambda: build(snapshot, data_dir, semantic=True)


def sentences_of(snapshot: Snapshot) -> list[Sentence]:
    """What the sentence model compares with: questions and phrasings in both languages."""
    return [
        Sentence(entry.id, text)
        for entry in snapshot.entries.values()
        for text in (entry.question.vi, *entry.phrasings.vi, entry.question.en, *entry.phrasings.en)
    ]


class SentenceModel:
    """The sentence model alone as a peer: on the same phrasings, as typed or after repairing and restoring marks."""

    def __init__(self, snapshot: Snapshot, data_dir: Path, *, restored: bool) -> None:
        embedder = installed_embedder()
        if embedder is None:
            raise LookupError("no sentence model is installed")
        normaliser = Ranking(snapshot).normaliser
        self._index = SentenceIndex.build(sentences_of(snapshot), embedder, VectorFile(data_dir), normaliser)
        self._restored = restored

    def find(self, text: str) -> tuple[str, ...]:
        """The entries of the nearest phrasings."""
        scores = self._index.scores(text, as_typed=not self._restored).best
        order: Vectors = (-scores).argsort(kind="stable")[:5]
        return tuple(self._index.topics[int(i)] for i in order)


def sentence_ways(snapshot: Snapshot, data_dir: Path) -> Iterator[tuple[str, Callable[[], SentenceModel]]]:
    """The sentence model's rows; none where none is installed."""
    if installed_embedder() is not None:
        yield "sentence model, as typed", lambda: SentenceModel(snapshot, data_dir, restored=False)
        yield "sentence model, restored", lambda: SentenceModel(snapshot, data_dir, restored=True)
