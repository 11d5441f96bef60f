"""The emulator is as strict as Telegram, and python-telegram-bot can read all that it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, ChatFullInfo, File, Update, WebhookInfo
from telegram import Message as PtbMessage

from tests.fakes.telegram import CutOff, Flood, TelegramEmulator

ASKED = {"keyboard": [[{"text": "Vị trí", "request_location": True}]]}


class Client:
    """The plain Bot API: `await client("sendMessage", chat_id=1, text="x")` gives status and answer."""

    def __init__(self, emulator: TelegramEmulator) -> None:
        self.http = httpx.AsyncClient(base_url=f"{emulator.url}/bot{emulator.token}/", timeout=5, trust_env=False)

    async def __call__(self, method: str, **fields: Any) -> tuple[int, Any]:
        response = await self.http.post(method, json=fields)
        body = response.json()
        assert body["ok"] == (response.status_code == 200)
        return response.status_code, body["result"] if body["ok"] else body

    async def description(self, method: str, **fields: Any) -> str:
        status, body = await self(method, **fields)
        assert (status, body["error_code"]) == (400, 400), body
        return str(body["description"])


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        emulator.user(42, "Tư", started=True)
        yield emulator


@pytest.fixture
async def client(telegram: TelegramEmulator) -> AsyncIterator[Client]:
    client = Client(telegram)
    yield client
    await client.http.aclose()


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[fields]]}


REFUSED = [
    ("sendMessage", {"text": "x"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": 42}, "message text is empty"),
    ("sendMessage", {"chat_id": 42, "text": "  "}, "message text is empty"),
    ("sendMessage", {"chat_id": 42, "text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"chat_id": 42, "text": "🚢" * 2049}, "message is too long"),
    ("sendMessage", {"chat_id": 42, "text": 7}, "must be String"),
    ("sendMessage", {"chat_id": 42, "text": "x", "colour": "red"}, "no field colour"),
    ("sendMessage", {"chat_id": 9, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": 42, "text": "<b>x", "parse_mode": "HTML"}, "end tag"),
    ("sendMessage", {"chat_id": 42, "text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag"),
    ("sendMessage", {"chat_id": 42, "text": "<b><i>x</b></i>", "parse_mode": "HTML"}, "Unexpected end tag"),
    ("sendMessage", {"chat_id": 42, "text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities"),
    ("sendMessage", {"chat_id": 42, "text": "<h1>x</h1>", "parse_mode": "HTML"}, "Unsupported start tag"),
    ("sendMessage", {"chat_id": 42, "text": "x", "parse_mode": "MarkdownV2"}, "parse_mode"),
    ("sendMessage", {"chat_id": 42, "text": "x", "reply_parameters": {"message_id": 999}}, "replied not found"),
    (
        "sendMessage",
        {"chat_id": 42, "text": "x", "reply_markup": button(text="x", callback_data="đ" * 33)},
        "BUTTON_DATA_INVALID",
    ),
    ("sendMessage", {"chat_id": 42, "text": "x", "reply_markup": button(text="x")}, "exactly one action"),
    (
        "sendMessage",
        {"chat_id": 42, "text": "x", "reply_markup": button(text="x", callback_data="a", style="pink")},
        "unknown style",
    ),
    (
        "sendMessage",
        {"chat_id": 42, "text": "x", "reply_markup": button(text="x", url="http://localhost/")},
        "Wrong HTTP URL",
    ),
    ("sendMessage", {"chat_id": 42, "text": "x", "reply_markup": {"inline": []}}, "must be InlineKeyboardMarkup or"),
    ("sendMessage", {"chat_id": -1, "text": "x", "reply_markup": ASKED}, "private chats only"),
    ("editMessageText", {"chat_id": 42, "message_id": 999, "text": "x"}, "message to edit not found"),
    ("copyMessage", {"chat_id": 42, "from_chat_id": 42, "message_id": 999}, "message to copy not found"),
    ("deleteMessage", {"chat_id": 42, "message_id": 999}, "message to delete not found"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "0-200 characters"),
    ("setMyCommands", {"commands": [{"command": "Hoi", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "hoi"}]}, '"description" of BotCommand is required'),
    ("setMyDescription", {"description": "x" * 513}, "0-512 characters"),
    ("getUpdates", {"offset": -1}, "negative offset"),
    ("getUpdates", {"limit": 101}, "1-100 value"),
    ("setWebhook", {"url": "http://cangvu.example/"}, "HTTPS URL"),
    ("setWebhook", {"url": "https://cangvu.example/", "secret_token": "bí mật"}, "unallowed characters"),
    ("sendChatAction", {"chat_id": 42, "action": "sleeping"}, "wrong parameter action"),
    ("getFile", {"file_id": "x"}, "invalid file_id"),
]


@pytest.mark.parametrize(("method", "fields", "words"), REFUSED)
async def test_what_is_refused(
    telegram: TelegramEmulator, client: Client, method: str, fields: dict[str, Any], words: str
) -> None:
    telegram.group(-1)
    assert words in await client.description(method, **fields)


async def test_tokens_and_methods(telegram: TelegramEmulator, client: Client) -> None:
    assert (await client("getme"))[0] == 200
    assert (await client("sendRocket"))[0] == 404
    for token, status in (("123456:other", 401), ("nonsense", 404)):
        assert (await client.http.get(f"{telegram.url}/bot{token}/getMe")).status_code == status
    encoded = telegram.token.replace(":", "%3A")
    assert (await client.http.get(f"{telegram.url}/bot{encoded}/getMe")).status_code == 200


async def test_forms_multipart_and_queries_are_read_too(telegram: TelegramEmulator, client: Client) -> None:
    fields = {"chat_id": "42", "text": "chào", "reply_markup": json.dumps(button(text="A", callback_data="a"))}
    for sent in ({"data": fields}, {"params": fields}, {"data": fields, "files": {"x": b""}}):
        response = await client.http.post("sendMessage", **sent)
        if "files" in sent:
            assert "no field x" in response.json()["description"]
        else:
            assert response.json()["result"]["text"] == "chào"
    assert telegram.user(42).last.labels == ["A"]


async def test_unconfirmed_updates_come_again_and_confirmed_ones_never(
    telegram: TelegramEmulator, client: Client
) -> None:
    visitor = telegram.user(42)
    for text in ("một", "hai", "ba"):
        visitor.say(text)
    first = (await client("getUpdates", limit=2))[1]
    assert [u["message"]["text"] for u in first] == ["một", "hai"]
    assert (await client("getUpdates", limit=2))[1] == first
    rest = (await client("getUpdates", offset=first[-1]["update_id"] + 1))[1]
    assert [u["message"]["text"] for u in rest] == ["ba"]
    assert (await client("getUpdates", offset=1))[1] == rest


async def test_a_long_poll_waits_for_an_update(telegram: TelegramEmulator, client: Client) -> None:
    poll = asyncio.create_task(client("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()
    telegram.user(42).say("chào")
    assert len((await poll)[1]) == 1


async def test_of_two_pollers_the_first_is_told_409(telegram: TelegramEmulator, client: Client) -> None:
    first = asyncio.create_task(client("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(client("getUpdates", timeout=5))
    assert (await first)[0] == 409
    telegram.user(42).say("chào")
    assert (await second)[0] == 200


async def test_polling_is_refused_while_a_webhook_is_set(telegram: TelegramEmulator, client: Client) -> None:
    poll = asyncio.create_task(client("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    await client("setWebhook", url="https://cangvu.example/x")
    assert (await poll)[0] == 409
    assert (await client("getUpdates"))[0] == 409
    await client("deleteWebhook")
    assert (await client("getUpdates"))[0] == 200


async def test_only_asked_for_kinds_of_updates_come(telegram: TelegramEmulator, client: Client) -> None:
    await client("getUpdates", allowed_updates=["callback_query"])
    telegram.user(42).say("x")
    telegram.user(42).press_forged("y")
    assert [list(u)[1] for u in (await client("getUpdates"))[1]] == ["callback_query"]


async def test_faults_come_as_often_as_ordered(telegram: TelegramEmulator, client: Client) -> None:
    telegram.faults.add("sendMessage", Flood(4), times=2)
    statuses = [(await client("sendMessage", chat_id=42, text="x"))[0] for _ in range(3)]
    assert statuses == [429, 429, 200]
    telegram.faults.add("sendMessage", CutOff(after=True))
    with pytest.raises(httpx.RemoteProtocolError):
        await client("sendMessage", chat_id=42, text="gửi rồi")
    assert telegram.user(42).last.text == "gửi rồi"


async def test_rates_are_kept_if_wanted() -> None:
    moment = [1_790_000_000.0]
    async with TelegramEmulator(rates=True, now=lambda: moment[0]) as telegram:
        client = Client(telegram)
        telegram.group(-1)
        for number in range(100, 130):
            telegram.user(number, started=True)
            assert (await client("sendMessage", chat_id=number, text="x"))[0] == 200
        status, body = await client("sendMessage", chat_id=-1, text="x")
        assert (status, body["parameters"]) == (429, {"retry_after": 1})
        for _ in range(20):
            moment[0] += 1
            assert (await client("sendMessage", chat_id=-1, text="x"))[0] == 200
        moment[0] += 1
        assert (await client("sendMessage", chat_id=-1, text="x"))[1]["parameters"]["retry_after"] == 40
        statuses = [(await client("sendMessage", chat_id=100, text="x"))[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        await client.http.aclose()


async def test_a_story_with_a_group(telegram: TelegramEmulator, client: Client) -> None:
    desk = telegram.group(-1002, "Trực ban")
    await client("sendMessage", chat_id=-1002, text="HD-7", reply_markup=button(text="Nhận", callback_data="take:HD-7"))
    card = await desk.next_message()
    officer = desk.member(7, "Cán bộ Bình")
    pressed = officer.press("nhận")
    officer.reply(card, "Từ 15 m trở lên.")
    press, reply = (await client("getUpdates"))[1]
    assert press["callback_query"]["data"] == "take:HD-7"
    assert reply["message"]["reply_to_message"]["message_id"] == card.id
    assert not telegram.answered(pressed)
    await client("answerCallbackQuery", callback_query_id=pressed)
    assert telegram.answered(pressed)
    await client("sendMessage", chat_id=7, text="x")
    assert "Cán bộ Bình: Từ 15 m trở lên." in desk.transcript


async def test_a_wait_that_fails_shows_the_conversation(telegram: TelegramEmulator) -> None:
    telegram.user(42).say("có ai không {x}")
    with pytest.raises(AssertionError, match=r"Tư: có ai không \{x\}"):
        await telegram.user(42).wait_message(containing="chào", timeout=0.01)


async def test_privacy_mode(telegram: TelegramEmulator, client: Client) -> None:
    group = telegram.group(-5, kind="group", bot="member")
    someone = group.member(7, "Bình")
    _, sent = await client("sendMessage", chat_id=-5, text="x")
    someone.say("chuyện riêng")
    someone.say("/desk k7")
    someone.reply(sent["message_id"], "trả lời")
    someone.say("@haidang_bot ơi")
    texts = [u["message"]["text"] for u in (await client("getUpdates"))[1]]
    assert texts == ["/desk k7", "trả lời", "@haidang_bot ơi"]


async def test_python_telegram_bot_reads_every_update_and_result(telegram: TelegramEmulator, client: Client) -> None:
    visitor, group = telegram.user(42), telegram.group(-1003)
    await client("getUpdates", allowed_updates=["message", "edited_message", "callback_query", "my_chat_member"])
    asked = visitor.say("chào")
    visitor.edit(asked, "chào bạn")
    for kind in ("photo", "voice", "audio", "video", "video_note", "document", "sticker", "contact", "dice"):
        visitor.send(kind, "chú thích")
    visitor.share_venue(10, 104)
    live = visitor.share_location(10, 104, accuracy=5, live=True)
    visitor.move_location(live, 10.1, 104)
    visitor.block()
    visitor.unblock()
    group.set_bot("left")
    group.set_bot("administrator")
    group.say_anonymously("x")
    _, sent = await client(
        "sendMessage",
        chat_id=42,
        text="<b>x</b> <a href='https://x.example'>y</a>",
        parse_mode="HTML",
        reply_markup=button(text="A", callback_data="a", style="danger"),
        reply_parameters={"message_id": asked},
    )
    visitor.press("A")
    visitor.press_forged("b")
    visitor.press_forged("c", 31337)
    telegram.group(-6, kind="group").upgrade(-1006)
    bot = Bot(telegram.token)
    updates = (await client("getUpdates"))[1]
    assert len(updates) >= 22
    for raw in updates:
        update = Update.de_json(raw, bot)
        assert update.effective_user
        assert not update.api_kwargs
    assert PtbMessage.de_json(sent, bot).text_html == '<b>x</b> <a href="https://x.example">y</a>'
    assert ChatFullInfo.de_json((await client("getChat", chat_id=42))[1], bot).first_name == "Tư"
    assert WebhookInfo.de_json((await client("getWebhookInfo"))[1], bot).url == ""
    file_id = next(iter(telegram.api.files))
    assert File.de_json((await client("getFile", file_id=file_id))[1], bot).file_id == file_id


async def test_the_control_api(telegram: TelegramEmulator, client: Client) -> None:
    async def control(action: str, **fields: Any) -> Any:
        return (await client.http.post(f"{telegram.url}/_control/{action}", data=fields)).json()

    said = await control("say", user=42, text="chào")
    await control("location", user=42, lat=10, lon=104)
    assert (await control("say", group=-9, user=7, text="trong nhóm"))["message_id"]
    await client("sendMessage", chat_id=42, text="A?", reply_markup=button(text="Có", callback_data="y"))
    assert (await control("press", user=42, button="Có"))["query_id"]
    assert (await control("messages", chat=42))[0]["message_id"] == said["message_id"]
    assert "bot: A?" in await control("transcript", user=42)
    await control("fault", kind="flood", method="getMe")
    assert (await client("getMe"))[0] == 429
    assert (await control("press", user=42, button="Không"))["error"].startswith("AssertionError")
    assert "known" in (await control("nonsense"))["error"]
