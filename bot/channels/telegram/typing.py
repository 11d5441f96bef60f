"""“… is typing”: shown when an answer takes longer than a moment.

It is a courtesy: nothing waits for it, and where it can't be told whether the answer has gone already (another process
sends), nothing is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.api import Api
from bot.messages import Arrival, ChatKind, Media, Press, Text

log = structlog.get_logger(__name__)

#: Answers come within a few hundred milliseconds; only what takes longer needs a sign, in seconds.
PATIENCE = 0.7
#: Bot API, sendChatAction: the status is set for 5 seconds or less; it goes when a message of the bot arrives.
LASTS = 4.5
#: Whoever waits longer is served by the answer itself; there is a limit to what a sign can say.
MOST_TIMES = 3
#: In a rush the sign is left out: the calls are better spent on answers.
MOST_AT_ONCE = 20


class Typing:
    """The chats that wait for an answer, each with a task that shows the sign."""

    def __init__(self, api: Api, *, patience: float = PATIENCE) -> None:
        self._api = api
        self._patience = patience
        self._sends_here = False
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def heard(self, arrivals: Iterable[Arrival]) -> None:
        """People have written, and it has been stored."""
        if not self._sends_here:
            return
        for arrival in arrivals:
            message = arrival.message
            if message is None or message.chat_kind is not ChatKind.PRIVATE or message.edited:
                continue
            if not isinstance(message.content, (Text, Media, Press)) or len(self._waiting) >= MOST_AT_ONCE:
                continue
            if message.chat_id not in self._waiting:
                self._start(message.chat_id)

    def spoke(self, chat_id: str) -> None:
        """Something is being sent to the chat: its person waits no longer."""
        self._sends_here = True
        task = self._waiting.pop(chat_id, None)
        if task is not None:
            task.cancel()

    async def aclose(self) -> None:
        """Gives up what is still under way."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._waiting.clear()

    def _start(self, chat_id: str) -> None:
        task = self._waiting[chat_id] = asyncio.create_task(self._show(chat_id))
        task.add_done_callback(lambda done: self._forget(chat_id, done))

    def _forget(self, chat_id: str, task: asyncio.Task[None]) -> None:
        if self._waiting.get(chat_id) is task:
            del self._waiting[chat_id]

    async def _show(self, chat_id: str) -> None:
        await asyncio.sleep(self._patience)
        for _ in range(MOST_TIMES):
            try:
                await self._api.call("sendChatAction", {"chat_id": int(chat_id), "action": "typing"})
            except TelegramError as error:
                log.debug("typing not shown", reason=self._api.redact(error.message))
                return
            await asyncio.sleep(LASTS)
