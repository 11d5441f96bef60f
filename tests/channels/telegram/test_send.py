"""Sending through the Bot API: what people see, and what each kind of trouble becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel, Timeouts
from bot.messages import (
    Button,
    ButtonStyle,
    FileRef,
    MediaRef,
    Moved,
    NotSent,
    OutgoingMessage,
    Rejected,
    RetryLater,
    SendError,
    StoredFile,
    Uncertain,
    Unreachable,
    rich,
)
from tests.channels.telegram.conftest import TIMEOUTS
from tests.fakes.telegram import SERVER_ERROR, UNAUTHORIZED, CutOff, Flood, Hang, Page, Person, Refuse, TelegramEmulator
from tests.support.pictures import png


@pytest.fixture
def visitor(telegram: TelegramEmulator) -> Person:
    return telegram.user(42, "Tư", started=True)


def words(text: str, **fields: object) -> OutgoingMessage:
    return OutgoingMessage(text=rich(text), **fields)  # type: ignore[arg-type]


async def test_a_message_arrives_with_its_styles_and_buttons(channel: TelegramChannel, visitor: Person) -> None:
    asked = visitor.say("tau ca may met thi phai gan gsht")
    message = OutgoingMessage(
        text=rich("Từ **15 m** trở lên, theo <Nghị định>: {name} & {link}", name="<b>Tư</b>", link="__x__"),
        buttons=(
            (Button(label="SOS", data="sos", style=ButtonStyle.DANGER), Button(label="Hỏi cán bộ", data="ask:1")),
            (Button(label="Trang web", url="https://cangvu.example/hoi-dap"),),
        ),
        reply_to=str(asked),
        silent=True,
    )
    sent = await channel.send("42", message)
    shown = await visitor.wait_message(containing="15 m")
    assert sent.message_id == str(shown.id)
    assert shown.text == "Từ 15 m trở lên, theo <Nghị định>: <b>Tư</b> & __x__"
    assert [entity["type"] for entity in shown.raw["entities"]] == ["bold"]
    assert [[b["text"] for b in row] for row in shown.rows] == [["SOS", "Hỏi cán bộ"], ["Trang web"]]
    assert shown.button("SOS") == {"text": "SOS", "callback_data": "sos", "style": "danger"}
    assert shown.reply_to == asked
    assert shown.silent


async def test_buttons_and_a_request_for_the_position_become_two_messages(
    channel: TelegramChannel, visitor: Person
) -> None:
    message = words(
        "Gọi **111**", buttons=((Button(label="Tôi an toàn", data="ok"),),), request_location="📍 Gửi vị trí"
    )
    sent = await channel.send("42", message)
    first, second = visitor.messages
    assert (str(first.id), first.labels) == (sent.message_id, ["Tôi an toàn"])
    assert "Gửi vị trí" in second.text
    assert visitor.keyboard == ["📍 Gửi vị trí"]
    await channel.send("42", words("Đã nhận vị trí", clear_location_request=True))
    assert visitor.keyboard == []


async def test_a_long_text_arrives_whole_in_several_messages(channel: TelegramChannel, visitor: Person) -> None:
    paragraphs = [f"{number}. " + "Điều khoản về tàu cá 🚢 " * 20 for number in range(30)]
    message = OutgoingMessage(text=rich("\n\n".join(paragraphs)), buttons=((Button(label="Xem", data="x"),),))
    sent = await channel.send("42", message)
    shown = visitor.messages
    assert len(shown) > 2
    assert "\n\n".join(m.text for m in shown).split() == message.plain.split()
    assert [m.labels for m in shown[:-1]] == [[]] * (len(shown) - 1)
    assert (shown[-1].labels, str(shown[-1].id)) == (["Xem"], sent.message_id)


async def test_media_is_relayed_without_downloading_it(
    telegram: TelegramEmulator, channel: TelegramChannel, visitor: Person
) -> None:
    desk = telegram.group(-100200, "Trực ban")
    photo = visitor.send_photo("giấy phép của tôi")
    await channel.send("-100200", words("Hồ sơ HD-7", relay=MediaRef(chat_id="42", message_id=str(photo))))
    copied, card = desk.messages
    assert copied.copy_of == (42, photo)
    assert (copied.kind, copied.text) == ("photo", "giấy phép của tôi")
    assert card.text == "Hồ sơ HD-7"


async def test_an_edit_changes_the_message_in_place(channel: TelegramChannel, visitor: Person) -> None:
    sent = await channel.send("42", words("Đang gửi 10/100"))
    again = await channel.send("42", words("Đang gửi 50/100", edit_of=sent.message_id))
    assert again == sent
    assert [(m.text, m.edits) for m in visitor.messages] == [("Đang gửi 50/100", 1)]


async def test_an_edit_that_changes_nothing_is_a_success(channel: TelegramChannel, visitor: Person) -> None:
    sent = await channel.send("42", words("như cũ"))
    assert await channel.send("42", words("như cũ", edit_of=sent.message_id)) == sent


@pytest.mark.parametrize("gone", ["999999", "not a number", "theirs"])
async def test_an_edit_of_what_cannot_be_edited_is_sent_anew(
    channel: TelegramChannel, visitor: Person, gone: str
) -> None:
    theirs = visitor.say("chào")
    sent = await channel.send("42", words("thẻ mới", edit_of=str(theirs) if gone == "theirs" else gone))
    assert str(visitor.last.id) == sent.message_id
    assert visitor.last.text == "thẻ mới"


async def test_a_reply_to_a_message_that_is_gone_is_sent_without_it(channel: TelegramChannel, visitor: Person) -> None:
    await channel.send("42", words("trả lời", reply_to="424242"))
    assert visitor.last.reply_to is None


async def test_markup_that_telegram_cannot_parse_is_sent_as_plain_text(
    telegram: TelegramEmulator, channel: TelegramChannel, visitor: Person
) -> None:
    telegram.faults.add("sendMessage", Refuse(400, "Bad Request: can't parse entities: Unsupported start tag"))
    await channel.send("42", words("Gọi **111** < ngay"))
    assert visitor.last.text == "Gọi 111 < ngay"
    assert visitor.last.html is None


async def test_a_button_address_that_telegram_refuses_does_not_hold_the_words_back(
    channel: TelegramChannel, visitor: Person
) -> None:
    rows = ((Button(label="Trang", url="http://localhost:8080/x"), Button(label="Hỏi", data="q")),)
    await channel.send("42", words("Câu trả lời", buttons=rows))
    assert visitor.last.labels == ["Hỏi"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Flood(7), RetryLater("", 7)),
        (Refuse(429, "Too Many Requests"), RetryLater("", 5)),
        (Refuse(403, "Forbidden: bot was blocked by the user"), Unreachable("")),
        (Refuse(403, "Forbidden: user is deactivated"), Unreachable("")),
        (Refuse(400, "Bad Request: chat not found"), Unreachable("")),
        (Refuse(400, "Bad Request: PEER_ID_INVALID"), Unreachable("")),
        (Refuse(400, "Bad Request: upgraded", {"migrate_to_chat_id": -100777}), Moved("", "-100777")),
        (Refuse(400, "Bad Request: not enough rights to send text messages"), Rejected("")),
        (Refuse(400, "Bad Request: message is too long"), Rejected("")),
        (UNAUTHORIZED, NotSent("")),
        (Refuse(404, "Not Found"), NotSent("")),
        (Refuse(409, "Conflict"), NotSent("")),
        (SERVER_ERROR, Uncertain("")),
        (Page(502), Uncertain("")),
        (Page(403), NotSent("")),
        (Page(200), Uncertain("")),
        (Page(200, "[]"), Uncertain("")),
        (Page(200, '{"ok": true}'), Uncertain("")),
        (Hang(), Uncertain("")),
        (CutOff(), Uncertain("")),
        (CutOff(after=True), Uncertain("")),
    ],
    ids=str,
)
async def test_what_trouble_becomes(
    telegram: TelegramEmulator, channel: TelegramChannel, visitor: Person, fault: Flood, expected: SendError
) -> None:
    telegram.faults.add("sendMessage", fault)
    with pytest.raises(type(expected)) as caught:
        await channel.send("42", words("báo bão"))
    assert type(caught.value) is type(expected)
    assert telegram.token not in caught.value.reason
    for attribute in ("seconds", "new_chat_id"):
        assert getattr(caught.value, attribute, None) == getattr(expected, attribute, None)


async def test_chats_that_cannot_be_written_to(telegram: TelegramEmulator, channel: TelegramChannel) -> None:
    telegram.user(1, "chưa từng nhắn")
    telegram.user(2, "đã chặn", started=True).block()
    telegram.group(-3, "đã đuổi bot").set_bot("kicked")
    telegram.group(-4, "nhóm cũ", kind="group").upgrade(-1004)
    for chat, error in (
        ("1", Unreachable),
        ("2", Unreachable),
        ("-3", Unreachable),
        ("-4", Moved),
        ("404", Unreachable),
        ("web:abc", Rejected),
    ):
        with pytest.raises(error):
            await channel.send(chat, words("chào"))


@pytest.fixture
async def unplugged() -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel("1:x", api_url="http://127.0.0.1:9", timeouts=TIMEOUTS)
    yield channel
    await channel.aclose()


async def test_without_a_connection_the_message_is_certainly_not_sent(unplugged: TelegramChannel) -> None:
    with pytest.raises(NotSent):
        await unplugged.send("42", words("chào"))


async def test_an_uncertain_edit_may_simply_be_repeated(
    telegram: TelegramEmulator, channel: TelegramChannel, visitor: Person
) -> None:
    sent = await channel.send("42", words("một"))
    telegram.faults.add("editMessageText", CutOff(after=True))
    edit = words("hai", edit_of=sent.message_id)
    with pytest.raises(NotSent):
        await channel.send("42", edit)
    assert await channel.send("42", edit) == sent
    assert visitor.last.edits == 1


async def test_a_retry_goes_on_where_the_first_attempt_stopped(
    telegram: TelegramEmulator, channel: TelegramChannel, visitor: Person
) -> None:
    message = words("Gọi 111", buttons=((Button(label="An toàn", data="ok"),),), request_location="Gửi vị trí")
    telegram.faults.add("sendMessage", Flood(2), skip=1)
    with pytest.raises(RetryLater):
        await channel.send("42", message)
    sent = await channel.send("42", message)
    assert [m.text for m in visitor.messages] == ["Gọi 111", "👇 Gửi vị trí"]
    assert sent.message_id == str(visitor.messages[0].id)


@pytest.mark.parametrize(
    "message",
    [
        OutgoingMessage(),
        words("   "),
        words("chào", buttons=((Button(label="dài", data="đ" * 33),),)),
        words("chào", buttons=((Button(label="không gì cả"),),)),
        OutgoingMessage(relay=MediaRef(chat_id="42", message_id="x")),
    ],
)
async def test_what_no_call_could_show_is_rejected_before_any_call(
    telegram: TelegramEmulator, channel: TelegramChannel, message: OutgoingMessage
) -> None:
    with pytest.raises(Rejected):
        await channel.send("42", message)
    assert telegram.calls == []


async def test_many_messages_at_once_share_the_connections(telegram: TelegramEmulator) -> None:
    people = [telegram.user(number, started=True) for number in range(1, 101)]
    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=Timeouts())
    await asyncio.gather(*(channel.send(str(person.id), words("tin bão")) for person in people))
    await channel.aclose()
    assert all(person.last.text == "tin bão" for person in people)


# --- files that this house keeps --------------------------------------------------------------------------------------

PHOTO = StoredFile("image/png", png(30, 20), 30, 20)


def ref(kind: str = "image/png", width: int | None = 30, height: int | None = 20, size: int = 900) -> FileRef:
    return FileRef(channel="web", chat_id="c", message_id="m", content_type=kind, size=size, width=width, height=height)


@pytest.fixture
async def with_files(telegram: TelegramEmulator) -> AsyncIterator[TelegramChannel]:
    """A channel that can read the house's files: there is one, a PNG."""

    async def load(asked: FileRef) -> StoredFile | None:
        return PHOTO if asked.message_id == "m" else None

    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, load_file=load)
    yield channel
    await channel.aclose()


async def test_a_photo_is_uploaded_with_its_words(
    with_files: TelegramChannel, telegram: TelegramEmulator, visitor: Person
) -> None:
    sent = await with_files.send("42", words("📎 **HD-7K2M**: ảnh <của> người hỏi", file=ref()))
    (shown,) = visitor.messages
    assert sent.message_id == str(shown.id)
    assert shown.raw["caption"] == "📎 HD-7K2M: ảnh <của> người hỏi"
    (picture,) = shown.raw["photo"]
    assert telegram.api.files[picture["file_id"]]["content"] == PHOTO.content


@pytest.mark.parametrize(
    "unfit",
    [ref("image/heic", None, None), ref(width=9000, height=2000), ref(width=2100, height=100), ref(size=11 << 20)],
)
async def test_what_telegram_makes_no_photo_of_goes_as_a_document(
    with_files: TelegramChannel, visitor: Person, unfit: FileRef
) -> None:
    await with_files.send("42", words("ảnh", file=unfit))
    assert "document" in visitor.last.raw
    assert visitor.last.raw["caption"] == "ảnh"


async def test_a_photo_that_telegram_refuses_goes_as_a_document(telegram: TelegramEmulator, visitor: Person) -> None:
    async def load(asked: FileRef) -> StoredFile | None:
        return StoredFile("image/png", b"no picture to Telegram's eyes")

    channel = TelegramChannel(telegram.token, api_url=telegram.url, timeouts=TIMEOUTS, load_file=load)
    await channel.send("42", words("ảnh", file=ref()))
    assert "document" in visitor.last.raw
    await channel.aclose()


async def test_without_the_file_its_words_go_alone(
    with_files: TelegramChannel, channel: TelegramChannel, visitor: Person
) -> None:
    await with_files.send("42", words("ảnh **đã** mất", file=ref().model_copy(update={"message_id": "gone"})))
    await channel.send("42", words("ảnh không đọc được", file=ref()))
    assert [m.text for m in visitor.messages] == ["ảnh đã mất", "ảnh không đọc được"]
