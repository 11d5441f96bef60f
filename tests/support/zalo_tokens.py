"""A process of its own that needs an access token: `python -m tests.support.zalo_tokens DATABASE API [DIE_AT]`.

It prints the token. With `DIE_AT` it kills itself as a power cut would: `asking` (before the platform is asked),
`granted` (after the platform's answer, before the commit), `committed` (after the commit, before the token is used).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

import structlog

from bot.channels.zalo_oa import Credentials, ZaloOaChannel
from bot.clock import SystemClock
from bot.store import Store, StoredChannelState


class _Mortal(StoredChannelState):
    """Ends the process around the write of a pair, where the test wants it."""

    def __init__(self, store: Store, die_at: str) -> None:
        super().__init__(store, SystemClock())
        self._die_at = die_at

    async def save(self, channel: str, key: str, value: Any) -> None:
        """Saves, or dies before or after it."""
        granted = "asking_since" not in value
        if granted and self._die_at == "granted":
            _die()
        await super().save(channel, key, value)
        if self._die_at == ("committed" if granted else "asking"):
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _main(database: str, api: str, die_at: str = "") -> None:
    store = Store(database)
    channel = ZaloOaChannel(
        Credentials("4031234567890123456", "app-secret", "refresh-0"),
        state=_Mortal(store, die_at),
        lock=lambda: store.lead("zalo-oa-token"),
        api_url=api,
        oauth_url=api,
    )
    print(await channel.api.tokens.access())
    await channel.aclose()
    await store.close()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(_main(*sys.argv[1:]))
