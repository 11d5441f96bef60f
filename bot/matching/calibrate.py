"""Learning the numbers of the matching from the FAQ alone, by asking it its own phrasings with parts of it hidden."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.faq.snapshot import Snapshot
from bot.matching.calibration import Calibration, Judgement, Linear, confidence_features, shares
from bot.matching.features import Matrix
from bot.matching.index import Hidden
from bot.matching.learning import fit_choice, fit_logistic
from bot.matching.noise import variants
from bot.matching.ranking import LANGUAGES, Looked, Ranking

#: Wrong direct answers allowed among all questions asked, and how often a suggestion must be right to be shown.
WRONG_ALLOWED = 0.03
#: How often a question that no entry answers counts, against one of a hidden phrasing: there are few, and they are the
#: real thing, while a hidden entry's phrasings only play the part.
BEYOND_COUNTS = 4
WORTH_SHOWING = 0.06
#: Into how many parts the topics fall for cross-fitting.
PARTS = 3


@dataclass(frozen=True, slots=True)
class _Case:
    """A question that was asked; `right` is the place of the right candidate (perhaps one without entry), or None."""

    looked: Looked
    right: int | None
    fold: int
    live: bool


def calibrate(snapshot: Snapshot, seed: int, *, most: int = 6000) -> Calibration:
    """The calibration of a snapshot: pure, the same for the same seed; `most` bounds the number of questions asked.

    Every phrasing is asked with itself hidden (its entry is right) and with its entry hidden (nothing is right): as it
    is, hastily typed, and reworded loosely; questions known to have no entry, too. The ranker is cross-fitted, so that
    the confidence is learnt on scores of questions that the ranker has not seen.
    """
    ranking = Ranking(snapshot)
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    cases = {language: _cases(ranking, language, chance, most // len(LANGUAGES)) for language in LANGUAGES}
    together = [case for some in cases.values() for case in some]
    ranker = _ranker(together)
    parts = {part: _ranker([c for c in together if c.fold != part]) for part in range(PARTS)}
    vi, en = (_judgement(cases[language], parts) for language in LANGUAGES)
    return Calibration(ranker=ranker, vi=vi, en=en)


def _ranker(cases: Sequence[_Case]) -> Linear:
    return fit_choice([(c.looked.features, c.right) for c in cases if c.right is not None])


def _judgement(cases: Sequence[_Case], rankers: Mapping[int, Linear]) -> Judgement:
    """What one language's questions say, ranked by rankers that have not seen the case's topic."""
    lines, right = [], []
    counts = np.array([1.0 if case.live else BEYOND_COUNTS for case in cases])
    for case in cases:
        share = shares(rankers[case.fold](case.looked.features))
        best = max((i for i in range(len(share)) if case.looked.live[i]), key=lambda i: float(share[i]))
        lines.append(confidence_features(case.looked.features, share, case.looked.live, best, case.looked.question))
        right.append(float(case.right == best))
    confidence = fit_logistic(np.array(lines), np.array(right), counts=counts)
    answer = _threshold(1 / (1 + np.exp(-confidence(np.array(lines)))), np.array(right))
    return Judgement(confidence=confidence, answer=answer, clarify=min(WORTH_SHOWING, answer))


def _cases(ranking: Ranking, language: str, chance: random.Random, most: int) -> list[_Case]:
    index = ranking.indexes[language]
    asked = list(range(len(index.rows)))
    chance.shuffle(asked)
    cases: list[_Case] = []
    for number in asked:
        if len(cases) >= most:
            break
        row = index.rows[number]
        for text in variants(row.text, language, chance):
            for hidden in (Hidden(row.topic, number), Hidden(row.topic)):
                looked = ranking.look(text, language, hidden)
                if any(looked.live):
                    order = looked.evidence.order
                    place = order.index(row.topic) if row.topic in order else None
                    cases.append(_Case(looked, place, row.topic % PARTS, index.topics[row.topic].live))
    return cases


def _threshold(sure: Matrix, right: Matrix) -> float:
    """The lowest confidence from which answering is wrong in at most `WRONG_ALLOWED` of all questions."""
    order = np.argsort(-sure)
    wrong = np.cumsum(1 - right[order]) / len(right)
    fine = np.nonzero(wrong <= WRONG_ALLOWED)[0]
    lowest = float(sure[order[fine[-1]]]) if len(fine) else 0.95
    return round(min(max(lowest, 0.5), 0.98), 4)
