"""What people send besides words, as the Bot API's objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FILE = {"file_size": 2048}

#: Kind to the fields that such a file has beside its ids.
_KINDS: Mapping[str, dict[str, Any]] = {
    "voice": {"duration": 4, "mime_type": "audio/ogg"},
    "audio": {"duration": 60, "mime_type": "audio/mpeg"},
    "video": {"width": 640, "height": 480, "duration": 4, "mime_type": "video/mp4"},
    "video_note": {"length": 240, "duration": 4},
    "document": {"file_name": "giay-dang-kiem.pdf", "mime_type": "application/pdf"},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
}


def media(kind: str, number: int) -> dict[str, Any]:
    """The content of a message of this kind; `number` makes its file's ids."""
    if kind == "photo":
        sizes = [(90, 60), (320, 213), (1280, 853)]
        return {"photo": [_ids(f"photo{number}-{i}") | {"width": w, "height": h} for i, (w, h) in enumerate(sizes)]}
    if kind == "contact":
        return {"contact": {"phone_number": "+84900000000", "first_name": "An", "user_id": number}}
    if kind == "dice":
        return {"dice": {"emoji": "🎲", "value": 3}}
    return {kind: _ids(f"{kind}{number}") | _KINDS[kind]}


def _ids(name: str) -> dict[str, Any]:
    return {"file_id": f"file-{name}", "file_unique_id": f"unique-{name}"} | _FILE


def files(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The files in a message's content."""
    values = [item for value in content.values() for item in (value if isinstance(value, list) else [value])]
    return [value for value in values if isinstance(value, dict) and "file_id" in value]


def place(latitude: float, longitude: float, accuracy: float | None = None) -> dict[str, Any]:
    """A Location."""
    location: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    return location | ({"horizontal_accuracy": accuracy} if accuracy is not None else {})
