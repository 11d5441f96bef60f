"""The words on buttons, by what the button is for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue import buttons
from bot.dialogue.buttons import DONE, NONE, Tap
from bot.faq import Wording
from bot.messages import Button, ButtonStyle, OutgoingMessage

_STYLES = {
    Tap.SOS: ButtonStyle.DANGER,
    Tap.NONE: ButtonStyle.PRIMARY,
    Tap.ABOUT: ButtonStyle.PRIMARY,
    Tap.ERASE_YES: ButtonStyle.DANGER,
}
#: Buttons whose words depend on their first part.
_BY_PART = frozenset({Tap.LANGUAGE, Tap.TICKET, Tap.OWN, Tap.PROFILE_ASK})
_TICK = "✓"
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


def ticked(message: OutgoingMessage, data: str) -> tuple[tuple[Button, ...], ...]:
    """The buttons below a choice that was made: the chosen one, ticked."""
    chosen = next((b for row in message.buttons for b in row if b.data == data), None)
    if chosen is None:
        return ()
    label = chosen.label if chosen.label.startswith(_TICK) else f"{_TICK} {chosen.label}"
    # "None of these" opened a ticket: a second tap must not look as if it did so again.
    again = DONE if data == NONE else data
    return ((Button(label=buttons.shorten(label, buttons.LABEL_LENGTH + 2), data=again),),)


def thanked(words: Wording, message: OutgoingMessage, *, helpful: bool) -> tuple[tuple[Button, ...], ...]:
    """The buttons below an answer after feedback: the two for feedback have become one that says so."""
    rows: list[tuple[Button, ...]] = []
    for row in message.buttons:
        taps = {found.tap for b in row if b.data is not None and (found := buttons.parse(b.data)) is not None}
        if not taps & {Tap.HELPFUL, Tap.UNHELPFUL}:
            rows.append(row)
            continue
        label = words.line("button.helpful" if helpful else "button.unhelpful")
        rows.append((Button(label=f"{_TICK} {label}", data=DONE),))
    return tuple(rows)
