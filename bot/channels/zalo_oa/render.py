"""An `OutgoingMessage` as calls of the API (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.plain_text import split, words_of
from bot.channels.zalo_oa.content import PRESS_MARK
from bot.channels.zalo_oa.translate import ANONYMOUS, GROUP
from bot.channels.zalo_oa.uncertain import WORDS_BESIDE_MORE_BUTTONS, anonymous_recipient
from bot.messages import Button, OutgoingMessage, Rejected

#: Characters of a message; longer ones are refused, not cut.
MAX_TEXT = 2_000
MAX_BUTTONS = 5
MAX_TITLE = 100
MAX_PAYLOAD = 1_000

TO_PERSON = "/v3.0/oa/message/cs"
TO_GROUP = "/v3.0/oa/group/message"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: words with up to five buttons, or a file that has to be fetched from `relay` and uploaded first."""

    path: str
    recipient: dict[str, str]
    text: str = ""
    buttons: tuple[Button, ...] = ()
    quote: str | None = None
    relay: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """What is posted."""
        message: dict[str, Any] = {"text": self.text} if self.text else {}
        if self.buttons:
            shown = [_button(button) for button in self.buttons]
            message["attachment"] = {"type": "template", "payload": {"buttons": shown}}
        if self.quote is not None:
            message["quote_message_id"] = self.quote
        return {"recipient": self.recipient, "message": message | self.more}

    def without_buttons(self) -> Call:
        """The same words with the addresses of its buttons below them, for when the platform refuses the buttons."""
        links = [f"{button.label}: {button.url}" for button in self.buttons if button.url is not None]
        text = "\n".join([self.text, *links])
        return replace(self, text=split(text, MAX_TEXT)[0], buttons=())


def render(chat_id: str, message: OutgoingMessage) -> list[Call]:
    """The calls that show `message` in a chat, in order; raises `Rejected` for what no call could show."""
    path, recipient = _address(chat_id)
    in_group = path == TO_GROUP
    words = words_of(message.text)
    flat = tuple(button for row in message.buttons for button in row)
    if in_group:
        # "[@…]" in a group calls somebody by name: what was typed elsewhere must not.
        words = words.replace("[@", "[ @")
        links = [f"{button.label}: {button.url}" for button in flat if button.url is not None]
        words, flat = "\n".join([words, *links]), ()
    quote = message.reply_to if not in_group else None
    calls = [Call(path, recipient, text=part) for part in split(words, MAX_TEXT)]
    if message.relay is not None:
        if message.relay.url is None:
            raise Rejected("a Zalo message can be passed on only by its address")
        calls.append(Call(path, recipient, relay=message.relay.url))
    if not calls:
        raise Rejected("the message has neither words nor anything to relay")
    if quote is not None:
        calls[0] = replace(calls[0], quote=quote)
    for start in range(0, len(flat), MAX_BUTTONS):
        chunk = flat[start : start + MAX_BUTTONS]
        if start == 0 and calls[-1].text:
            calls[-1] = replace(calls[-1], buttons=chunk)
        else:
            calls.append(Call(path, recipient, text=WORDS_BESIDE_MORE_BUTTONS, buttons=chunk))
    return calls


def _address(chat_id: str) -> tuple[str, dict[str, str]]:
    if chat_id.startswith(GROUP):
        return TO_GROUP, {"group_id": chat_id.removeprefix(GROUP)}
    if chat_id.startswith(ANONYMOUS):
        anonymous, _, conversation = chat_id.removeprefix(ANONYMOUS).partition(":")
        return TO_PERSON, anonymous_recipient(anonymous, conversation)
    if not chat_id:
        raise Rejected("a message to nobody")
    return TO_PERSON, {"user_id": chat_id}


def _button(button: Button) -> dict[str, Any]:
    title = button.label if len(button.label) <= MAX_TITLE else button.label[: MAX_TITLE - 1] + "…"
    if button.url is not None:
        if button.url.startswith("tel:"):
            phone = button.url.removeprefix("tel:")
            return {"title": title, "type": "oa.open.phone", "payload": {"phone_code": phone}}
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    if not button.data or len(PRESS_MARK) + len(button.data) > MAX_PAYLOAD:
        raise Rejected(f"button {button.label!r} has neither data that fits nor an address")
    # "hide": what comes back isn't shown in the chat. It comes as a text of the person's.
    return {"title": title, "type": "oa.query.hide", "payload": PRESS_MARK + button.data}
