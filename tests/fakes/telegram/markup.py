"""Telegram's HTML: read as strictly as its server reads it."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.fakes.telegram.errors import bad

#: Tag to entity type (core.telegram.org/bots/api#html-style).
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
_HREF = re.compile(r"\bhref=(?:\"([^\"]*)\"|'([^']*)')")
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9A-Fa-f]+);")


def units(text: str) -> int:
    """Length in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities; raises Telegram's "can't parse entities"."""
    text = ""
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, str]] = []
    position = 0
    while position < len(source):
        if source[position] != "<":
            end = source.find("<", position)
            end = len(source) if end < 0 else end
            text += _NAMED.sub(lambda match: html.unescape(match[0]), source[position:end])
            position = end
            continue
        at = len(source[:position].encode())
        match = _TAG.match(source, position)
        if not match:
            raise bad(f"can't parse entities: Unclosed or unsupported start tag at byte offset {at}")
        closing, name, attributes = match[1], match[2].lower(), match[3]
        if name not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
        if not closing:
            open_tags.append((name, units(text), attributes))
        else:
            if not open_tags or open_tags[-1][0] != name:
                raise bad(f'can\'t parse entities: Unexpected end tag "{name}" at byte offset {at}')
            _, start, attributes = open_tags.pop()
            if units(text) > start:
                entities.append(_entity(name, start, units(text) - start, attributes))
        position = match.end()
    if open_tags:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return _trimmed(text, entities)


def _entity(name: str, offset: int, length: int, attributes: str) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": _TAGS[name], "offset": offset, "length": length}
    if name == "a":
        href = _HREF.search(attributes)
        if href:
            entity["url"] = html.unescape(href[1] or href[2] or "")
    return entity


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    lead = units(text) - units(text.lstrip())
    trimmed = text.strip()
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] - lead + entity["length"], units(trimmed))
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return trimmed, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))
