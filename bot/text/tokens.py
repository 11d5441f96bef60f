"""Splitting a line into words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_NUMBER_FIRST = re.compile(r"\d+|[^\W\d_]+\d*")
_SPLIT_DIGITS = re.compile(r"\d+|[^\W\d_]+")


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case, in order; a number is split from letters behind it (`12m` → `12`, `m`).

    Digits after letters stay with them (`ca1`): they may be VNI tone keys, which the normaliser decides.
    """
    found: list[str] = []
    for match in _WORD.finditer(text.lower()):
        word = match.group()
        if word[0].isdigit() and not word.isdigit():
            found.extend(_NUMBER_FIRST.findall(word))
        else:
            found.append(word)
    return found


def split_digits(word: str) -> list[str]:
    """Letters and digits apart: `vhf16` → `vhf`, `16`."""
    return _SPLIT_DIGITS.findall(word)
