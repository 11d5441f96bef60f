"""Every button's data, in one place: builders, and a strict parser for what comes back.

What comes back is not to be trusted: it may be forged, cut off, or from a version that is gone. The parser takes
exactly the forms below and nothing else; whether the entry, topic or ticket exists is for whoever handles the press.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: Bot API, InlineKeyboardButton: callback_data 1-64 bytes.
MOST_BYTES = 64
#: What fits on one line of a phone; more is cut at a word.
LABEL_LENGTH = 60


class Tap(StrEnum):
    """What a button is for; the value is the first part of its data."""

    #: show an entry
    ENTRY = "e"
    #: go on from an entry that asks back: its n-th choice
    CHOICE = "c"
    #: show a document of the registry
    DOCUMENT = "d"
    #: none of the offered entries: ask an officer
    NONE = "n"
    #: the answer helped
    HELPFUL = "y"
    #: the answer didn't help
    UNHELPFUL = "w"
    #: ask an officer about what this entry answered
    ABOUT = "a"
    #: I am in danger
    SOS = "sos"
    #: I am safe, or tapped by mistake
    SAFE = "ok"
    #: ask an officer
    ASK = "ask"
    #: what was added to a ticket is another question
    NEW = "new"
    MENU = "m"
    SUBSCRIPTIONS = "sub"
    SUBSCRIBE = "s"
    TOPIC = "tp"
    LANGUAGES = "langs"
    LANGUAGE = "lang"
    #: an officer's act on a ticket
    TICKET = "t"
    #: says that something is done; a tap on it changes nothing
    DONE = "done"
    #: all that is the person's
    ACCOUNT = "me"
    PROFILE = "pf"
    #: ask one question of the profile
    PROFILE_ASK = "pa"
    #: answer it
    PROFILE_SET = "ps"
    PROFILE_CLEAR = "pc"
    #: no more notices of any kind
    STOP = "stop"
    #: the person's tickets
    TICKETS = "my"
    #: what the person does with one of them
    OWN = "mt"
    #: what is stored about me
    DATA = "data"
    ERASE = "er"
    ERASE_YES = "ery"
    ERASE_NO = "ern"
    #: a code that joins another chat
    LINK = "ln"
    UNLINK = "ul"


_ENTRY = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_CODE = r"[A-Z0-9]+(?:-[A-Z0-9]+)*"
_FIELD = r"role|area|vessel"
#: The parts behind the first, by kind of button; the last part may hold colons (`QCVN 81:2014/BGTVT`).
FORMS: Mapping[Tap, tuple[str, ...]] = MappingProxyType(
    {
        Tap.ENTRY: (_ENTRY,),
        Tap.CHOICE: (_ENTRY, r"\d"),
        Tap.DOCUMENT: (r"\w[\w ./:()-]*",),
        Tap.NONE: (),
        Tap.HELPFUL: (_ENTRY,),
        Tap.UNHELPFUL: (_ENTRY,),
        Tap.ABOUT: (_ENTRY,),
        Tap.SOS: (),
        Tap.SAFE: (),
        Tap.ASK: (),
        Tap.NEW: (),
        Tap.MENU: (),
        Tap.SUBSCRIPTIONS: (),
        Tap.SUBSCRIBE: (r"on|off", r"[a-z][a-z_]*"),
        Tap.TOPIC: (r"[a-z0-9-]+(?:/[a-z0-9-]+)?", r"\d{1,3}"),
        Tap.LANGUAGES: (),
        Tap.LANGUAGE: (r"vi|en",),
        Tap.DONE: (),
        Tap.TICKET: (r"take|release|close|show", _CODE),
        Tap.ACCOUNT: (),
        Tap.PROFILE: (),
        Tap.PROFILE_ASK: (_FIELD,),
        Tap.PROFILE_SET: (_FIELD, r"-|[a-z0-9]+(?:[_-][a-z0-9]+)*"),
        Tap.PROFILE_CLEAR: (),
        Tap.STOP: (),
        Tap.TICKETS: (),
        Tap.OWN: (r"show|add|reopen|withdraw", _CODE),
        Tap.DATA: (),
        Tap.ERASE: (),
        Tap.ERASE_YES: (),
        Tap.ERASE_NO: (),
        Tap.LINK: (),
        Tap.UNLINK: (),
    }
)
_TAPS = {tap.value: tap for tap in Tap}
_COMPILED = {
    tap: tuple(re.compile(form, re.ASCII if tap is not Tap.DOCUMENT else 0) for form in forms)
    for tap, forms in FORMS.items()
}

SOS = Tap.SOS.value
SAFE = Tap.SAFE.value
NONE = Tap.NONE.value
ASK = Tap.ASK.value
NEW = Tap.NEW.value
MENU = Tap.MENU.value
SUBSCRIPTIONS = Tap.SUBSCRIPTIONS.value
LANGUAGES = Tap.LANGUAGES.value
DONE = Tap.DONE.value
ACCOUNT = Tap.ACCOUNT.value
PROFILE = Tap.PROFILE.value
PROFILE_CLEAR = Tap.PROFILE_CLEAR.value
STOP = Tap.STOP.value
TICKETS = Tap.TICKETS.value
DATA = Tap.DATA.value
ERASE = Tap.ERASE.value
ERASE_YES = Tap.ERASE_YES.value
ERASE_NO = Tap.ERASE_NO.value
LINK = Tap.LINK.value
UNLINK = Tap.UNLINK.value
#: In place of an answer of the profile: none.
SKIP = "-"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button's data, taken apart."""

    tap: Tap
    parts: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The last part: the entry, document, kind, ticket code."""
        return self.parts[-1]


def data_of(tap: Tap, *parts: str) -> str:
    """The data of a button; raises `ValueError` for parts that the parser would refuse."""
    data = ":".join((tap.value, *parts))
    if parse(data) is None:
        raise ValueError(f"{data!r} can't be a button's data")
    return data


def parse(data: str) -> Pressed | None:
    """What a press means, or None for anything that this version doesn't send."""
    if not data or len(data.encode("utf-8", "replace")) > MOST_BYTES:
        return None
    head, _, rest = data.partition(":")
    tap = _TAPS.get(head)
    if tap is None:
        return None
    forms = _COMPILED[tap]
    if not forms:
        return Pressed(tap) if data == head else None
    parts = tuple(rest.split(":", len(forms) - 1))
    if len(parts) != len(forms) or not all(form.fullmatch(part) for form, part in zip(forms, parts, strict=True)):
        return None
    return Pressed(tap, parts)


def entry(entry_id: str) -> str:
    """Shows an entry."""
    return data_of(Tap.ENTRY, entry_id)


def choice(entry_id: str, number: int) -> str:
    """Goes on from an entry that asks back."""
    return data_of(Tap.CHOICE, entry_id, str(number))


def document(number: str) -> str | None:
    """Shows a document; None for a number that is too long or too odd for a button."""
    try:
        return data_of(Tap.DOCUMENT, number)
    except ValueError:
        return None


def helpful(entry_id: str) -> str:
    """The answer helped."""
    return data_of(Tap.HELPFUL, entry_id)


def unhelpful(entry_id: str) -> str:
    """The answer didn't help."""
    return data_of(Tap.UNHELPFUL, entry_id)


def about(entry_id: str) -> str:
    """Asks an officer about what the entry answered."""
    return data_of(Tap.ABOUT, entry_id)


def subscribe(kind: str, *, on: bool) -> str:
    """Switches one kind of notices."""
    return data_of(Tap.SUBSCRIBE, "on" if on else "off", kind)


def topic(topic_id: str, page: int = 0) -> str:
    """Shows a page of a topic."""
    return data_of(Tap.TOPIC, topic_id, str(page))


def language(code: str) -> str:
    """Speaks a language from now on."""
    return data_of(Tap.LANGUAGE, code)


def ticket(act: str, code: str) -> str:
    """An officer's act on a ticket: `take`, `release`, `close`, `show`."""
    return data_of(Tap.TICKET, act, code)


def profile_ask(field: str) -> str:
    """Asks one question of the profile."""
    return data_of(Tap.PROFILE_ASK, field)


def profile(field: str, value: str) -> str:
    """Answers it; `SKIP` for none."""
    return data_of(Tap.PROFILE_SET, field, value)


def own(act: str, code: str) -> str:
    """What a person does with their own ticket: `show`, `add`, `reopen`, `withdraw`."""
    return data_of(Tap.OWN, act, code)


def shorten(label: str, length: int = LABEL_LENGTH) -> str:
    """A label that fits, cut at a word and ended with an ellipsis if it was longer."""
    label = " ".join(label.split())
    if len(label) <= length:
        return label
    cut = label[:length]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut[: length - 1]
    return at_word.rstrip(" ,.;:-–") + "…"
