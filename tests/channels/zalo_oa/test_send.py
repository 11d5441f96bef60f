"""Sending through the account's API: what people see, and what each kind of trouble becomes."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import replace

import pytest

from bot.channels.zalo_oa import ZaloOaChannel
from bot.channels.zalo_oa.media import file_of, may_be_fetched
from bot.channels.zalo_oa.render import render
from bot.messages import (
    Button,
    Means,
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
from tests.fakes.telegram.server import HttpRequest, HttpResponse, HttpServer
from tests.fakes.zalo import Code, CutOff, Follower, Half, Hang, OaEmulator, Page, TooMany
from tests.support.clock import FrozenClock

SEND = "/v3.0/oa/message/cs"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 1000


@pytest.fixture
def visitor(zalo: OaEmulator) -> Follower:
    return zalo.user("42", "Tư", wrote=True)


def words(text: str, **fields: object) -> OutgoingMessage:
    return OutgoingMessage(text=rich(text), **fields)  # type: ignore[arg-type]


def taps(*labels: str) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(label=label, data=f"e:entry-{number}"),) for number, label in enumerate(labels))


async def test_words_and_buttons_arrive_and_a_tap_comes_back_as_one(channel: ZaloOaChannel, visitor: Follower) -> None:
    page = Button(label="Trang web", url="https://cangvu.example/hoi-dap")
    message = words("Từ **15 m** trở lên", buttons=(*taps("Hỏi cán bộ"), (page,)), reply_to="77")
    sent = await channel.send("42", message)
    shown = await visitor.wait_message(containing="15 m")
    assert sent.message_id == shown.id
    assert shown.text == "Từ 15 m trở lên"
    assert shown.labels == ["Hỏi cán bộ", "Trang web"]
    assert shown.raw["quote_message_id"] == "77"
    assert [button["type"] for button in shown.buttons] == ["oa.query.hide", "oa.open.url"]
    assert shown.buttons[0]["payload"] == "#hd e:entry-0"


async def test_more_than_five_buttons_go_on_in_another_message(channel: ZaloOaChannel, visitor: Follower) -> None:
    await channel.send("42", words("Chọn", buttons=taps(*"abcdefg")))
    assert [shown.labels for shown in visitor.messages] == [list("abcde"), list("fg")]


async def test_a_long_text_arrives_whole_in_several_messages(channel: ZaloOaChannel, visitor: Follower) -> None:
    paragraphs = [f"{number}. " + "Điều khoản về tàu cá 🚢 " * 20 for number in range(15)]
    message = OutgoingMessage(text=rich("{t}", t="\n\n".join(paragraphs)), buttons=taps("Xem"))
    sent = await channel.send("42", message)
    shown = visitor.messages
    assert len(shown) > 3
    assert "\n\n".join(m.text for m in shown).split() == message.plain.split()
    assert all(m.text.startswith(tuple("0123456789")) for m in shown)
    assert [m.labels for m in shown] == [[]] * (len(shown) - 1) + [["Xem"]]
    assert sent.message_id == shown[-1].id


async def test_decomposed_vietnamese_is_composed_before_it_is_counted(
    channel: ZaloOaChannel, visitor: Follower
) -> None:
    await channel.send("42", OutgoingMessage(text=rich("{t}", t=unicodedata.normalize("NFD", "ế" * 1999))))
    assert [len(m.text) for m in visitor.messages] == [1999]


async def test_an_interrupted_message_goes_on_where_it_stopped(
    zalo: OaEmulator, channel: ZaloOaChannel, visitor: Follower
) -> None:
    message = OutgoingMessage(text=rich("{t}", t="một " * 900))
    zalo.faults.add(SEND, Code(-32, "rate"), skip=1)
    with pytest.raises(RetryLater):
        await channel.send("42", message)
    await channel.send("42", message)
    assert " ".join(m.text for m in visitor.messages).split() == message.plain.split()


async def test_buttons_that_zalo_refuses_do_not_hold_the_words_back(channel: ZaloOaChannel, visitor: Follower) -> None:
    here = Button(label="Trang", url="http://127.0.0.1:8080/x")
    await channel.send("42", words("Câu trả lời", buttons=((here,), *taps("Hỏi"))))
    (shown,) = visitor.messages
    assert (shown.text, shown.labels) == ("Câu trả lời\nTrang: http://127.0.0.1:8080/x", [])


async def test_an_edit_is_sent_anew_since_nothing_can_be_edited(channel: ZaloOaChannel, visitor: Follower) -> None:
    sent = await channel.send("42", words("1 trên 2"))
    await channel.send("42", words("2 trên 2", edit_of=sent.message_id))
    assert [m.text for m in visitor.messages] == ["1 trên 2", "2 trên 2"]


async def test_a_group_of_the_account_gets_words_and_no_calls_by_name(zalo: OaEmulator, channel: ZaloOaChannel) -> None:
    button = Button(label="Xem", url="https://cangvu.example/canh-bao")
    await channel.send("group:g9", words("Bão số 9 [@all]", buttons=((button,), *taps("Thôi nhận"))))
    (shown,) = zalo.groups["g9"]
    assert shown.text == "Bão số 9 [ @all]\nXem: https://cangvu.example/canh-bao"


def test_somebody_who_did_not_sign_in_is_written_to_by_both_ids() -> None:
    (call,) = render("anonymous:an1:co1", words("chào"))
    assert call.body["recipient"] == {"anonymous_id": "an1", "conversation_id": "co1"}


MEANS = (Means.TEMPLATE, Means.GROUP, Means.PHONE)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Code(-32, "rate limit"), RetryLater("", 61)),
        (TooMany(), RetryLater("", 5)),
        (Code(-200, "send failed"), NotSent("")),
        (Code(-201, "params is invalid"), Rejected("")),
        (Code(-210, "too long"), Rejected("")),
        (Code(-240, "v2 is gone"), Rejected("")),
        (Code(-213, "not followed"), Unreachable("not a follower")),
        (Code(-227, "banned or inactive"), Unreachable("not a follower")),
        (Code(-217, "blocked invitations"), OutOfReach("", MEANS)),
        (Code(-218, "cap"), OutOfReach("", MEANS)),
        (Code(-230, "7 days"), OutOfReach("window closed", MEANS)),
        (Code(-232, "7 days"), OutOfReach("window closed", MEANS)),
        (Code(-244, "restricts"), OutOfReach("", MEANS)),
        (Code(-234, "night"), RetryLater("", 21 * 3600)),
        (Code(-211, "quota"), OutOfReach("quota used up", MEANS)),
        (Code(-224, "needs a higher package"), NotSent("set-up:")),
        (Code(-320, "no money"), NotSent("set-up:")),
        (Code(-99999, "a code to come"), NotSent("unknown code")),
        (Page(502), Uncertain("")),
        (Page(403), NotSent("")),
        (Page(200), Uncertain("")),
        (Page(200, "[]"), Uncertain("")),
        (Page(200, '{"ok": 1}'), Uncertain("")),
        (Page(200, '{"error": "no"}'), Uncertain("")),
        (Hang(), Uncertain("")),
        (Hang(after=True), Uncertain("")),
        (CutOff(), Uncertain("")),
        (CutOff(after=True), Uncertain("")),
        (Half(), Uncertain("")),
    ],
    ids=str,
)
async def test_what_trouble_becomes(
    zalo: OaEmulator, channel: ZaloOaChannel, visitor: Follower, fault: Code, expected: SendError
) -> None:
    zalo.faults.add(SEND, fault)
    with pytest.raises(SendError) as caught:
        await channel.send("42", words("báo bão"))
    assert type(caught.value) is type(expected)
    assert caught.value.reason.startswith(expected.reason)
    assert str(zalo.oauth.access_token) not in caught.value.reason
    for attribute in ("seconds", "means"):
        assert getattr(caught.value, attribute, None) == getattr(expected, attribute, None)


async def test_nobody_there_is_certainly_not_sent(channel: ZaloOaChannel, zalo: OaEmulator, visitor: Follower) -> None:
    await channel.api.tokens.access()
    await zalo._http.stop()
    with pytest.raises(NotSent):
        await channel.send("42", words("báo bão"))


async def test_the_windows_as_the_platform_keeps_them(
    zalo: OaEmulator, channel: ZaloOaChannel, visitor: Follower, clock: FrozenClock
) -> None:
    window = channel.capabilities.window
    assert window is not None
    wrote = clock.now()
    await channel.send("42", words("miễn phí"))
    assert channel.charged == 0
    clock.advance(hours=49)
    assert window.is_closed(wrote, clock.now())
    await channel.send("42", words("tốn tiền"))
    assert channel.charged == 1
    zalo.package = 0
    with pytest.raises(OutOfReach, match="quota"):
        await channel.send("42", words("hết gói"))
    clock.advance(days=6)
    with pytest.raises(OutOfReach, match="window closed"):
        await channel.send("42", words("quá hạn"))
    visitor.unfollow()
    with pytest.raises(Unreachable):
        await channel.send("42", words("đã bỏ theo dõi"))


@pytest.mark.parametrize(
    ("paid", "since", "closed"),
    [
        (False, dt.timedelta(hours=48), False),
        (False, dt.timedelta(hours=48, seconds=1), True),
        (True, dt.timedelta(hours=49), False),
        (True, dt.timedelta(days=7, seconds=1), True),
        (True, None, True),
        (False, None, True),
    ],
)
def test_when_the_window_is_closed(
    zalo: OaEmulator, channel: ZaloOaChannel, clock: FrozenClock, paid: bool, since: dt.timedelta | None, closed: bool
) -> None:
    assert channel.capabilities.window is not None
    window = replace(channel.capabilities.window, paid=paid)
    last = clock.now() - since if since is not None else None
    assert window.is_closed(last, clock.now()) is closed


@pytest.mark.parametrize(
    ("content", "path", "shown"),
    [(JPEG, "/v2.0/oa/upload/image", "template"), (b"%PDF-1.7 x", "/v2.0/oa/upload/file", "file")],
)
async def test_a_file_is_fetched_uploaded_and_sent(
    zalo: OaEmulator, channel: ZaloOaChannel, visitor: Follower, content: bytes, path: str, shown: str
) -> None:
    async def media(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, content)

    server = HttpServer(media)
    url = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}/f"
    await channel.send("42", words("Mẫu đơn", relay=MediaRef(chat_id="1", message_id="2", url=url)))
    await server.stop()
    assert [call.path for call in zalo.calls][-2:] == [path, SEND]
    assert list(zalo.uploads.values()) == [content]
    assert [m.raw.get("attachment", {}).get("type") for m in visitor.messages] == [None, shown]


@pytest.mark.parametrize(
    "message",
    [
        OutgoingMessage(),
        OutgoingMessage(relay=MediaRef(chat_id="1", message_id="2")),
        OutgoingMessage(relay=MediaRef(chat_id="1", message_id="2", url="http://169.254.169.254/latest")),
        OutgoingMessage(text=rich("x"), buttons=((Button(label="không có gì"),),)),
    ],
)
async def test_what_no_call_could_show_is_refused(channel: ZaloOaChannel, message: OutgoingMessage) -> None:
    with pytest.raises(Rejected):
        await channel.send("42", message)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://photo.zdn.vn/a.jpg", True),
        ("https://zdn.vn/a.jpg", True),
        ("https://evilzdn.vn/a.jpg", False),
        ("https://zdn.vn.evil.example/a.jpg", False),
        ("https://zdn.vn@evil.example/a.jpg", False),
        ("file:///etc/passwd", False),
        ("http://127.0.0.1/", False),
        ("http://[::1", False),
    ],
)
def test_files_are_fetched_from_the_platforms_own_hosts_only(url: str, allowed: bool) -> None:
    assert may_be_fetched(url) is allowed


def test_what_can_be_uploaded_is_told_by_its_bytes() -> None:
    assert file_of(b"MZ\x90 photo.jpg") is None
    assert file_of(b"<svg onload=alert(1)>") is None
    assert file_of(JPEG + b"x" * (1 << 20)) is None
