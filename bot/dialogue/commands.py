"""Commands: the names, their English aliases, and taking a typed one apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.faq import Snapshot


class Verb(StrEnum):
    """What a command asks for; the value is its main name, which Telegram's menu shows."""

    START = "start"
    MENU = "menu"
    SOS = "sos"
    ASK = "hoi"
    NOTICES = "thongbao"
    LANGUAGE = "ngonngu"
    CANCEL = "huy"
    HELP = "help"
    LOGIN = "canbo"
    DESK = "desk"
    PUBLIC = "kenh"
    QUEUE = "hangdoi"
    TAKE = "nhan"
    RELEASE = "tra"
    CLOSE = "dong"
    NOTE = "note"
    SHOW = "xem"
    ACCOUNT = "toi"
    PROFILE = "hoso"
    TICKETS = "phieu"
    STOP = "stop"
    DATA = "dulieu"
    ERASE = "xoadulieu"
    LINK = "lienket"


ALIASES: Mapping[str, Verb] = MappingProxyType(
    {verb.value: verb for verb in Verb}
    | {
        "ask": Verb.ASK,
        "notices": Verb.NOTICES,
        "language": Verb.LANGUAGE,
        "cancel": Verb.CANCEL,
        "trogiup": Verb.HELP,
        "login": Verb.LOGIN,
        "channel": Verb.PUBLIC,
        "queue": Verb.QUEUE,
        "take": Verb.TAKE,
        "release": Verb.RELEASE,
        "close": Verb.CLOSE,
        "ghichu": Verb.NOTE,
        "show": Verb.SHOW,
        "me": Verb.ACCOUNT,
        "profile": Verb.PROFILE,
        "tickets": Verb.TICKETS,
        "ticket": Verb.TICKETS,
        "dung": Verb.STOP,
        "mydata": Verb.DATA,
        "export": Verb.DATA,
        "deletedata": Verb.ERASE,
        "link": Verb.LINK,
    }
)

#: Aliases that are the English names, for the menus of English apps.
_ENGLISH = frozenset(
    ("ask", "notices", "language", "cancel", "login", "channel", "queue", "take", "release", "close", "show")
)

#: What stands in a platform's command menu, in this order; described by the wordings `command.<name>`.
COMMANDS: tuple[Verb, ...] = (
    Verb.MENU,
    Verb.SOS,
    Verb.ASK,
    Verb.TICKETS,
    Verb.NOTICES,
    Verb.PROFILE,
    Verb.LANGUAGE,
    Verb.STOP,
    Verb.DATA,
    Verb.ERASE,
    Verb.LINK,
    Verb.CANCEL,
    Verb.HELP,
)

#: What stands in the menu of an officers' group.
DESK_COMMANDS: tuple[Verb, ...] = (
    Verb.QUEUE,
    Verb.TAKE,
    Verb.RELEASE,
    Verb.CLOSE,
    Verb.NOTE,
    Verb.SHOW,
    Verb.HELP,
)
#: What an officer's own chat has besides the askers' commands.
OFFICER_COMMANDS: tuple[Verb, ...] = (Verb.QUEUE, Verb.SHOW, Verb.TAKE, Verb.RELEASE, Verb.CLOSE, Verb.NOTE)
#: What a group that isn't bound can do.
GROUP_COMMANDS: tuple[Verb, ...] = (Verb.DESK, Verb.HELP)

_COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+(.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command; `verb` is None for one that doesn't exist here."""

    verb: Verb | None
    argument: str = ""


def parse_command(text: str) -> Command | None:
    """The command in a text, or None when the text isn't one."""
    found = _COMMAND.match(text.strip())
    return Command(ALIASES.get(found[1].lower()), (found[2] or "").strip()) if found else None


def command_menu(snapshot: Snapshot, language: str, verbs: tuple[Verb, ...] = COMMANDS) -> tuple[tuple[str, str], ...]:
    """Names and descriptions for a platform's command menu, in a language; each language has names of its own."""
    words = snapshot.words(language)
    english = {verb: name for name, verb in ALIASES.items() if name in _ENGLISH}
    return tuple(
        (english.get(verb, verb.value) if language == "en" else verb.value, words.line(f"command.{verb.value}"))
        for verb in verbs
    )
