"""The searchable knowledge of one language: entries with their phrasings, scored in several ways at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from bot.matching.contrasts import Contrasts, Sides
from bot.matching.postings import Counts, Numbers, Scores, Vocabulary, bm25, rarity
from bot.matching.queries import Query, base_forms, own_words, word_pairs, word_pieces
from bot.text import fold, has_marks, marked_key

#: How many of each way's best are considered.
BEST = 8
#: How many of those, together, are looked at closely; looking at twice as many finds no more and costs as much again.
LOOKED = 8
#: A piece of a word that stands in more than this share of the phrasings tells nothing, and costs most.
COMMON_PIECE = 0.1


@dataclass(frozen=True, slots=True)
class Topic:
    """What is indexed of one entry in one language; `live` is false for a question that no entry answers.

    `sides` is what its own question says in each contrast.
    """

    id: str
    rows: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    answer: str = ""
    live: bool = True
    sides: Sides = ()


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

    def words(self, language: str) -> RowWords:
        """What the phrasing is compared by."""
        return _row_words(self.text, language)


@dataclass(frozen=True, slots=True)
class RowWords:
    """A phrasing's folded words, as a line and as a set, and the marked forms of those that have marks."""

    folded: str
    shapes: frozenset[str]
    marked: Mapping[str, str]


@lru_cache(maxsize=16384)
def _row_words(text: str, language: str) -> RowWords:
    # Only phrasings that come near a question are ever looked at closely: computed then, not for all at the start.
    shapes = base_forms(text, language)
    marked = {fold(w): marked_key(w) for w in own_words(text) if has_marks(w)}
    return RowWords(" ".join(shapes), frozenset(shapes), marked)


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

    def __init__(self, topics: Sequence[Topic], language: str, contrasts: Contrasts | None = None) -> None:
        self.language = language
        self._contrasts = contrasts
        self.topics = tuple(topics)
        self.rows = tuple(Row(number, text) for number, t in enumerate(topics) for text in dict.fromkeys(t.rows))
        self.starts = np.searchsorted([r.topic for r in self.rows], np.arange(len(topics)))
        by_row = [base_forms(row.text, language) for row in self.rows]
        topic_of_row = np.array([row.topic for row in self.rows], dtype=np.int64)
        keywords = [(n, base_forms(k, language)) for n, topic in enumerate(topics) for k in topic.keywords]
        topic_of_keyword = np.array([n for n, _ in keywords], dtype=np.int64)

        words = Vocabulary()
        row_numbers, row_words = _flat(words, by_row)
        keyword_numbers, keyword_words = _flat(words, [k for _, k in keywords])
        in_topic = Counts.of(
            np.concatenate((topic_of_row[row_numbers], topic_of_keyword[keyword_numbers])),
            np.concatenate((row_words, keyword_words)),
            len(topics),
            words,
        )
        self.frequency = {t: int(n) for t, n in in_topic.named(in_topic.frequency.astype(np.float64)).items()}
        self.idf = in_topic.named(in_topic.idf)
        self.idf_unknown = rarity(len(topics), 0)
        self.mean_length = float(in_topic.lengths.mean()) if topics else 0.0
        self._entry = in_topic.bm25(b=0.6)

        pairs = Vocabulary()
        pair_rows, row_pairs = _flat(pairs, [word_pairs(w) for w in by_row])
        pair_keywords, keyword_pairs = _flat(pairs, [word_pairs(k) for _, k in keywords])
        pairs_in_topic = Counts.of(
            np.concatenate((topic_of_row[pair_rows], topic_of_keyword[pair_keywords])),
            np.concatenate((row_pairs, keyword_pairs)),
            len(topics),
            pairs,
        )
        self.pair_idf = pairs_in_topic.named(pairs_in_topic.idf)
        self._pairs = pairs_in_topic.bm25(b=0.6)

        told = Vocabulary()
        in_answer = Counts.of(*_flat(told, [base_forms(t.answer, language) for t in topics]), len(topics), told)
        self._answer = in_answer.bm25(b=0.75)

        both = Vocabulary(words)
        shift = {number: both.setdefault(pair, len(both)) for pair, number in pairs.items()}
        moved = np.array([shift[n] for n in range(len(pairs))], dtype=np.int64)
        in_row = Counts.of(
            np.concatenate((row_numbers, pair_rows)),
            np.concatenate((row_words, moved[row_pairs] if len(pairs) else row_pairs)),
            len(self.rows),
            both,
        )
        self.row_idf = in_row.named(in_row.idf)
        self._rows = in_row.bm25(b=0.5)

        pieces = Vocabulary()
        in_pieces = Counts.of(*_spread(words, pieces, row_numbers, row_words), len(self.rows), pieces)
        telling = in_pieces.telling(most=COMMON_PIECE)
        self.piece_idf = in_pieces.named(telling)
        self._pieces = in_pieces.cosine(telling)

    @cached_property
    def row_counts(self) -> list[Counter[str]]:
        """The words of each row: for what is hidden in an evaluation."""
        return [Counter(base_forms(row.text, self.language)) for row in self.rows]

    @cached_property
    def entry_counts(self) -> list[Counter[str]]:
        """The words of each topic's phrasings and keywords: for what is hidden in an evaluation."""
        counts: list[Counter[str]] = [Counter() for _ in self.topics]
        for row, words in zip(self.rows, self.row_counts, strict=True):
            counts[row.topic].update(words)
        for number, topic in enumerate(self.topics):
            for keyword in topic.keywords:
                counts[number].update(base_forms(keyword, self.language))
        return counts

    @cached_property
    def entry_words(self) -> list[frozenset[str]]:
        """The different words of each topic's phrasings and keywords."""
        found: list[set[str]] = [set() for _ in self.topics]
        for row in self.rows:
            found[row.topic].update(base_forms(row.text, self.language))
        for number, topic in enumerate(self.topics):
            for keyword in topic.keywords:
                found[number].update(base_forms(keyword, self.language))
        return [frozenset(words) for words in found]

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
        together = np.sum([way / max(float(way.max(initial=0.0)), 1e-9) for way in ways], axis=0)
        return sorted((t for t in found if t != gone), key=lambda t: -together[t])[:LOOKED]

    def compare(self, topic: int, asked: Sides) -> tuple[float, float]:
        """How a topic stands to what the question says in the contrasts."""
        return (0.0, 0.0) if self._contrasts is None else self._contrasts.compare(asked, self.topics[topic].sides)

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


def _flat(vocabulary: Vocabulary, documents: Sequence[Iterable[str]]) -> tuple[Numbers, Numbers]:
    """Document and term of every occurrence."""
    terms = [vocabulary.numbers(document) for document in documents]
    lengths = np.array([len(t) for t in terms], dtype=np.int64)
    numbers = np.repeat(np.arange(len(terms), dtype=np.int64), lengths)
    return numbers, np.fromiter((n for t in terms for n in t), dtype=np.int64, count=int(lengths.sum()))


def _spread(words: Vocabulary, pieces: Vocabulary, documents: Numbers, terms: Numbers) -> tuple[Numbers, Numbers]:
    """Every occurrence of a word as the occurrences of its pieces: each different word is cut up once."""
    of_word = [pieces.numbers(word_pieces(word)) for word in words]
    lengths = np.array([len(p) for p in of_word], dtype=np.int64)
    flat = np.fromiter((n for p in of_word for n in p), dtype=np.int64, count=int(lengths.sum()))
    first = np.cumsum(lengths) - lengths
    many = lengths[terms]
    place = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first[terms], many)
    return np.repeat(documents, many), flat[place]


def _top(scores: Scores, count: int) -> list[int]:
    if len(scores) == 0:
        return []
    count = min(count, len(scores))
    best = np.argpartition(-scores, count - 1)[:count]
    return [int(i) for i in best[np.argsort(-scores[best], kind="stable")] if scores[i] > 0]
