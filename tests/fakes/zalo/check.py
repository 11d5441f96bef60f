"""Whether a message is one that the account's API would take: names, types, lengths, buttons."""

from __future__ import annotations

from typing import Any

MAX_TEXT, MAX_BUTTONS, MAX_TITLE, MAX_PAYLOAD = 2_000, 5, 100, 1_000
_PAYLOADS = {"oa.open.url": {"url"}, "oa.open.phone": {"phone_code"}, "oa.open.sms": {"phone_code", "content"}}


class Refused(Exception):
    """The API's refusal of a request."""

    def __init__(self, error: int, message: str) -> None:
        super().__init__(message)
        self.body = {"error": error, "message": message}


def check_message(message: Any) -> dict[str, Any]:
    """The message; raises `Refused`."""
    if not isinstance(message, dict) or not message.keys() <= {"text", "attachment", "quote_message_id"}:
        raise Refused(-201, f"params is invalid: {message!r}")
    text = message.get("text", "")
    if not isinstance(text, str) or ("text" in message and not text.strip()):
        raise Refused(-201, "text is invalid")
    if len(text) > MAX_TEXT:
        raise Refused(-210, "text is too long")
    if not text and "attachment" not in message:
        raise Refused(-201, "message is empty")
    if "attachment" in message:
        _attachment(message["attachment"], has_text=bool(text))
    return message


def _attachment(attachment: Any, *, has_text: bool) -> None:
    if not isinstance(attachment, dict) or attachment.keys() != {"type", "payload"}:
        raise Refused(-201, "attachment is invalid")
    payload = attachment["payload"]
    if attachment["type"] == "file" and isinstance(payload.get("token"), str):
        return
    if attachment["type"] != "template":
        raise Refused(-233, "attachment type isn't supported")
    if payload.get("template_type") == "media":
        (element,) = payload["elements"]
        if element.get("media_type") != "image" or not isinstance(element.get("attachment_id"), str):
            raise Refused(-201, "media element is invalid")
        return
    buttons = payload.get("buttons")
    if not has_text or not isinstance(buttons, list) or not 1 <= len(buttons) <= MAX_BUTTONS:
        raise Refused(-201, "buttons are invalid")
    for button in buttons:
        _button(button)


def _button(button: Any) -> None:
    if not button.keys() <= {"title", "type", "payload", "image_icon"}:
        raise Refused(-201, "button is invalid")
    title, payload = button["title"], button["payload"]
    if not isinstance(title, str) or not 1 <= len(title) <= MAX_TITLE:
        raise Refused(-201, "button title is invalid")
    if button["type"] in ("oa.query.show", "oa.query.hide"):
        if not isinstance(payload, str) or not 1 <= len(payload) <= MAX_PAYLOAD:
            raise Refused(-201, "button payload is invalid")
    elif button["type"] not in _PAYLOADS or payload.keys() != _PAYLOADS[button["type"]]:
        raise Refused(-233, f"button type {button['type']!r} is invalid")
    elif button["type"] == "oa.open.url" and not payload["url"].startswith("https://"):
        raise Refused(-201, "button url is invalid")
