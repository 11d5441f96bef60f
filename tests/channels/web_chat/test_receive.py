"""What a browser posts: taken into the inbox, or refused with a reason; danger before every limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.channels.web_chat import TEXT_LIMIT, Limits, Refusal, WebChat, WebChatChannel
from bot.messages import Arrival, Content, Location, Media, MediaKind, Press, StoredFile, Text
from tests.support.clock import FrozenClock
from tests.support.pictures import jpeg

TOKEN = "A" * 43
CHAT = "c" * 64


class Inbox:
    """Keeps what was put, each platform id once."""

    def __init__(self) -> None:
        self.stored: dict[str, Arrival] = {}

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """Stores."""
        new = [a for a in arrivals if a.platform_id not in self.stored]
        self.stored |= {a.platform_id: a for a in new}
        return len(new)

    @property
    def contents(self) -> list[Content]:
        """What was said."""
        return [a.message.content for a in self.stored.values() if a.message]


class Drawer:
    """Keeps files in memory, as the store does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], StoredFile] = {}
        self.posted: set[tuple[str, str]] = set()

    async def keep(self, chat_id: str, message_id: str, file: StoredFile) -> None:
        """Keeps."""
        self.kept[chat_id, message_id] = file

    async def post(self, chat_id: str, message_id: str) -> bool:
        """Posts."""
        self.posted.add((chat_id, message_id))
        return (chat_id, message_id) in self.kept

    async def drop(self, chat_id: str, message_id: str) -> None:
        """Drops."""
        if (chat_id, message_id) not in self.posted:
            self.kept.pop((chat_id, message_id), None)

    async def load(self, chat_id: str, message_id: str) -> StoredFile | None:
        """Loads."""
        return self.kept.get((chat_id, message_id))

    async def kept_since(self, moment: object) -> int:
        """Counts."""
        return sum(len(file.content) for file in self.kept.values())


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def files() -> Drawer:
    return Drawer()


@pytest.fixture
def chat(inbox: Inbox, files: Drawer, clock: FrozenClock) -> WebChat:
    return WebChat(
        inbox=inbox,
        clock=clock,
        channel=WebChatChannel(clock),
        files=files,
        is_urgent=lambda content: "chìm" in (getattr(content, "text", "") or getattr(content, "caption", "")),
        limits=Limits(per_visitor=3, per_address=5, photos_per_visitor=2, photo_bytes_a_day=1000),
    )


def text(words: str, number: int = 1) -> dict[str, Any]:
    return {"id": f"message-{number:04}", "kind": "text", "text": words, "lang": "vi"}


async def test_a_text_becomes_an_arrival(chat: WebChat, inbox: Inbox, clock: FrozenClock) -> None:
    receipt = await chat.receive(CHAT, text("  tàu cá mấy mét  "), peer="203.0.113.7")
    assert receipt.refusal is None
    (arrival,) = inbox.stored.values()
    assert (arrival.channel, arrival.chat_id, arrival.platform_id) == ("web", CHAT, f"{CHAT}:message-0001")
    assert arrival.message is not None
    assert arrival.message.content == Text(text="tàu cá mấy mét")
    assert arrival.message.sender.id == CHAT
    assert arrival.message.sent_at == clock.now()


async def test_a_repeated_post_changes_nothing(chat: WebChat, inbox: Inbox) -> None:
    for _ in range(2):
        assert (await chat.receive(CHAT, text("một lần"), peer="203.0.113.7")).refusal is None
    assert len(inbox.stored) == 1


async def test_one_visitor_cannot_occupy_the_ids_of_another(chat: WebChat, inbox: Inbox) -> None:
    await chat.receive(CHAT, text("a"), peer="203.0.113.7")
    await chat.receive("d" * 64, text("b"), peer="203.0.113.7")
    assert len(inbox.stored) == 2


async def test_presses_and_positions(chat: WebChat, inbox: Inbox) -> None:
    await chat.receive(
        CHAT, {"id": "press-0001", "kind": "press", "data": "e:1", "label": "Có", "of": "o12"}, peer="203.0.113.7"
    )
    await chat.receive(
        CHAT,
        {"id": "place-0001", "kind": "location", "latitude": 9.95, "longitude": 104.9, "accuracy": 12.5},
        peer="203.0.113.7",
    )
    assert inbox.contents == [
        Press(data="e:1", press_id="press-0001", message_id="o12"),
        Location(latitude=9.95, longitude=104.9, accuracy_m=12.5),
    ]


@pytest.mark.parametrize(
    ("payload", "refusal"),
    [
        (text(""), Refusal.EMPTY),
        (text(" \n\t "), Refusal.EMPTY),
        (text("\0"), Refusal.EMPTY),
        (text("x" * (TEXT_LIMIT + 1)), Refusal.TOO_LONG),
        (None, Refusal.UNREADABLE),
        ([], Refusal.UNREADABLE),
        ("text", Refusal.UNREADABLE),
        ({"id": "message-0001"}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "dance"}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "text", "text": 7}, Refusal.UNREADABLE),
        ({"id": "short", "kind": "text", "text": "x"}, Refusal.UNREADABLE),
        ({"id": "a:b:c:d:e", "kind": "text", "text": "x"}, Refusal.UNREADABLE),
        ({"id": "x" * 41, "kind": "text", "text": "x"}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "press", "data": ""}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "press", "data": "x" * 65}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "location", "latitude": 91, "longitude": 0}, Refusal.UNREADABLE),
        ({"id": "message-0001", "kind": "location", "latitude": float("nan"), "longitude": 0}, Refusal.UNREADABLE),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_taken_is_refused_with_its_reason(
    chat: WebChat, inbox: Inbox, payload: object, refusal: Refusal
) -> None:
    assert (await chat.receive(CHAT, payload, peer="203.0.113.7")).refusal is refusal
    assert inbox.stored == {}


async def test_the_longest_text_is_taken(chat: WebChat, inbox: Inbox) -> None:
    assert (await chat.receive(CHAT, text("ă" * TEXT_LIMIT), peer="203.0.113.7")).refusal is None
    assert inbox.contents == [Text(text="ă" * TEXT_LIMIT)]


async def test_a_cry_for_help_at_the_end_of_a_long_text_is_not_cut_off(chat: WebChat, inbox: Inbox) -> None:
    long = "x " * TEXT_LIMIT + "tàu tôi đang chìm"
    assert (await chat.receive(CHAT, text(long), peer="203.0.113.7")).refusal is None
    assert inbox.contents == [Text(text=long)]


async def test_what_no_database_takes_is_cleaned(chat: WebChat, inbox: Inbox) -> None:
    await chat.receive(CHAT, text("a\0b\ud800c"), peer="203.0.113.7")
    (content,) = inbox.contents
    assert isinstance(content, Text)
    content.text.encode()
    assert content.text == "ab\ufffdc"


async def test_over_the_limit_a_visitor_waits(chat: WebChat, inbox: Inbox, clock: FrozenClock) -> None:
    for number in range(3):
        await chat.receive(CHAT, text("hỏi", number), peer="203.0.113.7")
    clock.advance(seconds=20)
    receipt = await chat.receive(CHAT, text("hỏi", 4), peer="203.0.113.7")
    assert (receipt.refusal, receipt.retry_after) == (Refusal.TOO_MANY, 40)
    clock.advance(seconds=40)
    assert (await chat.receive(CHAT, text("hỏi", 4), peer="203.0.113.7")).refusal is None


async def test_over_the_limit_an_address_waits_whatever_tokens_it_makes_up(chat: WebChat) -> None:
    refusals = [
        (await chat.receive(f"{number:064}", text("hỏi", number), peer=f"2001:db8::{number}")).refusal
        for number in range(6)
    ]
    assert refusals == [None] * 5 + [Refusal.TOO_MANY]


async def test_danger_comes_before_limits(chat: WebChat, inbox: Inbox) -> None:
    for number in range(4):
        last = await chat.receive(CHAT, text("hỏi", number), peer="203.0.113.7")
    assert last.refusal is Refusal.TOO_MANY
    assert (await chat.receive(CHAT, text("tàu đang chìm", 10), peer="203.0.113.7")).refusal is None
    position = {"id": "place-0001", "kind": "location", "latitude": 9.95, "longitude": 104.9}
    assert (await chat.receive(CHAT, position, peer="203.0.113.7")).refusal is None
    endless = await chat.receive(CHAT, text("chìm " * TEXT_LIMIT, 11), peer="203.0.113.7")
    assert endless.refusal is None
    assert len(inbox.stored) == 6


@pytest.mark.parametrize("token", ["", "short", "a" * 65, "Ă" * 43, "../" * 20, "a" * 43 + "\n"])
def test_what_is_no_token_opens_no_chat(chat: WebChat, token: str) -> None:
    assert chat.chat_id(token) is None


def test_the_chat_is_the_hash_of_the_token(chat: WebChat) -> None:
    chat_id = chat.chat_id(TOKEN)
    assert chat_id is not None
    assert len(chat_id) == 64
    assert TOKEN not in chat_id


# --- photos ---------------------------------------------------------------------------------------------------------


def photo(caption: str = "", number: int = 1) -> dict[str, Any]:
    return {"id": f"message-{number:04}", "kind": "photo", "caption": caption}


async def test_a_photo_and_its_words_become_one_message(chat: WebChat, inbox: Inbox, files: Drawer) -> None:
    data = jpeg(640, 480, b"EXIF: 9.95 N 104.9 E")
    assert (await chat.receive_photo(CHAT, "message-0001", data, peer="203.0.113.7")).refusal is None
    assert files.kept[CHAT, "message-0001"] == StoredFile("image/jpeg", data, 640, 480)  # byte for byte
    assert inbox.stored == {}
    assert (await chat.receive(CHAT, photo("biển báo này là gì"), peer="203.0.113.7")).refusal is None
    (arrival,) = inbox.stored.values()
    assert arrival.message is not None
    assert arrival.message.content == Media(media=MediaKind.PHOTO, caption="biển báo này là gì")
    assert arrival.message.message_id == "message-0001"
    assert "biển báo" not in str(arrival.raw)


async def test_a_photo_that_was_never_handed_over_is_refused(chat: WebChat, inbox: Inbox) -> None:
    assert (await chat.receive(CHAT, photo(), peer="203.0.113.7")).refusal is Refusal.PHOTO_GONE
    assert inbox.stored == {}


async def test_the_cry_for_help_below_a_lost_photo_is_not_lost(chat: WebChat, inbox: Inbox) -> None:
    assert (await chat.receive(CHAT, photo("tàu chìm"), peer="203.0.113.7")).refusal is Refusal.PHOTO_GONE
    assert inbox.contents == [Text(text="tàu chìm")]


async def test_too_many_photos_and_the_days_room(chat: WebChat, clock: FrozenClock) -> None:
    peer = "203.0.113.7"
    for number in range(2):
        assert chat.may_send_photo(CHAT, peer=peer).refusal is None
        await chat.receive_photo(CHAT, f"message-{number:04}", jpeg(8, 8), peer=peer)
    refused = chat.may_send_photo(CHAT, peer=peer)
    assert (refused.refusal, refused.retry_after) == (Refusal.TOO_MANY_PHOTOS, 600)
    assert chat.may_send_photo("d" * 64, peer=peer).refusal is None
    full = await chat.receive_photo("d" * 64, "message-0009", jpeg(8, 8, b"x" * 1000), peer=peer)
    assert full.refusal is Refusal.PHOTOS_FULL
