"""The wording is complete: each text that dialogue says exists in both languages, with the values that it is given."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot.dialogue
from bot.dialogue import COMMANDS, command_menu
from bot.dialogue.buttons import FORMS, Tap
from bot.dialogue.offers import NOTICE_KINDS, PROFILE_FIELDS, ROLES, VESSELS
from bot.dialogue.questions import SMALLTALK
from bot.faq import Snapshot
from bot.faq.schema import DocumentStatus
from bot.faq.wording import placeholders
from bot.messages import MediaKind
from bot.store.tables import NoticeKind, ProfileRole, TicketKind, TicketState, VesselClass

ROOM = Path(bot.dialogue.__file__).parent
KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)*\.[a-z_]*[a-z]")
SECTIONS = frozenset(
    [
        "welcome",
        "menu",
        "help",
        "button",
        "rescue",
        "danger",
        "position",
        "ticket",
        "question",
        "answer",
        "document",
        "choice",
        "ask",
        "feedback",
        "smalltalk",
        "media",
        "language",
        "subscriptions",
        "cancel",
        "account",
        "profile_form",
        "stop",
        "tickets",
        "data",
        "erase",
        "link",
        "bind",
        "desk_group",
        "error",
    ]
)
#: Beginnings of keys that code completes, with what it completes them by.
FAMILIES = {
    "smalltalk": (*SMALLTALK, "other"),
    "media": [kind.value for kind in MediaKind],
    "ticket.media": [kind.value for kind in MediaKind if kind is not MediaKind.STICKER],
    "ticket.kind": [kind.value for kind in TicketKind],
    "ticket.state": [state.value for state in TicketState],
    "document.status": [status.value for status in DocumentStatus],
    "subscriptions.kind": NOTICE_KINDS,
    "desk_group": ["take", "release", "close", "note", "answer"],
    "bind": ["desk_done", "public_done"],
    "ticket": ["opened_distress", "opened_possible_distress"],
    "command": [verb.value for verb in COMMANDS],
    "tickets.state": [state.value for state in TicketState],
    "profile_form.role": [role.value for role in ProfileRole],
    "profile_form.vessel": [vessel.value for vessel in VesselClass],
    "profile_form": [f"{part}_{field}" for part in ("ask", "line") for field in PROFILE_FIELDS],
    "button": [
        *(f"{tap.name.lower()}" for tap in Tap if not FORMS[tap] and tap not in (Tap.NONE, Tap.DONE)),
        *(f"own_{act}" for act in ("show", "add", "reopen", "withdraw")),
        *(f"profile_ask_{field}" for field in PROFILE_FIELDS),
    ],
    "error": ["code_used", "code_expired", "code_unknown", "not_allowed", "already_taken", "wrong_state", "no_ticket",
              "store_unavailable", "too_long", "not_officer", "unknown", "profile_bad", "not_private", "too_many_tries",
              "link_wrong", "already_linked", "call_for_help_stays", "ticket_erased"],
}  # fmt: skip


def _said() -> set[str]:
    """Every literal in the room that is a wording's key, by its first part."""
    found: set[str] = set()
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and KEY.fullmatch(value) and value.split(".")[0] in SECTIONS:
                found.add(value)
    return found


def _keys() -> list[str]:
    family = {f"{head}.{tail}" for head, tails in FAMILIES.items() for tail in tails}
    return sorted(_said() | family | {"empty", "apology"})


def test_keys_are_found() -> None:
    assert len(_said()) > 60


@pytest.mark.parametrize("key", _keys())
def test_each_text_exists_in_both_languages(snapshot: Snapshot, key: str) -> None:
    vietnamese, english = (snapshot.words(language).template(key) for language in ("vi", "en"))
    assert vietnamese
    assert english
    assert placeholders(vietnamese) == placeholders(english)


def test_the_kinds_of_notices_are_those_of_the_store() -> None:
    assert tuple(kind.value for kind in NoticeKind) == NOTICE_KINDS


def test_what_a_profile_can_say_is_what_the_store_takes() -> None:
    assert set(ROLES) == {role.value for role in ProfileRole}
    assert set(VESSELS) == {vessel.value for vessel in VesselClass}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_command_menu_fits_the_platform(snapshot: Snapshot, language: str) -> None:
    menu = command_menu(snapshot, language)
    assert menu
    for name, description in menu:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 1 <= len(description) <= 256
