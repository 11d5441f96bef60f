"""A question as the index sees it: its words with other readings, synonyms, pairs of words, pieces of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.text import Normaliser, Word, clean, fold, tokens
from bot.text.stopwords import STOPWORDS

#: Weight of another reading of a word, and of a synonym, against 1 for the word itself.
OTHER_READING = 0.7
SYNONYM = 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """One word of the question: what it may be, phrases that mean the same, the marked form if marks were typed."""

    shapes: tuple[str, ...]
    marked: str | None
    same: tuple[frozenset[str], ...] = ()

    @property
    def content(self) -> bool:
        """Whether it says something of the subject."""
        return self.shapes[0] not in STOPWORDS


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready for scoring. `terms`, `pairs` and `pieces` are weighted."""

    language: str
    text: str
    parts: tuple[Part, ...]
    terms: Mapping[str, float]
    pairs: Mapping[str, float]
    pieces: Mapping[str, float]


class Synonyms:
    """Groups of phrases for the same thing, found in a row of words."""

    def __init__(self, groups: Iterable[Sequence[str]], language: str) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[frozenset[str], ...]]]] = {}
        for group in groups:
            phrases = [shapes for p in group if (shapes := base_forms(p, language))]
            for phrase in phrases:
                others = tuple(dict.fromkeys(frozenset(p) for p in phrases if p != phrase))
                self._by_first.setdefault(phrase[0], []).append((phrase, others))
        for found in self._by_first.values():
            found.sort(key=lambda item: -len(item[0]))

    def at(self, shapes: Sequence[str], position: int) -> tuple[int, tuple[frozenset[str], ...]]:
        """The longest phrase of a group that begins here: its length (0: none) and the group's other phrases."""
        for phrase, others in self._by_first.get(shapes[position], ()):
            if tuple(shapes[position : position + len(phrase)]) == phrase:
                return len(phrase), others
        return 0, ()


@lru_cache(maxsize=32768)
def own_words(text: str) -> tuple[str, ...]:
    """The words of a text of our own; kept, since building an index asks for those of every phrasing several times."""
    return tuple(tokens(clean(text)))


@lru_cache(maxsize=32768)
def base_forms(text: str, language: str) -> tuple[str, ...]:
    """The folded words of a text of our own; English ones reduced to their stems."""
    words = own_words(text)
    return tuple(base_form(fold(t), language) for t in words) if language == "en" else tuple(map(fold, words))


@lru_cache(maxsize=32768)
def base_form(word: str, language: str) -> str:
    """An English word without its commonest endings (`fishing`, `fished` → `fish`); a Vietnamese one as it is."""
    if language != "en" or len(word) <= 3 or not word.isalpha():
        return word
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word.endswith("ss")):
            stem = word[: -len(ending)] + replacement
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls":
                stem = stem[:-1]
            return stem[:-1] if stem.endswith("e") and len(stem) > 4 else stem
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def build_query(words: Sequence[Word], language: str, normaliser: Normaliser, synonyms: Synonyms) -> Query:
    """The query of a message's words, fillers taken out."""
    kept = normaliser.without_fillers(words)
    shapes = [base_form(w.shape, language) for w in kept]
    same: list[list[frozenset[str]]] = [[] for _ in kept]
    terms: dict[str, float] = {}
    position = 0
    while position < len(kept):
        length, others = synonyms.at(shapes, position)
        for term in {t for phrase in others for t in phrase}:
            terms[term] = max(terms.get(term, 0.0), SYNONYM)
        for index in range(position, position + length):
            same[index].extend(others)
        position += max(length, 1)
    pieces: dict[str, float] = {}
    for word, shape in zip(kept, shapes, strict=True):
        terms[shape] = max(terms.get(shape, 0.0), 1.0)
        for other in word.others:
            reading = base_form(other, language)
            terms[reading] = max(terms.get(reading, 0.0), OTHER_READING)
        for piece in word_pieces(shape):
            pieces[piece] = pieces.get(piece, 0.0) + 1.0
    parts = tuple(
        Part(tuple(dict.fromkeys((shape, *(base_form(o, language) for o in word.others)))), word.marked, tuple(alike))
        for word, shape, alike in zip(kept, shapes, same, strict=True)
    )
    return Query(language, " ".join(shapes), parts, terms, word_pairs(shapes), pieces)


def word_pairs(shapes: Sequence[str]) -> dict[str, float]:
    """Neighbouring words as one term: most Vietnamese words are two syllables."""
    return {f"{a} {b}": 1.0 for a, b in pairwise(shapes)}


@lru_cache(maxsize=32768)
def word_pieces(word: str) -> tuple[str, ...]:
    """The pieces of 2 to 4 letters of a word with its edges marked, so that a slip of the finger spoils only some."""
    edged = f"<{word}>"
    return tuple(edged[i : i + n] for n in (2, 3, 4) for i in range(len(edged) - n + 1))
