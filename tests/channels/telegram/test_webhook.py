"""The webhook: checked, committed, and only then acknowledged; what isn't acknowledged comes again."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel, WebhookAddress, WebhookIntake
from tests.channels.telegram.conftest import TIMEOUTS, MemoryInbox
from tests.fakes.telegram import UNAUTHORIZED, TelegramEmulator
from tests.fakes.telegram.server import HttpRequest, HttpResponse, HttpServer
from tests.support.clock import FrozenClock

SECRET = "a-Secret_1"
UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 1,
        "date": 1_790_000_000,
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": False, "first_name": "Tư"},
        "text": "chào",
    },
}


@pytest.fixture
async def site() -> AsyncIterator[tuple[list[HttpRequest], dict[str, WebhookIntake], str]]:
    """A web server in front of the intake, as `web` is in the program: it knows nothing but header and body."""
    seen: list[HttpRequest] = []
    mounted: dict[str, WebhookIntake] = {}

    async def handle(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        body = json.dumps(request.fields).encode()
        return HttpResponse(await mounted["intake"].receive(request.secret, body), {})

    server = HttpServer(handle)
    port = await server.start("127.0.0.1", 0)
    yield seen, mounted, f"http://127.0.0.1:{port}/webhooks/telegram"
    await server.stop()


@pytest.fixture
async def intake(
    telegram: TelegramEmulator,
    inbox: MemoryInbox,
    site: tuple[list[HttpRequest], dict[str, WebhookIntake], str],
    clock: FrozenClock,
) -> AsyncIterator[WebhookIntake]:
    address = WebhookAddress(url=site[2], secret=SECRET)
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, webhook=address)

    async def nap(seconds: float) -> None:
        await asyncio.sleep(0.01)

    intake = WebhookIntake(channel, inbox, address, clock=clock, sleep=nap)
    site[1]["intake"] = intake
    task = asyncio.create_task(intake.run())
    yield intake
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await channel.aclose()


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (None, json.dumps(UPDATE).encode(), 401),
        ("", json.dumps(UPDATE).encode(), 403),
        ("a-Secret_2", json.dumps(UPDATE).encode(), 403),
        ("bí mật", json.dumps(UPDATE).encode(), 403),
        (SECRET, b"", 400),
        (SECRET, b"{not json", 400),
        (SECRET, b"\xff\xfe", 400),
        (SECRET, b"[]", 400),
        (SECRET, b"{}", 400),
        (SECRET, b"[" * 100_000, 400),
        (SECRET, b" " * 1_000_001, 413),
        (SECRET, json.dumps(UPDATE).encode(), 200),
        (SECRET, b'{"update_id": 6, "message": {"text": "poison"}}', 200),
    ],
)
async def test_status(intake: WebhookIntake, inbox: MemoryInbox, secret: str | None, body: bytes, status: int) -> None:
    assert await intake.receive(secret, body) == status
    assert len(inbox.arrivals) == (1 if status == 200 else 0)


async def test_nothing_is_acknowledged_that_is_not_committed(intake: WebhookIntake, inbox: MemoryInbox) -> None:
    """SAFETY: while the inbox fails Telegram is asked to deliver again."""
    inbox.failures.append(OSError("database is locked"))
    body = json.dumps(UPDATE).encode()
    assert await intake.receive(SECRET, body) == 503
    assert inbox.arrivals == {}
    assert await intake.receive(SECRET, body) == 200
    assert await intake.receive(SECRET, body) == 200
    assert inbox.texts == ["chào"]


async def test_telegram_delivers_and_repeats_until_it_is_committed(
    telegram: TelegramEmulator, intake: WebhookIntake, inbox: MemoryInbox
) -> None:
    await telegram.wait_for(lambda: telegram.webhook.url)
    inbox.failures += [OSError("database is locked")] * 2
    visitor = telegram.user(42, "Tư")
    visitor.say("cứu với")
    press = visitor.press_forged("ask:1")
    await telegram.wait_for(lambda: len(inbox.arrivals) == 2 and not telegram.updates.pending)
    assert inbox.texts == ["cứu với"]
    statuses = [status for _, status in telegram.webhook.attempts]
    assert (statuses.count(503), statuses.count(200)) == (2, 2)
    await telegram.wait_for(lambda: telegram.answered(press))
    await telegram.wait_for(lambda: intake.health.ok)


async def test_deliveries_that_fail_and_a_changed_webhook_show_in_the_health(
    telegram: TelegramEmulator, intake: WebhookIntake, inbox: MemoryInbox, clock: FrozenClock
) -> None:
    await telegram.wait_for(lambda: intake.health.ok)
    clock.set(dt.datetime.now(dt.UTC))
    inbox.failures += [OSError("disk full")] * 10_000
    telegram.user(42).say("chào")
    await telegram.wait_for(lambda: "503" in (intake.error or ""))
    assert not intake.health.ok
    inbox.failures.clear()
    await telegram.wait_for(lambda: inbox.texts == ["chào"])
    await telegram.wait_for(lambda: intake.health.ok)
    telegram.webhook.set("http://127.0.0.1:9/other", None, 40)
    await telegram.wait_for(lambda: "webhook" in (intake.error or ""))
    assert not intake.health.ok


async def test_a_wrong_token_ends_it_with_a_clear_word(
    telegram: TelegramEmulator, inbox: MemoryInbox, clock: FrozenClock
) -> None:
    telegram.faults.add("*", UNAUTHORIZED, times=None)
    address = WebhookAddress(url="http://127.0.0.1:9/", secret=SECRET)
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, webhook=address)
    intake = WebhookIntake(channel, inbox, address, clock=clock)
    await intake.run()
    await channel.aclose()
    assert "HAIDANG_TELEGRAM_TOKEN" in (intake.error or "")
