"""Long polling that loses nothing: fetch, commit, and only then confirm (by the next offset).

The library's own `Updater` confirms a batch before anything has been handled; see `bot.channels.telegram`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.telegram.channel import ALLOWED_UPDATES, TelegramChannel
from bot.channels.telegram.errors import from_bot_api, retry_seconds, wrong_token
from bot.channels.telegram.health import PollerHealth
from bot.channels.telegram.intake import Sleep, Watch, start_patiently
from bot.channels.telegram.presses import PressAnswers
from bot.channels.telegram.translate import CHANNEL, translate
from bot.clock import Clock, SystemClock
from bot.errors import OperatorError
from bot.messages import ChannelState, Inbox

log = structlog.get_logger(__name__)

#: A stored offset is used while it is this young. After a week without updates Telegram chooses the next id at random
#: (Bot API, Update), perhaps below the old offset, which would then throw the new update away.
OFFSET_LIVES = dt.timedelta(days=1)
BATCH = 100


class Poller:
    """The one that fetches updates. Run one for a token: a second makes Telegram answer 409 to both."""

    def __init__(
        self,
        channel: TelegramChannel,
        inbox: Inbox,
        state: ChannelState,
        *,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        conflict_pause: float = 30.0,
    ) -> None:
        self._channel = channel
        self._api = channel.api
        self._inbox = inbox
        self._state = state
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._conflict_pause = conflict_pause
        self._watch = Watch(self._clock)
        self._presses = PressAnswers(self._api)
        self._offset: int | None = None
        #: The first poll, and the one after a failure, come back at once and so tell whether all is well.
        self._at_once = True

    @property
    def health(self) -> PollerHealth:
        """How the intake is doing, for `/readyz` and `doctor`."""
        return self._watch.health

    @property
    def error(self) -> str | None:
        """The present trouble, for the person who can mend it."""
        return self._watch.error

    async def run(self) -> None:
        """Signs in and polls until cancelled; returns only when the token is refused, for trying again is useless."""
        try:
            if not await start_patiently(self._channel, self._watch, self._sleep):
                return
            self._offset = await self._stored_offset()
            while await self._round():
                pass
        finally:
            await self._presses.aclose()

    async def _round(self) -> bool:
        """One fetch; False when polling has ended for good."""
        self._watch.alarm_if_silent()
        try:
            updates = await self._fetch()
        except TelegramError as error:
            return await self._after_error(error)
        if updates and not await self._take_in(updates):
            return True
        self._watch.well()
        self._at_once = False
        return True

    async def _fetch(self) -> list[Any]:
        timeouts = self._api.timeouts
        wait = 0 if self._at_once else timeouts.poll
        params: dict[str, Any] = {"timeout": wait, "limit": BATCH, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._offset is not None:
            params["offset"] = self._offset
        updates = await self._api.call("getUpdates", params, read_timeout=wait + timeouts.poll_margin)
        if not isinstance(updates, list):
            raise TelegramError("the answer to getUpdates is no list")
        if not updates:
            # All below the offset is confirmed now: going on without one is the same, and safe from random ids.
            self._offset = None
        return updates

    async def _take_in(self, updates: list[Any]) -> bool:
        identity = self._channel.identity
        username = identity.username if identity else None
        received = self._clock.now()
        arrivals = [translate(raw, received=received, username=username) for raw in updates]
        for arrival in arrivals:
            if arrival.error:
                log.error("update can't be read, kept as a dead letter", id=arrival.platform_id, reason=arrival.error)
        try:
            await self._inbox.put(arrivals)
        except Exception as error:  # Whatever keeps it from being stored: it must not be confirmed.
            # What the operator can mend says so in its message; of anything else the place is needed.
            known = isinstance(error, OperatorError)
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            wait = self._watch.failed(f"updates can't be stored: {reason}", lasting=True)
            log.critical(
                "UPDATES CAN'T BE STORED, Telegram keeps them for now", reason=reason, seconds=wait, exc_info=not known
            )
            self._at_once = True
            await self._sleep(wait)
            return False
        self._presses.answer(arrivals)
        self._channel.typing.heard(arrivals)
        ids = [int(arrival.platform_id) for arrival in arrivals if arrival.platform_id.lstrip("-").isdigit()]
        if ids:
            self._offset = max(ids) + 1
            await self._store_offset()
        return True

    async def _after_error(self, error: TelegramError) -> bool:
        reason = self._api.redact(error.message)
        self._at_once = True
        if wrong_token(error):
            self._watch.failed(f"Telegram refuses the token: {reason}; check HAIDANG_TELEGRAM_TOKEN", lasting=True)
            log.critical("telegram stopped for good", reason=self.error)
            return False
        if isinstance(error, Conflict) and from_bot_api(error):
            self._watch.failed(f"somebody else takes this bot's updates: {reason}", lasting=True)
            log.critical(
                "SOMEBODY ELSE TAKES THIS BOT'S UPDATES: stop the other program, or its webhook",
                reason=reason,
                seconds=self._conflict_pause,
            )
            await self._sleep(self._conflict_pause)
            return True
        wait = self._watch.failed(f"updates can't be fetched: {reason}")
        if isinstance(error, RetryAfter):
            wait = max(wait, retry_seconds(error))
        log.warning("updates not fetched, trying again", reason=reason, seconds=wait)
        await self._sleep(wait)
        return True

    async def _stored_offset(self) -> int | None:
        try:
            stored = await self._state.load(CHANNEL, "offset")
            if stored and self._clock.now() - dt.datetime.fromisoformat(stored["at"]) < OFFSET_LIVES:
                return int(stored["offset"])
        except Exception:  # Without it the last batch comes again, and the inbox knows it.
            log.warning("stored offset can't be read", exc_info=True)
        return None

    async def _store_offset(self) -> None:
        try:
            value = {"offset": self._offset, "at": self._clock.now().isoformat()}
            await self._state.save(CHANNEL, "offset", value)
        except Exception:  # The updates themselves are committed.
            log.warning("offset can't be stored", exc_info=True)
