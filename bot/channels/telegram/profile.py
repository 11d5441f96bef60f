"""What the bot says of itself in Telegram's own surfaces: the command menus and its descriptions."""

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


#: A command menu in each two-letter language.
Menu = Mapping[str, tuple[Command, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """Menus and descriptions by two-letter language; the `default` language speaks to everybody else too.

    `commands` are the askers', `group_commands` those of groups that aren't bound yet, `desk_commands` those of the
    officers' groups, `officer_commands` those of an officer's own chat (`Menus` sets them where they belong).
    `description` (up to 512) stands in the empty chat, `short_description` (up to 120) on the bot's page.
    """

    commands: Menu = field(default_factory=lambda: MappingProxyType({}))
    group_commands: Menu = field(default_factory=lambda: MappingProxyType({}))
    desk_commands: Menu = field(default_factory=lambda: MappingProxyType({}))
    officer_commands: Menu = field(default_factory=lambda: MappingProxyType({}))
    description: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    short_description: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default: str = "vi"

    @property
    def digest(self) -> str:
        """Changes when anything in it changes."""
        menus = (self.commands, self.group_commands, self.desk_commands, self.officer_commands)
        return digest_of(
            {
                "menus": [_plain(menu) for menu in menus],
                "description": dict(self.description),
                "short_description": dict(self.short_description),
                "default": self.default,
            }
        )

    def calls(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The calls that publish what everybody sees: the most specific scope wins (Bot API, setMyCommands)."""
        for scope, menu in (
            ("default", self.commands),
            ("all_private_chats", self.commands),
            ("all_group_chats", self.group_commands),
        ):
            yield from self.menu_calls({"type": scope}, menu)
        for method, name, texts in (
            ("setMyDescription", "description", self.description),
            ("setMyShortDescription", "short_description", self.short_description),
        ):
            for language, text in texts.items():
                for code in self._codes(language):
                    yield method, {name: text, **code}

    def menu_calls(self, scope: Mapping[str, Any], menu: Menu) -> Iterator[tuple[str, dict[str, Any]]]:
        """The calls that set one menu for one scope, each language and once without one."""
        for language, commands in menu.items():
            shown = [{"command": c.name, "description": c.description} for c in commands]
            for code in self._codes(language):
                yield "setMyCommands", {"commands": shown, "scope": dict(scope), **code}

    def removal_calls(self, scope: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The calls that take a scope's menu away, so that the more general one shows again."""
        for language in self.commands:
            for code in self._codes(language):
                yield "deleteMyCommands", {"scope": dict(scope), **code}

    def _codes(self, language: str) -> list[dict[str, str]]:
        code = {"language_code": language}
        return [code, {}] if language == self.default else [code]


def digest_of(value: Any) -> str:
    """A fingerprint of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _plain(menu: Menu) -> dict[str, list[dict[str, str]]]:
    return {language: [asdict(command) for command in commands] for language, commands in menu.items()}
