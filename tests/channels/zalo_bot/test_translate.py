"""Events of the Bot Platform as arrivals."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_bot.translate import event_in, translate
from bot.messages import ChatKind, Content, Media, MediaKind, Text
from tests.channels.zalo_oa.test_translate import ANYTHING, paths

RECEIVED = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
URL = "https://photo.zdn.vn/a.jpg"


def event(kind: str = "text", chat_type: str = "PRIVATE", **content: Any) -> dict[str, Any]:
    return {
        "event_name": f"message.{kind}.received",
        "message": {
            "message_id": "2d758cb5e222177a4e35",
            "date": 1750316131602,
            "from": {"id": "6ede9afa66b88fe6d6a9", "display_name": "Ted", "is_bot": False},
            "chat": {"id": "6ede9afa66b88fe6d6a9", "chat_type": chat_type},
            **content,
        },
    }


ACTS: list[tuple[dict[str, Any], Content]] = [
    (event(text="Xin chào"), Text(text="Xin chào")),
    (event("image", photo_url=URL, caption="đây"), Media(media=MediaKind.PHOTO, caption="đây", url=URL)),
    (event("image", photo=URL), Media(media=MediaKind.PHOTO, url=URL)),
    (event("sticker", sticker="s", url=URL), Media(media=MediaKind.STICKER)),
    (event("voice", voice_url=URL), Media(media=MediaKind.VOICE, url=URL)),
    (event("unsupported"), Media(media=MediaKind.WITHHELD)),
    (event("hologram"), Media(media=MediaKind.OTHER)),
]


@pytest.mark.parametrize(("raw", "content"), ACTS, ids=[raw["event_name"] for raw, _ in ACTS])
def test_what_people_do(raw: dict[str, Any], content: Content) -> None:
    arrival = translate(raw, received=RECEIVED)
    assert arrival.error is None
    assert arrival.message is not None
    assert arrival.message.content == content
    assert arrival.platform_id == "6ede9afa66b88fe6d6a9:2d758cb5e222177a4e35"
    assert (arrival.message.sender.name, arrival.message.chat_kind) == ("Ted", ChatKind.PRIVATE)
    assert arrival.message.sent_at == dt.datetime.fromtimestamp(1750316131.602, dt.UTC)


def test_with_and_without_the_outer_envelope() -> None:
    assert event_in({"ok": True, "result": event(text="x")}) == event(text="x")
    assert event_in(event(text="x")) == event(text="x")
    assert event_in([]) == []


def test_a_group_is_a_group_and_bots_concern_nobody() -> None:
    arrival = translate(event(chat_type="GROUP", text="x"), received=RECEIVED)
    assert arrival.message is not None
    assert arrival.message.chat_kind is ChatKind.GROUP
    raw = event(text="x")
    raw["message"]["from"]["is_bot"] = True
    assert translate(raw, received=RECEIVED).message is None


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"event_name": 5},
        {"event_name": "message.text.received"},
        event(),
        event(text=5),
        event(chat_type="DREAM", text="x"),
        event(text="x", message_id=None),
        event(text="x", chat=[]),
        event(text="x", **{"from": None}),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_kept_with_the_reason(raw: dict[str, Any]) -> None:
    arrival = translate(raw, received=RECEIVED)
    assert arrival.message is None
    assert arrival.error


def test_an_event_of_a_kind_to_come_is_kept() -> None:
    arrival = translate({"event_name": "group.joined", "message": {}}, received=RECEIVED)
    assert (arrival.message, arrival.error) == (None, None)


FIELDS = [(raw, path) for raw, _ in ACTS for path in paths(raw)]


@given(st.sampled_from(FIELDS), ANYTHING)
def test_any_field_may_be_of_any_type(field: tuple[dict[str, Any], tuple[Any, ...]], value: Any) -> None:
    raw, path = copy.deepcopy(field[0]), field[1]
    holder: Any = raw
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    arrival = translate(event_in(raw), received=RECEIVED)
    assert len(arrival.platform_id) <= 160
    assert len(arrival.chat_id) <= 128
    json.dumps(arrival.raw, allow_nan=False).encode()
