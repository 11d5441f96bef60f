"""A topic for each matter in a forum; and what happens in a group that has none, or where one was deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel, TopicHints
from bot.channels.telegram.topics import ASK_AGAIN, fitting
from bot.messages import OutgoingMessage, RetryLater, Topic, TopicColour, rich
from tests.channels.telegram.conftest import TIMEOUTS, MemoryState
from tests.fakes.telegram import Flood, Group, TelegramEmulator
from tests.support.clock import FrozenClock

HINTS = TopicHints(refused=rich("bật Chủ đề"), deleted=rich("chủ đề đã bị xóa"))


def about(
    text: str = "Thẻ", *, closed: bool = False, name: str = "🆕 HD-7F3K2 · vé phim", **more: object
) -> OutgoingMessage:
    topic = Topic(key="HD-7F3K2", name=name, closed=closed)
    return OutgoingMessage.model_validate({"text": rich(text), "topic": topic} | more)


@pytest.fixture
async def channel(telegram: TelegramEmulator, state: MemoryState, clock: FrozenClock) -> AsyncIterator[TelegramChannel]:
    """A channel that remembers its topics."""
    channel = TelegramChannel(
        telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, state=state, clock=clock, topic_hints=HINTS
    )
    yield channel
    await channel.aclose()


@pytest.fixture
def forum(telegram: TelegramEmulator) -> Group:
    """A group with topics."""
    return telegram.group(-1001, forum=True)


async def test_the_first_message_makes_the_topic_and_the_next_ones_stand_in_it(
    channel: TelegramChannel, forum: Group, telegram: TelegramEmulator
) -> None:
    first = await channel.send("-1001", about())
    second = await channel.send("-1001", about("Thêm"))
    topic = forum.topic_named("HD-7F3K2")
    assert (first.topic_id, first.cost) == (str(topic.id), 2)
    assert (second.topic_id, second.cost) == (str(topic.id), 1)
    assert [(message.text, message.topic) for message in forum.messages] == [("Thẻ", topic.id), ("Thêm", topic.id)]
    assert len(telegram.made("createForumTopic")) == 1


async def test_a_topic_is_found_again_after_a_restart(
    channel: TelegramChannel, forum: Group, telegram: TelegramEmulator, state: MemoryState
) -> None:
    await channel.send("-1001", about())
    again = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, state=state)
    await again.send("-1001", about("Thêm"))
    await again.aclose()
    assert len(forum.chat.topics) == 1


async def test_name_and_state_follow_the_matter(channel: TelegramChannel, forum: Group) -> None:
    card = await channel.send("-1001", about())
    topic = forum.topic_named("HD-7F3K2")
    await channel.send("-1001", about("Xong", name="🔒 HD-7F3K2 · vé phim", closed=True, edit_of=card.message_id))
    assert (topic.name, topic.closed) == ("🔒 HD-7F3K2 · vé phim", True)
    assert [message.text for message in forum.messages] == ["Xong"]
    await channel.send("-1001", about("Mở lại"))
    assert (topic.name, topic.closed) == ("🆕 HD-7F3K2 · vé phim", False)
    assert len(forum.chat.topics) == 1


async def test_danger_has_a_colour_of_its_own(channel: TelegramChannel, forum: Group) -> None:
    topic = Topic(key="HD-1", name="🆘 HD-1", colour=TopicColour.DANGER)
    await channel.send("-1001", OutgoingMessage(text=rich("x"), topic=topic))
    assert forum.topic_named("HD-1").icon_color == 0xFB6F5F


async def test_a_deleted_topic_sends_its_matter_to_general_with_a_word_about_it(
    channel: TelegramChannel, forum: Group, telegram: TelegramEmulator
) -> None:
    card = await channel.send("-1001", about())
    forum.delete_topic(forum.topic_named("HD-7F3K2"))
    sent = await channel.send("-1001", about("Đã nhận", edit_of=card.message_id))
    assert sent.topic_id is None
    await channel.send("-1001", about("Thêm"))
    assert [(message.text, message.topic) for message in forum.messages] == [
        ("chủ đề đã bị xóa\n\nĐã nhận", None),
        ("Thêm", None),
    ]
    assert len(telegram.made("createForumTopic")) == 1


@pytest.mark.parametrize(("is_forum", "right"), [(False, True), (True, False)], ids=["no topics", "no right"])
async def test_a_group_that_refuses_topics_gets_the_cards_and_is_told_once(
    channel: TelegramChannel, telegram: TelegramEmulator, clock: FrozenClock, is_forum: bool, right: bool
) -> None:
    group = telegram.group(-1001, forum=is_forum)
    group.chat.manages_topics = right
    for text in ("Thẻ 1", "Thẻ 2"):
        await channel.send("-1001", about(text))
    assert [message.text for message in group.messages] == ["bật Chủ đề\n\nThẻ 1", "Thẻ 2"]
    assert len(telegram.made("createForumTopic")) == 1, "asked once, not for every card"
    group.chat.forum = group.chat.manages_topics = True
    clock.advance(seconds=ASK_AGAIN.total_seconds())
    await channel.send("-1001", about("Thẻ 3"))
    assert group.last.topic is not None, "somebody gave the right meanwhile"


async def test_a_topic_that_somebody_closed_by_hand_is_opened_for_the_next_message(
    channel: TelegramChannel, forum: Group, telegram: TelegramEmulator
) -> None:
    await channel.send("-1001", about())
    topic = forum.topic_named("HD-7F3K2")
    topic.closed = True
    forum.chat.bot = "member"  # an administrator may write to a closed topic anyway; its maker may open it
    await channel.send("-1001", about("Thêm"))
    assert not topic.closed
    assert forum.last.topic == topic.id


async def test_of_two_messages_at_once_only_one_makes_the_topic(channel: TelegramChannel, forum: Group) -> None:
    await asyncio.gather(channel.send("-1001", about("A")), channel.send("-1001", about("B")))
    assert len(forum.chat.topics) == 1


async def test_a_rename_that_has_to_wait_does_not_send_the_message_twice(
    channel: TelegramChannel, forum: Group, telegram: TelegramEmulator
) -> None:
    await channel.send("-1001", about())
    telegram.faults.add("editForumTopic", Flood(3))
    taken = about("Đã nhận", name="👤 HD-7F3K2")
    with pytest.raises(RetryLater):
        await channel.send("-1001", taken)
    await channel.send("-1001", taken)
    assert [message.text for message in forum.messages] == ["Thẻ", "Đã nhận"]
    assert forum.topic_named("HD-7F3K2").name == "👤 HD-7F3K2"


async def test_a_reply_in_a_topic_that_is_gone_is_said_to_the_whole_group(
    channel: TelegramChannel, forum: Group
) -> None:
    await channel.send("-1001", OutgoingMessage(text=rich("✓"), thread="4711"))
    assert (forum.last.text, forum.last.topic) == ("✓", None)


def test_names_fit_whatever_they_hold() -> None:
    assert fitting("🆕 HD-7F3K2\n vé") == "🆕 HD-7F3K2 vé"
    long = fitting("🆘" * 200)
    assert len(long.encode("utf-16-le")) // 2 <= 128
    assert long.endswith("…")
