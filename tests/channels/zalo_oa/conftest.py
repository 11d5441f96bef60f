"""An emulated account, and the program's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.http_calls import Timeouts
from bot.channels.zalo_oa import Credentials, OaWebhook, ZaloOaChannel
from tests.channels.telegram.conftest import MemoryInbox, MemoryState
from tests.fakes.zalo import OaEmulator
from tests.support.clock import FrozenClock

#: Short, so that a test of a silent server ends soon.
TIMEOUTS = Timeouts(connect=2, read=0.3, write=2, pool=2)


@pytest.fixture
async def zalo(clock: FrozenClock) -> AsyncIterator[OaEmulator]:
    """The account, on the test's own clock, with nobody writing to it yet."""
    async with OaEmulator(now=lambda: clock.now().timestamp()) as emulator:
        yield emulator


@pytest.fixture
def inbox() -> MemoryInbox:
    """Where arrivals go."""
    return MemoryInbox()


@pytest.fixture
def state() -> MemoryState:
    """What survives a restart."""
    return MemoryState()


def credentials(zalo: OaEmulator, refresh_token: str = "refresh-0") -> Credentials:
    return Credentials(zalo.app_id, zalo.app_secret, refresh_token)


def channel_of(zalo: OaEmulator, state: MemoryState, clock: FrozenClock, **options: bool) -> ZaloOaChannel:
    """A channel in a process of its own, as far as it can tell."""
    lock = asyncio.Lock()

    @asynccontextmanager
    async def held() -> AsyncIterator[None]:
        async with lock:
            yield

    return ZaloOaChannel(
        credentials(zalo),
        state=state,
        lock=held,
        api_url=zalo.url,
        oauth_url=zalo.url,
        clock=clock,
        timeouts=TIMEOUTS,
        media_hosts=("127.0.0.1",),
        **options,
    )


@pytest.fixture
async def channel(zalo: OaEmulator, state: MemoryState, clock: FrozenClock) -> AsyncIterator[ZaloOaChannel]:
    """The channel under test."""
    channel = channel_of(zalo, state, clock)
    yield channel
    await channel.aclose()


@pytest.fixture
def webhook(channel: ZaloOaChannel, inbox: MemoryInbox, zalo: OaEmulator, clock: FrozenClock) -> OaWebhook:
    """The intake under test."""
    return OaWebhook(channel, inbox, app_id=zalo.app_id, secret_key=zalo.secret_key, clock=clock)
