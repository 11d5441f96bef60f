"""Forms are taken from our own pages only, and nothing that was typed is lost when one can't be taken."""

from __future__ import annotations

import pytest

from bot.store import Store, StoreUnavailable
from bot.store.tables import Role
from tests.web.console.desk_house import DeskHouse

ANSWER = "Bà con cần gia hạn giấy phép trước 30 ngày."


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "http://hoidap.example.vn"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://hoidap.example.vn"}, False),
    ],
)
async def test_where_a_form_comes_from(house: DeskHouse, headers: dict[str, str], taken: bool) -> None:
    ticket = await house.asks("Gia hạn thế nào?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    response = await officer.post(f"/console/tickets/{ticket.code}/take", headers=headers)
    assert response.status_code == (303 if taken else 403)


async def test_the_own_address_of_the_page_is_a_known_origin(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn thế nào?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    response = await officer.post(f"/console/tickets/{ticket.code}/take", headers={"Origin": house.url})
    assert response.status_code == 303


async def test_a_form_without_the_token_or_with_a_colleagues_changes_nothing(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn thế nào?")
    officer, colleague = await house.sign_in("Bình", Role.OFFICER), await house.sign_in("Chi", Role.OFFICER)
    page = (await colleague.get("/console/me")).text
    theirs = page.split('name="form_token" value="')[1].split('"')[0]
    for token in ("", "0" * 64, theirs, "ă"):
        response = await officer.client.post(
            f"/console/tickets/{ticket.code}/answer", data={"form_token": token, "text": ANSWER}
        )
        assert response.status_code == 403
        assert ANSWER in response.text  # to be copied
    assert "Chưa ai nhận" in (await officer.get(f"/console/tickets/{ticket.code}")).text


async def test_a_foreign_page_can_not_sign_a_browser_in(house: DeskHouse) -> None:
    _, code = await house.invite("Mallory", Role.OFFICER)
    response = await house.stranger().client.post(f"/console/login/{code}", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert (await house.stranger().client.post(f"/console/login/{code}")).status_code == 303


async def test_an_answer_typed_in_a_session_that_ended_is_shown_again(house: DeskHouse) -> None:
    ticket = await house.asks("Gia hạn thế nào?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    house.clock.advance(hours=13)
    response = await officer.client.post(f"/console/tickets/{ticket.code}/answer", data={"text": ANSWER})
    assert response.status_code == 401
    assert ANSWER in response.text


async def test_an_answer_is_shown_again_when_the_database_is_away(
    house: DeskHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await house.asks("Gia hạn thế nào?")
    officer = await house.sign_in("Bình", Role.OFFICER)
    token = (await officer.get("/console/me")).text.split('name="form_token" value="')[1].split('"')[0]

    def away(self: Store, *_: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(Store, "write", away)
    response = await officer.client.post(
        f"/console/tickets/{ticket.code}/answer", data={"form_token": token, "text": ANSWER}
    )
    assert response.status_code == 503
    assert ANSWER in response.text
