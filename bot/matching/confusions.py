"""Which entries are taken for one another: every phrasing is asked while it isn't listed, and once more while it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from bot.faq.snapshot import Snapshot
from bot.matching.calibration import Calibration, Linear, shares
from bot.matching.defaults import DEFAULT_CALIBRATION
from bot.matching.index import Hidden
from bot.matching.ranking import LANGUAGES, Ranking


@dataclass(frozen=True, slots=True)
class Asked:
    """One phrasing, and what it leads to when it isn't listed itself.

    `first` is the entry that it leads to (None: nothing fits), `share` how much of the ranking's weight goes there, and
    `own` how much to its own entry. `stolen`: another entry comes first even with the phrasing in place.
    """

    entry: str
    language: str
    text: str
    first: str | None
    share: float
    own: float
    stolen: bool

    @property
    def right(self) -> bool:
        """Whether it leads to its own entry."""
        return self.first == self.entry


def ask_itself(
    snapshot: Snapshot,
    calibration: Calibration | None = None,
    *,
    only: Collection[str] | None = None,
    texts: Collection[str] | None = None,
) -> Iterator[Asked]:
    """Asks the knowledge its own phrasings (of the entries in `only`, those in `texts`, or all); about 3 ms each."""
    ranking = Ranking(snapshot)
    ranker = (calibration or DEFAULT_CALIBRATION).ranker
    for language in LANGUAGES:
        index = ranking.indexes[language]
        for number, row in enumerate(index.rows):
            topic = index.topics[row.topic]
            if not topic.live or (only is not None and topic.id not in only):
                continue
            if texts is not None and row.text not in texts:
                continue
            first, share, own = _first(ranking, ranker, row.text, language, row.topic, Hidden(row.topic, number))
            stolen = first != topic.id and _first(ranking, ranker, row.text, language, row.topic)[0] != topic.id
            yield Asked(topic.id, language, row.text, first, share, own, stolen)


def _first(
    ranking: Ranking, ranker: Linear, text: str, language: str, topic: int, hidden: Hidden | None = None
) -> tuple[str | None, float, float]:
    looked = ranking.look(text, language, hidden)
    order = looked.evidence.order
    if not order:
        return None, 0.0, 0.0
    share = shares(ranker(looked.features))
    best = int(np.argmax(share))
    own = float(share[order.index(topic)]) if topic in order else 0.0
    return ranking.indexes[language].topics[order[best]].id, float(share[best]), own
