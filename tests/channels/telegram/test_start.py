"""Signing in, the bot's own surfaces, and the look from outside."""

from __future__ import annotations

import logging

import pytest

from bot.channels.telegram import Command, Profile, StartFailed, TelegramChannel, WebhookAddress, check
from tests.channels.telegram.conftest import TIMEOUTS, MemoryState
from tests.fakes.telegram import UNAUTHORIZED, Flood, Page, Refuse, TelegramEmulator

PROFILE = Profile(
    commands={"vi": (Command("hoi", "Hỏi cán bộ"),), "en": (Command("hoi", "Ask an officer"),)},
    description={"vi": "Đường dây nóng hàng hải", "en": "Maritime hotline"},
    short_description={"vi": "Hỏi đáp hàng hải"},
)


async def test_it_knows_who_it_is(channel: TelegramChannel) -> None:
    identity = await channel.start()
    assert (identity.id, identity.username) == (123456, "haidang_bot")
    assert channel.identity == identity


async def test_commands_are_set_for_both_languages_and_scopes_once(
    telegram: TelegramEmulator, state: MemoryState
) -> None:
    for _ in range(2):
        channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, state=state, profile=PROFILE)
        await channel.start()
        await channel.aclose()
    settings = telegram.api.settings
    assert {key: menu[0]["description"] for key, menu in settings["commands"].items()} == {
        (scope, language): text
        for scope in ("default", "all_private_chats")
        for language, text in (("vi", "Hỏi cán bộ"), ("en", "Ask an officer"), ("", "Hỏi cán bộ"))
    }
    assert settings["description"] == {
        "vi": "Đường dây nóng hàng hải",
        "": "Đường dây nóng hàng hải",
        "en": "Maritime hotline",
    }
    assert settings["short_description"] == {"vi": "Hỏi đáp hàng hải", "": "Hỏi đáp hàng hải"}
    assert len(telegram.made("setMyCommands")) == 6


async def test_a_menu_that_telegram_refuses_is_not_in_the_way(telegram: TelegramEmulator, state: MemoryState) -> None:
    telegram.faults.add("setMyCommands", Flood(900))
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, state=state, profile=PROFILE)
    assert await channel.start()
    await channel.aclose()
    assert state.values == {}


@pytest.mark.parametrize(
    ("fault", "final", "wait"),
    [
        (UNAUTHORIZED, True, None),
        (Refuse(404, "Not Found"), True, None),
        (Flood(30), False, 30),
        (Page(502), False, None),
        (Page(404, "<html>proxy</html>"), False, None),
    ],
    ids=str,
)
async def test_why_it_could_not_start(
    telegram: TelegramEmulator, channel: TelegramChannel, fault: Flood, final: bool, wait: float | None
) -> None:
    telegram.faults.add("getMe", fault)
    with pytest.raises(StartFailed) as caught:
        await channel.start()
    assert (caught.value.final, caught.value.retry_after) == (final, wait)
    assert telegram.token not in caught.value.reason


async def test_pending_updates_are_never_dropped(telegram: TelegramEmulator) -> None:
    telegram.user(42).say("cứu với")
    for webhook in (None, WebhookAddress(url="https://cangvu.example/webhooks/telegram", secret="s")):
        channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, webhook=webhook)
        await channel.start()
        await channel.aclose()
        assert len(telegram.updates.pending) == 1
    assert telegram.webhook.secret == "s"
    assert "my_chat_member" in telegram.updates.allowed


async def test_the_token_is_not_logged(
    telegram: TelegramEmulator, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await channel.start()
    assert telegram.token not in caplog.text


async def test_check_tells_who_the_bot_is_and_takes_nothing(telegram: TelegramEmulator) -> None:
    telegram.user(42).say("chào")
    probe = await check(telegram.token, telegram.url)
    assert (probe.ok, probe.username, probe.name, probe.webhook, probe.pending) == (
        True,
        "haidang_bot",
        "Hải Đăng",
        None,
        1,
    )
    assert {call.method for call in telegram.calls} == {"getMe", "getWebhookInfo"}


@pytest.mark.parametrize(
    ("token", "url", "word"),
    [
        ("123456:wrong", None, "wrong token"),
        ("no token at all", None, "wrong token"),
        ("", None, "no token"),
        ("123456:x", "http://127.0.0.1:9", "can't be reached"),
        ("123456:x", "no url", "can't be reached"),
    ],
)
async def test_check_says_what_to_mend(telegram: TelegramEmulator, token: str, url: str | None, word: str) -> None:
    probe = await check(token, url or telegram.url)
    assert not probe.ok
    assert word in (probe.reason or "")
    assert not token or token not in (probe.reason or "")


async def test_check_of_something_that_is_no_bot_api(telegram: TelegramEmulator) -> None:
    telegram.faults.add("getMe", Page(404, "<html>nginx</html>"))
    probe = await check(telegram.token, telegram.url)
    assert "no Bot API server" in (probe.reason or "")
