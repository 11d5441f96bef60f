"""The webhook: updates delivered with the secret header, and again until the bot answers 2xx."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.fakes.telegram.updates import Updates


class Webhook:
    """Deliveries to the bot's address; a failed one is repeated with growing pauses while later updates go ahead."""

    def __init__(self, updates: Updates, changed: Callable[[], None], now: Callable[[], float]) -> None:
        self._updates = updates
        self._changed = changed
        self._now = now
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self.secret: str | None = None
        self.max_connections = 40
        self.first_pause = 0.02
        self.attempts: list[tuple[int, int | None]] = []
        self._last_error: tuple[int, str] | None = None

    @property
    def url(self) -> str:
        """Where updates go; empty when they are polled."""
        return self._updates.webhook_url

    def set(self, url: str, secret: str | None, max_connections: int) -> None:
        """Sets the address, or with an empty one removes it."""
        self._updates.webhook_url = url
        self.secret = secret
        self.max_connections = max_connections
        self._last_error = None
        if url:
            self._updates.interrupt("Conflict: terminated by setWebhook request")
            if self._task is None:
                self._task = asyncio.get_running_loop().create_task(self._deliver())
        self.wake()

    def wake(self) -> None:
        """Something may be there to deliver."""
        self._wake.set()

    @property
    def info(self) -> dict[str, Any]:
        """WebhookInfo."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
        }
        if self._last_error:
            info |= {"last_error_date": self._last_error[0], "last_error_message": self._last_error[1]}
        if self.url:
            info["max_connections"] = self.max_connections
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def stop(self) -> None:
        """Ends deliveries."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _deliver(self) -> None:
        tries: dict[int, tuple[int, float]] = {}
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            while True:
                self._wake.clear()
                for update in list(self._updates.pending) if self.url else []:
                    number = update["update_id"]
                    failures, due = tries.get(number, (0, 0.0))
                    if time.monotonic() < due:
                        continue
                    if await self._attempt(client, update):
                        tries.pop(number, None)
                        self._updates.pending = [u for u in self._updates.pending if u["update_id"] != number]
                    else:
                        pause = min(self.first_pause * 2**failures, 1.0)
                        tries[number] = (failures + 1, time.monotonic() + pause)
                    self._changed()
                waits = [due - time.monotonic() for _, due in tries.values()] if self.url else []
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), max(min(waits), 0.001) if waits else None)

    async def _attempt(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        status: int | None = None
        try:
            response = await client.post(self.url, json=update, headers=headers)
            status = response.status_code
            problem = f"Wrong response from the webhook: {status} {response.reason_phrase}"
        except httpx.HTTPError as error:
            problem = f"Connection failed: {type(error).__name__}"
        self.attempts.append((update["update_id"], status))
        if status is not None and 200 <= status < 300:
            return True
        self._last_error = (int(self._now()), problem)
        return False
