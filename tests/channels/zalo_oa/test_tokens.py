"""The access token: renewed once however many need it, the new pair committed before it is used, no grant lost."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.channels.zalo_oa import NeedsConsent, ZaloOaChannel
from bot.channels.zalo_oa.grant import Grant, seed_of
from bot.channels.zalo_oa.tokens import Tokens
from bot.clock import SystemClock
from bot.errors import OperatorError
from bot.messages import NotSent, OutgoingMessage, rich
from bot.store import Store, StoredChannelState, StoreUnavailable
from tests.channels.telegram.conftest import MemoryState
from tests.channels.zalo_oa.conftest import channel_of, credentials
from tests.conftest import ROOT
from tests.fakes.zalo import Code, CutOff, Hang, OaEmulator, Page
from tests.support.clock import FrozenClock

OAUTH = "/v4/oa/access_token"
WORDS = OutgoingMessage(text=rich("chào"))


def stored(state: MemoryState) -> Grant:
    grant = Grant.from_json(state.values["zalo-oa", "grant"])
    assert grant is not None
    return grant


async def test_the_first_token_is_granted_for_the_setting_and_kept(
    zalo: OaEmulator, channel: ZaloOaChannel, state: MemoryState
) -> None:
    assert await channel.api.tokens.access() == "access-1"
    assert (stored(state).access_token, stored(state).refresh_token) == ("access-1", "refresh-1")
    assert await channel.api.tokens.access() == "access-1"
    assert len(zalo.made(OAUTH)) == 1


async def test_a_restart_goes_on_with_what_was_kept(zalo: OaEmulator, state: MemoryState, clock: FrozenClock) -> None:
    for _ in range(3):
        channel = channel_of(zalo, state, clock)
        assert await channel.api.tokens.access() == "access-1"
        await channel.aclose()
    assert zalo.oauth.used == ["refresh-0"]


async def test_many_who_need_a_token_at_once_ask_for_one(zalo: OaEmulator, channel: ZaloOaChannel) -> None:
    found = await asyncio.gather(*(channel.api.tokens.access() for _ in range(20)))
    assert set(found) == {"access-1"}
    assert len(zalo.made(OAUTH)) == 1


async def test_it_is_renewed_after_twenty_of_twenty_five_hours(
    zalo: OaEmulator, channel: ZaloOaChannel, clock: FrozenClock
) -> None:
    for hours, token in ((0, "access-1"), (19, "access-1"), (1.1, "access-2"), (19, "access-2"), (30, "access-3")):
        clock.advance(hours=hours)
        assert (await channel.api.tokens.keep_fresh()).access_token == token


async def test_a_renewal_that_fails_early_leaves_the_old_token_in_use(
    zalo: OaEmulator, channel: ZaloOaChannel, clock: FrozenClock
) -> None:
    await channel.api.tokens.access()
    clock.advance(hours=21)
    for fault in (Page(502), Code(-32, "too many"), CutOff(), Page(403)):
        zalo.faults.add(OAUTH, fault)
        assert (await channel.api.tokens.keep_fresh()).access_token == "access-1"
    assert (await channel.api.tokens.keep_fresh()).access_token == "access-2"


async def test_a_token_that_zalo_no_longer_knows_is_replaced_and_the_message_goes_out(
    zalo: OaEmulator, channel: ZaloOaChannel
) -> None:
    visitor = zalo.user("42", wrote=True)
    await channel.send("42", WORDS)
    zalo.oauth.access_token = "granted to somebody else"
    with pytest.raises(NotSent):  # a minute old: something else is wrong, and the grant isn't spent on it
        await channel.send("42", WORDS)
    assert len(zalo.made(OAUTH)) == 1
    assert len(visitor.messages) == 1


async def test_an_expired_token_is_renewed_once_and_the_message_sent_once(
    zalo: OaEmulator, channel: ZaloOaChannel, clock: FrozenClock
) -> None:
    visitor = zalo.user("42", wrote=True)
    await channel.send("42", WORDS)
    clock.advance(hours=2)
    zalo.oauth.access_token = None
    await asyncio.gather(*(channel.send("42", WORDS) for _ in range(5)))
    assert len(visitor.messages) == 6
    assert zalo.oauth.used == ["refresh-0", "refresh-1"]


async def test_another_process_renewed_it_meanwhile(zalo: OaEmulator, state: MemoryState, clock: FrozenClock) -> None:
    visitor = zalo.user("42", wrote=True)
    one, other = channel_of(zalo, state, clock), channel_of(zalo, state, clock)
    await one.send("42", WORDS)
    await other.send("42", WORDS)
    clock.advance(hours=21)
    await one.api.tokens.keep_fresh()
    await other.send("42", WORDS)
    assert len(visitor.messages) == 3
    assert zalo.oauth.used == ["refresh-0", "refresh-1"]
    await one.aclose()
    await other.aclose()


@pytest.mark.parametrize("fault", [Code(-14014, "invalid refresh token"), Code(-14002, "app not active")])
async def test_a_refusal_is_final_until_somebody_consents_anew(
    zalo: OaEmulator, state: MemoryState, clock: FrozenClock, fault: Code
) -> None:
    zalo.faults.add(OAUTH, fault)
    channel = channel_of(zalo, state, clock)
    for _ in range(3):
        with pytest.raises(NeedsConsent, match="HAIDANG_ZALO_OA_REFRESH_TOKEN"):
            await channel.api.tokens.access()
    assert len(zalo.made(OAUTH)) == 1, "Zalo isn't asked again and again"
    await channel.aclose()
    fresh = zalo.oauth.consent()
    again = channel_of(zalo, state, clock)
    again.api.tokens._credentials = replace(again.api.tokens._credentials, refresh_token=fresh)
    again.api.tokens._seed = seed_of(fresh)
    assert await again.api.tokens.access() == zalo.oauth.access_token
    await again.aclose()


async def test_a_time_out_may_have_used_it_up_and_is_tried_again(
    zalo: OaEmulator, channel: ZaloOaChannel, state: MemoryState
) -> None:
    zalo.faults.add(OAUTH, Hang())
    with pytest.raises(NotSent):
        await channel.api.tokens.access()
    assert stored(state).asking_since is not None
    assert await channel.api.tokens.access() == "access-1"
    assert stored(state).asking_since is None


async def test_when_it_was_used_up_the_reason_says_what_happened(zalo: OaEmulator, channel: ZaloOaChannel) -> None:
    zalo.faults.add(OAUTH, CutOff(after=True))
    with pytest.raises(NotSent):
        await channel.api.tokens.access()
    with pytest.raises(NeedsConsent, match=r"while it was being renewed"):
        await channel.api.tokens.access()


class FailingState(MemoryState):
    """A memory that can't be written for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    async def save(self, channel: str, key: str, value: object) -> None:
        if self.failures and "asking_since" not in value:  # type: ignore[operator]
            self.failures -= 1
            raise OperatorError("the disk is full")
        await super().save(channel, key, value)


async def test_a_pair_that_cannot_be_written_down_is_kept_and_not_used_before_it_is(
    zalo: OaEmulator, clock: FrozenClock
) -> None:
    """SAFETY: the new pair is committed before it is used; while the disk is full it is not forgotten."""
    state = FailingState()
    state.failures = 2
    channel = channel_of(zalo, state, clock)
    zalo.user("42", wrote=True)
    for _ in range(2):
        with pytest.raises(NotSent):
            await channel.send("42", WORDS)
    assert zalo.made("/v3.0/oa/message/cs") == []
    await channel.send("42", WORDS)
    assert stored(state).access_token == "access-1"
    assert zalo.oauth.used == ["refresh-0"]
    await channel.aclose()


async def test_a_send_that_is_given_up_does_not_take_the_new_pair_with_it(
    zalo: OaEmulator, channel: ZaloOaChannel, state: MemoryState
) -> None:
    zalo.user("42", wrote=True)
    sending = asyncio.create_task(channel.send("42", WORDS))
    await zalo.wait_for(lambda: zalo.made(OAUTH))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await channel.api.tokens.settle()
    assert stored(state).access_token == "access-1"


@pytest.mark.parametrize(
    "value", [None, 5, "x", [], {}, {"seed": 1}, {"seed": "s", "access_token": "a", "refresh_token": None}]
)
def test_a_memory_that_cannot_be_read_is_none(value: object) -> None:
    assert Grant.from_json(value) is None


@pytest.mark.parametrize(
    ("expires_in", "seconds"), [("90000", 90_000), (3600, 3600), ("soon", 3600), (None, 3600), ("-5", 60)]
)
def test_the_life_of_a_token_is_what_the_answer_says(expires_in: object, seconds: int) -> None:
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": expires_in}
    grant = Grant.granted("s", answer, now)
    assert grant.expires_at == now + dt.timedelta(seconds=seconds)
    assert Grant.from_json(grant.to_json()) == grant


# --- processes that are killed, and two at once, on each database -----------------------------------------------------


@pytest.fixture
async def account() -> AsyncIterator[OaEmulator]:
    """An account by the machine's own clock, for processes of their own."""
    async with OaEmulator() as emulator:
        yield emulator


async def process(store: Store, account: OaEmulator, *arguments: str) -> tuple[int | None, str, str]:
    """A process that needs a token; its exit code, the token, and what it complained of."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.zalo_tokens",
        store.url.render_as_string(hide_password=False),
        account.url,
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await started.communicate()
    return started.returncode, out.decode().strip(), err.decode()


@asynccontextmanager
async def next_start(store: Store, account: OaEmulator, refresh_token: str = "refresh-0") -> AsyncIterator[Tokens]:
    """The program after a restart, with connections of its own."""
    own = Store(store.url.render_as_string(hide_password=False))
    channel = ZaloOaChannel(
        credentials(account, refresh_token),
        state=StoredChannelState(own, SystemClock()),
        lock=lambda: own.lead("zalo-oa-token"),
        api_url=account.url,
        oauth_url=account.url,
    )
    yield channel.api.tokens
    await channel.aclose()
    await own.close()


@pytest.mark.parametrize("die_at", ["asking", "committed"])
async def test_killed_before_or_after_the_renewal_the_next_start_goes_on(
    store: Store, account: OaEmulator, die_at: str
) -> None:
    code, token, err = await process(store, account, die_at)
    assert (code, token) == (-9, ""), err
    async with next_start(store, account) as tokens:
        assert await tokens.access() == account.oauth.access_token
    assert account.oauth.used == ["refresh-0"]
    assert account.oauth.reused == 0


async def test_killed_between_answer_and_commit_the_grant_is_gone_and_that_is_said(
    store: Store, account: OaEmulator
) -> None:
    code, _, err = await process(store, account, "granted")
    assert code == -9, err
    async with next_start(store, account) as tokens:
        with pytest.raises(NeedsConsent, match=r"while it was being renewed.*HAIDANG_ZALO_OA_REFRESH_TOKEN"):
            await tokens.access()
    async with next_start(store, account, account.oauth.consent()) as tokens:
        assert await tokens.access() == account.oauth.access_token


async def test_two_processes_that_start_together_ask_once(store: Store, account: OaEmulator) -> None:
    """SAFETY: a refresh token that works once is never sent twice, however many processes need it."""
    found = await asyncio.gather(*(process(store, account) for _ in range(2)))
    assert {done[:2] for done in found} == {(0, "access-1")}, found
    assert account.oauth.used == ["refresh-0"]


async def test_those_who_lose_the_token_together_ask_once(store: Store, account: OaEmulator) -> None:
    async with (
        next_start(store, account) as one,
        next_start(store, account) as other,
    ):
        assert [await one.access(), await other.access()] == ["access-1"] * 2
        # An hour later Zalo refuses it, to both at once.
        state = StoredChannelState(store, SystemClock())
        grant = Grant.from_json(await state.load("zalo-oa", "grant"))
        assert grant is not None
        assert grant.renewed_at is not None
        older = replace(grant, renewed_at=grant.renewed_at - dt.timedelta(hours=1))
        await state.save("zalo-oa", "grant", older.to_json())
        renewed = await asyncio.gather(one.instead_of("access-1"), other.instead_of("access-1"))
    assert renewed == ["access-2"] * 2
    assert account.oauth.used == ["refresh-0", "refresh-1"]
    assert account.oauth.reused == 0


async def test_without_the_database_the_token_that_is_known_goes_on(store: Store, account: OaEmulator) -> None:
    """SAFETY: rescue numbers go out while nothing can be read or written."""
    async with next_start(store, account) as tokens:
        await tokens.access()

        async def away(*_: object) -> None:
            raise StoreUnavailable("the database is away")

        tokens._state.load = tokens._state.save = away  # type: ignore[method-assign, assignment]
        assert await tokens.access() == "access-1"
        with pytest.raises(NotSent, match="database is away"):
            await tokens.instead_of("access-1")
