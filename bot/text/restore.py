"""Putting the diacritics back that somebody left out: for readers that know only marked Vietnamese, never for folding.

Learnt from the knowledge's own marked texts on purpose: a model of general text restores more syllables rightly and
finds fewer entries, because it doesn't lean towards the words that the knowledge uses.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.text.folding import clean, fold, has_marks
from bot.text.tokens import tokens

#: Weight of a pair of neighbours against that of the word alone, and how many beginnings are followed at once.
PAIR = 0.9
ALONE = 1 - PAIR
BEAM = 12
#: A text with at least this share of marked words is written with marks: a bare word in it is more likely meant bare.
MARKED_TEXT = 0.5
MEANT_BARE = math.log(20.0)
#: How much less likely another reading of the same word is than the first.
OTHER_READING = math.log(0.3)

_START = ""


class Restorer:
    """Knows from marked texts which marked words stand behind a bare one, and which follow each other. Immutable."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._alone: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._before: Counter[str] = Counter()
        for text in texts:
            self._learn(tokens(clean(text)))
        forms: dict[str, list[str]] = {}
        for form in self._alone:
            forms.setdefault(fold(form), []).append(form)
        self._forms: Mapping[str, tuple[str, ...]] = {
            shape: tuple(sorted(found, key=lambda f: (-self._alone[f], f))[:BEAM]) for shape, found in forms.items()
        }
        self._total = sum(self._alone.values())

    def _learn(self, words: Sequence[str]) -> None:
        if not any(map(has_marks, words)):
            return  # English, or written without marks: it would teach bare words
        before = _START
        for word in words:
            self._alone[word] += 1
            self._pairs[before, word] += 1
            self._before[before] += 1
            before = word

    def restore(self, text: str) -> str:
        """The words of a text with their marks; those that carry marks stay, those never seen too."""
        return " ".join(self.restore_words([(word,) for word in tokens(clean(text))]))

    def restore_words(self, words: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """The likeliest marked form of each word; a word is given by its readings, the likeliest first.

        As many words come out as go in; a word whose first reading is marked comes out as it is.
        """
        marked = sum(1 for readings in words if readings and has_marks(readings[0]))
        written_with_marks = marked >= MARKED_TEXT * len(words)
        paths: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
        for readings in words:
            options = self._options(readings, written_with_marks)
            best: dict[str, tuple[float, tuple[str, ...]]] = {}
            for so_far, path in paths:
                before = path[-1] if path else _START
                for form, prior in options:
                    likely = so_far + prior + self._log(before, form)
                    if form not in best or likely > best[form][0]:
                        best[form] = (likely, (*path, form))
            paths = sorted(best.values(), key=lambda p: (-p[0], p[1]))[:BEAM]
        return paths[0][1]

    def _options(self, readings: Sequence[str], written_with_marks: bool) -> list[tuple[str, float]]:
        if not readings:
            return [("", 0.0)]
        if has_marks(readings[0]):
            return [(readings[0], 0.0)]
        options: dict[str, float] = {}
        for number, reading in enumerate(readings):
            prior = OTHER_READING if number else 0.0
            forms = (reading,) if has_marks(reading) else self._forms.get(fold(reading), ())
            for form in forms:
                bare = written_with_marks and not has_marks(form)
                options.setdefault(form, prior + (MEANT_BARE if bare else 0.0))
        return list(options.items()) or [(readings[0], 0.0)]

    def _log(self, before: str, word: str) -> float:
        pair = self._pairs[before, word] / (self._before[before] or 1)
        alone = (self._alone[word] or 0.5) / (self._total or 1)
        return math.log(PAIR * pair + ALONE * alone)
