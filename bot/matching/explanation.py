"""Why a question was taken as it was: for curators and officers, computed only when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.calibration import Calibration, shares
from bot.matching.features import NAMES
from bot.matching.ranking import Ranking

#: The scores worth reading, of all that are weighed.
TOLD = ("entry", "rows", "pieces", "pairs", "answer", "covered_by_row", "covered_by_entry", "marks_agree")
#: How many candidates are explained.
EXPLAINED = 3


@dataclass(frozen=True, slots=True)
class Closer:
    """One candidate: its share of the ranking, the phrasing that comes nearest, the words in common, its scores."""

    entry: str
    share: float
    phrasing: str
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    scores: tuple[tuple[str, float], ...]
    live: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question was read, and what came near."""

    language: str
    read_as: tuple[str, ...]
    candidates: tuple[Closer, ...]

    def lines(self) -> tuple[str, ...]:
        """The same as lines of text."""
        told = [f"read as ({self.language}): {' '.join(self.read_as)}"]
        for place, one in enumerate(self.candidates, 1):
            gone = "" if one.live else " (known to have no entry)"
            told.append(f"{place}. {one.entry}{gone}: share {one.share:.2f}, nearest phrasing: {one.phrasing}")
            told.append(
                f"   matched: {', '.join(one.matched) or '-'}; not found there: {', '.join(one.missing) or '-'}"
            )
            told.append("   " + ", ".join(f"{name} {value:.2f}" for name, value in one.scores))
        return tuple(told)


def explain(ranking: Ranking, calibration: Calibration, text: str) -> Explanation:
    """How a question is read and which entries come near it, with the reasons; never raises."""
    looked = ranking.look(text)
    index = ranking.indexes[looked.query.language]
    read_as = tuple("/".join(part.shapes) for part in looked.query.parts)
    if not looked.evidence.order:
        return Explanation(looked.query.language, read_as, ())
    share = shares(calibration.ranker(looked.features))
    closer = []
    for number in np.argsort(-share, kind="stable")[:EXPLAINED]:
        topic = looked.evidence.order[int(number)]
        row, _ = index.closest_row(topic, looked.evidence)
        words = index.words_of(topic)
        fits = {part.shapes[0]: not words.isdisjoint(part.shapes) for part in looked.query.parts if part.content}
        line = looked.features[int(number)]
        closer.append(
            Closer(
                entry=index.topics[topic].id,
                share=float(share[int(number)]),
                phrasing=row.text,
                matched=tuple(word for word, there in fits.items() if there),
                missing=tuple(word for word, there in fits.items() if not there),
                scores=tuple((name, float(line[NAMES.index(name)])) for name in TOLD),
                live=index.topics[topic].live,
            )
        )
    return Explanation(looked.query.language, read_as, tuple(closer))
