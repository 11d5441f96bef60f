"""Writing entries and documents as curators write them, and putting them into a file without touching the rest."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from bot.faq.schema import Document, Entry
from bot.faq.yaml_source import YamlSource


class _Dumper(yaml.SafeDumper):
    """Block style throughout: lists are indented below their key, long texts keep their lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def item_text(thing: Entry | Document) -> str:
    """A thing as one item of its file's list; reading it back gives the same thing."""
    data = _plain(thing.model_dump(mode="python", by_alias=True))
    kept = {key: value for key, value in data.items() if value not in (None, [], {}) or key in _ALWAYS}
    text: str = yaml.dump([kept], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return text


#: Fields that a curator expects to see although they are empty.
_ALWAYS = ("approved", "valid", "replaced_by", "url")


def with_item(path: Path, key: str, name: str, thing: Entry | Document) -> str:
    """The text of a file with one item of its list replaced (or put at the end); all other lines stay as they are.

    `key` is the field that names an item (`id`, `number`), `name` its value. Raises `BrokenYaml`.
    """
    if not path.is_file():
        return item_text(thing)
    text = path.read_text("utf-8")
    span = YamlSource(path, path.name).item_lines(key, name)
    lines = text.splitlines(keepends=True)
    if span is None:
        return text.rstrip("\n") + "\n" + item_text(thing)
    first, end = span
    while end > first and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1  # what stands before the next item belongs to that one
    return "".join((*lines[:first], item_text(thing), *lines[end:]))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items() if part is not None or key in ("from", "until")}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    return (
        value
        if isinstance(value, (str, int, float, bool)) or value is None or hasattr(value, "isoformat")
        else str(value)
    )
