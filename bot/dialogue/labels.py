"""The words on buttons, by what the button is for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue import buttons
from bot.dialogue.buttons import Tap
from bot.faq import Wording
from bot.messages import Button, ButtonStyle

_STYLES = {
    Tap.SOS: ButtonStyle.DANGER,
    Tap.NONE: ButtonStyle.PRIMARY,
    Tap.ABOUT: ButtonStyle.PRIMARY,
    Tap.ERASE_YES: ButtonStyle.DANGER,
}
#: Buttons whose words depend on their first part.
_BY_PART = frozenset({Tap.LANGUAGE, Tap.TICKET, Tap.OWN, Tap.PROFILE_ASK})
#: Buttons whose words name their subject.
_WITH_SUBJECT = {Tap.TICKET: "code", Tap.OWN: "code", Tap.DOCUMENT: "number"}


def button(words: Wording, data: str) -> Button:
    """One of the fixed buttons, labelled; raises `ValueError` for data that is none."""
    pressed = buttons.parse(data)
    if pressed is None:
        raise ValueError(f"{data!r} is no button's data")
    tap = pressed.tap
    key = f"button.{tap.name.lower()}"
    if tap in _BY_PART:
        key = f"{key}_{pressed.parts[0]}"
    name = _WITH_SUBJECT.get(tap)
    label = words.line(key, **({name: pressed.subject} if name else {}))
    return Button(label=label, data=data, style=_STYLES.get(tap, ButtonStyle.PLAIN))


def rows(words: Wording, taps: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
    """Fixed buttons, one in each row: thick fingers, small screens."""
    return tuple((button(words, data),) for data in taps)
