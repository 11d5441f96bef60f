"""An `OutgoingMessage` as calls of the Bot API (pure).

One message may need several calls: a text over the limit, media relayed together with words, or two keyboards, since a
Telegram message carries one: inline buttons stay with the words, the request for the position comes in a short message
of its own behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import InputFile

from bot.channels.telegram.markup import split, to_html
from bot.messages import Button, ButtonStyle, OutgoingMessage, Rejected, plain

#: Bot API, InlineKeyboardButton: callback_data 1-64 bytes (Vietnamese letters take 2-3).
MAX_CALLBACK_BYTES = 64
#: telegram.constants.InlineKeyboardMarkupLimit: what clients show.
MAX_ROW = 8
MAX_BUTTONS = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `plain` is its text without mark-up, `aside` marks one without which the message still stands."""

    method: str
    params: dict[str, Any]
    plain: str | None = None
    aside: bool = False

    def without_markup(self) -> Call:
        """The same call with plain text, for when Telegram can't parse the mark-up."""
        params = {k: v for k, v in self.params.items() if k != "parse_mode"} | {"text": self.plain}
        return Call(self.method, params, self.plain, self.aside)

    @property
    def has_links(self) -> bool:
        """Whether a button opens an address."""
        rows = self.params.get("reply_markup", {}).get("inline_keyboard", [])
        return any("url" in button for row in rows for button in row)

    def without_links(self) -> Call:
        """The same call without buttons that open an address, for when Telegram refuses the address."""
        params = dict(self.params)
        markup = params.pop("reply_markup", None)
        if markup and "inline_keyboard" in markup:
            rows = [[b for b in row if "url" not in b] for row in markup["inline_keyboard"]]
            if rows := [row for row in rows if row]:
                params["reply_markup"] = {"inline_keyboard": rows}
        return Call(self.method, params, self.plain, self.aside)


def render(chat_id: str, message: OutgoingMessage) -> list[Call]:
    """The calls that show `message` in a chat, in order; raises `Rejected` for what no call could show."""
    target = _chat(chat_id)
    common: dict[str, Any] = {"chat_id": target}
    if message.silent:
        common["disable_notification"] = True
    inline = _inline(message.buttons)
    # Telegram shows `request_location` in private chats only (Bot API, KeyboardButton); group ids are negative.
    ask = None if _is_group(target) else message.request_location
    bottom: dict[str, Any] | None = None
    if ask:
        keyboard = [[{"text": ask, "request_location": True}]]
        bottom = {"keyboard": keyboard, "one_time_keyboard": True, "resize_keyboard": True}
    elif message.clear_location_request and not _is_group(target):
        bottom = {"remove_keyboard": True}

    calls: list[Call] = []
    reply = _reply(message.reply_to)
    parts = split(message.text)
    if message.relay:
        source = {"from_chat_id": _chat(message.relay.chat_id), "message_id": _number(message.relay.message_id)}
        if source["message_id"] is None:
            raise Rejected(f"no Telegram message to relay has the id {message.relay.message_id!r}")
        calls.append(Call("copyMessage", common | source | reply))
        reply = {}
    if message.file:
        document = InputFile(message.file.text.encode(), filename=message.file.name)
        calls.append(Call("sendDocument", common | {"document": document} | reply))
        reply = {}
    for part in parts:
        words = {"text": to_html(part), "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        calls.append(Call("sendMessage", common | words | reply, plain(part)))
        reply = {}
    if not calls:
        raise Rejected("the message has neither words nor anything to relay")

    edited = _number(message.edit_of)
    if edited is not None and parts and not message.relay and not message.file:
        calls[0] = _as_edit(calls[0], edited)
    if inline:
        calls[-1].params["reply_markup"] = inline
    if bottom:
        if inline or calls[-1].method == "editMessageText":
            calls.append(_aside(common, f"👇 {ask}" if ask else "✓", bottom))
        else:
            calls[-1].params["reply_markup"] = bottom
    return calls


def _as_edit(call: Call, message_id: int) -> Call:
    left_out = {"disable_notification", "reply_parameters"}
    params = {k: v for k, v in call.params.items() if k not in left_out} | {"message_id": message_id}
    return Call("editMessageText", params, call.plain)


def _aside(common: dict[str, Any], text: str, markup: dict[str, Any]) -> Call:
    params = common | {"text": text, "disable_notification": True, "reply_markup": markup}
    return Call("sendMessage", params, text, aside=True)


def _inline(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any] | None:
    keyboard: list[list[dict[str, Any]]] = []
    for row in rows:
        buttons = [_button(button) for button in row]
        keyboard.extend(buttons[i : i + MAX_ROW] for i in range(0, len(buttons), MAX_ROW))
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise Rejected(f"more than {MAX_BUTTONS} buttons under one message")
    return {"inline_keyboard": keyboard} if keyboard else None


def _button(button: Button) -> dict[str, Any]:
    result: dict[str, Any] = {"text": button.label}
    if button.url is not None:
        result["url"] = button.url
    elif button.data is not None:
        size = len(button.data.encode())
        if not 1 <= size <= MAX_CALLBACK_BYTES:
            raise Rejected(f"button {button.label!r}: data of {size} bytes, Telegram takes 1-{MAX_CALLBACK_BYTES}")
        result["callback_data"] = button.data
    else:
        raise Rejected(f"button {button.label!r} has neither data nor an address")
    if button.style is not ButtonStyle.PLAIN:
        result["style"] = button.style.value
    return result


def _reply(message_id: str | None) -> dict[str, Any]:
    number = _number(message_id)
    if number is None:
        return {}
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


def _chat(chat_id: str) -> int | str:
    """A number, or a public channel's @name as it is."""
    if chat_id.startswith("@"):
        return chat_id
    number = _number(chat_id)
    if number is None:
        raise Rejected(f"{chat_id!r} is no Telegram chat")
    return number


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None


def _is_group(target: int | str) -> bool:
    return isinstance(target, str) or target < 0
