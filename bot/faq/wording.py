"""The bot's own words, from `messages/{vi,en}.yaml`: templates with `{names}`, never sentences in code."""

from __future__ import annotations

import string
from collections.abc import Mapping

from bot.messages import RichText, rich


class UnknownWording(KeyError):
    """A text was asked for that `messages/*.yaml` doesn't hold."""


class Wording:
    """The texts of one language, by dotted key (`ticket.opened`)."""

    def __init__(self, texts: Mapping[str, str], *, language: str) -> None:
        self._texts = texts
        self.language = language

    def template(self, key: str) -> str:
        """The template itself; raises `UnknownWording`."""
        try:
            return self._texts[key]
        except KeyError:
            raise UnknownWording(f"messages/{self.language}.yaml has no {key!r}") from None

    def say(self, key: str, /, **values: object) -> RichText:
        """The text with its values, as rich text; what people typed stays literal."""
        return rich(self.template(key), **values)

    def line(self, key: str, /, **values: object) -> str:
        """The text with its values as a plain line: button labels, page titles."""
        return self.template(key).format(**values) if values else self.template(key)


def placeholders(template: str) -> frozenset[str]:
    """The `{names}` in a template; raises `ValueError` when its braces don't match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)
