"""The sending half: rings open pages, remembers for a while, fails never."""

from __future__ import annotations

import asyncio

from bot.channels.web_chat import WebChatChannel
from bot.channels.web_chat.channel import MEMORY_CHATS, MEMORY_EACH
from bot.messages import Channel, OutgoingMessage, Sent, rich
from tests.support.clock import FrozenClock

HELLO = OutgoingMessage(text=rich("Chào"))


async def test_it_is_a_channel_that_takes_everything(clock: FrozenClock) -> None:
    channel: Channel = WebChatChannel(clock)
    assert channel.name == "web"
    assert await channel.send("nobody listens", HELLO) == Sent(message_id=None)


async def test_every_open_page_of_the_chat_is_rung_and_no_other(clock: FrozenClock) -> None:
    channel = WebChatChannel(clock)
    with channel.listen("a") as one, channel.listen("a") as two, channel.listen("b") as other:
        waiting = [asyncio.create_task(listener.wait(5)) for listener in (one, two)]
        await asyncio.sleep(0)
        await channel.send("a", HELLO)
        assert await asyncio.gather(*waiting) == [True, True]
        assert await other.wait(0.01) is False
        assert await one.wait(0.01) is False  # the bell rang once


async def test_a_bell_that_rings_before_the_page_waits_is_heard(clock: FrozenClock) -> None:
    channel = WebChatChannel(clock)
    with channel.listen("a") as listener:
        await channel.send("a", HELLO)
        assert await listener.wait(5) is True


async def test_the_memory_is_short_and_bounded(clock: FrozenClock) -> None:
    channel = WebChatChannel(clock)
    for _ in range(MEMORY_EACH + 2):
        await channel.send("a", HELLO)
    assert len(channel.recent("a")) == MEMORY_EACH
    channel.forget("a", channel.recent("a")[0].key)
    assert len(channel.recent("a")) == MEMORY_EACH - 1
    clock.advance(minutes=11)
    assert channel.recent("a") == []
    for number in range(MEMORY_CHATS + 1):
        await channel.send(f"chat {number}", HELLO)
    assert channel.recent("chat 0") == []
    assert len(channel.recent(f"chat {MEMORY_CHATS}")) == 1
