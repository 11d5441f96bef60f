"""Splitting a line into words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_NUMBER_FIRST = re.compile(r"\d+|[^\W\d_]+\d*")
_MIXED = re.compile(r"\d[^\W\d_]")
_SPLIT_DIGITS = re.compile(r"\d+|[^\W\d_]+")


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case, in order; a number is split from letters behind it (`12m` → `12`, `m`).

    Digits after letters stay with them (`ca1`): they may be VNI tone keys, which the normaliser decides.
    """
    words: list[str] = _WORD.findall(text.lower())
    if not _MIXED.search(text):
        return words
    found: list[str] = []
    for word in words:
        if word[0].isdigit() and not word.isdigit():
            found.extend(_NUMBER_FIRST.findall(word))
        else:
            found.append(word)
    return found


def split_digits(word: str) -> list[str]:
    """Letters and digits apart: `vhf16` → `vhf`, `16`."""
    return _SPLIT_DIGITS.findall(word)
