"""Curated plain text and rich text as safe HTML: everything is escaped, nothing is parsed but line ends and bullets."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.messages import RichText

_BULLET = re.compile(r"^\s*[-•]\s+")
_SCHEMES = ("http", "https", "tel", "mailto")


def say(text: RichText) -> Markup:
    """Rich text as HTML; an address with any but a usual scheme is left out."""
    out = Markup()
    for span in text:
        piece = Markup("<br>").join(escape(line) for line in span.text.split("\n"))
        if span.bold:
            piece = Markup("<strong>{}</strong>").format(piece)
        if span.italic:
            piece = Markup("<em>{}</em>").format(piece)
        if span.url and urlsplit(span.url).scheme in _SCHEMES:
            piece = Markup('<a href="{}" rel="noopener">{}</a>').format(span.url, piece)
        out += piece
    return out


def lines(text: str) -> Markup:
    """Plain text with line ends and `- ` bullets as paragraphs and lists."""
    out: list[Markup] = []
    paragraph: list[Markup] = []
    bullets: list[Markup] = []

    def flush() -> None:
        if paragraph:
            out.append(Markup("<p>{}</p>").format(Markup("<br>").join(paragraph)))
            paragraph.clear()
        if bullets:
            out.append(Markup("<ul>{}</ul>").format(Markup().join(bullets)))
            bullets.clear()

    for line in text.splitlines():
        if not line.strip():
            flush()
        elif _BULLET.match(line):
            if paragraph:
                flush()
            bullets.append(Markup("<li>{}</li>").format(_BULLET.sub("", line).strip()))
        else:
            if bullets:
                flush()
            paragraph.append(escape(line.strip()))
    flush()
    return Markup().join(out)


def tel(number: str) -> str:
    """The `tel:` address of a telephone number as people write it."""
    return "tel:" + ("+" if number.strip().startswith("+") else "") + re.sub(r"\D", "", number)
