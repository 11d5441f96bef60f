"""Small talk: greetings, thanks, abuse, "are you a bot", "let me talk to a person"."""

from __future__ import annotations

from dataclasses import dataclass

from bot.faq.schema import Glossary
from bot.text import Normaliser, fold, tokens
from bot.text.patterns import Pattern, PatternSet, covered, first_match
from bot.text.stopwords import STOPWORDS

#: Looked for in this order: who wants a person is heard before the thanks in the same sentence.
ORDER = ("human", "abuse", "who", "help", "test", "praise", "thanks", "bye", "greeting", "ok")

_ASKING = frozenset(
    {"gi", "j", "nao", "nhieu", "nhiu", "bn", "ntn", "how", "what", "where", "when", "which", "who", "why"}
)
_ASKING_LAST = frozenset({"khong", "ko", "k", "hong", "hok", "chua", "ha", "sao", "dau", "ai"})


@dataclass(frozen=True, slots=True)
class Chat:
    """Small talk that was found: its kind and pattern, how many words it explains, how many others mean something,
    whether something is asked."""

    kind: str
    pattern: str
    said: int
    left: int
    asks: bool


class SmallTalk:
    """The compiled small talk of a glossary; raises `PatternError` for a pattern that can't be read."""

    def __init__(self, glossary: Glossary) -> None:
        sources = [p for patterns in glossary.smalltalk.values() for p in patterns]
        self._patterns = PatternSet({}, (), sources)
        kinds = sorted(glossary.smalltalk, key=lambda k: ORDER.index(k) if k in ORDER else len(ORDER))
        self._kinds = tuple((k, tuple(self._patterns.compile(p) for p in glossary.smalltalk[k])) for k in kinds)
        self._all: tuple[Pattern, ...] = tuple(p for _, patterns in self._kinds for p in patterns)
        self._fillers = frozenset(fold(t) for f in glossary.fillers for t in tokens(f))
        self._normaliser = Normaliser(dict.fromkeys(self._patterns.vocabulary, 1))

    def find(self, text: str) -> Chat | None:
        """The small talk in a message, None if there is none."""
        words = self._normaliser.words(text)
        line = self._patterns.line(words)
        for kind, patterns in self._kinds:
            if (pattern := first_match(patterns, line)) is not None:
                explained = covered(self._all, line)
                left = sum(1 for i, w in enumerate(words) if i not in explained and self._means_something(w.shape))
                asks = "?" in text or any(w.shape in _ASKING for w in words) or words[-1].shape in _ASKING_LAST
                return Chat(kind, pattern.source, len(explained), left, asks)
        return None

    def _means_something(self, shape: str) -> bool:
        return shape not in STOPWORDS and shape not in self._fillers and len(shape) > 1
