"""Rich text for platforms without styles: words, addresses in brackets, cut into messages at paragraphs (pure)."""

from __future__ import annotations

import unicodedata

from bot.messages import RichText

#: Where to cut, best place first.
_SEPARATORS = ("\n\n", "\n", ". ", " ")


def words_of(text: RichText) -> str:
    """The words, composed (NFC: decomposed Vietnamese counts for more), an address behind the words that carry it."""
    parts = []
    for span in text:
        parts.append(span.text)
        if span.url is not None and span.url not in span.text:
            parts.append(f" ({span.url})")
    return unicodedata.normalize("NFC", "".join(parts))


def size(text: str) -> int:
    """The length in UTF-16 units: whichever way a platform counts, it doesn't count more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` units, cut between paragraphs if possible, else at lines, sentences, words.

    Blank space at the edges goes; a part of nothing else isn't given out.
    """
    parts = []
    rest = text.strip()
    while size(rest) > limit:
        end = _end(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        parts.append(rest)
    return [part for part in parts if part]


def _end(text: str, limit: int) -> int:
    end = room = 0
    while room < limit and end < len(text):
        room += 2 if text[end] > "\uffff" else 1
        end += 1
    if room > limit:
        end -= 1
    window = text[:end]
    for separator in _SEPARATORS:
        cut = window.rfind(separator)
        # Not before the first quarter: a short heading alone would look like a message of its own.
        if cut >= max(1, len(window) // 4):
            return cut + len(separator)
    while end > 1 and unicodedata.combining(text[end]):
        end -= 1
    return end
