"""The sending half: rings the visitor's open pages and remembers the last words for when the store is away."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.messages import Capabilities, OutgoingMessage, Sent

NAME = "web"
#: How long, for how many chats and how many words each the memory reaches: it bridges a short absence of the store.
MEMORY = dt.timedelta(minutes=10)
MEMORY_CHATS = 2_000
MEMORY_EACH = 5


@dataclass(frozen=True, slots=True)
class Remembered:
    """A message as it was handed to the channel, with a key that no row has."""

    key: str
    at: dt.datetime
    message: OutgoingMessage


class Listener:
    """One open page that waits for its chat to be rung."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """There is something to pull."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - running out of time is the normal case here
        """Whether it was rung within `timeout` seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout)
        except TimeoutError:
            return False
        self._event.clear()
        return True


class WebChatChannel:
    """The website's chat, as the courier sees it."""

    name = NAME
    capabilities = Capabilities(
        buttons=True,
        edit=False,
        location_request=True,
        relay=False,
        max_text=8_000,
        per_second=2_000.0,
        reserved=200.0,
        per_chat_seconds=0.0,
    )

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._memory: OrderedDict[str, deque[Remembered]] = OrderedDict()
        self._count = 0

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Accepts the message: the browser pulls its row by cursor. Never fails."""
        self._count += 1
        if message.clear_history:
            self._memory.pop(chat_id, None)
        remembered = self._memory.setdefault(chat_id, deque(maxlen=MEMORY_EACH))
        remembered.append(Remembered(f"m{self._count}", self._clock.now(), message))
        self._memory.move_to_end(chat_id)
        while len(self._memory) > MEMORY_CHATS:
            self._memory.popitem(last=False)
        for listener in self._listeners.get(chat_id, ()):
            listener.ring()
        return Sent(message_id=None)

    @contextmanager
    def listen(self, chat_id: str) -> Iterator[Listener]:
        """A listener that is rung for each message to the chat while the block lasts."""
        listener = Listener()
        self._listeners[chat_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[chat_id].discard(listener)
            if not self._listeners[chat_id]:
                del self._listeners[chat_id]

    def recent(self, chat_id: str) -> Sequence[Remembered]:
        """The latest messages to the chat that this process was handed, oldest first."""
        oldest = self._clock.now() - MEMORY
        return [r for r in self._memory.get(chat_id, ()) if r.at >= oldest]

    def forget(self, chat_id: str, key: str) -> None:
        """A message was found in the store: the memory isn't needed any more."""
        kept = deque((r for r in self._memory.get(chat_id, ()) if r.key != key), maxlen=MEMORY_EACH)
        if kept:
            self._memory[chat_id] = kept
        else:
            self._memory.pop(chat_id, None)
