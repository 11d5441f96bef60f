"""Who may open what: one table over every page of the console and every role."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot import notices
from bot.store.tables import NoticeKind, Role, Severity
from bot.web.console import ROUTES
from tests.curation.given import VMS, a_live_edit, reworded
from tests.web.console.desk_house import Browser, DeskHouse

#: Roles that get in, in the order officer, editor, broadcaster, leader, admin. `-`: 403.
TABLE: dict[tuple[str, str], str] = {
    ("GET", "/login/{code}"): "anyone",
    ("POST", "/login/{code}"): "anyone",
    ("POST", "/logout"): "oebla",
    ("GET", ""): "oe-la",
    ("GET", "/queue"): "oe-la",
    ("GET", "/alerts"): "oe-la",
    ("GET", "/tickets/{code}"): "oe-la",
    ("GET", "/tickets/{code}/thread"): "oe-la",
    ("GET", "/tickets/{code}/photos/{event}"): "oe-la",
    ("POST", "/tickets/{code}/take"): "o--la",
    ("POST", "/tickets/{code}/release"): "o--la",
    ("POST", "/tickets/{code}/answer"): "o--la",
    ("POST", "/tickets/{code}/note"): "o--la",
    ("POST", "/tickets/{code}/close"): "o--la",
    ("POST", "/tickets/{code}/reopen"): "o--la",
    ("GET", "/notices"): "oebla",
    ("GET", "/notices/new"): "--b-a",
    ("POST", "/notices/new"): "--b-a",
    ("GET", "/notices/{code}"): "oebla",
    ("GET", "/notices/{code}/progress"): "oebla",
    ("GET", "/notices/{code}/edit"): "--b-a",
    ("POST", "/notices/{code}/edit"): "--b-a",
    ("POST", "/notices/{code}/submit"): "--b-a",
    ("POST", "/notices/{code}/approve"): "--b-a",
    ("POST", "/notices/{code}/stop"): "--b-a",
    ("POST", "/notices/{code}/discard"): "--b-a",
    ("GET", "/officers"): "----a",
    ("POST", "/officers"): "----a",
    ("POST", "/officers/{officer}/link"): "----a",
    ("POST", "/officers/{officer}/revoke"): "----a",
    ("POST", "/groups/code"): "----a",
    ("POST", "/groups/{group}/unbind"): "----a",
    ("GET", "/knowledge"): "oebla",
    ("GET", "/knowledge/entries/new"): "-e--a",
    ("POST", "/knowledge/entries/new"): "-e--a",
    ("GET", "/knowledge/entries/{entry}"): "oebla",
    ("GET", "/knowledge/entries/{entry}/edit"): "-e--a",
    ("POST", "/knowledge/entries/{entry}/edit"): "-e--a",
    ("POST", "/knowledge/entries/{entry}/propose"): "-e--a",
    ("POST", "/knowledge/entries/{entry}/roll-back"): "-e-la",
    ("GET", "/knowledge/documents"): "oebla",
    ("GET", "/knowledge/documents/new"): "-e--a",
    ("POST", "/knowledge/documents/new"): "-e--a",
    ("GET", "/knowledge/documents/{number:path}"): "oebla",
    ("GET", "/knowledge/documents/{number:path}/edit"): "-e--a",
    ("POST", "/knowledge/documents/{number:path}/edit"): "-e--a",
    ("GET", "/knowledge/documents/{number:path}/replace"): "-e--a",
    ("POST", "/knowledge/documents/{number:path}/replace"): "-e--a",
    ("POST", "/knowledge/documents/{number:path}/roll-back"): "-e-la",
    ("GET", "/knowledge/edits"): "oebla",
    ("GET", "/knowledge/edits/{edit}"): "oebla",
    ("POST", "/knowledge/edits/{edit}/submit"): "-e--a",
    ("POST", "/knowledge/edits/{edit}/approve"): "-e-la",
    ("POST", "/knowledge/edits/{edit}/send-back"): "-e-la",
    ("POST", "/knowledge/edits/{edit}/withdraw"): "-e--a",
    ("GET", "/knowledge/conflicts"): "oebla",
    ("POST", "/knowledge/conflicts/{edit}/keep"): "-e-la",
    ("POST", "/knowledge/conflicts/{edit}/take"): "-e-la",
    ("GET", "/system"): "---la",
    ("GET", "/me"): "oebla",
    ("POST", "/me/code"): "oebla",
}
ROLES = (Role.OFFICER, Role.EDITOR, Role.BROADCASTER, Role.LEADER, Role.ADMIN)
CLOSED = [(method, path) for (method, path), who in TABLE.items() if who != "anyone"]


def test_every_page_stands_in_the_table(house: DeskHouse) -> None:
    served = {
        (method, route.path.removeprefix("/console"))  # type: ignore[attr-defined]
        for route in house.console.routes
        for method in route.methods  # type: ignore[attr-defined]
    }
    assert served == set(TABLE)
    assert served == {(page.method, page.path) for page in ROUTES}


@pytest_asyncio.fixture(loop_scope="session")
async def places(house: DeskHouse) -> dict[str, str]:
    """A ticket, a notice and an officer for the addresses."""
    ticket = await house.asks("Giấy phép gì?")
    async with house.store.write() as session:
        notice = await notices.draft(
            session,
            kind=NoticeKind.WEATHER,
            severity=Severity.MINOR,
            title_vi="Gió",
            text_vi="Gió mạnh",
            by=None,
            now=house.clock.now(),
        )
        edit = await a_live_edit(session, reworded(house.files.entries[VMS]), files=house.files)
    somebody, _ = await house.invite("Ai đó", Role.OFFICER)
    return {
        "{officer}": str(somebody.id),
        "{group}": "1",
        "{entry}": VMS,
        "{number:path}": next(iter(house.files.documents)),
        "{edit}": str(edit.id),
        "ticket": ticket.code,
        "notice": notice.code,
    }


def address(path: str, places: dict[str, str]) -> str:
    code = places["notice"] if path.startswith("/notices") else places["ticket"]
    path = path.replace("{event}", "1")
    for name in (name for name in places if name.startswith("{")):
        path = path.replace(name, places[name])
    return "/console" + path.replace("{code}", code)


async def knock(browser: Browser, method: str, path: str) -> int:
    response = await (browser.get(path) if method == "GET" else browser.post(path))
    return response.status_code


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_gets_in_where_it_may_and_nowhere_else(
    house: DeskHouse, places: dict[str, str], role: Role
) -> None:
    letter = ROLES.index(role)
    wrong: list[str] = []
    browser = await house.sign_in("Người thử", role)
    for method, path in CLOSED:
        status = await knock(browser, method, address(path, places))
        allowed = TABLE[method, path][letter] != "-"
        if path == "" and not allowed:
            # the front door leads to the first page that is open to them
            fits = status == 303
        else:
            # a form without its fields may be refused for what it says (409, 422), but not for who sent it
            fits = status not in (401, 403) if allowed else status == 403
            fits = fits and status < 500
        if not fits:
            wrong.append(f"{method} {path}: {status}")
        if path == "/logout":
            browser = await house.sign_in("Người thử", role)
    assert wrong == []


async def test_without_a_session_every_door_is_shut(house: DeskHouse, places: dict[str, str]) -> None:
    stranger = house.stranger()
    for method, path in CLOSED:
        response = await stranger.client.request(method, address(path, places))
        assert response.status_code == 401, (method, path)
    assert len(CLOSED) > 30


async def test_the_page_says_who_can_give_the_right(house: DeskHouse) -> None:
    await house.sign_in("Lê Thị Hoa", Role.ADMIN)
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = await officer.get("/console/officers")
    assert page.status_code == 403
    assert "Lê Thị Hoa" in page.text
    assert '<a href="/console/officers"' not in page.text  # nor does the menu offer it


async def test_a_broadcaster_lands_where_there_is_work(house: DeskHouse) -> None:
    browser = await house.sign_in("Dung", Role.BROADCASTER)
    response = await browser.get("/console")
    assert (response.status_code, response.headers["location"]) == (303, "/console/notices")
