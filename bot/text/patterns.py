"""A small language for the ways in which people say something; curators write it in `knowledge/`.

Words stand next to each other; they are written with diacritics and match with and without.

- `(a|b c)` one of these; a `?` behind it: or nothing. `[a|b]` is the same as `(a|b)?`
- `<name>` one of the phrases of a named list
- `..` up to three other words; `...` up to eight
- `word!` only as typed with its diacritics (`cháy!` is fire, `chay` may be running)
- `<#>` a number; `^` the message's beginning, `$` its end

A word typed with diacritics matches words with the same letters (`bạn` is never `bắn`), and forgives a wrong tone
unless it is listed among the look-alikes (`chạy` for `cháy`) or is another word of the same patterns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.text.folding import fold, has_marks, marked_key
from bot.text.normalise import Word


class PatternError(ValueError):
    """A pattern in `knowledge/` can't be read; the message shows it and says what is wrong."""


_PIECE = re.compile(r"\(|\)\??|\[|\]|\||\.\.\.|\.\.|<[\w-]+>|<#>|\^|\$|[^\W_]+!?|[\s'’]+|(?P<bad>.)")
_SOURCE_WORD = re.compile(r"[^\W_]+!?")
_GAPS = {"..": r"(?:\S+ ){0,3}?", "...": r"(?:\S+ ){0,8}?"}


@dataclass(frozen=True)
class Pattern:
    """One pattern. `needs`: words of which at least one must stand in the message, to skip it quickly."""

    source: str
    expression: str
    needs: frozenset[str]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when first needed: most patterns never are, and compiling all would slow every start."""
        return re.compile(self.expression)


@dataclass(frozen=True, slots=True)
class Line:
    """A message laid out for patterns: its words, one space behind each."""

    text: str
    words: frozenset[str]


class PatternSet:
    """Compiles patterns and lays out messages for them; the look-alikes and lists belong together with the patterns."""

    def __init__(
        self, lists: Mapping[str, Sequence[str]], lookalikes: Iterable[str] = (), sources: Iterable[str] = ()
    ) -> None:
        self._lists = {name: tuple(p.lower() for p in phrases) for name, phrases in lists.items()}
        named = [p for phrases in self._lists.values() for p in phrases]
        self._exact = _exact_letters((*named, *sources), lookalikes)
        #: Every plain word that a pattern or list names, folded: what a slip of the finger may be corrected to.
        self.vocabulary: set[str] = {fold(w) for phrases in self._lists.values() for p in phrases for w in p.split()}

    def line(self, words: Sequence[Word]) -> Line:
        """The words of a message as patterns see them; a word with several readings is shown as the first."""
        shown = [self._shown(w) for w in words]
        return Line("".join(f"{w} " for w in shown), frozenset(shown))

    def _shown(self, word: Word) -> str:
        """`chay` unmarked, `'chay` marked, `=chaý` marked where the tone decides."""
        if word.marked is None:
            return word.shape
        key = marked_key(word.marked)
        return f"={key}" if _letters(key) in self._exact else f"'{_letters(key)}"

    def compile(self, source: str) -> Pattern:
        """The pattern of a source text; raises `PatternError`."""
        pieces = []
        for match in _PIECE.finditer(source.lower()):
            if match.group("bad"):
                raise PatternError(f"pattern {source!r}: {match.group('bad')!r} at {match.start() + 1} means nothing")
            if match.group().strip(" '’\t\n"):
                pieces.append(match.group())
        out: list[str] = [r"(?<!\S)"]
        depth: list[str] = []
        needs: list[set[str]] = []
        branch: set[str] | None = None
        at_branch_start = False
        for piece in pieces:
            if piece in ("(", "["):
                depth.append(piece)
                out.append("(?:(?:")
                if len(depth) == 1:
                    branch, at_branch_start = set(), True
            elif piece in (")", ")?", "]"):
                if not depth or (depth[-1] == "(") != piece.startswith(")"):
                    raise PatternError(f"pattern {source!r}: brackets don't match")
                depth.pop()
                out.append("))" if piece == ")" else "))?")
                if not depth and branch and piece == ")":
                    needs.append(branch)
            elif piece == "|":
                if not depth:
                    raise PatternError(f"pattern {source!r}: `|` stands outside brackets")
                out.append(")|(?:")
                at_branch_start = at_branch_start or len(depth) == 1
            else:
                regex, first = self._piece(piece, source)
                out.append(regex)
                if first and not depth:
                    needs.append(first)
                elif depth and branch is not None and at_branch_start:
                    if first:
                        branch |= first
                    else:
                        branch = None
                    at_branch_start = False
        if depth:
            raise PatternError(f"pattern {source!r}: brackets don't match")
        smallest = min(needs, key=len) if needs else set()
        return Pattern(source, "".join(out), frozenset(smallest))

    def _piece(self, piece: str, source: str) -> tuple[str, set[str]]:
        """The regular expression of one element, and its possible first words (empty: anything)."""
        if piece in _GAPS:
            return _GAPS[piece], set()
        if piece == "<#>":
            return r"\d+ ", set()
        if piece in "^$":
            return piece, set()
        if piece.startswith("<"):
            name = piece[1:-1]
            if name not in self._lists:
                raise PatternError(f"pattern {source!r}: there is no list {name!r}")
            phrases = sorted(self._lists[name], key=len, reverse=True)
            first = {shape for p in phrases for shape in self._shapes(p.split()[0])}
            return "(?:" + "|".join("".join(self._word(w) for w in p.split()) for p in phrases) + ")", first
        self.vocabulary.add(fold(piece.rstrip("!")))
        return self._word(piece), self._shapes(piece)

    def _shapes(self, word: str) -> set[str]:
        """How a pattern's word may be shown in a line."""
        plain = word.rstrip("!")
        if not has_marks(plain):
            return {fold(plain)}
        key = marked_key(plain)
        marked = f"={key}" if _letters(key) in self._exact else f"'{_letters(key)}"
        return {marked} if word.endswith("!") else {fold(plain), marked}

    def _word(self, word: str) -> str:
        shapes = sorted(re.escape(s) for s in self._shapes(word))
        return (shapes[0] if len(shapes) == 1 else f"(?:{'|'.join(shapes)})") + " "


def _letters(key: str) -> str:
    return "".join(c for c in key if not unicodedata.combining(c))


def _exact_letters(sources: Iterable[str], lookalikes: Iterable[str]) -> frozenset[str]:
    """Letters whose tone decides: of look-alikes, words with `!`, words of the patterns that differ in tone alone."""
    exact = {_letters(marked_key(w)) for w in lookalikes}
    by_letters: dict[str, set[str]] = {}
    for source in sources:
        for word in _SOURCE_WORD.findall(source.lower()):
            key = marked_key(word.rstrip("!"))
            if word.endswith("!"):
                exact.add(_letters(key))
            elif has_marks(word):
                by_letters.setdefault(_letters(key), set()).add(key)
    return frozenset(exact | {letters for letters, keys in by_letters.items() if len(keys) > 1})


def first_match(patterns: Iterable[Pattern], line: Line) -> Pattern | None:
    """The first pattern that stands anywhere in the message."""
    for pattern in patterns:
        if pattern.needs and pattern.needs.isdisjoint(line.words):
            continue
        if pattern.regex.search(line.text):
            return pattern
    return None


def covered(patterns: Iterable[Pattern], line: Line) -> set[int]:
    """The positions of the words that any of the patterns explains."""
    found: set[int] = set()
    starts = [0]
    for index, char in enumerate(line.text):
        if char == " ":
            starts.append(index + 1)
    for pattern in patterns:
        if pattern.needs and pattern.needs.isdisjoint(line.words):
            continue
        for match in pattern.regex.finditer(line.text):
            found.update(i for i, s in enumerate(starts[:-1]) if match.start() <= s < match.end())
    return found
