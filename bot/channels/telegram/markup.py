"""Rich text as Telegram's HTML, and long texts cut into messages."""

from __future__ import annotations

import html
import unicodedata

from bot.messages import RichText, Span, plain

#: Bot API, sendMessage: 1-4096 characters after entities are parsed; Telegram counts UTF-16 units.
MAX_TEXT = 4096

#: Where to cut, best place first.
_SEPARATORS = ("\n\n", "\n", ". ", " ")


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def to_html(text: RichText) -> str:
    """The one place where text becomes HTML; every word is escaped here and nowhere else."""
    return "".join(_tagged(span) for span in text)


def _tagged(span: Span) -> str:
    result = html.escape(span.text, quote=False)
    if span.italic:
        result = f"<i>{result}</i>"
    if span.bold:
        result = f"<b>{result}</b>"
    if span.url:
        result = f'<a href="{html.escape(span.url, quote=True)}">{result}</a>'
    return result


def split(text: RichText, limit: int = MAX_TEXT) -> list[RichText]:
    """The text in parts of at most `limit` UTF-16 units, cut between paragraphs if possible, else at lines or words.

    Cutting comes before tagging, so no tag is ever cut. Blank space at the edges goes, as Telegram trims it too; a part
    of nothing else isn't given out.
    """
    words = plain(text)
    parts: list[RichText] = []
    start = 0
    while start < len(words):
        end = _end_of_part(words, start, limit)
        piece = words[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            parts.append(_slice(text, left, right))
        start = end
    return parts


def _end_of_part(words: str, start: int, limit: int) -> int:
    end = start
    room = limit
    while end < len(words):
        room -= 2 if words[end] > "\uffff" else 1
        if room < 0:
            break
        end += 1
    else:
        return end
    window = words[start:end]
    for separator in _SEPARATORS:
        cut = window.rfind(separator)
        # Not before the first quarter: a short heading alone would look like a message of its own.
        if cut >= len(window) // 4 and cut > 0:
            return start + cut + len(separator)
    back = end
    while back > start + 1 and unicodedata.combining(words[back]):
        back -= 1
    return back


def _slice(text: RichText, left: int, right: int) -> RichText:
    spans: list[Span] = []
    position = 0
    for span in text:
        piece = span.text[max(0, left - position) : max(0, right - position)]
        if piece:
            spans.append(span.model_copy(update={"text": piece}))
        position += len(span.text)
    return tuple(spans)
