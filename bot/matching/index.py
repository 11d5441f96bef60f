"""The searchable knowledge of one language: entries with their phrasings, scored in several ways at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.matching.postings import Postings, Scores, bm25, inverse_frequency, rarity
from bot.matching.queries import Query, base_forms, word_pairs, word_pieces
from bot.text import clean, fold, has_marks, marked_key, tokens

#: How many of each way's best are looked at closely.
BEST = 8


@dataclass(frozen=True, slots=True)
class Topic:
    """What is indexed of one entry in one language; `live` is false for a question that has no entry yet."""

    id: str
    rows: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    answer: str = ""
    live: bool = True


@dataclass(frozen=True, slots=True)
class Hidden:
    """What an evaluation hides: one row, or all of a topic."""

    topic: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One phrasing: its topic, its words, the marked words among them."""

    topic: int
    text: str
    folded: str
    shapes: frozenset[str]
    marked: Mapping[str, str]


@dataclass(slots=True)
class Evidence:
    """The raw scores of one query over all topics; `order` are the topics worth a closer look."""

    entry: Scores
    pairs: Scores
    answer: Scores
    rows: Scores
    pieces: Scores
    row_best: Scores
    piece_best: Scores
    order: list[int] = field(default_factory=list)


class LanguageIndex:
    """An index over topics; built once, then only read."""

    def __init__(self, topics: Sequence[Topic], language: str) -> None:
        self.language = language
        self.topics = tuple(topics)
        self.rows = tuple(self._row(number, text) for number, t in enumerate(topics) for text in dict.fromkeys(t.rows))
        row_words = [base_forms(r.text, language) for r in self.rows]
        self.row_counts = [Counter(words) for words in row_words]
        self.starts = np.searchsorted([r.topic for r in self.rows], np.arange(len(topics)))
        self.entry_counts: list[Counter[str]] = [Counter() for _ in topics]
        pair_counts: list[Counter[str]] = [Counter() for _ in topics]
        for row, words in zip(self.rows, row_words, strict=True):
            self.entry_counts[row.topic].update(words)
            pair_counts[row.topic].update(word_pairs(words).keys())
        for number, topic in enumerate(topics):
            for keyword in topic.keywords:
                words = base_forms(keyword, language)
                self.entry_counts[number].update(words)
                pair_counts[number].update(word_pairs(words).keys())
        self.entry_words = [frozenset(c) for c in self.entry_counts]
        self.frequency = Counter(term for c in self.entry_counts for term in c)
        self.idf = {term: rarity(len(topics), n) for term, n in self.frequency.items()}
        self.idf_unknown = rarity(len(topics), 0)
        self.mean_length = sum(sum(c.values()) for c in self.entry_counts) / max(len(topics), 1)
        self._entry = self._bm25(self.entry_counts, b=0.6)
        self.pair_idf = inverse_frequency(pair_counts)
        self._pairs = self._bm25(pair_counts, b=0.6)
        answers = [Counter(base_forms(t.answer, language)) for t in topics]
        self._answer = self._bm25(answers, b=0.75)
        rows_with_pairs = [Counter({**c, **word_pairs(w)}) for c, w in zip(self.row_counts, row_words, strict=True)]
        self.row_idf = inverse_frequency(rows_with_pairs)
        self._rows = self._bm25(rows_with_pairs, b=0.5)
        self._pieces, self.piece_idf = self._piece_postings(row_words)

    def _row(self, number: int, text: str) -> Row:
        words = tokens(clean(text))
        marked = {fold(w): marked_key(w) for w in words if has_marks(w)}
        shapes = base_forms(text, self.language)
        return Row(number, text, " ".join(shapes), frozenset(shapes), marked)

    @staticmethod
    def _bm25(documents: Sequence[Counter[str]], *, b: float) -> Postings:
        idf = inverse_frequency(documents)
        lengths = [sum(d.values()) for d in documents]
        mean = sum(lengths) / max(len(lengths), 1)
        sized = zip(documents, lengths, strict=True)
        return Postings([{t: idf[t] * bm25(n, length, mean, b=b) for t, n in d.items()} for d, length in sized])

    @staticmethod
    def _piece_postings(row_words: Sequence[Sequence[str]]) -> tuple[Postings, dict[str, float]]:
        counted = [Counter(p for w in words for p in word_pieces(w)) for words in row_words]
        idf = inverse_frequency(counted)
        unit = []
        for counts in counted:
            weights = {p: (1 + math.log(n)) * idf[p] for p, n in counts.items()}
            norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
            unit.append({p: w / norm for p, w in weights.items()})
        return Postings(unit), idf

    def evidence(self, query: Query, hidden: Hidden | None = None) -> Evidence:
        """All scores of a query, as if what is hidden did not exist."""
        entry = self._entry.score(query.terms)
        rows = self._rows.score({**query.terms, **query.pairs})
        pieces = self._pieces.score(self._unit_pieces(query))
        pairs, answer = self._pairs.score(query.pairs), self._answer.score(query.terms)
        if hidden is not None:
            self._hide(hidden, query, (entry, pairs, answer), (rows, pieces))
        evidence = Evidence(entry, pairs, answer, rows, pieces, *self._best_rows(rows, pieces))
        evidence.order = self._worth_a_look(evidence, hidden)
        return evidence

    def _unit_pieces(self, query: Query) -> dict[str, float]:
        weights = {p: (1 + math.log(n)) * self.piece_idf.get(p, 6.0) for p, n in query.pieces.items()}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {p: w / norm for p, w in weights.items()}

    def _hide(self, hidden: Hidden, query: Query, by_topic: tuple[Scores, ...], by_row: tuple[Scores, ...]) -> None:
        topic = hidden.topic
        if hidden.row is None:
            for scores in by_topic:
                scores[topic] = 0.0
            end = self._end(topic)
            for scores in by_row:
                scores[self.starts[topic] : end] = 0.0
            return
        for scores in by_row:
            scores[hidden.row] = 0.0
        counts, gone = self.entry_counts[topic], self.row_counts[hidden.row]
        length = sum(counts.values()) - sum(gone.values())
        entry, pairs, _ = by_topic
        entry[topic] = sum(
            weight * self.idf[t] * bm25(left, length, self.mean_length, b=0.6)
            for t, weight in query.terms.items()
            if (left := counts.get(t, 0) - gone.get(t, 0)) > 0
        )
        pairs[topic] = self._pairs_without(hidden.row, topic, query)

    def _pairs_without(self, row: int, topic: int, query: Query) -> float:
        left: Counter[str] = Counter()
        for number in range(self.starts[topic], self._end(topic)):
            if number != row:
                left.update(word_pairs(base_forms(self.rows[number].text, self.language)).keys())
        for keyword in self.topics[topic].keywords:
            left.update(word_pairs(base_forms(keyword, self.language)).keys())
        length = sum(left.values())
        mean = max(length, 1)
        return sum(self.pair_idf[p] * bm25(left[p], length, mean, b=0.6) for p in query.pairs if left.get(p))

    def _end(self, topic: int) -> int:
        return int(self.starts[topic + 1]) if topic + 1 < len(self.starts) else len(self.rows)

    def _best_rows(self, rows: Scores, pieces: Scores) -> tuple[Scores, Scores]:
        if not self.rows:
            return np.zeros(len(self.topics)), np.zeros(len(self.topics))
        return np.maximum.reduceat(rows, self.starts), np.maximum.reduceat(pieces, self.starts)

    def closest_row(self, topic: int, evidence: Evidence) -> tuple[Row, float]:
        """The phrasing of a topic that is nearest to the query, and the mean score of the three best."""
        start, end = int(self.starts[topic]), self._end(topic)
        rows, pieces = evidence.rows[start:end], evidence.pieces[start:end]
        nearest = rows / (evidence.row_best[topic] or 1.0) + pieces / (evidence.piece_best[topic] or 1.0)
        return self.rows[start + int(nearest.argmax())], float(np.sort(rows)[-3:].sum()) / min(len(rows), 3)

    def _worth_a_look(self, evidence: Evidence, hidden: Hidden | None) -> list[int]:
        ways = (evidence.entry, evidence.row_best, evidence.piece_best, evidence.pairs)
        found = dict.fromkeys(t for way in ways for t in _top(way, BEST))
        gone = hidden.topic if hidden is not None and hidden.row is None else None
        return [t for t in found if t != gone]

    def rarity_of(self, shape: str, hidden: Hidden | None = None) -> tuple[float, bool]:
        """How rare a word is, and whether the knowledge has it at all, as if what is hidden did not exist."""
        count = self.frequency.get(shape, 0)
        if hidden is not None and count == 1 and shape in self.entry_words[hidden.topic]:
            gone = self.row_counts[hidden.row].get(shape, 0) if hidden.row is not None else None
            if gone is None or self.entry_counts[hidden.topic][shape] == gone:
                count = 0
        return (self.idf[shape], True) if count else (self.idf_unknown, False)

    def words_of(self, topic: int, hidden: Hidden | None = None) -> frozenset[str]:
        """The words of a topic's phrasings and keywords, as if what is hidden did not exist."""
        if hidden is None or hidden.topic != topic or hidden.row is None:
            return self.entry_words[topic]
        gone, counts = self.row_counts[hidden.row], self.entry_counts[topic]
        return frozenset(w for w in self.entry_words[topic] if counts[w] > gone.get(w, 0))


def _top(scores: Scores, count: int) -> list[int]:
    if len(scores) == 0:
        return []
    count = min(count, len(scores))
    best = np.argpartition(-scores, count - 1)[:count]
    return [int(i) for i in best[np.argsort(-scores[best], kind="stable")] if scores[i] > 0]
