"""Cleaning and folding: one spelling for what looks different and reads the same."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

#: Longer than any question; the rest of a pasted document is not read for matching.
LONGEST = 6000

_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,300}>")
_INVISIBLE = dict.fromkeys((173, 8203, 8204, 8205, 8288, 65279, *range(65024, 65040)))
_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ɖ": "d"})
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


def clean(text: str) -> str:
    """The text in NFC on one line: mark-up, control and invisible characters gone, cut to `LONGEST` characters."""
    text = text[:LONGEST]
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    text = text.replace("\n", " ")
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(text.split())


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without diacritics: `Tàu cá đang CHÌM` → `tau ca dang chim`. Folding twice changes nothing."""
    if text.isascii():
        return text.lower()
    for _ in range(4):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower().translate(_D))
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c))).lower()


@lru_cache(maxsize=65536)
def has_marks(text: str) -> bool:
    """Whether anything in the text is written with Vietnamese diacritics (or another mark that folding removes)."""
    return not text.isascii() and fold(text) != text.lower()


@lru_cache(maxsize=65536)
def marked_key(word: str) -> str:
    """One key for spellings of the same syllable: letters with their own marks, then the tone.

    The tone's place doesn't count (`hoà`, `hòa`), nor does hỏi against ngã (one tone in the south), nor `uơ` for `ươ`.
    """
    letters: list[str] = []
    tone = ""
    for c in unicodedata.normalize("NFD", word.lower()):
        if c in _TONES:
            tone = "\u0309" if c == "\u0303" else c
        else:
            letters.append(c)
    return unicodedata.normalize("NFC", "".join(letters)).replace("uơ", "ươ") + tone
