"""From what somebody typed to words that can be compared with the knowledge's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.text.edits import EditIndex
from bot.text.folding import clean, fold, has_marks
from bot.text.keys import chat_spellings, decode_telex, decode_vni
from bot.text.language import guess_language
from bot.text.syllables import is_syllable
from bot.text.tokens import split_digits, tokens

#: A question has fewer words; a pasted document is matched by its beginning.
MOST_WORDS = 160
#: Longer runs of letters are no words, nor words typed together.
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a message: its folded shape, the marked form if marks were typed, other shapes that it may stand for.

    `known` is false for a word that the vocabulary doesn't have, even after repair.
    """

    shape: str
    marked: str | None = None
    others: tuple[str, ...] = ()
    known: bool = True

    @property
    def shapes(self) -> tuple[str, ...]:
        """Every shape, the likeliest first."""
        return (self.shape, *self.others)


class Normaliser:
    """Repairs the words of a message against a vocabulary; immutable once built, so threads may share it.

    `vocabulary`: folded words of the knowledge with their counts. `chat`: chat spelling to phrases it may stand for.
    `fillers`: phrases that carry no meaning. `corrections`: what a slip of the finger may be corrected to, all of the
    vocabulary if not given.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        chat: Mapping[str, Sequence[str]] | None = None,
        fillers: Iterable[str] = (),
        corrections: Iterable[str] | None = None,
    ) -> None:
        self._vocabulary = dict(vocabulary)
        self._chat = {fold(k): tuple(tuple(tokens(clean(p))) for p in v) for k, v in (chat or {}).items()}
        self._fillers = _phrase_table(fillers)
        targets = self._vocabulary if corrections is None else {w: self._vocabulary.get(w, 1) for w in corrections}
        self._edits = EditIndex(targets)
        self._repair = lru_cache(maxsize=8192)(self._repair_uncached)

    def words(self, text: str, *, language: str | None = None) -> tuple[Word, ...]:
        """The words of a text, repaired; `language` is guessed if not given (English words are left as they are)."""
        raw = tokens(clean(text))[:MOST_WORDS]
        if (language or guess_language(raw)) == "en":
            return tuple(Word(f, t if f != t else None, known=f in self._vocabulary) for t in raw for f in (fold(t),))
        return tuple(self._rejoined([w for t in raw for w in self._repair(t)]))

    def without_fillers(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words that carry meaning; all of them if nothing else would remain."""
        kept: list[Word] = []
        position = 0
        while position < len(words):
            length = self._filler_at(words, position)
            if length == 0:
                kept.append(words[position])
            position += length or 1
        return tuple(kept) if kept else tuple(words)

    def _filler_at(self, words: Sequence[Word], position: int) -> int:
        for phrase in self._fillers.get(words[position].shape, ()):
            found = words[position : position + len(phrase)]
            if len(found) == len(phrase) and all(_is_word(w, p) for w, p in zip(found, phrase, strict=True)):
                return len(phrase)
        return 0

    def _repair_uncached(self, token: str) -> tuple[Word, ...]:
        shape = fold(token)
        marked = token if has_marks(token) else None
        if len(shape) > LONGEST_WORD:
            return (Word(shape[:LONGEST_WORD], known=False),)
        if shape.isdigit() or shape in self._vocabulary:
            # "k", "dc" and the like may stand in the knowledge too: then chat spelling is only another reading.
            readings = tuple(fold(p[0]) for p in self._chat.get(shape, ()) if len(p) == 1) if marked is None else ()
            return (Word(shape, marked, tuple(dict.fromkeys(r for r in readings if r != shape))),)
        if marked is None and (phrases := self._chat.get(shape)):
            return self._spelt_out(phrases)
        if is_syllable(shape) and marked is not None:
            return (Word(shape, marked, known=False),)
        for collapsed in _collapsed(token):
            again = self._repair_uncached(collapsed)
            if all(w.known or is_syllable(w.shape) for w in again):
                return again
        if not is_syllable(shape):
            if not shape.isalpha():
                if decoded := decode_vni(token):
                    return (Word(fold(decoded), decoded, known=fold(decoded) in self._vocabulary),)
                parts = split_digits(token)
                if len(parts) > 1:
                    return tuple(w for p in parts for w in self._repair_uncached(p))
            decoded = decode_telex(fold(token) if marked is None else token)
            if decoded and (fold(decoded) in self._vocabulary):
                return (Word(fold(decoded), decoded),)
            read = [s for s in chat_spellings(shape) if s in self._vocabulary]
            if read:
                read.sort(key=lambda s: -self._vocabulary[s])
                return (Word(read[0], None, tuple(dict.fromkeys(r for r in read[1:3] if r != read[0]))),)
            if apart := self._segmented(shape):
                return tuple(Word(p) for p in apart)
            if decoded:
                return (Word(fold(decoded), decoded, known=False),)
        return (self._corrected(shape, marked),)

    def _spelt_out(self, phrases: tuple[tuple[str, ...], ...]) -> tuple[Word, ...]:
        first = phrases[0]
        if len(first) == 1:
            others = tuple(dict.fromkeys(fold(p[0]) for p in phrases[1:] if len(p) == 1))
            return (Word(fold(first[0]), None, others),)
        return tuple(Word(fold(t)) for t in first)

    def _corrected(self, shape: str, marked: str | None) -> Word:
        if len(shape) < 3:
            return Word(shape, marked, known=False)
        near = self._edits.near(shape)
        if not near:
            return Word(shape, marked, known=False)
        if is_syllable(shape):
            # A real syllable that the knowledge doesn't use: more likely another word than a slip.
            return Word(shape, marked, known=False)
        return Word(near[0], None, tuple(near[1:3]))

    def _segmented(self, shape: str) -> list[str] | None:
        """A run of joined syllables taken apart (`giayphep` → `giay`, `phep`), each part known; None if it can't be."""
        if not 5 <= len(shape) <= 40 or not shape.isalpha():
            return None
        best: list[tuple[float, list[str]] | None] = [None] * (len(shape) + 1)
        best[0] = (0.0, [])
        for end in range(1, len(shape) + 1):
            for start in range(max(0, end - 7), end):
                before = best[start]
                part = shape[start:end]
                if before is None or part not in self._vocabulary or (len(part) < 2) or not is_syllable(part):
                    continue
                cost = before[0] + 10.0 / (1 + min(self._vocabulary[part], 50)) + 3.0
                current = best[end]
                if current is None or cost < current[0]:
                    best[end] = (cost, [*before[1], part])
        whole = best[len(shape)]
        return whole[1] if whole and len(whole[1]) > 1 else None

    def _rejoined(self, words: list[Word]) -> list[Word]:
        """Split syllables put together: two neighbours, one of them unknown, whose join is known."""
        joined: list[Word] = []
        for word in words:
            last = joined[-1] if joined else None
            if last is not None and (not word.known or not last.known) and len(word.shape) + len(last.shape) <= 7:
                join = last.shape + word.shape
                whole = is_syllable(last.shape) and is_syllable(word.shape)
                if not whole and join in self._vocabulary and is_syllable(join):
                    joined[-1] = Word(join)
                    continue
            joined.append(word)
        return joined


def _is_word(word: Word, wanted: str) -> bool:
    """Whether the word is the wanted one; where both carry marks, the marks count."""
    if word.shape != fold(wanted):
        return False
    return word.marked is None or not has_marks(wanted) or word.marked == wanted


def _phrase_table(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        parts = tuple(tokens(clean(phrase)))
        if parts:
            table.setdefault(fold(parts[0]), []).append(parts)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in table.items()}


def _collapsed(token: str) -> Iterator[str]:
    """Held-down letters let go, the mildest way first: `cuuuu` → `cuu`, `cu`; `lunn` → `lun`."""
    out: list[str] = []
    for c in token:
        if c.isalpha() and out[-2:] == [c, c]:
            continue
        out.append(c)
    double = "".join(out)
    if double != token:
        yield double
    single = "".join(c for i, c in enumerate(double) if i == 0 or c != double[i - 1] or not c.isalpha())
    if len(double) > 2 and double[-1] == double[-2] and double[-1].isalpha() and double[:-1] != single:
        yield double[:-1]
    if single != double and (double != token or double[-1] == double[-2]):
        yield single
