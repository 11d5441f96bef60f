"""Events as arrivals: a table for what people do, one for what concerns nobody, one for what can't be read."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.translate import Sort, account_of, sort_of, translate
from bot.messages import ChatKind, Content, Location, Media, MediaKind, Membership, MembershipChange, Press, Text

RECEIVED = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
USER, OA, MSG = "2512523625412515", "3145678901234567890", "96d3cdf3af150460909"
URL = "https://photo.zdn.vn/a.jpg"


def event(name: str, message: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "app_id": "4031234567890123456",
        "sender": {"id": USER},
        "recipient": {"id": OA},
        "user_id_by_app": "8123",
        "event_name": name,
        "timestamp": "1790000000123",
    }
    if message is not None:
        base["message"] = {"msg_id": MSG} | message
    return base | fields


def attached(kind: str, payload: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"attachments": [{"type": kind, "payload": payload}]} | fields


def follower(name: str) -> dict[str, Any]:
    return {
        "app_id": "1",
        "event_name": name,
        "oa_id": OA,
        "follower": {"id": USER},
        "source": "qr",
        "timestamp": "1790000000123",
    }


PLACE = {"coordinates": {"latitude": "10.0125", "longitude": "105.0809"}}
INFO = {"name": "Nguyễn Văn An", "phone": "84912345678", "full_address": "Rạch Giá", "gender": 1, "user_dob": "1.1.70"}
OLD_INFO = {"name": "An", "phone": 84912345678, "address": "5 Lê Lợi", "city": "Rạch Giá", "district": ""}

ACTS: list[tuple[str, dict[str, Any], Content]] = [
    ("words", event("user_send_text", {"text": "tàu cá mấy mét"}), Text(text="tàu cá mấy mét")),
    ("a tap", event("user_send_text", {"text": "#hd e:vms-lost"}), Press(data="e:vms-lost", press_id=MSG)),
    ("a tap that somebody typed", event("user_send_text", {"text": " #hd  sos "}), Press(data="sos", press_id=MSG)),
    ("not quite a tap", event("user_send_text", {"text": "#hdsos"}), Text(text="#hdsos")),
    ("a long text is no tap", event("user_send_text", {"text": "#hd " + "x" * 300}), Text(text="#hd " + "x" * 300)),
    (
        "picture with words",
        event("user_send_image", attached("image", {"thumbnail": URL, "url": URL}, text="giấy phép")),
        Media(media=MediaKind.PHOTO, caption="giấy phép", url=URL),
    ),
    ("gif", event("user_send_gif", attached("gif", {"url": URL})), Media(media=MediaKind.PHOTO, url=URL)),
    (
        "link",
        event("user_send_link", attached("link", {"description": "Luật Thủy sản", "url": "https://a.vn/x"})),
        Text(text="Luật Thủy sản\nhttps://a.vn/x"),
    ),
    ("voice", event("user_send_audio", attached("audio", {"url": URL})), Media(media=MediaKind.VOICE, url=URL)),
    ("video", event("user_send_video", attached("video", {"url": URL})), Media(media=MediaKind.VIDEO, url=URL)),
    (
        "sticker",
        event("user_send_sticker", attached("sticker", {"id": "s1", "url": URL})),
        Media(media=MediaKind.STICKER, file_id="s1"),
    ),
    (
        "position, as strings",
        event("user_send_location", attached("location", PLACE, text="Cảng Rạch Giá")),
        Location(latitude=10.0125, longitude=105.0809),
    ),
    (
        "business card",
        event("user_send_business_card", attached("link", {"url": URL})),
        Media(media=MediaKind.CONTACT),
    ),
    (
        "file",
        event("user_send_file", attached("file", {"url": URL, "name": "a.pdf", "size": "1", "checksum": "c0ffee"})),
        Media(media=MediaKind.DOCUMENT, file_id="c0ffee", url=URL),
    ),
    ("of a kind to come", event("user_send_hologram", {"text": "x"}), Media(media=MediaKind.OTHER, caption="x")),
    (
        "an address of another sort is none",
        event("user_send_image", attached("image", {"url": "javascript:alert(1)"})),
        Media(media=MediaKind.PHOTO),
    ),
    ("follow", follower("follow"), Text(text="/start")),
    ("unfollow", follower("unfollow"), Membership(change=MembershipChange.BLOCKED)),
    (
        "first tap on the page",
        {"event_name": "user_click_chatnow", "oa_id": OA, "user_id": USER, "timestamp": "1790000000123"},
        Membership(change=MembershipChange.RETURNED),
    ),
    ("erase me", event("user_withdraw"), Membership(change=MembershipChange.WITHDRAWN)),
    ("contact", event("user_submit_info", info=INFO), Text(text="Nguyễn Văn An, 84912345678, Rạch Giá")),
    ("contact, old", event("user_submit_info", info=OLD_INFO), Text(text="An, 84912345678, 5 Lê Lợi, Rạch Giá")),
]


@pytest.mark.parametrize(("raw", "content"), [row[1:] for row in ACTS], ids=[row[0] for row in ACTS])
def test_what_people_do(raw: dict[str, Any], content: Content) -> None:
    assert sort_of(raw) is Sort.ACT
    arrival = translate(raw, received=RECEIVED, names={USER: "Tư"})
    assert arrival.error is None
    assert arrival.message is not None
    assert arrival.message.content == content
    assert (arrival.channel, arrival.chat_id, arrival.message.chat_id) == ("zalo-oa", USER, USER)
    assert (arrival.message.sender.id, arrival.message.sender.name) == (USER, "Tư")
    assert arrival.message.sent_at == dt.datetime.fromtimestamp(1_790_000_000.123, dt.UTC)
    assert arrival.raw == raw
    assert account_of(raw) == OA
    if "message" in raw:
        assert (arrival.platform_id, arrival.message.message_id) == (MSG, MSG)


def test_a_reply_names_what_it_answers() -> None:
    arrival = translate(event("user_send_text", {"text": "rồi", "quote_msg_id": "77"}), received=RECEIVED)
    assert arrival.message is not None
    assert arrival.message.reply_to == "77"


def test_somebody_who_did_not_sign_in_can_be_answered() -> None:
    raw = event("anonymous_send_text", {"text": "cứu"}, anonymous_id="an1", conversation_id="co1")
    del raw["sender"]
    arrival = translate(raw, received=RECEIVED)
    assert arrival.message is not None
    assert arrival.chat_id == "anonymous:an1:co1"
    assert arrival.message.chat_kind is ChatKind.PRIVATE


def test_a_group_of_the_account_is_a_group() -> None:
    raw = event("user_send_group_text", {"text": "/kenh abc"}, recipient={"id": OA}, group_id="g9")
    arrival = translate(raw, received=RECEIVED)
    assert arrival.message is not None
    assert (arrival.chat_id, arrival.message.chat_kind, arrival.message.sender.id) == ("group:g9", "group", USER)


SORTS: list[tuple[dict[str, Any], Sort]] = [
    (event("oa_send_text", {"text": "x"}, sender={"id": OA}, recipient={"id": USER}), Sort.ECHO),
    (event("oa_send_image", {"text": "x"}, sender={"id": OA, "admin_id": "5"}), Sort.STAFF),
    (event("user_received_message", {}), Sort.RECEIPT),
    (event("user_seen_message", {"msg_ids": [MSG]}), Sort.RECEIPT),
    (event("user_reacted_message", {"react_icon": "/-heart"}), Sort.RECEIPT),
    (event("user_feedback", {"note": "tốt"}), Sort.RECEIPT),
    (event("create_group"), Sort.UNKNOWN),
    (event("a_kind_to_come"), Sort.UNKNOWN),
]


@pytest.mark.parametrize(("raw", "sort"), SORTS, ids=[raw["event_name"] for raw, _ in SORTS])
def test_what_nobody_has_to_answer(raw: dict[str, Any], sort: Sort) -> None:
    assert sort_of(raw) is sort
    arrival = translate(raw, received=RECEIVED)
    assert (arrival.message, arrival.error) == (None, None)


UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("no name", {k: v for k, v in event("x").items() if k != "event_name"}),
    ("no sender", {k: v for k, v in event("user_send_text", {"text": "x"}).items() if k != "sender"}),
    ("no message", event("user_send_text")),
    ("message is a list", event("user_send_text") | {"message": []}),
    ("text is a number", event("user_send_text", {"text": 5})),
    ("no id", event("user_send_text") | {"message": {"text": "x"}}),
    ("id is true", event("user_send_text") | {"message": {"text": "x", "msg_id": True}}),
    ("id is endless", event("user_send_text") | {"message": {"text": "x", "msg_id": "9" * 500}}),
    ("sender is a word", event("user_send_text", {"text": "x"}, sender="me")),
    ("sender's id is markup", event("user_send_text", {"text": "x"}, sender={"id": "<b>"})),
    ("nowhere on earth", event("user_send_location", attached("location", {"coordinates": {"latitude": "nan"}}))),
    ("position is a word", event("user_send_location", attached("location", {"coordinates": "đây"}))),
    ("position without attachment", event("user_send_location", {})),
    ("info is a list", event("user_submit_info", info=[])),
]


@pytest.mark.parametrize("raw", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_cannot_be_read_is_kept_with_the_reason(raw: dict[str, Any]) -> None:
    arrival = translate(raw, received=RECEIVED)
    assert arrival.message is None
    assert arrival.error
    assert arrival.raw


def test_the_same_event_has_the_same_name_and_another_has_another() -> None:
    one, other = follower("follow"), follower("follow") | {"timestamp": "1790000000124"}
    assert translate(one, received=RECEIVED).platform_id == translate(copy.deepcopy(one), received=RECEIVED).platform_id
    assert translate(one, received=RECEIVED).platform_id != translate(other, received=RECEIVED).platform_id


def test_an_odd_time_loses_no_message() -> None:
    for odd in ("", "gần đây", "9" * 40, None, [], -(10**18)):
        arrival = translate(event("user_send_text", {"text": "x"}) | {"timestamp": odd}, received=RECEIVED)
        assert arrival.message is not None
        assert arrival.message.sent_at == RECEIVED


def test_letters_that_no_database_takes_do_not_block_the_inbox() -> None:
    raw = json.loads('{"message": {"msg_id": "1", "text": "c\\u0000ứu \\ud800 với", "x": NaN}}')
    arrival = translate(event("user_send_text") | raw, received=RECEIVED)
    assert arrival.message is not None
    assert arrival.message.content == Text(text="cứu ? với")
    json.dumps(arrival.raw, allow_nan=False, ensure_ascii=False).encode()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        found += paths(inner, (*at, step))
    return found


FIELDS = [(raw, path) for _, raw, _ in ACTS for path in paths(raw)]


@given(st.sampled_from(FIELDS), ANYTHING)
def test_any_field_may_be_of_any_type(field: tuple[dict[str, Any], tuple[Any, ...]], value: Any) -> None:
    raw, path = copy.deepcopy(field[0]), field[1]
    holder: Any = raw
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    arrival = translate(raw, received=RECEIVED)
    sort_of(raw)
    account_of(raw)
    # What the inbox's columns hold.
    assert len(arrival.platform_id) <= 160
    assert len(arrival.chat_id) <= 128
    json.dumps(arrival.raw, allow_nan=False).encode()
    if arrival.message is not None:
        assert "\0" not in arrival.message.model_dump_json().encode("utf-8").decode()


@given(ANYTHING)
def test_anything_may_be_posted(value: Any) -> None:
    arrival = translate(value, received=RECEIVED)
    assert arrival.message is None
    json.dumps(arrival.raw, allow_nan=False).encode()
