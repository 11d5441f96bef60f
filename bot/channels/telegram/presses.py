"""Button presses are answered at once, so that the spinner on the person's button stops."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import wrong_token
from bot.messages import Arrival

log = structlog.get_logger(__name__)

#: Unanswered presses beyond this are left alone: a stalled server must not fill the memory.
MAX_WAITING = 200


class PressAnswers:
    """Answers to presses, sent in the background once the press is committed; only the spinner hangs on them."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, arrivals: Iterable[Arrival]) -> None:
        """Starts answering the presses among arrivals that have been committed."""
        for arrival in arrivals:
            query = arrival.raw.get("callback_query")
            press_id = query.get("id") if isinstance(query, dict) else None
            if press_id is None or len(self._tasks) >= MAX_WAITING:
                continue
            task = asyncio.create_task(self._answer(str(press_id)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, press_id: str) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": press_id})
        except TelegramError as error:
            # "Query is too old" above all; what the press asked for is handled all the same.
            level = log.error if wrong_token(error) else log.debug
            level("press not answered", reason=self._api.redact(error.message))

    async def aclose(self) -> None:
        """Gives up what is still under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
