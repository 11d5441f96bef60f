"""The pull by cursor: every row exactly once, whatever order rows become visible in; on both databases."""

from __future__ import annotations

import pytest

from bot.faq import Snapshot
from bot.messages import OutgoingMessage, rich
from bot.store import Store, StoreUnavailable
from bot.store.tables import Outgoing, OutgoingState
from bot.web.conversation import Cursor, Page, messages_after
from tests.support.clock import FrozenClock
from tests.web.house import House

CHAT = "c" * 64


def say(words: str) -> OutgoingMessage:
    return OutgoingMessage(text=rich(words))


@pytest.fixture
def house(store: Store, clock: FrozenClock, shipped: Snapshot) -> House:
    """The house on each database in turn."""
    return House(store=store, clock=clock, snapshot=shipped)


def words(page: Page) -> list[str]:
    return [
        item.data["text"] if item.data["from"] == "you" else "".join(s["text"] for s in item.data["spans"])
        for item in page.items
    ]


async def test_history_then_only_what_is_new(house: House, clock: FrozenClock) -> None:
    house.replies = lambda message: [say("đáp")]
    await house.chat.receive(CHAT, {"id": "message-1", "kind": "text", "text": "hỏi"}, peer="")
    first = await messages_after(house.store, house.chat, CHAT, None)
    assert words(first) == ["hỏi", "đáp"]

    again = await messages_after(house.store, house.chat, CHAT, first.cursor)
    assert words(again) == []
    clock.advance(minutes=5)
    await house.say(CHAT, say("cán bộ trả lời"))
    later = await messages_after(house.store, house.chat, CHAT, again.cursor)
    assert words(later) == ["cán bộ trả lời"]
    assert words(await messages_after(house.store, house.chat, CHAT, later.cursor)) == []


async def test_nobody_reads_another_chat(house: House) -> None:
    await house.say(CHAT, say("của tôi"))
    assert (await messages_after(house.store, house.chat, "d" * 64, None)).items == ()


async def test_a_row_that_becomes_visible_after_a_later_one_is_not_skipped(house: House, clock: FrozenClock) -> None:
    early = await house.say(CHAT, say("xếp hàng trước"), state=OutgoingState.QUEUED)
    await house.say(CHAT, say("vượt lên"))
    first = await messages_after(house.store, house.chat, CHAT, None)
    assert words(first) == ["vượt lên"]
    clock.advance(minutes=3)
    async with house.store.write() as session:
        row = await session.get(Outgoing, early)
        assert row is not None
        row.state, row.sending_at = OutgoingState.SENT, clock.now()
    assert words(await messages_after(house.store, house.chat, CHAT, first.cursor)) == ["xếp hàng trước"]


@pytest.mark.parametrize("state", [OutgoingState.QUEUED, OutgoingState.CANCELLED, OutgoingState.FAILED])
async def test_what_the_courier_has_not_taken_is_not_shown(house: House, state: OutgoingState) -> None:
    await house.say(CHAT, say("chưa"), state=state, ring=False)
    assert (await messages_after(house.store, house.chat, CHAT, None)).items == ()


@pytest.mark.parametrize("cursor", ["", "x", "~", "99999999999999999999999~o1", "-5~~~", "💥", "1.5~o1"])
async def test_a_damaged_cursor_gives_the_history(house: House, cursor: str) -> None:
    await house.say(CHAT, say("chào"))
    assert words(await messages_after(house.store, house.chat, CHAT, cursor)) == ["chào"]


async def test_a_cursor_survives_its_way_through_the_browser(house: House) -> None:
    await house.say(CHAT, say("chào"))
    page = await messages_after(house.store, house.chat, CHAT, None)
    cursor = Cursor.parse(page.cursor)
    assert cursor is not None
    assert str(cursor) == page.cursor


async def test_what_was_sent_without_a_row_is_shown_once(house: House) -> None:
    """The first reply in danger goes out even when it can't be written."""
    await house.say(CHAT, say("có dòng"))
    await house.channel.send(CHAT, say("số cứu nạn"))
    page = await messages_after(house.store, house.chat, CHAT, None)
    assert words(page) == ["có dòng", "số cứu nạn"]
    assert words(await messages_after(house.store, house.chat, CHAT, page.cursor)) == []
    assert [r.message for r in house.channel.recent(CHAT)] == [say("số cứu nạn")]


async def test_while_the_store_is_away_the_memory_answers(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.channel.send(CHAT, say("gọi 112"))

    def away() -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(house.store, "read", away)
    assert words(await messages_after(house.store, house.chat, CHAT, None)) == ["gọi 112"]
