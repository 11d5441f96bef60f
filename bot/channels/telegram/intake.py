"""What polling and webhook share: patience while signing in, and the memory of how the intake is doing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import structlog

from bot.channels.telegram.channel import StartFailed, TelegramChannel
from bot.channels.telegram.health import ALARM_AFTER, ALARM_EVERY, PollerHealth, assess
from bot.clock import Clock

log = structlog.get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]

#: Seconds between attempts after the first, second, … failure in a row.
BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)


class Watch:
    """The intake's own book: last fetch, present trouble, how often in a row; raises the alarm when it stays silent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock.now()
        self._last_fetch: dt.datetime | None = None
        self._last_alarm: dt.datetime | None = None
        self._failures = 0
        self._lasting = False
        self.error: str | None = None

    @property
    def health(self) -> PollerHealth:
        """How the intake is doing now."""
        return assess(
            self._clock.now(),
            started=self._started,
            last_fetch=self._last_fetch,
            error=self.error,
            lasting=self._lasting,
        )

    def well(self) -> None:
        """Everything that there was has been taken in."""
        if self.error:
            log.info("telegram intake works again", after_failures=self._failures)
        self._last_fetch = self._clock.now()
        self._last_alarm = None
        self._failures = 0
        self._lasting = False
        self.error = None

    def failed(self, reason: str, *, lasting: bool = False) -> float:
        """Notes a failure; returns the seconds to wait before the next attempt."""
        self.error = reason
        self._lasting = lasting
        wait = BACKOFF[min(self._failures, len(BACKOFF) - 1)]
        self._failures += 1
        return wait

    def alarm_if_silent(self) -> None:
        """Says loudly, every ten minutes, that nothing has been fetched for an hour or more."""
        now = self._clock.now()
        silence = now - (self._last_fetch or self._started)
        if silence < ALARM_AFTER or (self._last_alarm and now - self._last_alarm < ALARM_EVERY):
            return
        self._last_alarm = now
        log.critical(
            "NO UPDATES FETCHED: Telegram forgets updates after 24 h",
            hours=round(silence.total_seconds() / 3600, 1),
            reason=self.error,
        )


async def start_patiently(channel: TelegramChannel, watch: Watch, sleep: Sleep) -> bool:
    """Signs the channel in, trying again for as long as that can help; False when only a person can help."""
    while True:
        watch.alarm_if_silent()
        try:
            await channel.start()
        except StartFailed as failure:
            wait = watch.failed(failure.reason, lasting=True)
            if failure.final:
                log.critical("telegram stopped for good", reason=failure.reason)
                return False
            wait = max(wait, failure.retry_after or 0.0)
            log.warning("telegram not started, trying again", reason=failure.reason, seconds=wait)
            await sleep(wait)
        else:
            return True
