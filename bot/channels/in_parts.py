"""One message that takes several calls: when one of them fails, the courier's retry goes on where it stopped."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.messages import SendError, Sent

_REMEMBER = dt.timedelta(minutes=10)
_REMEMBER_MESSAGES = 500

CallT = TypeVar("CallT")


@dataclass(slots=True)
class _Progress:
    done: int
    last: str | None
    at: dt.datetime


class InParts(Generic[CallT]):
    """Makes the calls of a message in order; remembers for ten minutes how far an interrupted one has come."""

    def __init__(self, perform: Callable[[CallT], Awaitable[str | None]], clock: Clock) -> None:
        self._perform = perform
        self._clock = clock
        self._interrupted: OrderedDict[Hashable, _Progress] = OrderedDict()

    async def send(self, key: Hashable, calls: Sequence[CallT]) -> Sent:
        """Makes the calls; `key` is the same for the same message to the same chat. Raises what a call raises."""
        now = self._clock.now()
        progress = self._interrupted.pop(key, None)
        if progress is None or now - progress.at > _REMEMBER:
            progress = _Progress(0, None, now)
        while progress.done < len(calls):
            try:
                progress.last = await self._perform(calls[progress.done])
            except SendError:
                if progress.done:
                    self._remember(key, progress)
                raise
            progress.done += 1
        return Sent(progress.last)

    def _remember(self, key: Hashable, progress: _Progress) -> None:
        progress.at = self._clock.now()
        self._interrupted[key] = progress
        while len(self._interrupted) > _REMEMBER_MESSAGES:
            self._interrupted.popitem(last=False)
