"""Polling: nothing is lost, whatever breaks, and nobody is fought."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram import Poller, TelegramChannel
from bot.errors import OperatorError
from tests.channels.telegram.conftest import TIMEOUTS, MemoryInbox, MemoryState
from tests.fakes.telegram import (
    CONFLICT,
    SERVER_ERROR,
    UNAUTHORIZED,
    CutOff,
    Flood,
    Hang,
    Page,
    Refuse,
    TelegramEmulator,
)
from tests.support.clock import FrozenClock

Restart = Callable[[], Awaitable[Poller]]


class Naps:
    """Sleeping that takes no time: it is written down, and the clock moves on."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.clock.advance(seconds=seconds)
        await asyncio.sleep(0)


@pytest.fixture
def naps(clock: FrozenClock) -> Naps:
    return Naps(clock)


@pytest.fixture
async def start(
    telegram: TelegramEmulator, inbox: MemoryInbox, state: MemoryState, clock: FrozenClock, naps: Naps
) -> AsyncIterator[Restart]:
    """Starts the poller; called again, it kills the running one first, as a crash would."""
    running: list[tuple[asyncio.Task[None], TelegramChannel]] = []

    async def kill() -> None:
        for task, channel in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await channel.aclose()
        running.clear()

    async def start() -> Poller:
        await kill()
        channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS)
        poller = Poller(channel, inbox, state, clock=clock, sleep=naps)
        running.append((asyncio.create_task(poller.run()), channel))
        return poller

    yield start
    await kill()


async def test_what_people_say_is_in_the_inbox_in_order(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("trước khi bot chạy")
    poller = await start()
    await telegram.wait_for(lambda: inbox.texts == ["trước khi bot chạy"])
    for number in range(5):
        visitor.say(str(number))
    await telegram.wait_for(lambda: inbox.texts[1:] == list("01234"))
    await telegram.wait_for(lambda: not telegram.updates.pending)
    assert poller.health.ok
    assert poller.error is None


async def test_nothing_is_confirmed_before_it_is_committed(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    """SAFETY: a crash between fetch and commit loses nothing."""
    visitor = telegram.user(42)
    for number in range(250):
        visitor.say(str(number))
    committing, forever = asyncio.Event(), asyncio.Event()
    real_put, slow = inbox.put, [False, True]

    async def put(arrivals: Any) -> int:
        if slow and slow.pop(0):
            committing.set()
            await forever.wait()
        return await real_put(arrivals)

    inbox.put = put  # type: ignore[method-assign]
    await start()
    await committing.wait()
    assert len(inbox.arrivals) == 100
    assert len(telegram.updates.pending) >= 150
    await start()
    await telegram.wait_for(lambda: len(inbox.arrivals) == 250)
    assert inbox.texts == [str(number) for number in range(250)]
    await telegram.wait_for(lambda: not telegram.updates.pending)


async def test_an_unreadable_update_does_not_stop_the_others(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    visitor = telegram.user(42)
    visitor.say("một")
    undated = {"message_id": 5, "chat": {"id": 42, "type": "private"}, "from": visitor.raw, "text": "không có ngày"}
    telegram.raw_update({"message": undated})
    telegram.raw_update({"message": "nonsense"})
    visitor.say("hai")
    await start()
    await telegram.wait_for(lambda: inbox.texts == ["một", "hai"])
    assert len(inbox.errors) == 2
    await telegram.wait_for(lambda: not telegram.updates.pending)
    fetches = len(telegram.made("getUpdates"))
    assert fetches < 6


async def test_presses_are_answered_once_committed(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    visitor = telegram.user(42)
    good, forged = visitor.press_forged("ask:1"), visitor.press_forged("x")
    inbox.failures.append(OSError("disk full"))
    await start()
    await telegram.wait_for(lambda: telegram.answered(good) and telegram.answered(forged))
    assert len(inbox.arrivals) == 2
    too_old = visitor.press_forged("ask:2")
    telegram.forget_presses()
    await telegram.wait_for(lambda: len(inbox.arrivals) == 3)
    await telegram.wait_for(lambda: telegram.made("answerCallbackQuery")[2:])
    assert telegram.made("answerCallbackQuery")[2].status == 400
    assert not telegram.answered(too_old)


async def test_while_the_inbox_fails_nothing_is_confirmed(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart, naps: Naps
) -> None:
    telegram.user(42).say("cứu với")
    inbox.failures += [OSError("database is locked")] * 4
    with capture_logs() as logs:
        poller = await start()
        await telegram.wait_for(lambda: inbox.puts >= 4)
        assert len(telegram.updates.pending) == 1
        await telegram.wait_for(lambda: inbox.texts == ["cứu với"])
    assert naps.taken == [1, 2, 4, 8]
    loud = [entry for entry in logs if entry["log_level"] == "critical"]
    assert len(loud) == 4
    await telegram.wait_for(lambda: poller.health.ok)


async def test_an_inbox_that_fails_is_told_in_the_health(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    telegram.user(42).say("chào")
    inbox.failures += [OSError("disk full")] * 10_000
    poller = await start()
    await telegram.wait_for(lambda: inbox.puts >= 2)
    assert not poller.health.ok
    assert "disk full" in (poller.health.error or "")


async def test_what_the_operator_can_mend_is_said_without_a_traceback(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.user(42).say("chào")
    inbox.failures += [OperatorError("the disk is full"), OSError("odd")]
    poller = await start()
    await telegram.wait_for(lambda: inbox.texts == ["chào"] and poller.health.ok)
    mendable, odd = (record.getMessage() for record in caplog.records if "CAN'T BE STORED" in record.getMessage())
    assert "the disk is full" in mendable
    assert "Traceback" not in mendable
    assert "Traceback" in odd


@pytest.mark.parametrize(
    ("fault", "naps_taken"),
    [
        (SERVER_ERROR, [1, 2]),
        (Page(502), [1, 2]),
        (Page(200, "<html>sign in</html>"), [1, 2]),
        (Page(401, "<html>proxy</html>"), [1, 2]),
        (Page(200, '{"ok": true, "result": {}}'), [1, 2]),
        (CutOff(), [1, 2]),
        (CutOff(after=True), [1, 2]),
        (Flood(17), [17, 17]),
        (Refuse(403, "Forbidden"), [1, 2]),
    ],
    ids=str,
)
async def test_trouble_is_waited_out(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart, naps: Naps, fault: Any, naps_taken: list[float]
) -> None:
    telegram.user(42).say("chào")
    telegram.faults.add("getUpdates", fault, times=2)
    poller = await start()
    await telegram.wait_for(lambda: inbox.texts == ["chào"])
    assert naps.taken == naps_taken
    await telegram.wait_for(lambda: poller.health.ok and poller.error is None)


async def test_a_server_that_hangs_is_asked_again(
    telegram: TelegramEmulator, inbox: MemoryInbox, state: MemoryState, clock: FrozenClock, naps: Naps
) -> None:
    telegram.user(42).say("chào")
    telegram.faults.add("getUpdates", Hang(), times=1)
    quick = dataclasses.replace(TIMEOUTS, poll=0, poll_margin=0.05)
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=quick)
    task = asyncio.create_task(Poller(channel, inbox, state, clock=clock, sleep=naps).run())
    await telegram.wait_for(lambda: inbox.texts == ["chào"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await channel.aclose()
    assert naps.taken[0] == 1


async def test_backing_off_grows_to_half_a_minute(telegram: TelegramEmulator, start: Restart, naps: Naps) -> None:
    telegram.faults.add("getUpdates", SERVER_ERROR, times=8)
    await start()
    await telegram.wait_for(lambda: len(naps.taken) == 8)
    assert naps.taken == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
async def test_a_wrong_token_ends_polling_with_a_clear_word(
    telegram: TelegramEmulator, start: Restart, method: str
) -> None:
    telegram.faults.add(method, UNAUTHORIZED, times=None)
    poller = await start()
    await telegram.wait_for(lambda: poller.error)
    assert "HAIDANG_TELEGRAM_TOKEN" in (poller.error or "")
    assert telegram.token not in (poller.error or "")
    assert not poller.health.ok
    asked = len(telegram.calls)
    await asyncio.sleep(0.05)
    assert len(telegram.calls) == asked


async def test_another_poller_is_not_fought(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart, naps: Naps
) -> None:
    telegram.faults.add("getUpdates", CONFLICT, times=3)
    with capture_logs() as logs:
        poller = await start()
        await telegram.wait_for(lambda: len(naps.taken) == 3)
    assert naps.taken == [30, 30, 30]
    assert sum(entry["log_level"] == "critical" for entry in logs) == 3
    assert not [call for call in telegram.made("deleteWebhook") if call.params.get("drop_pending_updates") != "false"]
    assert len(telegram.made("deleteWebhook")) == 1
    await telegram.wait_for(lambda: poller.health.ok)


async def test_a_webhook_left_over_is_removed_and_its_updates_are_kept(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart
) -> None:
    telegram.webhook.set("http://127.0.0.1:9/", None, 40)
    telegram.user(42).say("đang chờ")
    await start()
    await telegram.wait_for(lambda: inbox.texts == ["đang chờ"])
    assert telegram.webhook.url == ""


async def test_an_id_below_the_old_offset_is_still_fetched(
    telegram: TelegramEmulator, inbox: MemoryInbox, start: Restart, clock: FrozenClock
) -> None:
    """After a week without updates Telegram chooses the next id at random."""
    visitor = telegram.user(42)
    visitor.say("tuần trước")
    await start()
    await telegram.wait_for(lambda: inbox.texts and not telegram.updates.pending)
    telegram.updates.next_id = 17
    visitor.say("tuần này")
    await telegram.wait_for(lambda: inbox.texts == ["tuần trước", "tuần này"])

    await telegram.wait_for(lambda: not telegram.updates.pending)
    clock.advance(days=8)
    telegram.updates.next_id = 3
    visitor.say("sau khi khởi động lại")
    await start()
    await telegram.wait_for(lambda: inbox.texts[2:] == ["sau khi khởi động lại"])


async def test_an_hour_without_a_fetch_is_said_loudly_every_ten_minutes(
    telegram: TelegramEmulator, start: Restart, naps: Naps
) -> None:
    poller = await start()
    await telegram.wait_for(lambda: poller.health.ok)
    telegram.faults.add("getUpdates", SERVER_ERROR, times=None)
    telegram.user(42).say("có ai không")
    with capture_logs() as logs:
        await telegram.wait_for(lambda: sum(naps.taken) > 2 * 3600)
    loud = [entry for entry in logs if entry["log_level"] == "critical"]
    assert 6 <= len(loud) <= 8
    assert all("24 h" in entry["event"] for entry in loud)
    assert "24 h" in (poller.health.error or "")
    assert not poller.health.ok


async def test_allowed_updates_are_always_sent(telegram: TelegramEmulator, start: Restart) -> None:
    poller = await start()
    await telegram.wait_for(lambda: poller.health.ok)
    await telegram.wait_for(lambda: "callback_query" in telegram.updates.allowed)
    assert all("allowed_updates" in call.params for call in telegram.made("getUpdates"))


async def test_without_a_memory_for_the_offset_it_goes_on(
    telegram: TelegramEmulator, inbox: MemoryInbox, state: MemoryState, start: Restart
) -> None:
    async def broken(*_: Any) -> Any:
        raise OSError("locked")

    state.load = state.save = broken  # type: ignore[method-assign]
    telegram.user(42).say("chào")
    await start()
    await telegram.wait_for(lambda: inbox.texts == ["chào"] and not telegram.updates.pending)
