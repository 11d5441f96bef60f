"""Questions as other people would type and word them, for calibration to ask beside the phrasings themselves."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.text import fold, tokens

#: A letter, then its neighbours on the keyboard.
_KEYS_TEXT = "asq bvn cxv dsf ewr gfh hgj iuo kjl lk mn nbm oip po qwa ret sad try uyi vcb xzc ytu"
_NEIGHBOURS = {keys[0]: keys[1:] for keys in _KEYS_TEXT.split()}
_CHAT = {"khong": "k", "duoc": "dc", "gi": "j", "phai": "fai", "bao nhieu": "bn", "vay": "z", "nguoi": "ng"}
_BEFORE = ("cho em hỏi", "anh ơi", "ad ơi", "dạ cho hỏi", "alo", "mấy anh cho hỏi", "em muốn hỏi", "")
_AFTER = ("vậy", "ạ", "v ad", "mấy anh", "giùm em", "nha", "z", "")
_BEFORE_EN = ("hello,", "good day sir,", "please tell me", "")
_STRAY = ("hồi đó", "nhà tui", "bữa giờ", "với lại", "thằng em", "ông anh", "tính", "sợ", "lúc đó", "bên mình", "coi")


def noised(text: str, language: str, chance: random.Random) -> str:
    """The same question, hastily typed: without marks, slips of the finger, chat spelling, polite filling."""
    typed = text
    if language == "vi" and chance.random() < 0.6:
        typed = fold(typed)
        for word, short in _CHAT.items():
            if chance.random() < 0.4:
                typed = f" {typed} ".replace(f" {word} ", f" {short} ").strip()
    letters = list(typed)
    for index in range(len(letters) - 1):
        if letters[index].isalpha() and chance.random() < 0.035:
            letters[index] = _slip(letters, index, chance)
    typed = "".join(letters)
    before = chance.choice(_BEFORE if language == "vi" else _BEFORE_EN)
    after = chance.choice(_AFTER) if language == "vi" else ""
    return f"{before} {typed} {after}".strip()


def _slip(letters: list[str], index: int, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.4:
        return chance.choice(_NEIGHBOURS.get(letters[index].lower(), letters[index]))
    if kind < 0.6:
        return ""
    if kind < 0.8:
        return letters[index] * 2
    letters[index + 1], swapped = letters[index], letters[index + 1]
    return swapped


def loosened(text: str, language: str, chance: random.Random) -> str:
    """About the same question: a third of its words gone, stray ones added, often without marks."""
    words = [w for w in tokens(text) if chance.random() > 0.34] or tokens(text)
    if language == "vi":
        for _ in range(chance.choice((0, 1, 2))):
            words.insert(chance.randint(0, len(words)), chance.choice(_STRAY))
    loose = " ".join(words)
    return fold(loose) if language == "vi" and chance.random() < 0.6 else loose


def variants(text: str, language: str, chance: random.Random) -> Sequence[str]:
    """The text as it is, noised, and loosened twice: people's words differ more from ours than their typing does."""
    hasty = noised(loosened(text, language, chance), language, chance)
    return (text, noised(text, language, chance), loosened(text, language, chance), hasty)
