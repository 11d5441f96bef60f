"""The queue of updates, with Telegram's rules for who gets them and when they are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.errors import ApiError, bad

#: Without a list all kinds come but these (Bot API, getUpdates).
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """What happened and isn't confirmed. `next_id` may be set, as Telegram sets it at random after a quiet week."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.pending: list[dict[str, Any]] = []
        self.next_id = 100_001
        self.allowed: list[str] = []
        self.webhook_url = ""
        self._changed = changed
        self._poller: asyncio.Future[None] | None = None

    def add(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queues an update; None when the bot hasn't asked for its kind."""
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in _NOT_BY_DEFAULT):
            return None
        return self.add_raw({kind: content})

    def add_raw(self, content: dict[str, Any]) -> int:
        """Queues an update as it is, readable or not."""
        update = {"update_id": self.next_id} | content
        self.next_id += 1
        self.pending.append(update)
        if self._poller and not self._poller.done():
            self._poller.set_result(None)
        self._changed()
        return int(update["update_id"])

    async def fetch(self, offset: int | None, limit: int, timeout: float) -> list[dict[str, Any]]:
        """`getUpdates`: confirms what is below `offset`, waits up to `timeout` seconds for something to give."""
        if self.webhook_url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self.interrupt(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        if offset is not None and offset < 0:
            raise bad("a negative offset throws history away; this emulator refuses it")
        if offset:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
            self._changed()
        if not self.pending and timeout > 0:
            self._poller = asyncio.get_running_loop().create_future()
            poller = self._poller
            try:
                await asyncio.wait_for(poller, timeout)
            except TimeoutError:
                return []
            finally:
                if self._poller is poller:
                    self._poller = None
        return self.pending[:limit]

    def interrupt(self, description: str) -> None:
        """Ends the waiting poll, if there is one, with a 409."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(ApiError(409, description))
