"""Calls to the Bot API: raw dictionaries in and out, python-telegram-bot's errors when something goes wrong."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

#: Telegram's own server.
OFFICIAL_URL = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds. `poll` is the long poll itself, `poll_margin` the patience beyond it.

    `pool` is how long a send waits for a free connection: long, because to wait is better than to fail.
    """

    connect: float = 10.0
    read: float = 20.0
    write: float = 20.0
    pool: float = 30.0
    poll: int = 30
    poll_margin: float = 10.0


class _RawBot(Bot):
    """A `Bot` whose calls take and give raw dictionaries.

    `Bot.do_api_request` would do, but it warns about every method that `Bot` knows by name, `getUpdates` among them.
    """

    async def raw(self, method: str, params: dict[str, Any], **options: Any) -> Any:
        return await self._post(method, params, **options)


class Api:
    """The Bot API for one token: a connection of its own for polling, a pool for everything else."""

    def __init__(self, token: str, *, api_url: str = OFFICIAL_URL, timeouts: Timeouts | None = None) -> None:
        # Without this PTB 22 gives `retry_after` as a number and warns of it each time (PTBDeprecationWarning).
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        # httpx logs every URL at INFO, and the URL holds the token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.timeouts = timeouts or Timeouts()
        self._token = token
        waits: dict[str, Any] = {
            "connect_timeout": self.timeouts.connect,
            "read_timeout": self.timeouts.read,
            "write_timeout": self.timeouts.write,
            "pool_timeout": self.timeouts.pool,
        }
        self._requests = (HTTPXRequest(connection_pool_size=2, **waits), HTTPXRequest(connection_pool_size=64, **waits))
        base = self._base = api_url.rstrip("/")
        self._bot = _RawBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, *, read_timeout: float | None = None
    ) -> Any:
        """The raw `result` of one call; raises `telegram.error.TelegramError`."""
        options: dict[str, Any] = {} if read_timeout is None else {"read_timeout": read_timeout}
        try:
            return await self._bot.raw(method, dict(params or {}), **options)
        except (KeyError, TypeError, AttributeError) as error:
            # PTB's way of failing on JSON that isn't the Bot API's, say from a proxy's sign-in page.
            raise TelegramError(f"the answer to {method} is not the Bot API's") from error

    def file_url(self, path: str) -> str:
        """Where a file is fetched. It holds the token: never to be shown or logged."""
        return f"{self._base}/file/bot{self._token}/{quote(path)}"

    async def aclose(self) -> None:
        """Closes all connections."""
        for request in self._requests:
            await request.shutdown()

    def redact(self, text: str) -> str:
        """`text` without the token: what may be logged or shown."""
        return text.replace(self._token, "<token>") if self._token else text
