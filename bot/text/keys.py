"""Telex and VNI keys that the keyboard left in the text, and chat letters (f, j, w, z)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.text.folding import fold
from bot.text.syllables import is_syllable

_TELEX_TONE = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONE = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư", "a": "ă"}
#: `nghiêng` typed in Telex with every key: `nghieengf`, and some to spare.
LONGEST_SYLLABLE = 14
_VOWELS = "aeiouyăâêôơư"
_LETTERS_THEN_DIGITS = re.compile(r"[^\W\d_]+[1-9]")
#: Chat onsets and endings; each is tried where the word is no syllable as it stands.
_ONSETS = (
    ("f", "ph"),
    ("j", "gi"),
    ("j", "ch"),
    ("w", "qu"),
    ("z", "d"),
    ("dz", "v"),
    ("dz", "d"),
    ("k", "c"),
    ("kw", "qu"),
    ("q", "qu"),
    ("ck", "ch"),
    ("c", "k"),
    ("g", "gh"),
    ("ng", "ngh"),
    ("ngh", "ng"),
    ("gh", "g"),
)
_ENDINGS = (
    ("g", "ng"),
    ("h", "nh"),
    ("nk", "nh"),
    ("k", "ch"),
    ("k", "c"),
    ("p", "p"),
    ("w", "u"),
    ("j", "i"),
    ("z", ""),
)


def _with_tone(letters: str, tone: str) -> str:
    """The syllable with its tone on a vowel; which one doesn't matter, since comparison uses `marked_key`."""
    for index in range(len(letters) - 1, -1, -1):
        if letters[index] in _VOWELS:
            return unicodedata.normalize("NFC", letters[: index + 1] + tone + letters[index + 1 :])
    return letters


@lru_cache(maxsize=16384)
def decode_vni(word: str) -> str | None:
    """`ca1` → `cá`, `d9e6m` → `đêm`; None where the digits are no such keys."""
    if not 3 <= len(word) <= LONGEST_SYLLABLE or not _LETTERS_THEN_DIGITS.match(word):
        return None
    letters: list[str] = []
    tone = ""
    for c in word:
        if not c.isdigit():
            letters.append(c)
        elif c in _VNI_TONE and not tone and letters:
            tone = _VNI_TONE[c]
        elif c == "9" and "d" in letters:
            letters[letters.index("d")] = "đ"
        elif c in "678":
            table = _CIRCUMFLEX if c == "6" else _HORN
            for index in range(len(letters) - 1, -1, -1):
                if letters[index] in table:
                    letters[index] = table[letters[index]]
                    break
            else:
                return None
        else:
            return None
    decoded = _with_tone("".join(letters), tone)
    return decoded if is_syllable(fold(decoded)) else None


@lru_cache(maxsize=16384)
def decode_telex(word: str) -> str | None:
    """`chimf` → `chìm`, `ddaaur` → `đẩu`; None where the word is no syllable after taking the keys out."""
    if not word.isascii() or not word.isalpha() or not 2 <= len(word) <= LONGEST_SYLLABLE:
        return None
    letters: list[str] = []
    tone = ""
    used = False
    for c in word:
        seen = any(x in _VOWELS for x in letters)
        if c == "d" and letters and letters[0] == "d" and len(letters) >= 1 and (len(letters) == 1 or seen):
            letters[0] = "đ"
            used = True
        elif c in _CIRCUMFLEX and c in letters and seen:
            index = len(letters) - 1 - letters[::-1].index(c)
            letters[index] = _CIRCUMFLEX[c]
            used = True
        elif c == "w":
            for index in range(len(letters) - 1, -1, -1):
                if letters[index] in _HORN:
                    letters[index] = _HORN[letters[index]]
                    break
            else:
                if not letters:
                    return None
                letters.append("ư")
            used = True
        elif c in _TELEX_TONE and seen and (not tone or tone == _TELEX_TONE[c]):
            tone = _TELEX_TONE[c]
            used = True
        else:
            letters.append(c)
    if not used:
        return None
    decoded = _with_tone("".join(letters), tone)
    return decoded if is_syllable(fold(decoded)) else None


def chat_spellings(folded: str) -> Iterator[str]:
    """Syllables that a folded word may stand for when chat letters are read out: `fai` → `phai`, `cog` → `cong`."""
    starts = [folded] + [real + folded[len(chat) :] for chat, real in _ONSETS if folded.startswith(chat)]
    for start in starts:
        if start != folded and is_syllable(start):
            yield start
        for chat, real in _ENDINGS:
            if start.endswith(chat) and len(start) > len(chat):
                changed = start[: -len(chat)] + real
                if changed != folded and is_syllable(changed):
                    yield changed
