"""What must not be mixed up: whether a fine is asked for, and what kind of vessel is spoken of.

Words alone bring "the fine for …" and "how to …" close to each other, and a fishing boat's rule to a ship's. Where the
question and an entry's own question say which it is, that speaks for or against the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.faq.schema import Glossary
from bot.text import Word
from bot.text.patterns import Pattern, PatternSet, first_match

#: What a text says in each contrast, in the glossary's order.
Sides = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Side:
    name: str
    patterns: tuple[Pattern, ...]
    topics: tuple[str, ...]


class Contrasts:
    """The compiled contrasts of a glossary; raises `PatternError` for a pattern that can't be read."""

    def __init__(self, glossary: Glossary) -> None:
        self.contrasts = glossary.contrasts
        sources = [p for contrast in glossary.contrasts for side in contrast.sides.values() for p in side.said]
        self._patterns = PatternSet({}, (), sources)
        self._sides = tuple(
            tuple(
                _Side(name, tuple(self._patterns.compile(p) for p in side.said), side.topics)
                for name, side in contrast.sides.items()
            )
            for contrast in glossary.contrasts
        )

    def of(self, words: Sequence[Word]) -> Sides:
        """What the words of a text say."""
        line = self._patterns.line(words)
        return tuple(
            frozenset(side.name for side in sides if first_match(side.patterns, line) is not None)
            for sides in self._sides
        )

    def of_entry(self, questions: Iterable[Sequence[Word]], topic: str) -> Sides:
        """What an entry's own question says, in either language; where it says nothing, its topic does."""
        said = [self.of(words) for words in questions]
        found: list[frozenset[str]] = []
        for number, sides in enumerate(self._sides):
            told = frozenset().union(*(one[number] for one in said))
            root = topic.split("/")[0]
            found.append(told or frozenset(s.name for s in sides if topic in s.topics or root in s.topics))
        return tuple(found)

    def compare(self, asked: Sides, entry: Sides) -> tuple[float, float]:
        """How an entry stands to a question: in what may stand alone (-1 .. 1), and in what has to be told apart.

        1 for each contrast in which both say the same, -1 where they say different things. In a contrast marked `only`
        an entry that is silent is the other thing, and one that speaks unasked is half of it.
        """
        only = apart = 0.0
        for contrast, wanted, has in zip(self.contrasts, asked, entry, strict=True):
            if wanted and has:
                value = 1.0 if wanted & has else -1.0
            elif contrast.only:
                value = -1.0 if wanted else (-0.5 if has else 0.0)
            else:
                value = 0.0
            if contrast.only:
                only += value
            else:
                apart += value
        return only, apart
