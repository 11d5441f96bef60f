"""Updates that Telegram delivers itself: checked, committed, and only then acknowledged."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
import json
from http import HTTPStatus

import structlog
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel, WebhookAddress
from bot.channels.telegram.errors import wrong_token
from bot.channels.telegram.health import PollerHealth
from bot.channels.telegram.intake import Sleep, Watch, start_patiently
from bot.channels.telegram.presses import PressAnswers
from bot.channels.telegram.translate import translate
from bot.clock import Clock, SystemClock
from bot.errors import OperatorError
from bot.messages import Inbox, utc

log = structlog.get_logger(__name__)

#: The header that carries the secret (Bot API, setWebhook).
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_BODY = 1_000_000
#: Seconds between looks at what Telegram says of its deliveries.
LOOK_EVERY = 60.0


class WebhookIntake:
    """The one that takes deliveries; `run` keeps the webhook set up and watches what Telegram says of it."""

    def __init__(
        self,
        channel: TelegramChannel,
        inbox: Inbox,
        address: WebhookAddress,
        *,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._inbox = inbox
        self._address = address
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._watch = Watch(self._clock)
        self._presses = PressAnswers(channel.api)

    @property
    def health(self) -> PollerHealth:
        """How the intake is doing, for `/readyz` and `doctor`."""
        return self._watch.health

    @property
    def error(self) -> str | None:
        """The present trouble, for the person who can mend it."""
        return self._watch.error

    async def receive(self, secret_header: str | None, body: bytes) -> int:
        """Takes one delivery; returns the HTTP status. Anything but 2xx makes Telegram deliver it again."""
        if secret_header is None:
            return HTTPStatus.UNAUTHORIZED
        if not hmac.compare_digest(secret_header.encode("utf-8", "replace"), self._address.secret.encode()):
            return HTTPStatus.FORBIDDEN
        if len(body) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return HTTPStatus.BAD_REQUEST
        if not isinstance(raw, dict) or "update_id" not in raw:
            return HTTPStatus.BAD_REQUEST
        identity = self._channel.identity
        arrival = translate(raw, received=self._clock.now(), username=identity.username if identity else None)
        if arrival.error:
            log.error("update can't be read, kept as a dead letter", id=arrival.platform_id, reason=arrival.error)
        try:
            await self._inbox.put([arrival])
        except Exception as error:  # Whatever keeps it from being stored: Telegram must deliver it again.
            known = isinstance(error, OperatorError)
            log.critical("UPDATE CAN'T BE STORED, Telegram delivers it again", reason=str(error), exc_info=not known)
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._presses.answer([arrival])
        self._channel.typing.heard([arrival])
        return HTTPStatus.OK

    async def run(self) -> None:
        """Sets the webhook and watches it until cancelled; returns only when the token is refused."""
        try:
            if not await start_patiently(self._channel, self._watch, self._sleep):
                return
            while True:
                self._watch.alarm_if_silent()
                try:
                    await self._look()
                except TelegramError as error:
                    reason = self._channel.api.redact(error.message)
                    self._watch.failed(
                        f"Telegram can't be asked about the webhook: {reason}", lasting=wrong_token(error)
                    )
                    log.warning("webhook not checked", reason=reason)
                await self._sleep(LOOK_EVERY)
        finally:
            await self._presses.aclose()

    async def _look(self) -> None:
        """Asks Telegram how its deliveries go."""
        info = await self._channel.api.call("getWebhookInfo")
        if info.get("url") != self._address.url:
            # Somebody set another one, or polls: never fight over it, say it.
            self._watch.failed("somebody else has changed this bot's webhook", lasting=True)
            log.critical("SOMEBODY ELSE HAS CHANGED THIS BOT'S WEBHOOK", webhook_is_set=bool(info.get("url")))
            return
        failed_at = info.get("last_error_date")
        pending = info.get("pending_update_count", 0)
        lately = failed_at is not None and self._clock.now() - utc(failed_at) < dt.timedelta(minutes=5)
        if pending and lately:
            reason = f"Telegram can't deliver {pending} updates: {info.get('last_error_message', '')}"
            self._watch.failed(reason, lasting=True)
            log.error("webhook deliveries fail", pending=pending, reason=info.get("last_error_message"))
            return
        self._watch.well()
