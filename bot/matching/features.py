"""How well each candidate fits a question, in numbers between about 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.matching.contrasts import Sides
from bot.matching.index import Evidence, Hidden, LanguageIndex, RowWords
from bot.matching.queries import Query
from bot.text import marked_key

Matrix = NDArray[np.float64]

#: One column each, in this order; `Calibration` holds a weight for each.
NAMES = (
    *("entry", "entry_best", "rows", "rows_best", "rows_mean", "pieces", "pieces_best", "pairs", "pairs_best"),
    *("answer", "answer_best", "covered_by_row", "covered_by_entry", "row_covered", "overlap", "rarest_missing"),
    *("marks_agree", "token_sort", "token_set", "partial"),
    *("only_agrees", "apart_agrees"),
)

#: What is known of the question itself, whatever the candidate.
QUESTION_NAMES = ("words", "unknown", "short", "english", "marked")


@dataclass(frozen=True, slots=True)
class Weighted:
    """A word of the question with its rarity in the knowledge."""

    index: int
    rarity: float
    known: bool


def question_features(
    index: LanguageIndex, query: Query, hidden: Hidden | None = None
) -> tuple[list[Weighted], list[float]]:
    """The rarity of each word, and the numbers of `QUESTION_NAMES`."""
    weighted = []
    for number, part in enumerate(query.parts):
        rarities = [index.rarity_of(s, hidden) for s in part.shapes]
        best = max(rarities, key=lambda r: (r[1], -r[0]))
        weight = best[0] if part.content else 0.15 * best[0]
        weighted.append(Weighted(number, weight, best[1] or any(p <= index.frequency.keys() for p in part.same)))
    total = sum(w.rarity for w in weighted) or 1.0
    content = sum(1 for p in query.parts if p.content)
    unknown = sum(w.rarity for w in weighted if not w.known) / total
    marked = sum(1 for p in query.parts if p.marked) / max(len(query.parts), 1)
    return weighted, [min(content, 12) / 12, unknown, float(content < 2), float(query.language == "en"), marked]


def candidate_features(
    index: LanguageIndex,
    query: Query,
    evidence: Evidence,
    weighted: list[Weighted],
    sides: Sides,
    hidden: Hidden | None = None,
) -> Matrix:
    """One line of `NAMES` for each topic of `evidence.order`."""
    most_entry = sum(w * index.rarity_of(t, hidden)[0] * 2.2 for t, w in query.terms.items() if w >= 1.0) or 1.0
    wanted = {**query.terms, **query.pairs}
    most_rows = sum(w * index.row_idf.get(t, 5.0) * 1.6 for t, w in wanted.items() if w >= 1.0) or 1.0
    most_pairs = sum(index.pair_idf.get(p, 5.0) * 2.2 for p in query.pairs) or 1.0
    ways = (evidence.entry, evidence.row_best, evidence.piece_best, evidence.pairs, evidence.answer)
    best = [max(float(way[evidence.order].max()), 1e-9) if evidence.order else 1.0 for way in ways]
    lines = []
    for topic in evidence.order:
        nearest, mean = index.closest_row(topic, evidence)
        row = nearest.words(index.language)
        entry, rows = float(evidence.entry[topic]), float(evidence.row_best[topic])
        pieces, pairs = float(evidence.piece_best[topic]), float(evidence.pairs[topic])
        answer = float(evidence.answer[topic])
        lines.append(
            [
                *(entry / most_entry, entry / best[0]),
                *(rows / most_rows, rows / best[1], mean / most_rows),
                *(pieces, pieces / best[2]),
                *(pairs / most_pairs, pairs / best[3]),
                *(answer / most_entry, answer / best[4]),
                *_overlap(index, query, weighted, row, index.words_of(topic, hidden)),
                *_strings(query.text, row),
                *index.compare(topic, sides),
            ]
        )
    return np.array(lines, dtype=np.float64).reshape(len(lines), len(NAMES))


def _overlap(
    index: LanguageIndex, query: Query, weighted: list[Weighted], row: RowWords, entry_words: frozenset[str]
) -> tuple[float, float, float, float, float, float]:
    total = sum(w.rarity for w in weighted) or 1.0
    by_row = by_entry = rarest = agree = compared = 0.0
    used: set[str] = set()
    for word in weighted:
        part = query.parts[word.index]
        in_row = next((s for s in part.shapes if s in row.shapes), None)
        if in_row is not None:
            by_row += word.rarity
            used.add(in_row)
            if part.marked is not None and in_row in row.marked:
                compared += word.rarity
                agree += word.rarity * (marked_key(part.marked) == row.marked[in_row])
        elif part.same and any(p <= row.shapes for p in part.same):
            by_row += 0.6 * word.rarity
        if not entry_words.isdisjoint(part.shapes):
            by_entry += word.rarity
        elif part.same and any(p <= entry_words for p in part.same):
            by_entry += 0.8 * word.rarity
        else:
            rarest = max(rarest, word.rarity)
    row_total = sum(index.idf.get(s, 0.0) for s in row.shapes) or 1.0
    row_used = sum(index.idf.get(s, 0.0) for s in used)
    return (
        by_row / total,
        by_entry / total,
        row_used / row_total,
        row_used / max(row_total + total - row_used, 1e-9),
        rarest / max(index.idf_unknown, 1e-9),
        agree / compared if compared else 0.75,
    )


def _strings(text: str, row: RowWords) -> tuple[float, float, float]:
    other = row.folded
    return (
        fuzz.token_sort_ratio(text, other) / 100,
        fuzz.token_set_ratio(text, other) / 100,
        fuzz.partial_ratio(text, other) / 100,
    )
