"""Guessing whether a message is Vietnamese or English."""

from __future__ import annotations

from collections.abc import Sequence

from bot.text.folding import fold, has_marks
from bot.text.keys import decode_telex
from bot.text.syllables import is_syllable

#: Frequent English words that are no Vietnamese syllable without marks, or a rare one.
_ENGLISH_TEXT = """
a about after all also and any are as ask at aboard ashore been before boat boats both by call captain cargo
certificate could crew days did does doing done engine every few find fine fire fishing flag for from fuel get give
got had has have help her here him his how i if into is its just keep kindly lights might mine more must my near
need needs new now of off once one only or our out own owner person please port rules same seaman shall she ship
should sinking sir skipper some still such thank thanks their there they these this those till time told under until
used vessel vessels vietnam vietnamese want was water we were what when where whether which while who whom whose why
will with within without would yes yet you your hello good morning bye sorry sea speak english talk someone human
officer name okay
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
#: Words of both languages: no hint.
_EITHER_TEXT = """
a am an at as be bot but by can do go he her hi him in is it long may me no not of on pay so than that the them then
to up us
"""
_EITHER = frozenset(_EITHER_TEXT.split())


#: Words that are read as they stand, whatever the vocabulary: they are no slip of the finger.
COMMON = _ENGLISH | _EITHER | {"alo", "ok", "oke", "admin", "zalo", "sos", "menu", "start", "test"}


def guess_language(words: Sequence[str]) -> str:
    """`"en"` or `"vi"` for the words of a message (as `tokens` gives them); without any hint, `"vi"`."""
    english = vietnamese = 0.0
    for word in words:
        if word.isdigit():
            continue
        if has_marks(word):
            vietnamese += 2
            continue
        folded = fold(word)
        if folded in _EITHER:
            english += 0.05
        elif folded in _ENGLISH:
            english += 1.5
        elif is_syllable(folded):
            vietnamese += 0.6
        elif not folded.isalpha() or decode_telex(folded) or _held_down(folded):
            vietnamese += 0.4
        elif folded.isascii() and len(folded) >= 5:
            english += 0.7
    return "en" if english > vietnamese else "vi"


def _held_down(folded: str) -> bool:
    return any(folded[i] == folded[i + 1] == folded[i + 2] for i in range(len(folded) - 2))
