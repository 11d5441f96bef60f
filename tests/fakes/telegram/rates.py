"""Telegram's rates for sending, if the test wants them (core.telegram.org/bots/faq)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from tests.fakes.telegram.errors import ApiError


@dataclass(slots=True)
class Rates:
    """30 messages a second in all, one a second to a chat after a short burst, 20 a minute to a group."""

    per_second: int = 30
    chat_burst: int = 3
    per_group_minute: int = 20
    refused: int = 0
    _sent: dict[object, deque[float]] = field(default_factory=dict)

    def count(self, chat_id: int, now: float) -> None:
        """Counts a message, or raises 429 with the seconds until the next one would pass."""
        windows: list[tuple[object, int, float]] = [("all", self.per_second, 1.0)]
        if chat_id < 0:
            windows.append((("group", chat_id), self.per_group_minute, 60.0))
        else:
            windows.append((("chat", chat_id), self.chat_burst, float(self.chat_burst)))
        for key, most, seconds in windows:
            sent = self._sent.setdefault(key, deque())
            while sent and sent[0] <= now - seconds:
                sent.popleft()
            if len(sent) >= most:
                self.refused += 1
                wait = max(1, math.ceil(sent[0] + seconds - now))
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key, _, _ in windows:
            self._sent[key].append(now)
