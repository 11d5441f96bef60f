"""The bot: its webhook and its secret, polling, sending, the month's messages."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from bot.channels.http_calls import Timeouts
from bot.channels.zalo_bot import BotPoller, BotWebhook, ZaloBotChannel, check
from bot.messages import (
    Button,
    MediaRef,
    NotSent,
    OutgoingMessage,
    OutOfReach,
    Rejected,
    RetryLater,
    SendError,
    Uncertain,
    Unreachable,
    rich,
)
from tests.channels.telegram.conftest import MemoryInbox, MemoryState
from tests.channels.zalo_bot.test_translate import event
from tests.fakes.telegram.server import HttpRequest, HttpResponse, HttpServer
from tests.fakes.zalo import BotEmulator, BotUser, Code, CutOff, Half, Hang, Page
from tests.support.clock import FrozenClock

SECRET = "a-Secret_1"
TIMEOUTS = Timeouts(connect=2, read=0.5, write=2, pool=2)
BODY = json.dumps({"ok": True, "result": event(text="chào")}).encode()


@pytest.fixture
async def zalo() -> AsyncIterator[BotEmulator]:
    async with BotEmulator() as emulator:
        yield emulator


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def state() -> MemoryState:
    return MemoryState()


@pytest.fixture
async def channel(zalo: BotEmulator, state: MemoryState, clock: FrozenClock) -> AsyncIterator[ZaloBotChannel]:
    channel = ZaloBotChannel(zalo.token, state=state, api_url=zalo.url, clock=clock, timeouts=TIMEOUTS)
    yield channel
    await channel.aclose()


@pytest.fixture
def visitor(zalo: BotEmulator) -> BotUser:
    return zalo.user("bu-1", "Năm")


@contextlib.asynccontextmanager
async def running(intake: BotWebhook | BotPoller) -> AsyncIterator[None]:
    task = asyncio.create_task(intake.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def nap(seconds: float) -> None:
    await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (None, BODY, 401),
        ("", BODY, 403),
        ("a-Secret_2", BODY, 403),
        ("bí mật", BODY, 403),
        (SECRET, b"", 400),
        (SECRET, b"{", 400),
        (SECRET, b"[]", 400),
        (SECRET, b"{}", 400),
        (SECRET, b'{"ok": true, "result": []}', 400),
        (SECRET, b"[" * 100_000, 400),
        (SECRET, b" " * 1_000_001, 413),
        (SECRET, BODY, 200),
        (SECRET, json.dumps(event(text="bare")).encode(), 200),
        (SECRET, b'{"event_name": "message.text.received"}', 200),
    ],
)
async def test_status(
    channel: ZaloBotChannel, inbox: MemoryInbox, secret: str | None, body: bytes, status: int
) -> None:
    webhook = BotWebhook(channel, inbox, url="https://x.example/webhooks/zalo-bot", secret=SECRET)
    headers = {} if secret is None else {"x-bot-api-secret-token": secret}
    assert await webhook.receive(headers, body) == status
    assert len(inbox.arrivals) == (1 if status == 200 else 0)


async def test_nothing_is_acknowledged_that_is_not_committed_and_replays_change_nothing(
    channel: ZaloBotChannel, inbox: MemoryInbox
) -> None:
    webhook = BotWebhook(channel, inbox, url="https://x.example/webhooks/zalo-bot", secret=SECRET)
    headers = {"x-bot-api-secret-token": SECRET}
    inbox.failures.append(OSError("database is locked"))
    assert await webhook.receive(headers, BODY) == 503
    assert [await webhook.receive(headers, BODY) for _ in range(3)] == [200] * 3
    assert inbox.texts == ["chào"]


async def test_the_webhook_is_set_and_delivers(
    zalo: BotEmulator, channel: ZaloBotChannel, inbox: MemoryInbox, visitor: BotUser
) -> None:
    mounted: list[BotWebhook] = []

    async def handle(request: HttpRequest) -> HttpResponse:
        return HttpResponse(await mounted[0].receive(request.headers, request.body), {})

    server = HttpServer(handle)
    url = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}/webhooks/zalo-bot"
    mounted.append(BotWebhook(channel, inbox, url=url, secret=SECRET))
    async with running(mounted[0]):
        await zalo.wait_for(lambda: mounted[0].health.ok)
        inbox.failures.append(OSError("database is locked"))
        visitor.say("cứu với")
        await zalo.wait_for(lambda: inbox.texts == ["cứu với"])
        await zalo.wait_for(lambda: visitor.typing == 1, what="the typing indicator")
    assert (zalo.webhook, zalo.secret) == (url, SECRET)
    assert "Bot Hải Đăng" in mounted[0].health.note
    await server.stop()


async def test_a_wrong_token_is_said(zalo: BotEmulator, inbox: MemoryInbox, state: MemoryState) -> None:
    channel = ZaloBotChannel("wrong", state=state, api_url=zalo.url, timeouts=TIMEOUTS)
    intake = BotPoller(channel, inbox, sleep=nap)
    async with running(intake):
        await zalo.wait_for(lambda: "HAIDANG_ZALO_BOT_TOKEN" in (intake.health.error or ""))
        assert not intake.health.ok
    assert not (await check("wrong", zalo.url)).ok
    assert "Bot Hải Đăng" in (await check(zalo.token, zalo.url)).text
    await channel.aclose()


async def test_polling_fetches_one_by_one_and_goes_on_after_trouble(
    zalo: BotEmulator, channel: ZaloBotChannel, inbox: MemoryInbox, visitor: BotUser
) -> None:
    intake = BotPoller(channel, inbox, sleep=nap)
    async with running(intake):
        visitor.say("một")
        await zalo.wait_for(lambda: inbox.texts == ["một"])
        for fault in (Code(500, "Internal"), Page(502), CutOff(), Code(429, "slow down")):
            zalo.faults.add("getUpdates", fault)
        inbox.failures.append(OSError("database is locked"))
        visitor.say("hai")
        visitor.say("ba")
        await zalo.wait_for(lambda: inbox.texts == ["một", "hai", "ba"])
        await zalo.wait_for(lambda: intake.health.ok)


async def test_words_go_out_in_parts_and_buttons_as_addresses(channel: ZaloBotChannel, visitor: BotUser) -> None:
    rows = ((Button(label="Trang", url="https://x.example"), Button(label="Hỏi", data="ask")),)
    text = "\n\n".join(f"{number}. " + "Điều khoản về tàu cá " * 20 for number in range(12))
    sent = await channel.send("bu-1", OutgoingMessage(text=rich("{t}", t=text), buttons=rows))
    assert sent.message_id
    assert len(visitor.messages) > 2
    assert all(len(m["text"]) <= 2000 for m in visitor.messages)
    assert visitor.messages[-1]["text"].endswith("Trang: https://x.example")


async def test_a_picture_goes_out_by_its_address(channel: ZaloBotChannel, visitor: BotUser) -> None:
    await channel.send("bu-1", OutgoingMessage(relay=MediaRef(chat_id="1", message_id="2", url="https://x.example/a")))
    assert visitor.messages == [{"chat_id": "bu-1", "photo": "https://x.example/a"}]
    with pytest.raises(Rejected):
        await channel.send("bu-1", OutgoingMessage(relay=MediaRef(chat_id="1", message_id="2")))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Code(429, "Too Many Requests"), RetryLater("", 30)),
        (Code(400, "Bad Request: text"), Rejected("")),
        (Code(401, "Unauthorized"), NotSent("set-up:")),
        (Code(404, "Not Found"), NotSent("set-up:")),
        (Code(404, "Not Found: chat not found"), Unreachable("")),
        (Code(403, "Forbidden: user blocked"), Unreachable("")),
        (Code(500, "Internal"), Uncertain("")),
        (Code(418, "a code to come"), NotSent("unknown code")),
        (Page(502), Uncertain("")),
        (Page(200), Uncertain("")),
        (Page(200, "{}"), Uncertain("")),
        (Page(403), NotSent("")),
        (Hang(after=True), Uncertain("")),
        (CutOff(), Uncertain("")),
        (Half(), Uncertain("")),
    ],
    ids=str,
)
async def test_what_trouble_becomes(
    zalo: BotEmulator, channel: ZaloBotChannel, visitor: BotUser, fault: Code, expected: SendError
) -> None:
    zalo.faults.add("sendMessage", fault)
    with pytest.raises(SendError) as caught:
        await channel.send("bu-1", OutgoingMessage(text=rich("báo bão")))
    assert type(caught.value) is type(expected)
    assert caught.value.reason.startswith(expected.reason)
    assert zalo.token not in caught.value.reason


async def test_the_months_messages_are_counted_over_restarts_and_said_when_they_are_gone(
    zalo: BotEmulator, channel: ZaloBotChannel, state: MemoryState, visitor: BotUser, clock: FrozenClock
) -> None:
    words = OutgoingMessage(text=rich("chào"))
    await channel.send("bu-1", words)
    assert state.values["zalo-bot", "sent"] == {"month": "2026-11", "count": 1}
    await state.save("zalo-bot", "sent", {"month": "2026-11", "count": 2999})
    again = ZaloBotChannel(zalo.token, state=state, api_url=zalo.url, clock=clock, timeouts=TIMEOUTS)
    await again.send("bu-1", words)
    zalo.quota = 0
    with pytest.raises(OutOfReach, match="quota used up"):
        await again.send("bu-1", words)
    clock.advance(days=10)
    zalo.quota = 3000
    await again.send("bu-1", words)
    assert again.sent == 1
    await again.aclose()
