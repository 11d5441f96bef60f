"""What the bot says of itself in Telegram's own surfaces: the command menu and its descriptions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the command menu: `name` of 1-32 `a-z0-9_` without the slash, `description` up to 256."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Commands and descriptions by two-letter language; the `default` language speaks to everybody else too.

    `description` (up to 512) stands in the empty chat, `short_description` (up to 120) on the bot's page.
    """

    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=lambda: MappingProxyType({}))
    description: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    short_description: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default: str = "vi"

    @property
    def digest(self) -> str:
        """Changes when anything in it changes."""
        text = json.dumps(
            {
                "commands": {language: [asdict(c) for c in commands] for language, commands in self.commands.items()},
                "description": dict(self.description),
                "short_description": dict(self.short_description),
                "default": self.default,
            },
            sort_keys=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def calls(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The calls that publish it: default and private scope, each language and once without one."""
        for language, commands in self.commands.items():
            menu = [{"command": c.name, "description": c.description} for c in commands]
            for code in self._codes(language):
                for scope in ("default", "all_private_chats"):
                    yield "setMyCommands", {"commands": menu, "scope": {"type": scope}, **code}
        for method, name, texts in (
            ("setMyDescription", "description", self.description),
            ("setMyShortDescription", "short_description", self.short_description),
        ):
            for language, text in texts.items():
                for code in self._codes(language):
                    yield method, {name: text, **code}

    def _codes(self, language: str) -> list[dict[str, str]]:
        code = {"language_code": language}
        return [code, {}] if language == self.default else [code]
