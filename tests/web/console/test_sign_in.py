"""Signing in: one link, one person, once."""

from __future__ import annotations

import re

import pytest

from bot import people
from bot.store.tables import Role
from tests.web.console.desk_house import DeskHouse


async def test_a_link_preview_does_not_use_the_code_up(house: DeskHouse) -> None:
    _, code = await house.invite("Trần Văn Bình", Role.OFFICER)
    chat_app, officer = house.stranger(), house.stranger()

    for _ in range(3):
        preview = await chat_app.get(f"/console/login/{code}")
        assert preview.status_code == 200
        assert "Đăng nhập với tên Trần Văn Bình" in preview.text
        assert "set-cookie" not in preview.headers

    signed_in = await officer.client.post(f"/console/login/{code}")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/console?done=welcome")
    assert (await officer.get("/console")).status_code == 200


async def test_the_cookie_is_closed_to_scripts_and_other_sites(house: DeskHouse) -> None:
    _, code = await house.invite("Bình", Role.OFFICER)
    response = await house.stranger().client.post(f"/console/login/{code}")
    cookie = response.headers["set-cookie"].lower()
    for part in ("haidang_session=", "httponly", "samesite=lax", "path=/console", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie  # the address in this test is http


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_code_that_was_used_says_what_to_do(house: DeskHouse, method: str) -> None:
    _, code = await house.invite("Bình", Role.OFFICER)
    await house.stranger().client.post(f"/console/login/{code}")
    again = await house.stranger().client.request(method, f"/console/login/{code}")
    assert again.status_code == 410
    assert "đã được dùng" in again.text
    assert "haidang officer invite" in again.text
    assert "set-cookie" not in again.headers


async def test_expired_unknown_and_revoked_links(house: DeskHouse) -> None:
    officer, code = await house.invite("Bình", Role.OFFICER)
    assert (await house.stranger().get("/console/login/nothing-like-a-code")).status_code == 404
    house.clock.advance(hours=25)
    expired = await house.stranger().client.post(f"/console/login/{code}")
    assert (expired.status_code, "đã hết hạn" in expired.text) == (410, True)

    async with house.store.write() as session:
        code = await people.login_code(session, officer, now=house.clock.now(), by=None)
        await people.revoke(
            session, await people.officer_by_id(session, officer.id or 0), now=house.clock.now(), by=None
        )
    assert (await house.stranger().get(f"/console/login/{code}")).status_code == 410


async def test_the_first_administrator_says_their_name(house: DeskHouse) -> None:
    async with house.store.write() as session:
        code = await people.first_administrator(session, house.clock.now())
    browser = house.stranger()
    assert "Chào quản trị viên đầu tiên" in (await browser.get(f"/console/login/{code}")).text

    nameless = await browser.client.post(f"/console/login/{code}", data={"name": "  "})
    assert nameless.status_code == 422
    assert "Hãy nhập họ và tên" in nameless.text

    response = await browser.client.post(f"/console/login/{code}", data={"name": "Lê Thị <b>Hoa</b>"})
    assert response.status_code == 303
    page = await browser.get("/console/officers")
    assert "Lê Thị &lt;b&gt;Hoa&lt;/b&gt;" in page.text
    assert "<b>Hoa" not in page.text
    async with house.store.write() as session:
        assert await people.first_administrator(session, house.clock.now()) is None


async def test_a_session_ends_after_a_shift_by_signing_out_and_by_revoking(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    session_cookie = officer.client.cookies["haidang_session"]
    goodbye = await officer.post("/console/logout")
    assert (goodbye.status_code, "Đã đăng xuất" in goodbye.text) == (200, True)
    thief = house.stranger()
    thief.client.cookies.set("haidang_session", session_cookie, path="/console")
    assert (await thief.get("/console")).status_code == 401

    long_shift = await house.sign_in("Chi", Role.OFFICER)
    house.clock.advance(hours=12, minutes=1)
    assert (await long_shift.get("/console")).status_code == 401


async def test_without_a_session_the_page_explains_how_to_get_one(house: DeskHouse) -> None:
    page = await house.stranger().get("/console")
    assert page.status_code == 401
    assert "liên kết dùng một lần" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_english_is_remembered_by_the_browser(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    assert "Không có phiếu nào đang chờ" in (await officer.get("/console")).text
    assert "No tickets are waiting" in (await officer.get("/console?lang=en")).text
    assert "No tickets are waiting" in (await officer.get("/console")).text
    back = await officer.get("/console?lang=vi")
    assert re.search(r'<html lang="vi">', back.text)
