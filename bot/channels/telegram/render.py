"""An `OutgoingMessage` as calls of the Bot API (pure).

One message may need several calls: a text over the limit, media relayed together with words, or two keyboards, since a
Telegram message carries one: inline buttons stay with the words, the request for the position comes in a short message
of its own behind them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from telegram import InputFile

from bot.channels.telegram.markup import split, to_html
from bot.messages import Button, ButtonStyle, FileRef, Location, OutgoingMessage, Rejected, RichText, plain

#: Bot API, InlineKeyboardButton: callback_data 1-64 bytes (Vietnamese letters take 2-3).
MAX_CALLBACK_BYTES = 64
#: Bot API, sendPhoto: caption after the mark-up is parsed; size, sum of the sides in pixels, and their ratio.
MAX_CAPTION = 1024
MAX_PHOTO_BYTES = 10_000_000
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
#: telegram.constants.InlineKeyboardMarkupLimit: what clients show.
MAX_ROW = 8
MAX_BUTTONS = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `plain` is its text without mark-up, `aside` marks one without which the message still stands.

    `file` is to be sent along; `without_file` is what is sent when its bytes are gone.
    """

    method: str
    params: dict[str, Any]
    plain: str | None = None
    aside: bool = False
    file: FileRef | None = None

    def without_markup(self) -> Call:
        """The same call with plain text, for when Telegram can't parse the mark-up."""
        words = "text" if self.file is None else "caption"
        params = {k: v for k, v in self.params.items() if k != "parse_mode"} | {words: self.plain}
        return replace(self, params=params)

    def as_document(self) -> Call:
        """The same file as it is, for when Telegram can't make a photo of it."""
        return replace(self, method="sendDocument")

    def without_file(self) -> Call:
        """Its words alone."""
        params = dict(self.params)
        params["text"] = params.pop("caption", "📎")
        return replace(self, method="sendMessage", params=params, file=None)

    def without_thread(self) -> Call:
        """The same call to the whole group, for when the topic that it is a reply in is gone."""
        params = {k: v for k, v in self.params.items() if k != "message_thread_id"}
        return replace(self, params=params)

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
        return replace(self, params=params)


def render(chat_id: str, message: OutgoingMessage, thread: int | None = None) -> list[Call]:
    """The calls that show `message` in a chat, in order; raises `Rejected` for what no call could show.

    `thread` is the forum topic to send to; without it the message's own `thread` counts.
    """
    target = _chat(chat_id)
    common: dict[str, Any] = {"chat_id": target}
    thread = thread if thread is not None else _number(message.thread)
    if thread is not None:
        common["message_thread_id"] = thread
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
        calls.append(_with_file(common | reply, message.file, parts))
        reply = {}
        if "caption" in calls[-1].params:
            parts = []
    if message.document:
        # The house made it, so it is sent with the call and not looked for beside a message.
        made = InputFile(message.document.text.encode(), filename=message.document.name)
        calls.append(Call("sendDocument", common | {"document": made} | reply))
        reply = {}
    for part in parts:
        words = {"text": to_html(part), "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        calls.append(Call("sendMessage", common | words | reply, plain(part)))
        reply = {}
    edited = _number(message.edit_of)
    if not calls and edited is not None:
        keys = {"chat_id": target, "message_id": edited} | ({"reply_markup": inline} if inline else {})
        return [Call("editMessageReplyMarkup", keys)]
    if not calls:
        raise Rejected("the message has neither words nor anything to relay")
    if edited is not None and parts and not message.relay and not message.file:
        calls[0] = _as_edit(calls[0], edited)
    if inline:
        calls[-1].params["reply_markup"] = inline
    if bottom:
        if inline or calls[-1].method == "editMessageText":
            calls.append(_aside(common, f"👇 {ask}" if ask else "✓", bottom))
        else:
            calls[-1].params["reply_markup"] = bottom
    if message.pin is not None and calls[0].method != "editMessageText":
        calls.append(_pin(common, message.pin))
    return calls


def _with_file(common: dict[str, Any], file: FileRef, parts: list[RichText]) -> Call:
    params, words = dict(common), None
    if len(parts) == 1 and len(words := plain(parts[0])) <= MAX_CAPTION:
        params |= {"caption": to_html(parts[0]), "parse_mode": "HTML"}
    return Call("sendPhoto" if _is_photo(file) else "sendDocument", params, words, file=file)


def _is_photo(file: FileRef) -> bool:
    """Whether Telegram makes a photo of it (Bot API, sendPhoto); anything else goes as a document."""
    if file.content_type not in _PHOTO_TYPES or file.size > MAX_PHOTO_BYTES:
        return False
    sides = (file.width or 0, file.height or 0)
    return min(sides) > 0 and sum(sides) <= MAX_PHOTO_SIDES and max(sides) <= MAX_PHOTO_RATIO * min(sides)


def _pin(common: dict[str, Any], place: Location) -> Call:
    """The place on the map in the app, from which a phone navigates; the words tell it too."""
    params = common | {"latitude": place.latitude, "longitude": place.longitude, "disable_notification": True}
    # Bot API, sendLocation: the radius of uncertainty, 0-1500 m
    if place.accuracy_m is not None and 0 <= place.accuracy_m <= 1500:
        params["horizontal_accuracy"] = place.accuracy_m
    return Call("sendLocation", params, aside=True)


def _as_edit(call: Call, message_id: int) -> Call:
    left_out = {"disable_notification", "reply_parameters", "message_thread_id"}
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
