"""Raw updates as arrivals: one table for what people do, one for what concerns nobody, one for what can't be read."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from bot.channels.telegram.translate import translate
from bot.messages import (
    Arrival,
    ChatKind,
    Content,
    InboundMessage,
    Location,
    Media,
    MediaKind,
    Membership,
    MembershipChange,
    Press,
    Text,
)

RECEIVED = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
SENT = 1_790_000_000
AN = {"id": 42, "is_bot": False, "first_name": "Nguyễn", "last_name": "An", "language_code": "vi"}
BOT = {"id": 123456, "is_bot": True, "first_name": "Hải Đăng"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Nguyễn"}
GROUP = {"id": -100200, "type": "supergroup", "title": "Trực ban"}
FILE = {"file_id": "F", "file_unique_id": "U"}
SPOT = {"latitude": 10.01, "longitude": 104.5}


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": SENT, "chat": chat, "from": AN} | fields


def read(**update: Any) -> Arrival:
    return translate({"update_id": 900, **update}, received=RECEIVED, username="haidang_bot")


def moved(new: str) -> Membership:
    return Membership(change=MembershipChange.MOVED, new_chat_id=new)


def member(status: str, **fields: Any) -> dict[str, Any]:
    return {"status": status, "user": BOT} | fields


def placed(chat: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    change = {"chat": chat, "from": AN, "date": SENT, "old_chat_member": before, "new_chat_member": after}
    return {"my_chat_member": change}


def press(**fields: Any) -> dict[str, Any]:
    return {"callback_query": {"id": "77", "from": AN, "chat_instance": "1", "data": "ask:1"} | fields}


def media(kind: MediaKind, caption: str = "") -> Media:
    return Media(media=kind, file_id="F", caption=caption)


PHOTO = [FILE | {"file_id": "small", "width": 90, "height": 60}, FILE | {"width": 1280, "height": 853}]

CONTENT: list[tuple[str, dict[str, Any], Content]] = [
    ("words", {"message": message(text="tàu cá")}, Text(text="tàu cá")),
    ("deep link", {"message": message(text="/start poster-an-thoi")}, Text(text="/start poster-an-thoi")),
    ("command with our name", {"message": message(GROUP, text="/desk@HaiDang_Bot k7")}, Text(text="/desk k7")),
    ("command with another name, in private", {"message": message(text="/start@other x")}, Text(text="/start x")),
    ("an address is no command", {"message": message(text="an@haidang_bot")}, Text(text="an@haidang_bot")),
    ("position", {"message": message(location=SPOT)}, Location(latitude=10.01, longitude=104.5)),
    (
        "position with accuracy",
        {"message": message(location=SPOT | {"horizontal_accuracy": 35.0})},
        Location(latitude=10.01, longitude=104.5, accuracy_m=35.0),
    ),
    (
        "venue",
        {"message": message(venue={"location": SPOT, "title": "Cảng", "address": ""})},
        Location(latitude=10.01, longitude=104.5, name="Cảng"),
    ),
    (
        "first message of a live position",
        {"message": message(location=SPOT | {"live_period": 900})},
        Location(latitude=10.01, longitude=104.5),
    ),
    (
        "live position moves",
        {"edited_message": message(location=SPOT | {"live_period": 900}, edit_date=SENT + 9)},
        Location(latitude=10.01, longitude=104.5, live=True),
    ),
    ("photo, largest size", {"message": message(photo=PHOTO, caption="đây")}, media(MediaKind.PHOTO, "đây")),
    ("voice", {"message": message(voice=FILE)}, media(MediaKind.VOICE)),
    ("video", {"message": message(video=FILE)}, media(MediaKind.VIDEO)),
    ("round video", {"message": message(video_note=FILE)}, media(MediaKind.VIDEO)),
    ("animation", {"message": message(animation=FILE, document=FILE | {"file_id": "D"})}, media(MediaKind.VIDEO)),
    ("document", {"message": message(document=FILE, caption="x")}, media(MediaKind.DOCUMENT, "x")),
    ("audio file", {"message": message(audio=FILE)}, media(MediaKind.DOCUMENT)),
    ("sticker", {"message": message(sticker=FILE)}, media(MediaKind.STICKER)),
    (
        "contact",
        {"message": message(contact={"phone_number": "1", "first_name": "B"})},
        Media(media=MediaKind.CONTACT, name="B · 1"),
    ),
    ("dice", {"message": message(dice={"emoji": "🎲", "value": 1})}, Media(media=MediaKind.OTHER)),
    ("a kind of the future", {"message": message(hologram={"x": 1})}, Media(media=MediaKind.OTHER)),
    (
        "press",
        press(message={"message_id": 5, "date": SENT, "chat": GROUP, "from": BOT, "text": "thẻ"}),
        Press(data="ask:1", press_id="77", message_id="5"),
    ),
    (
        "press on an old message",
        press(message={"message_id": 5, "date": 0, "chat": PRIVATE}),
        Press(data="ask:1", press_id="77", message_id="5"),
    ),
    ("press without message", press(), Press(data="ask:1", press_id="77")),
    (
        "blocked",
        placed(PRIVATE, member("member"), member("kicked", until_date=0)),
        Membership(change=MembershipChange.BLOCKED),
    ),
    (
        "unblocked",
        placed(PRIVATE, member("kicked"), member("member")),
        Membership(change=MembershipChange.RETURNED),
    ),
    (
        "added to a group",
        placed(GROUP, member("left"), member("administrator")),
        Membership(change=MembershipChange.ADDED),
    ),
    ("removed", placed(GROUP, member("administrator"), member("kicked")), Membership(change=MembershipChange.REMOVED)),
    (
        "restricted and out",
        placed(GROUP, member("member"), member("restricted", is_member=False)),
        Membership(change=MembershipChange.REMOVED),
    ),
    ("upgraded, said in the old group", {"message": message(GROUP, migrate_to_chat_id=-100999)}, moved("-100999")),
    ("upgraded, said in the new group", {"message": message(GROUP, migrate_from_chat_id=-5)}, moved("-100200")),
    (
        "upgraded by an anonymous administrator",
        {"message": message(GROUP, migrate_to_chat_id=-100999, sender_chat=GROUP)},
        moved("-100999"),
    ),
]


@pytest.mark.parametrize(("update", "content"), [row[1:] for row in CONTENT], ids=[row[0] for row in CONTENT])
def test_what_people_do(update: dict[str, Any], content: Content) -> None:
    arrival = read(**update)
    assert arrival.error is None
    assert arrival.message is not None
    assert arrival.message.content == content
    assert arrival.chat_id == arrival.message.chat_id
    assert arrival.raw == {"update_id": 900, **update}
    assert (arrival.channel, arrival.platform_id) == ("telegram", "900")


def test_a_command_posted_in_a_channel_is_the_channels_own() -> None:
    chat = {"id": -1009, "type": "channel", "title": "Cảnh báo"}
    arrival = read(channel_post={"message_id": 3, "date": SENT, "chat": chat, "sender_chat": chat, "text": "/kenh abc"})
    assert arrival.message is not None
    assert (arrival.message.content, arrival.message.chat_kind) == (Text(text="/kenh abc"), "channel")
    assert (arrival.message.sender.id, arrival.message.sender.name) == ("-1009", "Cảnh báo")


NOBODY: list[tuple[str, dict[str, Any]]] = [
    ("another bot", {"message": message(text="x") | {"from": BOT}}),
    ("anonymous administrator", {"message": message(GROUP, text="/close", sender_chat=GROUP)}),
    ("channel post", {"channel_post": message(text="x")}),
    ("no sender", {"message": {k: v for k, v in message(GROUP, text="x").items() if k != "from"}}),
    ("command to another bot", {"message": message(GROUP, text="/weather@other_bot Rạch Giá")}),
    ("pinned", {"message": message(GROUP, pinned_message={"message_id": 1})}),
    ("joined", {"message": message(GROUP, new_chat_members=[AN])}),
    ("topic opened", {"message": message(GROUP, forum_topic_created={"name": "x", "icon_color": 1})}),
    ("promoted", placed(GROUP, member("member"), member("administrator"))),
    ("press by a bot", press() | {"callback_query": press()["callback_query"] | {"from": BOT}}),
    ("game", {"callback_query": {"id": "1", "from": AN, "chat_instance": "1", "game_short_name": "g"}}),
    ("poll answer", {"poll_answer": {"poll_id": "1", "user": AN, "option_ids": [0]}}),
    ("a kind of update of the future", {"telepathy": {"thought": "x"}}),
]


@pytest.mark.parametrize("update", [row[1] for row in NOBODY], ids=[row[0] for row in NOBODY])
def test_what_concerns_nobody(update: dict[str, Any]) -> None:
    arrival = read(**update)
    assert (arrival.message, arrival.error) == (None, None)


UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("no date", {"message": {k: v for k, v in message(text="x").items() if k != "date"}}),
    ("no chat", {"message": {"message_id": 1, "date": SENT, "from": AN, "text": "x"}}),
    ("date is a word", {"message": message(text="x", date="today")}),
    ("unknown kind of chat", {"message": message({"id": 1, "type": "dream"}, text="x")}),
    ("text is a number", {"message": message(text=5)}),
    ("message is a list", {"message": []}),
    ("message is nothing", {"message": None}),
    ("nowhere on earth", {"message": message(location={"latitude": 99, "longitude": 0})}),
    ("place without longitude", {"message": message(location={"latitude": 9})}),
    ("photo without sizes' ids", {"message": message(photo=[{}])}),
    ("membership without status", placed(PRIVATE, {}, {})),
    ("a date too far", {"message": message(text="x", date=10**20)}),
]


@pytest.mark.parametrize("update", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_cannot_be_read_is_kept_with_the_reason(update: dict[str, Any]) -> None:
    arrival = read(**update)
    assert arrival.message is None
    assert arrival.error
    assert arrival.raw["update_id"] == 900


@pytest.mark.parametrize(
    "raw", [None, 7, [], {}, {"update_id": "x"}, {"update_id": True, "message": message(text="x")}]
)
def test_what_is_no_update_is_kept_under_a_name_of_its_own(raw: Any) -> None:
    arrival = translate(raw, received=RECEIVED)
    assert arrival.error
    assert arrival.platform_id.startswith("sha256:")


def test_the_envelope_comes_along() -> None:
    arrival = read(edited_message=message(GROUP, text="x", edit_date=SENT + 60, reply_to_message={"message_id": 3}))
    assert arrival.message == InboundMessage.model_validate(
        {
            "channel": "telegram",
            "chat_id": "-100200",
            "chat_kind": ChatKind.GROUP,
            "sender": {"id": "42", "name": "Nguyễn An", "language_hint": "vi"},
            "content": {"kind": "text", "text": "x"},
            "sent_at": dt.datetime.fromtimestamp(SENT + 60, dt.UTC),
            "message_id": "7",
            "reply_to": "3",
            "edited": True,
            "forum": False,
        }
    )


def test_the_old_chat_is_told_the_new_id_from_both_sides() -> None:
    assert read(message=message(GROUP, migrate_to_chat_id=-100999)).chat_id == "-100200"
    assert read(message=message(GROUP, migrate_from_chat_id=-5)).chat_id == "-5"


def test_a_message_in_a_topic_is_no_reply() -> None:
    opened = {"message_id": 3, "forum_topic_created": {"name": "HD-7", "icon_color": 1}}
    arrival = read(message=message(GROUP, text="x", reply_to_message=opened, is_topic_message=True))
    assert arrival.message is not None
    assert arrival.message.reply_to is None


def test_a_press_without_message_is_taken_for_the_private_chat_at_the_time_it_came() -> None:
    arrival = read(**press())
    assert arrival.message is not None
    assert (arrival.chat_id, arrival.message.chat_kind, arrival.message.sent_at) == ("42", ChatKind.PRIVATE, RECEIVED)


def test_letters_that_no_database_takes_do_not_block_the_inbox() -> None:
    raw = json.loads('{"update_id": 1, "message": {"text": "c\\u0000ứu \\ud800 với", "x": NaN}}')
    raw["message"] |= message()
    arrival = translate(raw, received=RECEIVED)
    assert arrival.message is not None
    assert arrival.message.content == Text(text="cứu ? với")
    json.dumps(arrival.raw, allow_nan=False, ensure_ascii=False).encode()
