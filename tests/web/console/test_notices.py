"""Notices: written by one, approved by another, stopped by anybody who may."""

from __future__ import annotations

import re

import pytest
from httpx import Response
from sqlalchemy import select

from bot import notices, people
from bot.messages import ChatKind, InboundMessage, Sender, Text
from bot.notices import NoticeWorker
from bot.store.tables import Notice, NoticeState, Outgoing, OutgoingState, Role
from tests.web.console.desk_house import Browser, DeskHouse

FORM: dict[str, object] = {
    "kind": "weather",
    "severity": "severe",
    "title_vi": "Gió mạnh",
    "text_vi": "Gió cấp 6, giật cấp 8.",
    "title_en": "",
    "text_en": "",
    "send_at": "",
    "expires_at": "",
}


async def write(browser: Browser, **changes: str) -> str:
    response = await browser.post("/console/notices/new", {**FORM, **changes})
    assert response.status_code == 303, response.text
    return re.findall(r"TB-\w+", response.headers["location"])[0]


def seen_on(page: str) -> str:
    return re.findall(r'name="seen" value="([^"]+)"', page)[0]


async def approve(browser: Browser, page: str, **more: str) -> Response:
    return await browser.post(f"{page}/approve", {"seen": seen_on((await browser.get(page)).text), **more})


async def subscribe(house: DeskHouse, number: int, *, gone: int = 0) -> None:
    now = house.clock.now()
    async with house.store.write() as session:
        for index in range(number):
            message = InboundMessage(
                channel="telegram",
                chat_id=f"reader-{index}",
                chat_kind=ChatKind.PRIVATE,
                sender=Sender(id=str(index), language_hint="en" if index % 2 else "vi"),
                content=Text(text="x"),
                sent_at=now,
            )
            conversation = await people.conversation_for(session, message, now=now)
            await people.subscribe(session, conversation, "weather", now=now)
            if index < gone:
                await people.mark_unreachable(session, conversation, "blocked", now=now)


async def notice_of(house: DeskHouse, code: str) -> Notice:
    async with house.store.read() as session:
        return await notices.get(session, code)


async def test_one_writes_another_approves_and_the_figures_show(house: DeskHouse) -> None:
    await subscribe(house, 5, gone=1)
    writer, second = await house.sign_in("Dung", Role.BROADCASTER), await house.sign_in("Em", Role.BROADCASTER)
    assert "4 người đăng ký nhận" in (await writer.get("/console/notices/new")).text
    code = await write(writer, title_en="Strong wind", text_en="Force 6.")
    page = f"/console/notices/{code}"
    draft = (await writer.get(page)).text
    assert "Strong wind" in draft  # both previews
    assert "<strong>4</strong> người" in draft
    assert "không liên lạc được" in draft
    assert "/approve" not in draft

    await writer.post(f"{page}/submit")
    assert "không tự duyệt được" in (await writer.get(page)).text
    own = await writer.post(f"{page}/approve")
    assert (own.status_code, "Nhờ một đồng nghiệp duyệt" in own.text) == (409, True)
    assert house.rung == 0 or (await notice_of(house, code)).state is NoticeState.SUBMITTED

    assert (await approve(second, page)).status_code == 303
    assert house.rung >= 1
    worker = NoticeWorker(house.store, house.clock, lambda: house.snapshot)
    await worker.tick()
    async with house.store.write() as session:
        rows = list(await session.scalars(select(Outgoing).where(Outgoing.notice_id.is_not(None))))  # type: ignore[union-attr]
        assert len(rows) == 4
        for row, state in zip(rows, ("sent", "sent", "failed", "queued"), strict=True):
            row.state = OutgoingState(state)
        rows[2].error = "Forbidden: bot was blocked by the user"
    figures = (await second.get(f"{page}/progress")).text
    assert 'value="75"' in figures
    assert "người nhận đã chặn bot" in figures

    assert (await second.post(f"{page}/stop")).status_code == 303
    assert "đã dừng gửi" in (await second.get(page)).text
    assert (await second.post(f"{page}/stop")).status_code == 409
    history = (await second.get(page)).text
    for deed in ("soạn", "trình duyệt", "duyệt", "dừng gửi"):
        assert deed in history
    assert "2/4 đã gửi" in (await writer.get("/console/notices")).text


async def test_a_lone_administrator_says_that_they_approve_alone(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    code = await write(admin)
    page = f"/console/notices/{code}"
    await admin.post(f"{page}/submit")
    assert "Tôi là người duy nhất" in (await admin.get(page)).text
    without = await admin.post(f"{page}/approve")
    assert (without.status_code, "hãy đánh dấu" in without.text) == (422, True)
    assert (await notice_of(house, code)).state is NoticeState.SUBMITTED
    assert (await approve(admin, page, alone="1")).status_code == 303
    assert "tự duyệt (không có người thứ hai)" in (await admin.get(page)).text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title_vi": " "}, "Thiếu tiêu đề"),
        ({"text_vi": ""}, "Thiếu nội dung"),
        ({"title_en": "Only half"}, "Tiếng Anh phải có cả"),
        ({"send_at": "2026-11-25T10:00", "expires_at": "2026-11-25T09:00"}, "phải sau thời điểm gửi"),
        ({"send_at": "ngày mai"}, "Giờ gửi không đọc được"),
        ({"expires_at": "9999-99-99T00:00"}, "Giờ hết hiệu lực không đọc được"),
        ({"kind": "gossip"}, "Hãy chọn loại tin"),
        ({"text_vi": "x" * 3001}, "quá dài"),
    ],
)
async def test_a_bad_form_says_what_is_wrong_and_keeps_the_rest(
    house: DeskHouse, changes: dict[str, str], complaint: str
) -> None:
    writer = await house.sign_in("Dung", Role.BROADCASTER)
    response = await writer.post("/console/notices/new", {**FORM, "text_vi": "Nội dung giữ lại", **changes})
    assert response.status_code == 422
    assert complaint in response.text
    if "text_vi" not in changes:
        assert "Nội dung giữ lại" in response.text
    async with house.store.read() as session:
        assert await notices.list_notices(session) == []


async def test_times_are_local_on_the_page_and_utc_inside(house: DeskHouse) -> None:
    writer = await house.sign_in("Dung", Role.BROADCASTER)
    code = await write(writer, send_at="2026-11-25T07:30", expires_at="2026-11-26T00:00")
    notice = await notice_of(house, code)
    assert notice.send_at is not None
    assert f"{notice.send_at:%Y-%m-%dT%H:%M}" == "2026-11-25T00:30"
    edit = (await writer.get(f"/console/notices/{code}/edit")).text
    assert 'value="2026-11-25T07:30"' in edit
    assert "07:30 25/11" in (await writer.get(f"/console/notices/{code}")).text


async def test_editing_a_submitted_notice_asks_for_approval_again(house: DeskHouse) -> None:
    writer, second = await house.sign_in("Dung", Role.BROADCASTER), await house.sign_in("Em", Role.BROADCASTER)
    code = await write(writer)
    page = f"/console/notices/{code}"
    await writer.post(f"{page}/submit")
    await second.post(f"{page}/edit", {**FORM, "title_vi": "Gió rất mạnh"})
    assert (await notice_of(house, code)).state is NoticeState.DRAFT
    await writer.post(f"{page}/discard")
    refused = await writer.post(f"{page}/edit", FORM)
    assert (refused.status_code, "“Đã bỏ”" in refused.text) == (422, True)


async def test_a_notice_is_text_and_nothing_else(house: DeskHouse) -> None:
    writer = await house.sign_in("Dung", Role.BROADCASTER)
    code = await write(writer, title_vi="<b>Bão</b>", text_vi="**không** <i>phải</i> {kind} </textarea><script>")
    for path in (f"/console/notices/{code}", "/console/notices", f"/console/notices/{code}/edit"):
        page = (await writer.get(path)).text
        assert "<b>Bão" not in page
        assert "</textarea><script>" not in page
    assert "**không** &lt;i&gt;phải&lt;/i&gt; {kind}" in (await writer.get(f"/console/notices/{code}")).text
    assert (await writer.get("/console/notices/TB-22222")).status_code == 404


async def test_a_text_that_changed_under_an_open_page_is_not_sent_unread(house: DeskHouse) -> None:
    writer, second = await house.sign_in("Dung", Role.BROADCASTER), await house.sign_in("Em", Role.BROADCASTER)
    code = await write(writer)
    page = f"/console/notices/{code}"
    await writer.post(f"{page}/submit")
    read = seen_on((await second.get(page)).text)
    await writer.post(f"{page}/edit", {**FORM, "text_vi": "Gió cấp 12."})
    await writer.post(f"{page}/submit")

    refused = await second.post(f"{page}/approve", {"seen": read})
    assert (refused.status_code, "đã được sửa sau khi bạn mở trang" in refused.text) == (409, True)
    assert "Gió cấp 12." in refused.text
    assert (await notice_of(house, code)).state is NoticeState.SUBMITTED
    assert (await second.post(f"{page}/approve", {"seen": ""})).status_code == 409
    assert (await second.post(f"{page}/approve", {"seen": seen_on(refused.text)})).status_code == 303


async def test_recipients_are_narrowed_by_ticks_and_what_the_form_does_not_show_stays(house: DeskHouse) -> None:
    await subscribe(house, 3)
    async with house.store.write() as session:
        reader = await people.conversation_of(session, "telegram", "reader-0")
        assert reader is not None
        areas = frozenset({"phu-quoc"})
        await people.set_profile(session, reader, "role", "fisherman", areas=areas, now=house.clock.now())
        await people.set_profile(session, reader, "area", "phu-quoc", areas=areas, now=house.clock.now())
    writer = await house.sign_in("Dung", Role.BROADCASTER)
    form = (await writer.get("/console/notices/new")).text
    for part in ("Thu hẹp người nhận", "Ngư dân", "Phú Quốc", "15 đến dưới 24 m"):
        assert part in form
    narrowed: dict[str, object] = {**FORM, "severity": "minor", "role": ["fisherman", "boat_owner"], "area": "phu-quoc"}
    response = await writer.post("/console/notices/new", narrowed)
    code = re.findall(r"TB-\w+", response.headers["location"])[0]
    assert (await notice_of(house, code)).audience == {"role": ["fisherman", "boat_owner"], "area": ["phu-quoc"]}
    page = (await writer.get(f"/console/notices/{code}")).text
    assert "<strong>1</strong>" in page
    assert "Ngư dân, thuyền viên tàu cá, Chủ tàu" in page
    async with house.store.write() as session:
        (await notices.get(session, code)).audience = {"languages": ["vi"], "role": ["fisherman"]}
    edit = f"/console/notices/{code}/edit"
    assert 'value="fisherman" checked' in (await writer.get(edit)).text
    await writer.post(edit, {**FORM, "vessel": "none"})
    assert (await notice_of(house, code)).audience == {"languages": ["vi"], "vessel": ["none"]}
    refused = await writer.post(edit, {**FORM, "area": "atlantis"})
    assert refused.status_code == 422
    assert "không còn dùng được" in refused.text
