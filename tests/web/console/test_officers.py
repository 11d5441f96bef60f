"""Letting people in, and taking access away."""

from __future__ import annotations

import re

import pytest

from bot import desk, people
from bot.messages import ChatKind, InboundMessage, Sender, Text
from bot.store.tables import Role, TicketState
from tests.web.console.desk_house import DeskHouse


async def test_an_invitation_is_shown_once_and_lets_the_person_in(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    department = house.snapshot.organization.departments[0]
    made = await admin.post(
        "/console/officers",
        {"name": "Nguyễn <Thảo>", "roles": ["officer", "broadcaster"], "department": department.id},
    )
    assert made.status_code == 200
    link = re.findall(r'value="http://hoidap\.example\.vn(/console/login/[^"]+)"', made.text)[0]
    assert f"/canbo {link.rsplit('/', 1)[1]}" in made.text
    assert "Nguyễn &lt;Thảo&gt;" in made.text

    later = (await admin.get("/console/officers")).text
    assert "/console/login/" not in later
    assert "Đã mời, chưa đăng nhập" in later
    assert department.name.vi in later
    browser = house.stranger()
    assert (await browser.client.post(link)).status_code == 303
    assert "Phát thông báo" in (await browser.get("/console/me")).text


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"name": " ", "roles": ["officer"]}, "Hãy nhập họ và tên"),
        ({"name": "Thảo"}, "Hãy chọn ít nhất một vai trò"),
        ({"name": "Thảo", "roles": ["emperor"]}, "Hãy chọn ít nhất một vai trò"),
    ],
)
async def test_a_bad_invitation(house: DeskHouse, form: dict[str, object], complaint: str) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    response = await admin.post("/console/officers", form)
    assert response.status_code == 422
    assert complaint in response.text


async def test_revoking_signs_out_and_gives_tickets_back(house: DeskHouse) -> None:
    admin, officer = await house.sign_in("Hoa", Role.ADMIN), await house.sign_in("Bình", Role.OFFICER)
    ticket = await house.asks("câu hỏi")
    await officer.post(f"/console/tickets/{ticket.code}/take")
    assert officer.officer is not None
    response = await admin.post(f"/console/officers/{officer.officer.id}/revoke")
    assert response.status_code == 303
    assert (await officer.get("/console")).status_code == 401
    async with house.store.read() as session:
        assert (await desk.ticket_page(session, ticket.code)).ticket.state is TicketState.OPEN
    assert "Đã thu hồi" in (await admin.get("/console/officers")).text


async def test_the_last_administrator_stays(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    assert admin.officer is not None
    response = await admin.post(f"/console/officers/{admin.officer.id}/revoke")
    assert (response.status_code, "Hoa là quản trị viên duy nhất" in response.text) == (409, True)
    assert (await admin.get("/console")).status_code == 200


async def test_a_new_link_ends_the_one_before(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    officer, old = await house.invite("Bình", Role.OFFICER)
    made = await admin.post(f"/console/officers/{officer.id}/link")
    new = re.findall(r"/console/login/([\w-]+)", made.text)[0]
    assert (await house.stranger().get(f"/console/login/{old}")).status_code == 410
    assert (await house.stranger().client.post(f"/console/login/{new}")).status_code == 303
    for nobody in ("999999", "nonsense", "9" * 40):
        assert (await admin.post(f"/console/officers/{nobody}/link")).status_code == 404


async def test_codes_bind_groups_and_the_page_lists_and_releases_them(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    made = await admin.post("/console/groups/code", {"purpose": "desk"})
    code = re.findall(r'value="/desk ([^"]+)"', made.text)[0]
    public = await admin.post("/console/groups/code", {"purpose": "public"})
    assert 'value="/kenh ' in public.text

    message = InboundMessage(
        channel="telegram",
        chat_id="-100123",
        chat_kind=ChatKind.GROUP,
        sender=Sender(id="1", name="x"),
        content=Text(text="/desk"),
        sent_at=house.clock.now(),
    )
    async with house.store.write() as session:
        group = await people.conversation_for(session, message, now=house.clock.now())
        await people.bind_group(session, group, "desk", code, now=house.clock.now(), used_by="telegram:1")
    page = (await admin.get("/console/officers")).text
    assert "-100123" in page
    assert "Nhóm trực" in page
    await admin.post(f"/console/groups/{group.id}/unbind")
    assert "-100123" not in (await admin.get("/console/officers")).text


async def test_an_officer_gets_a_code_for_their_own_account(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    made = await officer.post("/console/me/code")
    code = re.findall(r'value="/canbo ([^"]+)"', made.text)[0]
    async with house.store.write() as session:
        bound = await people.bind_officer(session, code, "telegram", "42", now=house.clock.now())
    assert officer.officer is not None
    assert bound.id == officer.officer.id
    assert "Đã gắn tài khoản" in (await officer.get("/console/me")).text
