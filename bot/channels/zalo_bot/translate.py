"""An event of the Bot Platform as an `Arrival` (pure); nothing of it raises."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from bot.channels.storable import fingerprint, storable
from bot.messages import Arrival, ChatKind, Content, InboundMessage, Media, MediaKind, Sender, Text, utc

CHANNEL = "zalo-bot"
_KINDS = {"PRIVATE": ChatKind.PRIVATE, "GROUP": ChatKind.GROUP}
_EVENT = re.compile(r"message\.(\w+)\.received")
_LONGEST_URL = 2_000


def event_in(body: Any) -> Any:
    """The event in a body: below `result` as the platform documents it, or bare as one widely used program takes it."""
    if isinstance(body, dict) and "event_name" not in body and isinstance(body.get("result"), dict):
        return body["result"]
    return body


def translate(raw: Any, *, received: dt.datetime) -> Arrival:
    """The arrival for one event."""
    event = storable(raw)
    if not isinstance(event, dict):
        event = {"not_an_event": event}
    message: InboundMessage | None = None
    error: str | None = None
    chat_id = ""
    platform_id = fingerprint(event)
    try:
        if not isinstance(event["event_name"], str):
            raise ValueError("event_name is no text")
        found = _EVENT.fullmatch(event["event_name"])
        body = event.get("message")
        if isinstance(body, Mapping) and isinstance(body.get("chat"), Mapping):
            chat_id = _id(body["chat"]["id"])
        if found is not None:
            if not isinstance(body, Mapping):
                raise KeyError("message")
            # There is no number of the event itself; a message's own is unique within its chat.
            platform_id = f"{_id(body['chat']['id'])}:{_id(body['message_id'])}"
            message = _read(found[1], body, received)
    except KeyError as problem:
        error = f"field {problem} is missing"
    except Exception as problem:  # Whatever a platform may send must not stop the next event.
        error = f"{type(problem).__name__}: {str(problem)[:200]}"
    return Arrival(CHANNEL, platform_id, chat_id, event, message, error)


def _read(kind: str, message: Mapping[str, Any], received: dt.datetime) -> InboundMessage | None:
    chat, person = message["chat"], message["from"]
    if person.get("is_bot") is True:
        return None
    name = person.get("display_name")
    return InboundMessage(
        channel=CHANNEL,
        chat_id=_id(chat["id"]),
        chat_kind=_KINDS[chat["chat_type"]],
        sender=Sender(id=_id(person["id"]), name=name if isinstance(name, str) else ""),
        content=_content(kind, message),
        sent_at=_time(message.get("date"), received),
        message_id=_id(message["message_id"]),
    )


def _content(kind: str, message: Mapping[str, Any]) -> Content:
    match kind:
        case "text":
            return Text(text=_text(message["text"]))
        case "image":
            url = message.get("photo_url") or message.get("photo")
            return Media(media=MediaKind.PHOTO, caption=_text(message.get("caption") or ""), url=_url(url))
        case "sticker":
            return Media(media=MediaKind.STICKER)
        case "voice":
            return Media(media=MediaKind.VOICE, url=_url(message.get("voice_url")))
        case "unsupported":
            # Content of persons whom the law protects is kept back by the platform.
            return Media(media=MediaKind.WITHHELD)
    return Media(media=MediaKind.OTHER)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text is no text")
    return value


def _url(value: object) -> str | None:
    if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= _LONGEST_URL:
        return value
    return None


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not 1 <= len(str(value)) <= 64:
        raise ValueError(f"{str(value)[:80]!r} is no id")
    return str(value)


def _time(value: object, received: dt.datetime) -> dt.datetime:
    """Milliseconds; an odd time is no reason to lose a message."""
    try:
        return utc(int(str(value)) / 1000)
    except (ValueError, OverflowError, OSError):
        return received
