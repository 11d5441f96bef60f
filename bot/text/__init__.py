"""Vietnamese text as people type it, made comparable.

In: what somebody typed, with or without diacritics, with chat spelling, Telex or VNI keys left in, joined or split
syllables. Out: folded words, each with the marked form that was typed and with other readings where it is ambiguous.
Pure; knows words only as it is given them (vocabulary, chat spelling, fillers), never entries or danger.
"""

from __future__ import annotations

from bot.text.folding import clean, fold, has_marks, marked_key
from bot.text.language import COMMON, guess_language
from bot.text.normalise import Normaliser, Word
from bot.text.syllables import is_syllable
from bot.text.tokens import tokens

__all__ = [
    "COMMON",
    "Normaliser",
    "Word",
    "clean",
    "fold",
    "guess_language",
    "has_marks",
    "is_syllable",
    "marked_key",
    "tokens",
]
