"""Buttons written out as lines, for channels that have none: numbers to type, commands, addresses."""

from __future__ import annotations

from bot.dialogue import buttons
from bot.dialogue.buttons import Tap
from bot.dialogue.commands import Verb
from bot.messages import Button, OutgoingMessage, Span, join

#: The command that does the same as a button.
_COMMANDS = {
    Tap.SOS: Verb.SOS,
    Tap.ASK: Verb.ASK,
    Tap.ABOUT: Verb.ASK,
    Tap.MENU: Verb.MENU,
    Tap.SUBSCRIPTIONS: Verb.NOTICES,
    Tap.LANGUAGES: Verb.LANGUAGE,
    Tap.ACCOUNT: Verb.ACCOUNT,
    Tap.PROFILE: Verb.PROFILE,
    Tap.TICKETS: Verb.TICKETS,
    Tap.STOP: Verb.STOP,
    Tap.DATA: Verb.DATA,
    Tap.ERASE: Verb.ERASE,
    Tap.LINK: Verb.LINK,
}


def without_buttons(message: OutgoingMessage, offered: tuple[str, ...]) -> OutgoingMessage:
    """The message with its buttons as lines; `offered` are those that can be chosen by number.

    A button that can be neither typed nor opened (feedback) is left out.
    """
    lines = [line for row in message.buttons for button in row if (line := _line(button, offered)) is not None]
    if not lines:
        return message.model_copy(update={"buttons": ()})
    text = join([message.text, (Span(text="\n".join(lines)),)], "\n\n")
    return message.model_copy(update={"text": text, "buttons": ()})


def _line(button: Button, offered: tuple[str, ...]) -> str | None:
    if button.url is not None:
        return f"{button.label}: {button.url}"
    if button.data is None:
        return None
    if button.data in offered:
        return f"{offered.index(button.data) + 1}. {button.label}"
    pressed = buttons.parse(button.data)
    if pressed is None:
        return None
    if pressed.tap is Tap.NONE:
        return f"0. {button.label}"
    if pressed.tap is Tap.UNLINK:
        return f"/{Verb.LINK.value} off – {button.label}"
    command = _COMMANDS.get(pressed.tap)
    return f"/{command.value} – {button.label}" if command is not None else None
