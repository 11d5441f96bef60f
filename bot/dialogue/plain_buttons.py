"""Buttons written out as lines, for channels that have none or few: numbers to type, commands, addresses."""

from __future__ import annotations

from bot.dialogue import buttons
from bot.dialogue.buttons import Tap
from bot.dialogue.commands import Verb
from bot.faq import Wording
from bot.messages import Button, Capabilities, OutgoingMessage, RichText, Span, join

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


def fitted(
    message: OutgoingMessage, offered: tuple[str, ...], capabilities: Capabilities, words: Wording
) -> OutgoingMessage:
    """The message as the channel can show it; `offered` are the buttons that can be chosen by number.

    Where there are too many buttons, those that can be typed as a number become lines, and the rest stay buttons.
    """
    flat = [button for row in message.buttons for button in row]
    if not capabilities.buttons:
        return _written(message, flat, offered, words)
    if len(flat) <= capabilities.max_buttons:
        return message
    chosen = [button for button in flat if button.data is not None and button.data in offered]
    left = [button for button in flat if button not in chosen]
    kept, over = left[: capabilities.max_buttons], left[capabilities.max_buttons :]
    written = _written(message, [*chosen, *over], offered, words)
    return written.model_copy(update={"buttons": tuple((button,) for button in kept)})


def _written(message: OutgoingMessage, flat: list[Button], offered: tuple[str, ...], words: Wording) -> OutgoingMessage:
    """The message with those buttons as lines. One that can be neither typed nor opened (feedback) is left out."""
    lines = [line for button in flat if (line := _line(button, offered)) is not None]
    if not lines:
        return message.model_copy(update={"buttons": ()})
    parts: list[RichText] = [message.text, (Span(text="\n".join(lines)),)]
    numbers = [line.partition(". ")[0] for line in lines if line.partition(". ")[0].isdigit()]
    if numbers:
        parts.append(words.say("choice.by_number", numbers=_listed(numbers, words)))
    return message.model_copy(update={"text": join(parts, "\n\n"), "buttons": ()})


def _listed(numbers: list[str], words: Wording) -> str:
    """`1`, `1 hoặc 2`, `1, 2 hoặc 3`."""
    if len(numbers) == 1:
        return numbers[0]
    return f"{', '.join(numbers[:-1])} {words.line('choice.or')} {numbers[-1]}"


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
