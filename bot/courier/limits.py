"""How fast a channel may be written to: rates as its `Capabilities` state them, kept without a clock of their own."""

from __future__ import annotations

import datetime as dt
from collections import deque

from bot.messages import Capabilities, Lane

#: A group's window as Telegram counts it: 20 messages a minute (https://core.telegram.org/bots/faq, "hitting limits")
GROUP_WINDOW = dt.timedelta(minutes=1)

#: Chats whose last message is remembered; older ones are forgotten when there are more.
MOST_CHATS = 1_000


class Limiter:
    """The rates of one channel.

    Distress is never held back. Replies and officers' answers may use the whole rate; notices leave the `reserved`
    share of it, so that a broadcast never makes a question wait. What is slowed down by the platform itself (429) is
    paused by `pause`, for notices as a whole or for one chat.
    """

    def __init__(self, capabilities: Capabilities) -> None:
        self._can = capabilities
        self._tokens = capabilities.per_second
        self._counted_at: dt.datetime | None = None
        self._chats: dict[str, dt.datetime] = {}
        self._groups: dict[str, deque[dt.datetime]] = {}
        self._paused: dict[str, dt.datetime] = {}
        self._notices_paused: dt.datetime | None = None
        #: What is left of a group's minute for everything but distress: an alarm must find room in a busy group.
        self._group_room = max(1, capabilities.per_group_minute - capabilities.reserved_group_minute)

    def wait(self, chat_id: str, lane: Lane, now: dt.datetime, *, group: bool) -> dt.timedelta:
        """How long a message of that lane to that chat has to wait; zero when it may go now."""
        zero = dt.timedelta(0)
        if lane is Lane.DISTRESS:
            return zero
        waits = [self._paused.get(chat_id, now) - now]
        if (last := self._chats.get(chat_id)) is not None:
            waits.append(last + self._between - now)
        if group:
            window = self._window(chat_id, now)
            if (over := len(window) - self._group_room) >= 0:
                waits.append(window[over] + GROUP_WINDOW - now)
        floor = 1.0
        if lane >= Lane.URGENT_NOTICE:
            floor += self._can.reserved
            if self._notices_paused is not None:
                waits.append(self._notices_paused - now)
        missing = floor - self._level(now)
        if missing > 0:
            waits.append(dt.timedelta(seconds=missing / self._can.per_second))
        return max(zero, *waits)

    def took(self, chat_id: str, now: dt.datetime, *, group: bool) -> None:
        """Counts a message that is being sent."""
        self._tokens = self._level(now) - 1
        self._counted_at = now
        self._chats[chat_id] = now
        if group:
            self._window(chat_id, now).append(now)
        if len(self._chats) > MOST_CHATS:
            self._chats = {chat: at for chat, at in self._chats.items() if at + self._between > now}

    def also_took(self, chat_id: str, count: int, now: dt.datetime, *, group: bool) -> None:
        """Counts what one message cost beyond one: the parts of a long text, a topic that was made for it."""
        self._tokens = self._level(now) - count
        self._counted_at = now
        if group:
            self._window(chat_id, now).extend([now] * count)

    def free_at(self, now: dt.datetime) -> dt.datetime | None:
        """When the first of the chats that are held may be written to again."""
        moments = [until for until in self._paused.values() if until > now]
        moments += [at + self._between for at in self._chats.values() if at + self._between > now]
        for chat in self._groups:
            window = self._window(chat, now)
            if (over := len(window) - self._group_room) >= 0:
                moments.append(window[over] + GROUP_WINDOW)
        return min(moments, default=None)

    def pause(self, chat_id: str, until: dt.datetime) -> None:
        """The platform asked to wait: this chat does, and so do all notices; other people's replies go on."""
        self.hold_chat(chat_id, until)
        self._notices_paused = max(until, self._notices_paused or until)

    def hold_chat(self, chat_id: str, until: dt.datetime) -> None:
        """A message to this chat is tried again later: what comes after it waits, so that the order is kept."""
        self._paused[chat_id] = max(until, self._paused.get(chat_id, until))

    def held(self, now: dt.datetime) -> frozenset[str]:
        """The chats that nothing but distress may be sent to now."""
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        # A busy group, or one person with a flood of replies, must not fill the courier's view of the queue.
        full = {chat for chat in self._groups if len(self._window(chat, now)) >= self._group_room}
        just_sent = {chat for chat, at in self._chats.items() if at + self._between > now}
        return frozenset(self._paused) | full | just_sent

    @property
    def _between(self) -> dt.timedelta:
        return dt.timedelta(seconds=self._can.per_chat_seconds)

    def _level(self, now: dt.datetime) -> float:
        if self._counted_at is None:
            return self._can.per_second
        gained = (now - self._counted_at).total_seconds() * self._can.per_second
        return min(self._can.per_second, self._tokens + gained)

    def _window(self, chat_id: str, now: dt.datetime) -> deque[dt.datetime]:
        window = self._groups.setdefault(chat_id, deque())
        while window and window[0] + GROUP_WINDOW <= now:
            window.popleft()
        return window
