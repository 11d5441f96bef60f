"""Two versions of a thing, field by field, with the words marked that differ: pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Two texts that share less than this are two texts: to mark word by word would only speckle them.
REWRITTEN = 0.4
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Value:
    """A field as people read it: a text, or lines of which each is a thing by itself."""

    text: str
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, marked where the other version hasn't got it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs. Of `lines` only those that differ are shown; `same` counts the others."""

    field: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    lines: bool = False
    same: int = 0


def changes(old: Mapping[str, Value], new: Mapping[str, Value]) -> list[Change]:
    """The fields that differ, in the order of the new version."""
    found: list[Change] = []
    nothing = Value("")
    for field in dict.fromkeys((*new, *old)):
        before, after = old.get(field, nothing), new.get(field, nothing)
        if before.text == after.text:
            continue
        lines = before.lines or after.lines
        found.append(_lines(field, before.text, after.text) if lines else _words(field, before.text, after.text))
    return found


def _words(field: str, old: str, new: str) -> Change:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < REWRITTEN:
        return Change(field, (Piece(old, True),) if old else (), (Piece(new, True),) if new else ())
    for tag, i, j, k, m in matcher.get_opcodes():
        for side, run in ((pieces[0], before[i:j]), (pieces[1], after[k:m])):
            if run:
                side.append(Piece("".join(run), tag != "equal"))
    return Change(field, tuple(_joined(pieces[0])), tuple(_joined(pieces[1])))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """A blank or comma between two marked words belongs to what is marked: one mark for a phrase, not for each word."""
    run: list[Piece] = []
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1 and pieces[number - 1].marked and pieces[number + 1].marked
        marked = piece.marked or (between and not re.search(r"\w|\n", piece.text))
        if run and run[-1].marked == marked:
            run[-1] = Piece(run[-1].text + piece.text, marked)
        else:
            run.append(Piece(piece.text, marked))
    yield from run


def _lines(field: str, old: str, new: str) -> Change:
    before, after = old.splitlines(), new.splitlines()
    gone = [line for line in before if line not in after]
    come = [line for line in after if line not in before]
    if not gone and not come:  # the same lines in another order
        gone, come = before, after
    return Change(
        field,
        tuple(Piece(line, True) for line in gone),
        tuple(Piece(line, True) for line in come),
        lines=True,
        same=len([line for line in after if line in before]) if (gone, come) != (before, after) else 0,
    )
