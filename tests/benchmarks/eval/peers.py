"""What others would do with the same entries: seven ways to find the entry nearest to a question."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.faq import Snapshot
from bot.text import clean, fold

Scores = NDArray[np.float64]
#: As many entries as our matcher gives.
SHOWN = 5
_WORD = re.compile(r"[^\W_]+")


class Peer(Protocol):
    """A way to rank entries."""

    def find(self, text: str) -> tuple[str, ...]:
        """The entries nearest to a question, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """The same entries for every peer: lines of text, each with the place of its entry."""

    entries: tuple[str, ...]
    lines: tuple[str, ...]
    owners: NDArray[np.int64]

    def best(self, scores: Scores) -> tuple[str, ...]:
        """The entries whose best line scores highest; those without any score are left out."""
        top = np.zeros(len(self.entries))
        np.maximum.at(top, self.owners, scores)
        order = np.argsort(-top, kind="stable")[:SHOWN]
        return tuple(self.entries[i] for i in order if top[i] > 0)


def phrasing_shelf(snapshot: Snapshot) -> Shelf:
    """A line for each question and phrasing in both languages, and one for the entry's keywords."""
    return _shelf(snapshot, lambda lines, keywords: [*lines, " ".join(keywords)])


def entry_shelf(snapshot: Snapshot) -> Shelf:
    """Two lines for each entry: all that it says in Vietnamese, and in English."""
    return _shelf(snapshot, lambda lines, keywords: [" ".join((*lines, *keywords))])


def _shelf(snapshot: Snapshot, lay: Callable[[Sequence[str], Sequence[str]], list[str]]) -> Shelf:
    lines: list[str] = []
    owners: list[int] = []
    for number, entry in enumerate(snapshot.entries.values()):
        vi = lay((entry.question.vi, *entry.phrasings.vi), entry.keywords.vi)
        en = lay((entry.question.en, *entry.phrasings.en), entry.keywords.en)
        for text in (*vi, *en):
            if text.strip():
                lines.append(folded(text))
                owners.append(number)
    return Shelf(tuple(snapshot.entries), tuple(lines), np.array(owners, dtype=np.int64))


def folded(text: str) -> str:
    """Folded words with single spaces: what every peer compares."""
    return " ".join(_WORD.findall(fold(clean(text))))


class Fuzzy:
    """rapidfuzz over all phrasings."""

    def __init__(self, shelf: Shelf, scorer: Callable[..., float]) -> None:
        self._shelf, self._scorer = shelf, scorer

    def find(self, text: str) -> tuple[str, ...]:
        """The entries of the most similar phrasings."""
        scores = process.cdist([folded(text)], self._shelf.lines, scorer=self._scorer, workers=1)
        return self._shelf.best(scores[0].astype(np.float64))


class Trigrams:
    """SQLite's full text search over letters in threes: any of the question's, ranked by its BM25."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._base = sqlite3.connect(":memory:")
        self._base.execute("create virtual table lines using fts5 (text, tokenize = 'trigram')")
        self._base.executemany("insert into lines (rowid, text) values (?, ?)", enumerate(shelf.lines))

    def find(self, text: str) -> tuple[str, ...]:
        """The entries of the best lines."""
        line = folded(text)
        wanted = " OR ".join(f'"{t}"' for t in dict.fromkeys(line[i : i + 3] for i in range(len(line) - 2)))
        scores = np.zeros(len(self._shelf.lines))
        if wanted:
            query = "select rowid, -bm25(lines) from lines where lines match ? order by rank limit 300"
            for row, score in self._base.execute(query, (wanted,)):
                scores[row] = score
        return self._shelf.best(scores)


class WordsBm25:
    """The library bm25s over folded words, as it comes."""

    def __init__(self, shelf: Shelf) -> None:
        import bm25s

        self._shelf = shelf
        self._index: Any = bm25s.BM25()
        self._index.index([line.split() for line in shelf.lines], show_progress=False)

    def find(self, text: str) -> tuple[str, ...]:
        """The entries of the best lines."""
        words = folded(text).split()
        if not words:
            return ()
        return self._shelf.best(np.asarray(self._index.get_scores(words), dtype=np.float64))


class LettersTfidf:
    """scikit-learn's TF-IDF over pieces of 2 to 5 letters within words, by cosine."""

    def __init__(self, shelf: Shelf) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._shelf = shelf
        self._vectors: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._lines: Any = self._vectors.fit_transform(shelf.lines).T.tocsr()

    def find(self, text: str) -> tuple[str, ...]:
        """The entries of the most similar lines."""
        product = self._vectors.transform([folded(text)]) @ self._lines
        return self._shelf.best(product.toarray()[0].astype(np.float64))


@dataclass(frozen=True, slots=True)
class Way:
    """A peer by name; `needs` is the module without which it can't be built."""

    name: str
    build: Callable[[Snapshot], Peer]
    needs: str | None = None


WAYS = (
    Way("rapidfuzz WRatio", lambda s: Fuzzy(phrasing_shelf(s), fuzz.WRatio)),
    Way("rapidfuzz token_set_ratio", lambda s: Fuzzy(phrasing_shelf(s), fuzz.token_set_ratio)),
    Way("SQLite FTS5 trigram", lambda s: Trigrams(phrasing_shelf(s))),
    Way("bm25s, phrasings", lambda s: WordsBm25(phrasing_shelf(s)), "bm25s"),
    Way("bm25s, whole entries", lambda s: WordsBm25(entry_shelf(s)), "bm25s"),
    Way("TF-IDF, 2-5 letters", lambda s: LettersTfidf(phrasing_shelf(s)), "sklearn"),
)


def available(ways: Sequence[Way] = WAYS) -> Iterator[Way]:
    """Those whose library is here."""
    for way in ways:
        if way.needs is None or importlib.util.find_spec(way.needs) is not None:
            yield way
