"""The queue: danger first and never hidden, nobody forgotten."""

from __future__ import annotations

import re

from bot.messages import Language
from bot.store.tables import Role, TicketKind
from tests.web.console.desk_house import DeskHouse


def codes(page: str) -> list[str]:
    """The tickets on a page, in their order."""
    return re.findall(r'id="t-(HD-\w+)"', page)


async def test_danger_first_then_what_is_due_soonest(house: DeskHouse) -> None:
    first = await house.asks("câu thứ nhất")
    house.clock.advance(minutes=5)
    second = await house.asks("câu thứ hai", language=Language.EN)
    possible = await house.asks("máy tàu hỏng", kind=TicketKind.POSSIBLE_DISTRESS)
    distress = await house.asks("cứu với", kind=TicketKind.DISTRESS)
    house.clock.advance(minutes=20)
    officer = await house.sign_in("Bình", Role.OFFICER)

    page = (await officer.get("/console")).text
    assert codes(page) == [distress.code, possible.code, first.code, second.code]
    assert "quá hạn 5 phút" in page
    assert "20 phút trước" in page
    assert "GẶP NẠN" in page
    assert 'title="Tiếng Anh">EN<' in page
    counts = re.findall(r"<strong>(\d+)</strong>", page)
    assert counts[:4] == ["1", "2", "4", "0"]


async def test_filters_by_state_officer_and_department(house: DeskHouse) -> None:
    mine, theirs, closed = await house.asks("của tôi"), await house.asks("của bạn"), await house.asks("đã xong")
    officer, colleague = await house.sign_in("Bình", Role.OFFICER), await house.sign_in("Bình", Role.OFFICER)
    await officer.post(f"/console/tickets/{mine.code}/take")
    await colleague.post(f"/console/tickets/{theirs.code}/take")
    await officer.post(f"/console/tickets/{closed.code}/close")

    assert set(codes((await officer.get("/console")).text)) == {mine.code, theirs.code}
    # two officers of the same name are still two officers
    assert codes((await officer.get("/console?who=mine")).text) == [mine.code]
    assert codes((await officer.get("/console?state=closed")).text) == [closed.code]
    assert len(codes((await officer.get("/console?state=all")).text)) == 3
    other = next(d.id for d in house.snapshot.organization.departments if d.id != mine.department)
    elsewhere = (await officer.get(f"/console?department={other}")).text
    assert codes(elsewhere) == []
    assert "Không có phiếu nào khớp bộ lọc" in elsewhere
    assert codes((await officer.get("/console?state=nonsense&department=none")).text) != []


async def test_no_filter_hides_danger_that_nobody_has_taken(house: DeskHouse) -> None:
    distress = await house.asks("cứu với", kind=TicketKind.DISTRESS)
    officer = await house.sign_in("Bình", Role.OFFICER)
    for path in ("/console?who=mine", "/console?state=closed", "/console/queue?state=answered"):
        assert codes((await officer.get(path)).text) == [distress.code], path
    # ... and every other page shows it as well
    for path in ("/console/knowledge", "/console/me", "/console/notices", "/console/alerts"):
        assert f"/console/tickets/{distress.code}" in (await officer.get(path)).text, path
    await officer.post(f"/console/tickets/{distress.code}/take")
    assert distress.code not in (await officer.get("/console/knowledge")).text


async def test_a_first_answer_does_not_take_danger_out_of_sight(house: DeskHouse) -> None:
    await house.asks("câu hỏi thường")
    distress = await house.asks("cứu với", kind=TicketKind.DISTRESS)
    officer = await house.sign_in("Bình", Role.OFFICER)
    await officer.post(f"/console/tickets/{distress.code}/answer", {"text": "Đang tới"})
    assert codes((await officer.get("/console")).text)[0] == distress.code
    await officer.post(f"/console/tickets/{distress.code}/close")
    assert distress.code not in codes((await officer.get("/console")).text)


async def test_an_editor_reads_but_gets_no_buttons(house: DeskHouse) -> None:
    ticket = await house.asks("câu hỏi")
    editor = await house.sign_in("Em", Role.EDITOR)
    assert "/take" not in (await editor.get("/console")).text
    page = (await editor.get(f"/console/tickets/{ticket.code}")).text
    assert "/answer" not in page
    assert "/note" not in page
