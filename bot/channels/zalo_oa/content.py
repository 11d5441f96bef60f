"""What a message to the account carries: words, a position, media, somebody's contact (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages import Content, Location, Media, MediaKind, Press, Text

#: Begins what a tap of ours sends back: a tap comes as an ordinary text. "#" because an account whose filter for
#: keywords was left on passes only such texts.
PRESS_MARK = "#hd "
_PRESS = re.compile(re.escape(PRESS_MARK.strip()) + r"[ ]+(\S.{0,255})", re.DOTALL)

_MEDIA = {
    "image": MediaKind.PHOTO,
    "gif": MediaKind.PHOTO,
    "audio": MediaKind.VOICE,
    "video": MediaKind.VIDEO,
    "sticker": MediaKind.STICKER,
    "file": MediaKind.DOCUMENT,
    "business_card": MediaKind.CONTACT,
}
_LONGEST_URL = 2_000


def content_of(kind: str, message: Mapping[str, Any]) -> Content:
    """The content of a `user_send_<kind>` event; raises `KeyError` or `ValueError` for what can't be read.

    A kind that nobody knows yet is media of some other sort: better an apology than no answer.
    """
    words = _words(message)
    if kind == "text":
        tapped = _PRESS.fullmatch(words.strip())
        if tapped:
            return Press(data=tapped[1].strip(), press_id=text_id(message["msg_id"]))
        return Text(text=words)
    payload = _payload(message)
    if kind == "location":
        return _location(payload)
    if kind == "link":
        parts = (words, _text(payload.get("description")), _url(payload) or "")
        return Text(text="\n".join(dict.fromkeys(part for part in parts if part)))
    media = _MEDIA.get(kind, MediaKind.OTHER)
    url = None if media in (MediaKind.STICKER, MediaKind.CONTACT) else _url(payload)
    return Media(media=media, file_id=_file_id(payload), caption=words, url=url)


def contact_of(info: Mapping[str, Any]) -> Text:
    """What somebody filled in when asked for their contact details, as words: officers need to read it."""
    address = info.get("full_address") or ", ".join(
        part for name in ("address", "district", "city") if (part := _text(info.get(name)))
    )
    parts = (_text(info.get("name")), _text(info.get("phone")), _text(address))
    return Text(text=", ".join(part for part in parts if part))


def text_id(value: object) -> str:
    """An id as text: they are digits, longer than a number holds exactly."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not 1 <= len(text := str(value)) <= 64:
        raise ValueError(f"{str(value)[:80]!r} is no id")
    if not re.fullmatch(r"[\w.:+/=-]+", text):
        raise ValueError(f"{text!r} is no id")
    return text


def _words(message: Mapping[str, Any]) -> str:
    text = message.get("text", "")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise ValueError("text is no text")
    return text


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, Sequence) and attachments else None
    payload = first.get("payload") if isinstance(first, Mapping) else None
    return payload if isinstance(payload, Mapping) else {}


def _location(payload: Mapping[str, Any]) -> Location:
    place = payload["coordinates"]
    # They come as strings.
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    if not (
        math.isfinite(latitude) and -90 <= latitude <= 90 and math.isfinite(longitude) and -180 <= longitude <= 180
    ):
        raise ValueError(f"{latitude}, {longitude} is no place on earth")
    return Location(latitude=latitude, longitude=longitude)


def _url(payload: Mapping[str, Any]) -> str | None:
    url = payload.get("url")
    if isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= _LONGEST_URL:
        return url
    return None


def _file_id(payload: Mapping[str, Any]) -> str | None:
    found = payload.get("checksum") or payload.get("id")
    return str(found)[:128] if isinstance(found, (str, int)) and not isinstance(found, bool) else None
