"""How a bot's events come in: by webhook, or for development by polling, which Zalo doesn't make safe."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog

from bot.channels.zalo_bot.api import BotApiError
from bot.channels.zalo_bot.channel import MONTH, ZaloBotChannel
from bot.channels.zalo_bot.translate import event_in, translate
from bot.clock import Clock, SystemClock
from bot.errors import OperatorError
from bot.messages import Arrival, ChatKind, Inbox, SendError

log = structlog.get_logger(__name__)

SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105 - a header's name
MAX_BODY = 1_000_000
#: Seconds of a long poll, and the patience beyond it; between looks at the webhook; after trouble.
POLL = 30
POLL_MARGIN = 10.0
LOOK_EVERY = 300.0
AFTER_TROUBLE = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BotHealth:
    """Whether events come in; `error` for who can mend it."""

    ok: bool
    note: str
    error: str | None = None


class _Intake:
    """What both ways share: signing in with patience, and storing before anything is acknowledged."""

    def __init__(
        self, channel: ZaloBotChannel, inbox: Inbox, *, clock: Clock | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._channel = channel
        self._inbox = inbox
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._bot = ""
        self._error: str | None = "not signed in yet"
        self._typing: set[asyncio.Task[None]] = set()
        self._failures = 0

    @property
    def health(self) -> BotHealth:
        """How the bot is doing."""
        note = f"{self._bot or 'bot not asked yet'}, {self._channel.sent} of {MONTH} messages this month"
        return BotHealth(ok=self._error is None, note=note, error=self._error)

    async def _store(self, raw: Any) -> bool:
        """Commits one event; False when that can't be done now."""
        arrival = translate(raw, received=self._clock.now())
        if arrival.error:
            log.error("zalo bot event can't be read, kept as a dead letter", reason=arrival.error)
        elif arrival.message is None:
            log.warning("zalo bot event of an unknown kind, kept", kind=str(arrival.raw.get("event_name"))[:80])
        try:
            new = await self._inbox.put([arrival])
        except Exception as error:  # Whatever keeps it from being stored: it must not be acknowledged.
            known = isinstance(error, OperatorError)
            log.critical("ZALO BOT EVENT CAN'T BE STORED", reason=str(error), exc_info=not known)
            return False
        if new:
            self._show_typing(arrival)
        return True

    def _show_typing(self, arrival: Arrival) -> None:
        if arrival.message is None or arrival.message.chat_kind is not ChatKind.PRIVATE or len(self._typing) > 20:
            return
        task = asyncio.create_task(self._channel.show_typing(arrival.chat_id))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    async def _signed_in(self) -> None:
        me = await self._channel.api.call("getMe")
        self._bot = str(me.get("account_name", "?"))[:80] if isinstance(me, dict) else "?"

    def _well(self) -> None:
        self._error, self._failures = None, 0

    def _failed(self, reason: str) -> float:
        self._error = reason
        wait = AFTER_TROUBLE[min(self._failures, len(AFTER_TROUBLE) - 1)]
        self._failures += 1
        log.warning("zalo bot: trouble, trying again", reason=reason, seconds=wait)
        return wait

    async def _aclose(self) -> None:
        tasks = list(self._typing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class BotWebhook(_Intake):
    """Takes deliveries; `run` sets the webhook and looks after it."""

    def __init__(
        self,
        channel: ZaloBotChannel,
        inbox: Inbox,
        *,
        url: str,
        secret: str,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(channel, inbox, clock=clock, sleep=sleep)
        self._url = url
        self._secret = secret

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Takes one delivery (headers by lower-case names); returns the HTTP status. 2xx only after the commit."""
        given = headers.get(SECRET_HEADER)
        if given is None:
            return HTTPStatus.UNAUTHORIZED
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        if len(body) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            raw = event_in(json.loads(body))
        except (ValueError, RecursionError):
            return HTTPStatus.BAD_REQUEST
        if not isinstance(raw, dict) or "event_name" not in raw:
            return HTTPStatus.BAD_REQUEST
        return HTTPStatus.OK if await self._store(raw) else HTTPStatus.SERVICE_UNAVAILABLE

    async def run(self) -> None:
        """Sets the webhook and looks every few minutes whether it still is ours, until it is cancelled."""
        try:
            while True:
                try:
                    await self._signed_in()
                    await self._look()
                except (BotApiError, SendError) as error:
                    await self._sleep(self._failed(f"{error}; check HAIDANG_ZALO_BOT_TOKEN"))
                else:
                    await self._sleep(LOOK_EVERY)
        finally:
            await self._aclose()

    async def _look(self) -> None:
        info = await self._channel.api.call("getWebhookInfo")
        if not isinstance(info, dict) or info.get("url") != self._url:
            set_up = await self._channel.api.call("setWebhook", {"url": self._url, "secret_token": self._secret})
            verified = set_up.get("verification") if isinstance(set_up, dict) else None
            # The address is kept even when Zalo could not verify it.
            if isinstance(verified, dict) and not (verified.get("success") or verified.get("ok")):
                self._error = f"Zalo could not verify the webhook {self._url}: {str(verified)[:200]}"
                log.error("zalo bot: webhook not verified", reason=self._error)
                return
            log.info("zalo bot: webhook set", url=self._url)
        self._well()


class BotPoller(_Intake):
    """Fetches events one by one. An answer that is lost on the way is lost: for development only."""

    async def run(self) -> None:
        """Polls until it is cancelled."""
        log.warning(
            "zalo bot is polled: what comes while nobody polls is lost; set HAIDANG_ZALO_BOT_SECRET for real use"
        )
        try:
            await self._prepared()
            while True:
                await self._round()
        finally:
            await self._aclose()

    async def _prepared(self) -> None:
        while True:
            try:
                await self._signed_in()
                await self._channel.api.call("deleteWebhook")
            except (BotApiError, SendError) as error:
                await self._sleep(self._failed(f"{error}; check HAIDANG_ZALO_BOT_TOKEN"))
            else:
                self._well()
                return

    async def _round(self) -> None:
        try:
            event = await self._channel.api.call("getUpdates", {"timeout": str(POLL)}, read_timeout=POLL + POLL_MARGIN)
        except BotApiError as error:
            if error.code == 408:  # nothing came within the time
                self._well()
                return
            await self._sleep(self._failed(str(error)))
            return
        except SendError as error:
            await self._sleep(self._failed(error.reason))
            return
        self._well()
        if not event:
            return
        # It won't be given out again: keep trying to store it.
        while not await self._store(event):
            await self._sleep(self._failed("events can't be stored"))
