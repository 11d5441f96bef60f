"""The hotline on Zalo, over real sockets: a question, a choice by number, a ticket, the officer's answer; and what the
officers are told when the answer can't reach the asker any more."""

from __future__ import annotations

import datetime as dt
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.matching import Decision
from bot.store.tables import Conversation, EventKind, Inbound, Outgoing, OutgoingState, Person, Ticket, TicketEvent
from tests.fakes.telegram import TelegramEmulator
from tests.fakes.zalo import BotEmulator, Code, Follower, OaEmulator
from tests.stories.hotline import Hotline, running, ticket_code

VMS = "tau ca may met thi phai gan gsht"
#: Words that may mean several things; which of them the matcher is sure of changes with the knowledge.
UNSURE = ("giấy phép", "đăng kiểm", "bảo hiểm", "phao")
ODD = "/hoi giá vé xem phim ở rạp cuối tuần này bao nhiêu vậy"
SINKING = "cứu với, tàu tôi đang chìm"


@pytest.fixture
async def zalo() -> AsyncIterator[OaEmulator]:
    """An Official Account."""
    async with OaEmulator() as emulator:
        yield emulator


@pytest.fixture
async def oa_hotline(tmp_path: Path, telegram: TelegramEmulator, zalo: OaEmulator) -> AsyncIterator[Hotline]:
    """The program with the account for askers and Telegram for the officers."""
    async with running(tmp_path, telegram, **zalo.environ) as hotline:
        zalo.deliver_to(f"{hotline.url}/webhooks/zalo-oa")
        yield hotline


def unsure(hotline: Hotline) -> str:
    """Words that are asked back about."""
    matcher = hotline.house.live.knowledge.matcher
    return next(words for words in UNSURE if matcher.match(words).decision is Decision.CLARIFY)


async def days_pass(hotline: Hotline, person: Follower, days: float) -> None:
    """The person wrote that long ago, by the program's book and by the platform's."""
    assert person.last_act is not None
    person.last_act -= days * 86_400
    async with hotline.house.store.write() as session:
        row = await session.scalar(select(Conversation).where(col(Conversation.chat_id) == person.id))
        assert row is not None
        assert row.last_inbound_at is not None
        row.last_inbound_at -= dt.timedelta(days=days)


async def answers(session: AsyncSession) -> list[Outgoing]:
    found = await session.scalars(select(Outgoing).where(col(Outgoing.source) == "answer").order_by(col(Outgoing.id)))
    return list(found)


async def test_the_whole_story(oa_hotline: Hotline, telegram: TelegramEmulator, zalo: OaEmulator) -> None:
    group = await oa_hotline.desk_group(telegram)
    officer = await oa_hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = zalo.user("2512523625412515", "Tư")

    visitor.follow()
    welcome = await visitor.wait_message(containing="Cảng vụ Hàng hải Kiên Giang", timeout=15)
    assert "📋 Xem chủ đề" in welcome.labels
    assert len(welcome.labels) <= 5

    visitor.say(VMS)
    answer = await visitor.wait_message(containing="Căn cứ:")
    assert "15" in answer.text
    assert len(answer.labels) <= 5

    visitor.say(unsure(oa_hotline))
    choice = await visitor.wait_message(containing="Ý anh/chị là câu nào")
    assert 2 <= len(choice.labels) <= 5
    visitor.say("1")
    await visitor.wait_message(containing="Căn cứ:")

    visitor.tap("📋 Xem chủ đề")
    menu = await visitor.wait_message(containing="Bấm chủ đề")
    assert "\n1. " in menu.text
    assert "Trả lời 1, 2" in menu.text
    visitor.say("2")
    topic = await visitor.wait_message(containing="Bấm câu cần xem")
    assert "1. " in topic.text

    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    assert "zalo-oa" in card.text
    visitor.send("image", "ảnh vé cũ")
    await visitor.wait_message(containing=code)
    media = await group.wait_message(containing="mở tệp")
    assert "photo.zdn.vn" in str(media.raw)
    officer.reply(card, "Việc này anh/chị hỏi rạp phim ạ.")
    await group.wait_message(containing=f"✓ Đã gửi cho người hỏi {code}")
    within = await visitor.wait_message(containing="hỏi rạp phim")
    assert code in within.text

    await days_pass(oa_hotline, visitor, 3)
    before = len(visitor.messages)
    officer.reply(card, "Bổ sung: rạp mở cửa lúc 8 giờ.")
    warned = await group.wait_message(containing="hiện không gửi được cho người hỏi")
    assert code in warned.text
    told = await group.wait_message(containing="CHƯA tới được người hỏi")
    assert "quá hạn nhắn tin miễn phí" in told.text
    for means in ("ZBS", "nhóm", "gọi điện", "trang web"):
        assert means in told.text
    assert len(visitor.messages) == before
    async with oa_hotline.house.store.read() as session:
        last = (await answers(session))[-1]
        notes = (await session.scalars(select(TicketEvent).where(col(TicketEvent.kind) == EventKind.NOTE))).all()
    assert last.state is OutgoingState.FAILED
    assert "window closed" in (last.error or "")
    assert [note.internal for note in notes] == [True]

    visitor.say("cảm ơn, còn gì nữa không?")
    await visitor.wait_message()
    officer.reply(card, "Rạp mở cửa lúc 8 giờ.")
    await visitor.wait_message(containing="8 giờ")
    assert zalo.oauth.reused == 0


async def test_distress_gets_the_numbers_first_and_a_way_to_send_the_position(
    oa_hotline: Hotline, telegram: TelegramEmulator, zalo: OaEmulator
) -> None:
    group = await oa_hotline.desk_group(telegram)
    visitor = zalo.user()
    visitor.say(SINKING)
    first = await visitor.wait_message(timeout=15)
    assert "112" in first.text
    assert "dấu + cạnh ô nhập tin" in first.text
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    await group.wait_message(containing=code)
    visitor.share_location(9.9012, 103.8456)
    await visitor.wait_message(containing="Đã nhận vị trí")
    await group.wait_message(containing="9°54")


async def test_distress_is_answered_even_when_nothing_can_be_written(oa_hotline: Hotline, zalo: OaEmulator) -> None:
    visitor = zalo.user()
    visitor.say("chào")
    await visitor.wait_message(timeout=15)
    database = oa_hotline.house.store.url.database
    assert database is not None
    other = sqlite3.connect(database, timeout=30, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        visitor.say(SINKING)
        first = await visitor.wait_message(containing="112", timeout=20)
        assert "dấu + cạnh ô nhập tin" in first.text
    finally:
        other.execute("ROLLBACK")
        other.close()
    await visitor.wait_message(containing="HD-", timeout=30)


async def test_who_leaves_is_not_written_to_and_who_returns_is(oa_hotline: Hotline, zalo: OaEmulator) -> None:
    visitor = zalo.user()
    visitor.follow()
    await visitor.wait_message(timeout=15)
    visitor.unfollow()

    async def reason() -> str | None:
        async with oa_hotline.house.store.read() as session:
            found: str | None = await session.scalar(select(col(Conversation.unreachable_reason)))
            return found

    while await reason() != "blocked":
        await zalo.wait_for(lambda: True)
    visitor.follow()
    await visitor.wait_message(containing="Cảng vụ", timeout=10)
    assert await reason() is None


async def test_who_withdraws_leaves_no_words_behind(oa_hotline: Hotline, zalo: OaEmulator) -> None:
    visitor = zalo.user("777", "Tên Rất Riêng")
    visitor.say("chào")
    await visitor.wait_message(timeout=15)
    visitor.say(ODD)
    await visitor.wait_message(containing="HD-")
    visitor.withdraw()

    async def everything() -> str:
        async with oa_hotline.house.store.read() as session:
            rows: list[object] = []
            for table in (Inbound, Outgoing, Ticket, TicketEvent, Person):
                rows += (await session.scalars(select(table))).all()
            return repr([row.model_dump() for row in rows])  # type: ignore[attr-defined]

    for _ in range(100):
        if "giá vé xem phim" not in (text := await everything()):
            break
        await zalo.wait_for(lambda: True)
        await zalo.wait_for(lambda: True)
    assert "giá vé xem phim" not in text
    assert "Tên Rất Riêng" not in text


async def test_readyz_and_forged_deliveries(oa_hotline: Hotline, zalo: OaEmulator) -> None:
    async with httpx.AsyncClient(base_url=oa_hotline.url, trust_env=False) as client:
        for _ in range(200):
            ready = (await client.get("/readyz")).json()["checks"]
            if ready["zalo-oa"].startswith("ok: Cảng vụ"):
                break
        assert ready["zalo-oa"].startswith("ok: Cảng vụ, token renewed 0.0 h ago"), ready
        body = zalo.body_of({"event_name": "user_send_text", "sender": {"id": "1"}, "message": {"msg_id": "1"}})
        assert (await client.post("/webhooks/zalo-oa", content=body)).status_code == 401
        forged = {"X-ZEvent-Signature": zalo.signature(body, key="x")}
        assert (await client.post("/webhooks/zalo-oa", content=body, headers=forged)).status_code == 403
        right = {"X-ZEvent-Signature": zalo.signature(body)}
        assert (await client.post("/webhooks/zalo-oa", content=body, headers=right)).status_code == 200
        assert (await client.post("/webhooks/zalo-oa", content=b"{}")).status_code == 200
        assert (await client.post("/webhooks/zalo-bot", content=b"{}")).status_code == 404
        assert (await client.post("/webhooks/zalo-oa", content=b"x" * 1_100_000)).status_code == 413


async def test_a_lost_grant_makes_the_program_unready_and_webhooks_go_on(tmp_path: Path, zalo: OaEmulator) -> None:
    environ = zalo.environ
    zalo.oauth.refresh_token = None
    async with running(tmp_path, **environ) as hotline, httpx.AsyncClient(trust_env=False) as client:
        zalo.deliver_to(f"{hotline.url}/webhooks/zalo-oa")
        zalo.user().say("chào")
        await zalo.wait_for(lambda: zalo.deliveries == [200])
        for _ in range(200):
            response = await client.get(f"{hotline.url}/readyz")
            if "HAIDANG_ZALO_OA_REFRESH_TOKEN" in response.text:
                break
        assert response.status_code == 503
        assert "consent" in response.text


async def test_the_platforms_trouble_loses_no_answer(oa_hotline: Hotline, zalo: OaEmulator) -> None:
    visitor = zalo.user()
    visitor.say("chào")
    await visitor.wait_message(timeout=15)
    zalo.faults.add("/v3.0/oa/message/cs", Code(-200, "failed"))
    visitor.say(VMS)
    await visitor.wait_message(containing="Căn cứ:", timeout=15)


async def test_quota_used_up_is_said_to_the_officers(
    oa_hotline: Hotline, telegram: TelegramEmulator, zalo: OaEmulator
) -> None:
    group = await oa_hotline.desk_group(telegram)
    officer = await oa_hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = zalo.user()
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-", timeout=15)).text)
    card = await group.wait_message(containing=code)
    zalo.faults.add("/v3.0/oa/message/cs", Code(-211, "Out of quota"), times=None)
    officer.reply(card, "Anh/chị hỏi rạp phim ạ.")
    told = await group.wait_message(containing="CHƯA tới được người hỏi")
    assert "hết số tin" in told.text


async def test_the_bot_by_polling_says_everything_in_words(tmp_path: Path) -> None:
    async with BotEmulator() as bot, running(tmp_path, **bot.environ) as hotline:
        person = bot.user("bu-1", "Năm")
        person.say(unsure(hotline))
        choice = await person.wait_message("Ý anh/chị là câu nào", timeout=15)
        assert "1. " in choice
        assert "0. Không phải, hỏi cán bộ" in choice
        assert "Trả lời 1, 2" in choice
        person.say("0")
        await person.wait_message("HD-")
        person.say(SINKING)
        first = await person.wait_message("112")
        assert "gõ tọa độ" in first
        assert "nút gửi vị trí" not in first
        person.send("unsupported")
        withheld = await person.wait_message("Xin gọi điện")
        assert "112" in withheld


async def test_the_bot_by_webhook(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{free.getsockname()[1]}"
    environ = {
        "HAIDANG_HTTP": here,
        "HAIDANG_PUBLIC_URL": f"http://{here}",
        "HAIDANG_ZALO_BOT_SECRET": "a-secret-of-ours",
    }
    async with BotEmulator() as bot, running(tmp_path, **bot.environ, **environ):
        await bot.wait_for(lambda: bot.webhook, 15)
        person = bot.user("bu-1", "Năm")
        person.say(VMS)
        await person.wait_message("Căn cứ:", timeout=15)
        assert bot.deliveries == [200]


async def test_a_paid_window_lets_answers_through_for_seven_days(
    tmp_path: Path, telegram: TelegramEmulator, zalo: OaEmulator
) -> None:
    async with running(tmp_path, telegram, HAIDANG_ZALO_OA_PAID="1", **zalo.environ) as hotline:
        zalo.deliver_to(f"{hotline.url}/webhooks/zalo-oa")
        group = await hotline.desk_group(telegram)
        officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
        visitor = zalo.user()
        visitor.say(ODD)
        code = ticket_code((await visitor.wait_message(containing="HD-", timeout=15)).text)
        card = await group.wait_message(containing=code)
        await days_pass(hotline, visitor, 3)
        officer.reply(card, "Anh/chị hỏi rạp phim ạ.")
        await visitor.wait_message(containing="rạp phim ạ")
        assert zalo.package == 9
        await days_pass(hotline, visitor, 5)
        officer.reply(card, "Nhắc lại ạ.")
        await group.wait_message(containing="CHƯA tới được người hỏi")
